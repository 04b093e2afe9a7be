// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Owners of physical memory: a block, which can be mapped; a direct allocation, which comes with its address.
/// Each owns one piece, moves, and gives it back in its destructor, unless a reset of the device has freed it; neither
/// waits for readers, except where the driver's deallocate says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "driver/memory_driver.hpp"

namespace vmm::engine {

class block {
 public:
  block() noexcept = default;
  /// Fills `out`, or changes nothing. pre: bytes is a multiple of the granularity.
  static status create(memory_driver& d, int device, std::size_t bytes, block& out) noexcept {
    block_handle handle = 0;
    const status s = d.create(device, bytes, handle);
    if (s.ok()) out = block(d, device, bytes, handle);
    return s;
  }
  /// The same of the host's memory.
  static status create_host(memory_driver& d, int device, std::size_t bytes, block& out) noexcept {
    block_handle handle = 0;
    const status s = d.create_host(device, bytes, handle);
    if (s.ok()) out = block(d, device, bytes, handle);
    return s;
  }
  block(block&& other) noexcept { swap(other); }
  block& operator=(block&& other) noexcept {
    block(std::move(other)).swap(*this);
    return *this;
  }
  ~block() {
    if (driver_ != nullptr) driver_->release(handle_, bytes_);
  }

  explicit operator bool() const noexcept { return driver_ != nullptr; }
  block_handle handle() const noexcept { return handle_; }
  std::size_t size() const noexcept { return bytes_; }
  int device() const noexcept { return device_; }

 private:
  block(memory_driver& d, int device, std::size_t bytes, block_handle handle) noexcept
      : driver_(&d), handle_(handle), bytes_(bytes), device_(device) {}
  void swap(block& other) noexcept {
    std::swap(driver_, other.driver_);
    std::swap(handle_, other.handle_);
    std::swap(bytes_, other.bytes_);
    std::swap(device_, other.device_);
  }

  memory_driver* driver_ = nullptr;
  block_handle handle_ = 0;
  std::size_t bytes_ = 0;
  int device_ = -1;
};

class allocation {
 public:
  allocation() noexcept = default;
  /// Fills `out`, or changes nothing.
  static status create(memory_driver& d, const stream_order& order, std::size_t bytes, allocation& out) noexcept {
    void* address = nullptr;
    status s = d.allocate(order, bytes, address);
    if (s.ok()) out = allocation(d, order, address, bytes);
    return s;
  }
  allocation(allocation&& other) noexcept : allocation() { swap(other); }
  allocation& operator=(allocation&& other) noexcept {
    allocation(std::move(other)).swap(*this);
    return *this;
  }
  ~allocation() {
    if (driver_ != nullptr && driver_->epoch(order_.device) == epoch_) driver_->deallocate(order_, address_, bytes_);
  }

  explicit operator bool() const noexcept { return driver_ != nullptr; }
  void* data() const noexcept { return address_; }
  std::size_t size() const noexcept { return bytes_; }
  /// The stream in whose order the memory will be freed.
  void set_stream(stream_ref stream) noexcept { order_.stream = stream; }

 private:
  allocation(memory_driver& d, const stream_order& order, void* address, std::size_t bytes) noexcept
      : driver_(&d), order_(order), address_(address), bytes_(bytes), epoch_(d.epoch(order.device)) {}
  void swap(allocation& other) noexcept {
    std::swap(driver_, other.driver_);
    std::swap(order_, other.order_);
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
    std::swap(epoch_, other.epoch_);
  }

  memory_driver* driver_ = nullptr;
  stream_order order_{-1, default_stream(), true};
  void* address_ = nullptr;
  std::size_t bytes_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace vmm::engine
