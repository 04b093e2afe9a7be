// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The contract of a backend, first part: addresses, physical memory, mappings, direct and pinned memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include <vmm/capabilities.hpp>

#include "common/status.hpp"
#include <vmm/detail/stream_order.hpp>

namespace vmm::engine {

struct memory_info {
  std::size_t free = 0, total = 0;
};

using block_handle = std::uint64_t;

class memory_driver {
 public:
  /// @name The device
  virtual status describe(int device, capabilities& out) noexcept = 0;
  virtual status memory(int device, memory_info& out) noexcept = 0;
  /// Gives back what the backend's own allocators keep for reuse; -1: on every device used so far.
  virtual void trim(int device) noexcept = 0;

  /// @name Addresses
  /// Aligned to the granularity. `hint` may be null and need not be granted: compare.
  virtual status reserve(std::size_t bytes, void* hint, void*& address) noexcept = 0;
  /// pre: exactly one earlier reservation, nothing mapped in it.
  virtual status unreserve(void* address, std::size_t bytes) noexcept = 0;

  /// @name Physical memory. Its contents are unspecified.
  virtual status create(int device, std::size_t bytes, block_handle& block) noexcept = 0;
  /// Memory of the host, which `device` and others can be let use through its mappings, and the CPU through one of map_host.
  virtual status create_host(int device, std::size_t bytes, block_handle& block) noexcept = 0;
  /// pre: mapped nowhere.
  virtual status release(block_handle block, std::size_t bytes) noexcept = 0;

  /// @name Mappings
  /// Maps a whole block and lets `devices[0 .. count)` read and write it. The same block may be mapped twice.
  /// pre: [address, address + bytes) lies in reserved addresses and is unmapped; count > 0.
  virtual status map(void* address, std::size_t bytes, block_handle block, const int* devices, std::size_t count) noexcept = 0;
  /// Maps a block that was made of the host's memory for `device`, for the CPU alone, which reads and writes it there. pre: as map.
  virtual status map_host(int device, void* address, std::size_t bytes, block_handle block) noexcept = 0;
  /// Lets further devices read and write as well. Fails where one cannot reach the memory.
  /// pre: whole mappings, adjacent.
  virtual status grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept = 0;
  /// Does not wait. pre: exactly one earlier mapping.
  virtual status unmap(void* address, std::size_t bytes) noexcept = 0;

  /// Puts `block` where another one is mapped, from the same address on, and unmaps what that one has beyond. On failure the other
  /// one is mapped as before, or where even that fails, nothing is: `lost`. Does not wait.
  /// pre: exactly one earlier mapping, of `mapped` bytes of `before`; bytes <= mapped.
  virtual status replace(void* address, std::size_t mapped, block_handle before, std::size_t bytes, block_handle block,
                         const int* devices, std::size_t count, bool& lost) noexcept {
    lost = false;
    status s = unmap(address, mapped);
    if (!s.ok()) return s;
    s = map(address, bytes, block, devices, count);
    if (!s.ok()) lost = !map(address, mapped, before, devices, count).ok();
    return s;
  }

  /// @name Direct memory, aligned to 256 bytes
  virtual status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept = 0;
  /// Waits for the device where the order is synchronous, else takes effect in its order.
  virtual status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept = 0;
  /// Another number after the device was reset, which frees direct memory and may hand its addresses to others; mapped
  /// memory outlives it.
  virtual std::uint64_t epoch(int device) noexcept = 0;

  /// @name Direct memory of a graph
  /// Where the stream is being captured: memory that is the graph's own from here on until graph_deallocate. Elsewhere null.
  virtual status graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept = 0;
  virtual status graph_deallocate(const stream_order& order, void* address) noexcept = 0;

  /// @name Host memory that the backend copies from while the host goes on; aligned to 256 bytes
  virtual status pin(std::size_t bytes, void*& address) noexcept = 0;
  virtual status unpin(void* address, std::size_t bytes) noexcept = 0;

 protected:
  ~memory_driver() = default;
};

}  // namespace vmm::engine
