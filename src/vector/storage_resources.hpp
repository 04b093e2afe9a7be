// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What storage holds beside the fields of every access: its memory, and what is needed when that changes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "memory/address_range.hpp"
#include "backend/device_runtime.hpp"
#include "memory/access_set.hpp"
#include "memory/block.hpp"
#include "memory/event.hpp"
#include "transfer/pinned_buffer.hpp"
#include "memory/range_cache.hpp"
#include <vmm/statistics.hpp>

namespace vmm::engine {

struct storage_resources {
  allocation direct;  // at most one of the two holds memory
  address_range range;
  std::atomic<std::uint64_t> peer_devices{0};  // a bit for each device that was granted access
  std::size_t flushed_size = 0;                // where elements are staged: the buffer holds all from here on
  bool large = false;                    // a small buffer was filled: ask for a large one
  engine::pinned_buffer pinned_buffer;
  event sent;                            // of a synchronous order: the last buffer that went without a wait
  std::atomic<bool> busy{false};         // one thread flushes
  vmm::statistics stats;
};

/// Memory that is given back as a storage of that order would.
struct replaced_memory {
  replaced_memory(range_cache& ranges, const stream_order& order, const access_set& devices) noexcept
      : cache(ranges), order(order), access(devices) {}
  replaced_memory(const replaced_memory&) = delete;
  ~replaced_memory() {
    if (range) cache.release(order, access, std::move(range));
  }

  range_cache& cache;
  stream_order order;
  access_set access;
  allocation direct;
  address_range range;
};

}  // namespace vmm::engine
