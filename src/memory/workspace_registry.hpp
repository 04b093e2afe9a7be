// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <map>
#include <mutex>

#include "driver/driver.hpp"
#include "memory/memory_pool.hpp"
#include "memory/workspace.hpp"

namespace vmm::engine {

/// engine::workspace by its address, for allocators that remember nothing else. Safe to call from several threads.
class workspace_registry {
 public:
  explicit workspace_registry(memory_pool& pool) noexcept : pool_(pool) {}
  workspace_registry(const workspace_registry&) = delete;
  void* acquire(const stream_order& order, std::size_t bytes, std::size_t alignment);
  void release(void* address) noexcept;

 private:
  memory_pool& pool_;
  std::mutex mutex_;
  std::map<void*, workspace> in_use_;
};

}  // namespace vmm::engine
