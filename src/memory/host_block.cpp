// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/host_block.hpp"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <new>
#include <numeric>
#include <utility>

namespace vmm::engine {
namespace {

/// A 16th of what this computer has, or this container, and no more than suffices for a thousand vectors that are pushed to in turn.
std::size_t default_limit() noexcept {
  auto host = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (std::FILE* f = std::fopen("/sys/fs/cgroup/memory.max", "re")) {
    std::uintmax_t bytes = 0;
    if (std::fscanf(f, "%" SCNuMAX, &bytes) == 1) host = (std::min)(host, static_cast<std::size_t>(bytes));
    std::fclose(f);
  }
  return (std::min)(host / 16, std::size_t{4} << 30);
}

}  // namespace

host_block::pooled::pooled(memory_driver& d, block&& b, int count)
    : driver(&d), memory(std::move(b)), devices(static_cast<std::size_t>(count)) {
  std::iota(devices.begin(), devices.end(), 0);
}

host_block::pooled::~pooled() {
  if (address == nullptr) return;
  driver->unmap(address, memory.size());
  driver->unreserve(address, memory.size());
}

host_block::~host_block() {
  if (pool_ != nullptr) pool_->release(node_);
}

host_block_pool::host_block_pool(driver& d) noexcept : driver_(d), limit_(default_limit()) {}

/// To be destroyed without the lock.
void host_block_pool::drop(host_block::nodes& from, host_block::nodes::iterator b, host_block::nodes& to) noexcept {
  held_ -= b->memory.size();
  to.splice(to.end(), from, b);
}

host_block host_block_pool::acquire(int device, std::size_t bytes) noexcept {
  host_block out;
  host_block::nodes dropped;
  {
    std::lock_guard lock(mutex_);
    const auto fits = [&](const host_block::pooled& b) { return b.memory.size() == bytes && b.memory.device() == device; };
    if (const auto found = std::find_if(free_.begin(), free_.end(), fits); found != free_.end()) {
      out.node_.splice(out.node_.end(), free_, found);
      out.pool_ = this;
      return out;
    }
    while (!free_.empty() && held() + bytes > limit()) drop(free_, free_.begin(), dropped);
    if (held() + bytes > limit()) return out;
    held_ += bytes;
  }
  dropped.clear();
  const auto refused = [&] { held_ -= bytes; };
  block memory;
  void* address = nullptr;
  if (!block::create_host(driver_, device, bytes, memory).ok()) return refused(), host_block();
  try {
    out.node_.emplace_back(driver_, std::move(memory), driver_.devices());
  } catch (const std::bad_alloc&) {
    return refused(), host_block();
  }
  host_block::pooled& made = out.node_.front();
  if (!driver_.reserve(bytes, nullptr, address).ok()) return out.node_.clear(), refused(), host_block();
  if (!driver_.map_host(device, address, bytes, made.memory.handle()).ok()) {
    driver_.unreserve(address, bytes);
    return out.node_.clear(), refused(), host_block();
  }
  made.address = static_cast<std::byte*>(address);
  out.pool_ = this;
  return out;
}

void host_block_pool::release(host_block::nodes& node) noexcept {
  host_block::nodes dropped;
  std::lock_guard lock(mutex_);
  free_.splice(free_.begin(), node);  // what was used last is used next
  if (held() > limit()) drop(free_, free_.begin(), dropped);
}

void host_block_pool::trim() noexcept {
  host_block::nodes dropped;
  std::lock_guard lock(mutex_);
  while (!free_.empty()) drop(free_, free_.begin(), dropped);
}

void host_block_pool::set_limit(std::size_t bytes) noexcept {
  host_block::nodes dropped;
  std::lock_guard lock(mutex_);
  limit_ = bytes;
  while (!free_.empty() && held() > limit()) drop(free_, free_.begin(), dropped);
}

}  // namespace vmm::engine
