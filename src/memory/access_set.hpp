// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Devices that may use a range beside the one that holds it, and who must be waited for before it goes.
#pragma once

#include <cstdint>
#include <vector>

#include "driver/stream_driver.hpp"
#include "memory/shared_options.hpp"

namespace vmm::engine {

struct access_set {
  access_set(const shared_options* o, std::uint64_t peers) noexcept : options(retain(o)), peer_devices(peers) {}
  access_set(const access_set& other) noexcept : access_set(other.options, other.peer_devices) {}
  access_set& operator=(const access_set&) = delete;
  ~access_set() { release(options); }

  const shared_options* options;  ///< options::devices; null: the defaults
  std::uint64_t peer_devices;     ///< a bit for each device that was granted access later

  /// The owner first, then everybody else once.
  std::vector<int> with_owner(int owner) const;
  /// Waits for all of them; not for the owner. Returns a refusal, after having tried the others; rather one that is not is_quiescent().
  status synchronize(stream_driver& d, int owner) const noexcept;
};

/// Waits for whoever may still use memory in this order, on its device and on all others that may. Returns as access_set::synchronize.
status synchronize_readers(stream_driver& d, const stream_order& order, const access_set& access) noexcept;

}  // namespace vmm::engine
