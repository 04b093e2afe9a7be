// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A backend: its memory pool, its pinned buffers, and temporary memory that allocators know by its address. One per driver,
/// reached by every vector through the pointer that it remembers, and never destroyed, so that vectors with static storage
/// duration find it at exit.
#pragma once

#include <cstddef>
#include <memory>

#include <vmm/detail/backend.hpp>
#include "driver/driver.hpp"
#include "memory/memory_pool.hpp"
#include "memory/shared_options.hpp"
#include <vmm/statistics.hpp>

namespace vmm::engine {

class pinned_buffer_pool;
class workspace_registry;

class device_runtime : public memory_pool {
 public:
  explicit device_runtime(driver& d);
  ~device_runtime();  ///< pre: no vector uses it any more

  /// Of vectors that were given none.
  const shared_options& default_options() const noexcept { return default_options_; }
  pinned_buffer_pool& pinned_buffers() const noexcept { return *pinned_buffers_; }
  /// @name Temporary memory by its address, see workspace_registry
  void* acquire_workspace(const stream_order& order, std::size_t bytes, std::size_t alignment = 256);
  void release_workspace(void* address) noexcept;

  /// What trim does, for pinned host memory. Waits for kernels.
  void unpin() noexcept;
  void set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept;
  vmm::statistics statistics() const noexcept;  ///< with the pinned memory

 private:
  shared_options default_options_;
  std::unique_ptr<pinned_buffer_pool> pinned_buffers_;
  std::unique_ptr<workspace_registry> workspaces_;
};

}  // namespace vmm::engine
