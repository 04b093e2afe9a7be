// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/workspace.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>

#include <vmm/engine/growth.hpp>
#include <vmm/engine/device_runtime.hpp>

#include "workspace_registry.hpp"

namespace vmm::engine {
namespace {

constexpr std::size_t given = 256;  // to what the memory of a graph is aligned

/// In a range, however small: allocating and freeing wait, or go back to the driver at each synchronisation.
/// Not a constant of this file: vectors with static storage duration may ask before its constants are made.
std::size_t smallest_range() { return options{}.small_limit + 1; }

stream_order in_order_of(const stream_order& order, bool synchronous) { return {order.device, order.stream, synchronous}; }

}  // namespace

workspace::workspace(device_runtime& m, const stream_order& order, std::size_t bytes, std::size_t alignment)
    : storage_(storage::temporary(m, in_order_of(order, false), alignment)), order_(order) {
  if (bytes == 0) return;
  const status s = m.get_driver().graph_allocate(order, growth::add(bytes, alignment - (std::min)(alignment, given)), graph_);
  if (!s.ok()) m.throw_error(s, "taking temporary memory,", bytes, order.device, 0);
  if (graph_ != nullptr) {
    const auto address = reinterpret_cast<std::uintptr_t>(graph_);
    of_graph_ = static_cast<std::byte*>(graph_) + (growth::round_up(address, alignment) - address);
    return;
  }
  try {
    // What would not be kept is not made larger than it has to be.
    const deferred_release none = bytes > m.cache_limit() ? storage_.reserve((std::max)(bytes, smallest_range())) : storage_.grow((std::max)(bytes, smallest_range()));
  } catch (const out_of_memory&) {
    if (bytes >= smallest_range()) throw;
    storage_ = storage::temporary(m, in_order_of(order, true), alignment);  // a device without a free block has kept a little for direct memory
    const deferred_release none = storage_.reserve(bytes);
  }
}

workspace::workspace(workspace&& other) noexcept
    : storage_(std::move(other.storage_)), order_(other.order_), graph_(std::exchange(other.graph_, nullptr)), of_graph_(other.of_graph_) {}

workspace::~workspace() {
  if (graph_ != nullptr) storage_.get_driver().graph_deallocate(order_, graph_);
}

void* workspace_registry::acquire(const stream_order& order, std::size_t bytes) {
  workspace out(backend_, order, (std::max)(bytes, std::size_t{1}));
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
