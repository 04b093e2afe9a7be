// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Devices that may use a range beside the one that holds it, and who must be waited for before it goes.
#pragma once

#include <cstdint>
#include <vector>

#include <vmm/engine/driver.hpp>
#include <vmm/engine/shared_options.hpp>

namespace vmm::engine {

struct audience {
  audience(const shared_options* o, std::uint64_t let_in) noexcept : how(retain(o)), guests(let_in) {}
  audience(const audience& other) noexcept : audience(other.how, other.guests) {}
  audience& operator=(const audience&) = delete;
  ~audience() { release(how); }

  const shared_options* how;  ///< options::devices; null: the defaults
  std::uint64_t guests;       ///< a bit for each device that was let in later

  /// The owner first, then everybody else once.
  std::vector<int> with_owner(int owner) const;
  /// Waits for all of them; not for the owner. Answers a refusal, after having tried the others; rather one that is not still().
  status drain(driver& d, int owner) const noexcept;
};

/// Waits for whoever may still use memory in this order, on its device and on all others that may. Answers as audience::drain.
status await_readers(driver& d, const stream_order& order, const audience& who) noexcept;

}  // namespace vmm::engine
