// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/scratch.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <utility>

#include <vmm/engine/growth.hpp>
#include <vmm/engine/device_runtime.hpp>

#include "scratch_lender.hpp"

namespace vmm::engine {
namespace {

constexpr std::size_t given = 256;  // to what the memory of a graph is aligned

/// In a range, however small: allocating and freeing wait, or go back to the driver at each synchronisation.
/// Not a constant of this file: vectors with static storage duration may ask before its constants are made.
std::size_t least() { return options{}.small_limit + 1; }

stream_order in_order_of(const stream_order& order, bool synchronous) { return {order.device, order.stream, synchronous}; }

}  // namespace

scratch::scratch(device_runtime& m, const stream_order& order, std::size_t bytes, std::size_t alignment)
    : room_(storage::passing(m, in_order_of(order, false), alignment)), order_(order) {
  if (bytes == 0) return;
  const status s = m.get_driver().graph_allocate(order, growth::add(bytes, alignment - (std::min)(alignment, given)), graph_);
  if (!s.ok()) m.raise(s, "taking passing memory,", bytes, order.device, 0);
  if (graph_ != nullptr) {
    const auto address = reinterpret_cast<std::uintptr_t>(graph_);
    of_graph_ = static_cast<std::byte*>(graph_) + (growth::round_up(address, alignment) - address);
    return;
  }
  try {
    // What would not be kept is not made larger than it has to be.
    const retired none = bytes > m.cache_limit() ? room_.reserve((std::max)(bytes, least())) : room_.grow((std::max)(bytes, least()));
  } catch (const out_of_memory&) {
    if (bytes >= least()) throw;
    room_ = storage::passing(m, in_order_of(order, true), alignment);  // a device without a free block has kept a little for plain memory
    const retired none = room_.reserve(bytes);
  }
}

scratch::scratch(scratch&& other) noexcept
    : room_(std::move(other.room_)), order_(other.order_), graph_(std::exchange(other.graph_, nullptr)), of_graph_(other.of_graph_) {}

scratch::~scratch() {
  if (graph_ != nullptr) room_.get_driver().graph_deallocate(order_, graph_);
}

void* scratch_lender::lend(const stream_order& order, std::size_t bytes) {
  scratch made(backend_, order, (std::max)(bytes, std::size_t{1}));
  void* const address = made.data();
  std::lock_guard lock(mutex_);
  [[maybe_unused]] const bool is_new = lent_.emplace(address, std::move(made)).second;
  assert(is_new);
  return address;
}

void scratch_lender::take_back(void* address) noexcept {
  decltype(lent_)::node_type mine;
  {
    std::lock_guard lock(mutex_);
    mine = lent_.extract(address);
  }
}

}  // namespace vmm::engine
