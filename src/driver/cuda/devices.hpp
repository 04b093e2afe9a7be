// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What is asked of a GPU once, and found out by trying.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

#include <cuda.h>

#include "driver/driver.hpp"

namespace vmm::engine {

struct device_properties {
  /// CUB's reductions need a few words for each block that the device runs at once; moves a word for every 32 KiB.
  static constexpr std::size_t workspace_bytes = std::size_t{256} << 10;

  bool known = false;
  bool rdma = false;
  bool pools = false;
  int host_node = 0;  // of the host's memory that is nearest
  engine::capabilities capabilities;
  void* keep = nullptr;            // one small allocation kept alive, so that device_synchronize() pays for no pool
  unsigned long long context = 0;  // in which it was made
};

/// How a block on that device is to be created.
CUmemAllocationProp block_properties(int device, bool rdma) noexcept;

/// A block of the host's memory; and its mapping for the CPU alone. Devices are let use such a block at other addresses: in one
/// mapping for both, copies fail inside of the driver.
status create_host_block(int node, std::size_t bytes, block_handle& block) noexcept;
status map_for_cpu(int node, void* address, std::size_t bytes, block_handle block) noexcept;

class cuda_devices {
 public:
  status properties_of(int device, const device_properties*& out) noexcept;
  /// Waits for the device though it has no memory left: frees what is kept for this, and takes it again.
  status drain_full(int device) noexcept;

  template <class Use>
  void each_known(Use use) const noexcept {
    for (std::size_t i = 0; i < ready_.size(); ++i)
      if (ready_[i].load(std::memory_order_acquire)) use(static_cast<int>(i));
  }

 private:
  static status query(int device, device_properties& f) noexcept;

  std::mutex mutex_;
  std::array<device_properties, 64> properties_{};
  std::array<std::atomic<bool>, 64> ready_{};
};

}  // namespace vmm::engine
