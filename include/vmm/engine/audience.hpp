// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Devices that may use a range beside the one that holds it, and who must be waited for before it goes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <vmm/engine/driver.hpp>
#include <vmm/options.hpp>

namespace vmm::engine {

struct audience {
  std::shared_ptr<const options> how;  ///< options::devices; null: the defaults
  std::uint64_t guests = 0;            ///< a bit for each device that was let in later

  /// The owner first, then everybody else once.
  std::vector<int> with_owner(int owner) const;
  /// Waits for all of them; not for the owner. Answers a refusal, after having tried the others; rather one that is not still().
  status drain(driver& d, int owner) const noexcept;
};

/// Waits for whoever may still use memory of this queue, on its device and on all others that may. Answers as audience::drain.
status await_readers(driver& d, const queue& where, const audience& who) noexcept;

}  // namespace vmm::engine
