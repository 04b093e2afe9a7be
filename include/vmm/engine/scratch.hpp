// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Device memory of passing use, in the order of a queue: from the warm ranges, to which it goes back without a wait. While
/// the queue is being captured it is the graph's own, so that nothing else is ever there when the graph runs.
#pragma once

#include <cstddef>

#include <vmm/engine/driver.hpp>
#include <vmm/engine/machine.hpp>
#include <vmm/engine/storage.hpp>

namespace vmm::engine {

class scratch {
 public:
  /// Throws vmm::out_of_memory, or vmm::error. 0 bytes take nothing.
  scratch(machine& m, const queue& where, std::size_t bytes);
  scratch(scratch&& other) noexcept;
  scratch& operator=(scratch&&) = delete;
  ~scratch();

  std::byte* data() const { return graph_ != nullptr ? static_cast<std::byte*>(graph_) : room_.data(); }

 private:
  storage room_;
  queue where_;
  void* graph_ = nullptr;
};

}  // namespace vmm::engine
