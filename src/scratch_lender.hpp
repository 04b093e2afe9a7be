// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <map>
#include <mutex>

#include <vmm/engine/driver.hpp>
#include <vmm/engine/machine.hpp>
#include <vmm/engine/scratch.hpp>

namespace vmm::engine {

/// engine::scratch by its address, for allocators that remember nothing else. Safe to call from several threads.
class scratch_lender {
 public:
  explicit scratch_lender(machine& m) noexcept : machine_(m) {}
  scratch_lender(const scratch_lender&) = delete;
  void* lend(const queue& where, std::size_t bytes);
  void take_back(void* address) noexcept;

 private:
  machine& machine_;
  std::mutex mutex_;
  std::map<void*, scratch> lent_;
};

}  // namespace vmm::engine
