// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "backend/device_runtime.hpp"

#include "transfer/pinned_buffer_pool.hpp"

#include "memory/host_block.hpp"
#include "memory/workspace_registry.hpp"

namespace vmm::engine {

namespace {

options defaults_of(device_runtime& backend) {
  options o;
  o.backend = &backend;
  return o;
}

}  // namespace

device_runtime::device_runtime(driver& d)
    : memory_pool(d),
      default_options_(defaults_of(*this)),
      pinned_buffers_(std::make_unique<pinned_buffer_pool>(d)),
      workspaces_(std::make_unique<workspace_registry>(*this)) {}
device_runtime::~device_runtime() = default;

void* device_runtime::acquire_workspace(const stream_order& order, std::size_t bytes, std::size_t alignment) {
  return workspaces_->acquire(order, bytes, alignment);
}
void device_runtime::release_workspace(void* address) noexcept { workspaces_->release(address); }

void device_runtime::unpin() noexcept {
  pinned_buffers_->trim();
  host_blocks().trim();
}
void device_runtime::set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept {
  pinned_buffers_->configure(buffer_bytes, buffers);
}

vmm::statistics device_runtime::statistics() const noexcept {
  vmm::statistics s = memory_pool::statistics();
  s.pinned = pinned_buffers_->pinned() + host_blocks().held();
  return s;
}

}  // namespace vmm::engine
