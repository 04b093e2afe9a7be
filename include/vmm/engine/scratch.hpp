// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Device memory of passing use, in stream order: from the warm ranges, to which it goes back without a wait. While
/// the stream is being captured it is the graph's own, so that nothing else is ever there when the graph runs.
#pragma once

#include <cstddef>

#include <vmm/engine/storage.hpp>

namespace vmm::engine {

class scratch {
 public:
  /// Throws vmm::out_of_memory, or vmm::error. 0 bytes take nothing.
  scratch(device_runtime& m, const stream_order& order, std::size_t bytes, std::size_t alignment = 256);
  scratch(scratch&& other) noexcept;
  scratch& operator=(scratch&&) = delete;
  ~scratch();

  std::byte* data() const { return of_graph_ != nullptr ? of_graph_ : room_.data(); }

 private:
  storage room_;
  stream_order order_;
  void* graph_ = nullptr;
  std::byte* of_graph_ = nullptr;  // the aligned part of it
};

}  // namespace vmm::engine
