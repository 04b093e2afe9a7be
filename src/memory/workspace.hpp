// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Device memory for temporary use, in stream order: from the cached ranges, to which it goes back without a wait. While
/// the stream is being captured it is the graph's own, so that nothing else is ever there when the graph runs.
#pragma once

#include <cstddef>

#include "memory/address_range.hpp"
#include "memory/block.hpp"
#include "driver/driver.hpp"
#include "memory/memory_pool.hpp"

namespace vmm::engine {

class workspace {
 public:
  /// Throws vmm::out_of_memory, or vmm::error. 0 bytes take nothing. `alignment`: a power of two.
  workspace(memory_pool& pool, const stream_order& order, std::size_t bytes, std::size_t alignment = 256);
  workspace(workspace&& other) noexcept;
  workspace& operator=(workspace&&) = delete;
  ~workspace();

  std::byte* data() const noexcept { return data_; }

 private:
  bool take_from_graph(std::size_t bytes, std::size_t alignment);
  void take(std::size_t bytes, std::size_t alignment);

  memory_pool& pool_;
  stream_order order_;
  std::byte* data_ = nullptr;
  address_range range_;  // at most one of the three holds memory
  allocation direct_;
  void* graph_ = nullptr;
};

}  // namespace vmm::engine
