// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/workspace_registry.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vmm::engine {

void* workspace_registry::acquire(const stream_order& order, std::size_t bytes, std::size_t alignment) {
  workspace out(pool_, order, (std::max)(bytes, std::size_t{1}), alignment);
  void* const address = out.data();
  std::lock_guard lock(mutex_);
  [[maybe_unused]] const bool is_new = in_use_.emplace(address, std::move(out)).second;
  assert(is_new);
  return address;
}

void workspace_registry::release(void* address) noexcept {
  decltype(in_use_)::node_type mine;
  {
    std::lock_guard lock(mutex_);
    mine = in_use_.extract(address);
  }
}

}  // namespace vmm::engine
