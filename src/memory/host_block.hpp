// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Blocks of the host's memory, with an address for the CPU. A vector that is looked at between pushes ends in one: mapped at the
/// vector's addresses for its devices, so that kernels see what the CPU stores. To make one takes long, so they are pooled.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <mutex>
#include <vector>

#include "driver/driver.hpp"
#include "memory/block.hpp"

namespace vmm::engine {

class host_block_pool;

/// One, mapped for the CPU. Goes back to the pool. pre: then no device maps it any more.
class host_block {
 public:
  host_block() noexcept = default;
  host_block(host_block&& other) noexcept { swap(other); }
  host_block& operator=(host_block&& other) noexcept {
    host_block(std::move(other)).swap(*this);
    return *this;
  }
  ~host_block();

  explicit operator bool() const noexcept { return pool_ != nullptr; }
  block_handle handle() const noexcept { return node_.front().memory.handle(); }
  std::size_t size() const noexcept { return node_.front().memory.size(); }
  std::byte* cpu_address() const noexcept { return node_.front().address; }
  /// Who has to have access wherever it is mapped: all that there are. A copy by one that has none crashes in some drivers, which take
  /// the memory for the CPU's.
  const std::vector<int>& devices() const noexcept { return node_.front().devices; }

 private:
  friend class host_block_pool;
  struct pooled {
    memory_driver* driver;
    block memory;
    std::byte* address = nullptr;  // reserved and mapped for the CPU; null while that is still to be done
    std::vector<int> devices;
    pooled(memory_driver& d, block&& b, int count);
    pooled(const pooled&) = delete;
    ~pooled();
  };
  using nodes = std::list<pooled>;  // moving one between lists cannot fail

  void swap(host_block& other) noexcept { std::swap(pool_, other.pool_), node_.swap(other.node_); }

  host_block_pool* pool_ = nullptr;
  nodes node_;
};

/// Safe to call from several threads.
class host_block_pool {
 public:
  explicit host_block_pool(driver& d) noexcept;
  ~host_block_pool() = default;  ///< pre: no block is in use
  host_block_pool(const host_block_pool&) = delete;

  /// Of exactly that many bytes, near to `device`. An empty one where it would pass the limit, or is refused.
  host_block acquire(int device, std::size_t bytes) noexcept;
  /// Gives back those that are not in use.
  void trim() noexcept;
  /// Bytes that may be held at once, in use or not. What is held beyond a smaller limit goes when it is given back.
  void set_limit(std::size_t bytes) noexcept;
  std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  std::size_t held() const noexcept { return held_.load(std::memory_order_relaxed); }

 private:
  friend class host_block;
  void release(host_block::nodes& node) noexcept;
  void drop(host_block::nodes& from, host_block::nodes::iterator b, host_block::nodes& to) noexcept;

  driver& driver_;
  std::mutex mutex_;
  host_block::nodes free_;
  std::atomic<std::size_t> limit_, held_{0};
};

}  // namespace vmm::engine
