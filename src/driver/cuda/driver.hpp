// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The backend behind NVIDIA's driver. Its entry points are looked up at run time, so a program that links the library
/// starts on a computer without a driver, where every verb returns errc::no_driver.
#pragma once

#include "driver/cuda/devices.hpp"
#include "driver/cuda/events.hpp"
#include "driver/driver.hpp"

namespace vmm::engine {

class cuda_driver final : public driver {
 public:
  /// @name memory_driver
  status describe(int device, capabilities& out) noexcept override;
  status memory(int device, memory_info& out) noexcept override;
  void trim(int device) noexcept override;
  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override;
  status unreserve(void* address, std::size_t bytes) noexcept override;
  status create(int device, std::size_t bytes, block_handle& block) noexcept override;
  status create_host(int device, std::size_t bytes, block_handle& block) noexcept override;
  status release(block_handle block, std::size_t) noexcept override;
  status map(void* address, std::size_t bytes, block_handle block, const int* devices, std::size_t count) noexcept override;
  status map_host(int device, void* address, std::size_t bytes, block_handle block) noexcept override;
  status grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept override;
  status unmap(void* address, std::size_t bytes) noexcept override;
  status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override;
  status deallocate(const stream_order& order, void* address, std::size_t) noexcept override;
  std::uint64_t epoch(int device) noexcept override;
  status graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override;
  status graph_deallocate(const stream_order& order, void* address) noexcept override;
  status pin(std::size_t bytes, void*& address) noexcept override;
  status unpin(void* address, std::size_t) noexcept override;

  /// @name stream_driver
  int devices() noexcept override;
  int current_device() noexcept override;
  status make_current(int device) noexcept override;
  status outside_capture(const stream_order& order) noexcept override;
  status record(const stream_order& order, event_handle& event) noexcept override;
  status is_complete(event_handle event, bool& out) noexcept override;
  status stream_wait_event(const stream_order& order, event_handle event) noexcept override;
  void destroy_event(event_handle event) noexcept override;
  status event_synchronize(event_handle event) noexcept override;
  status stream_synchronize(const stream_order& order) noexcept override;
  status device_synchronize(int device) noexcept override;

  /// @name compute_driver
  status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept override;
  status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept override;
  status is_pageable(const void* p, bool& out) noexcept override;
  status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes, void* workspace) noexcept override;
  status fill(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes,
              std::size_t count) noexcept override;
  status mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type, relation relate,
                  void* workspace, std::size_t& index) noexcept override;
  status reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count, void* workspace,
                void* result) noexcept override;

 private:
  cuda_devices devices_;
  cuda_events events_;
};

}  // namespace vmm::engine
