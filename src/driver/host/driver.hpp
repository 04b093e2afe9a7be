// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The backend where host memory is device memory: blocks are extents of one memfd, mapped with mmap. A block can be
/// mapped twice and moved, and its pages go back to the system when it is released, as on a GPU. Every verb does its
/// work before it returns, so streams and waiting mean nothing here. After fork() parent and child share what was mapped before, and each
/// takes new blocks from a file of its own. Linux.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

#include "driver/driver.hpp"

namespace vmm::engine {

class host_driver final : public driver {
 public:
  /// `memory`: what may be taken in all, as a GPU's size; 0: this computer's.
  explicit host_driver(std::size_t memory = 0, std::size_t granularity = std::size_t{2} << 20) noexcept;
  ~host_driver() override;  ///< pre: everything taken was given back

  status describe(int device, capabilities& out) noexcept override;
  status memory(int device, memory_info& out) noexcept override;
  int devices() noexcept override { return 1; }
  int current_device() noexcept override { return 0; }
  status make_current(int) noexcept override { return {}; }
  void trim(int) noexcept override {}

  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override;
  status unreserve(void* address, std::size_t bytes) noexcept override;
  status create(int device, std::size_t bytes, block_handle& block) noexcept override;
  /// As any other: the device's memory is the host's.
  status create_host(int device, std::size_t bytes, block_handle& block) noexcept override {
    return create(device, bytes, block);
  }
  status release(block_handle block, std::size_t bytes) noexcept override;
  status map(void* address, std::size_t bytes, block_handle block, const int* devices, std::size_t count) noexcept override;
  status map_host(int device, void* address, std::size_t bytes, block_handle block) noexcept override {
    return map(address, bytes, block, &device, 1);
  }
  status grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept override;
  status unmap(void* address, std::size_t bytes) noexcept override;
  status replace(void* address, std::size_t mapped, block_handle before, std::size_t bytes, block_handle block,
                 const int* devices, std::size_t count, bool& lost) noexcept override;
  status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override;
  status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept override;

  std::uint64_t epoch(int) noexcept override { return 0; }
  status graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override;
  status graph_deallocate(const stream_order&, void*) noexcept override { return {}; }
  status pin(std::size_t bytes, void*& address) noexcept override;
  status unpin(void* address, std::size_t bytes) noexcept override;
  status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept override {
    return copy(order, to, pinned, bytes);
  }
  status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept override;
  status is_pageable(const void*, bool& out) noexcept override { return out = true, status{}; }  // nothing is done later
  status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes, void* workspace) noexcept override;
  status fill(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes,
              std::size_t count) noexcept override;
  status mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type, relation relate,
                  void* workspace, std::size_t& index) noexcept override;
  status reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count, void* workspace,
                void* result) noexcept override;
  status outside_capture(const stream_order&) noexcept override { return {}; }
  status record(const stream_order& order, event_handle& event) noexcept override;
  status is_complete(event_handle event, bool& out) noexcept override;
  status stream_wait_event(const stream_order&, event_handle) noexcept override { return {}; }
  void destroy_event(event_handle) noexcept override {}
  status event_synchronize(event_handle) noexcept override { return {}; }
  status stream_synchronize(const stream_order&) noexcept override { return {}; }
  status device_synchronize(int) noexcept override { return {}; }

 private:
  bool take(std::size_t bytes) noexcept;
  void give(std::size_t bytes) noexcept;
  status open() noexcept;
  void insert_hole(std::size_t offset, std::size_t bytes);
  int descriptor_of(block_handle block) noexcept;

  const std::size_t total_, granularity_;
  const int owner_;  // the process that made it
  std::mutex mutex_;
  struct file {
    int descriptor;
    int owner;  // the process that may punch holes in it: after fork() its pages are shared
  };
  std::vector<file> files_;  // the last one is this process's
  std::size_t taken_ = 0;
  std::size_t file_size_ = 0;
  std::map<std::size_t, std::size_t> holes_;  // offset -> bytes; never adjacent
};

}  // namespace vmm::engine
