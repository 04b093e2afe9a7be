// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Device memory for temporary use, in stream order: from the cached ranges, to which it goes back without a wait. While
/// the stream is being captured it is the graph's own, so that nothing else is ever there when the graph runs.
#pragma once

#include <cstddef>

#include <vmm/engine/storage.hpp>

namespace vmm::engine {

class workspace {
 public:
  /// Throws vmm::out_of_memory, or vmm::error. 0 bytes take nothing.
  workspace(device_runtime& m, const stream_order& order, std::size_t bytes, std::size_t alignment = 256);
  workspace(workspace&& other) noexcept;
  workspace& operator=(workspace&&) = delete;
  ~workspace();

  std::byte* data() const { return of_graph_ != nullptr ? of_graph_ : storage_.data(); }

 private:
  storage storage_;
  stream_order order_;
  void* graph_ = nullptr;
  std::byte* of_graph_ = nullptr;  // the aligned part of it
};

}  // namespace vmm::engine
