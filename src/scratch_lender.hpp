// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <map>
#include <mutex>

#include <vmm/engine/driver.hpp>
#include <vmm/engine/device_runtime.hpp>
#include <vmm/engine/scratch.hpp>

namespace vmm::engine {

/// engine::scratch by its address, for allocators that remember nothing else. Safe to call from several threads.
class scratch_lender {
 public:
  explicit scratch_lender(device_runtime& m) noexcept : backend_(m) {}
  scratch_lender(const scratch_lender&) = delete;
  void* lend(const stream_order& order, std::size_t bytes);
  void take_back(void* address) noexcept;

 private:
  device_runtime& backend_;
  std::mutex mutex_;
  std::map<void*, scratch> lent_;
};

}  // namespace vmm::engine
