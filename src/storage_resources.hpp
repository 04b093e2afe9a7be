// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What storage holds beside the fields of every access: its memory, and what is needed when that changes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <vmm/engine/address_range.hpp>
#include <vmm/engine/audience.hpp>
#include <vmm/engine/block.hpp>
#include <vmm/engine/event.hpp>
#include <vmm/engine/lease.hpp>
#include <vmm/engine/range_cache.hpp>
#include <vmm/engine/storage.hpp>

namespace vmm::engine {

struct storage_resources {
  allocation plain;  // at most one of the two holds memory
  address_range range;
  std::atomic<std::uint64_t> guests{0};  // a bit for each device that was let in
  std::size_t placed = 0;                // where elements are staged: the buffer holds all from here on
  bool large = false;                    // a small buffer was filled: ask for a large one
  engine::lease lease;
  event sent;                            // of a synchronous order: the last buffer that went without a wait
  std::atomic<bool> busy{false};         // one thread flushes
  vmm::statistics stats;
};

/// Memory that is given back as a storage of that order would.
struct retired::parts {
  parts(range_cache& warm_ranges, const stream_order& order, const audience& devices) noexcept
      : warm(warm_ranges), order(order), who(devices) {}
  parts(const parts&) = delete;
  ~parts() {
    if (range) warm.give(order, who, std::move(range));
  }

  range_cache& warm;
  stream_order order;
  audience who;
  allocation plain;
  address_range range;
};

}  // namespace vmm::engine
