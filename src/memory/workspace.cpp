// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/workspace.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "memory/access_set.hpp"
#include "memory/growth.hpp"
#include "memory/range_cache.hpp"
#include <vmm/options.hpp>

#include "common/trace.hpp"

namespace vmm::engine {
namespace {

constexpr std::size_t given = 256;  // to what direct memory and that of a graph are aligned

std::size_t padded(std::size_t bytes, std::size_t alignment) noexcept {
  return growth::add(bytes, alignment - (std::min)(alignment, given));
}

std::byte* aligned(void* memory, std::size_t alignment) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  return static_cast<std::byte*>(memory) + (growth::round_up(address, alignment) - address);
}

}  // namespace

workspace::workspace(memory_pool& pool, const stream_order& order, std::size_t bytes, std::size_t alignment)
    : pool_(pool), order_(order) {
  if (bytes != 0 && !take_from_graph(bytes, alignment)) take(bytes, alignment);
}

bool workspace::take_from_graph(std::size_t bytes, std::size_t alignment) {
  const status s = pool_.get_driver().graph_allocate(order_, padded(bytes, alignment), graph_);
  if (!s.ok()) pool_.throw_error(s, "taking temporary memory,", bytes, order_.device, 0);
  if (graph_ == nullptr) return false;
  data_ = aligned(graph_, alignment);
  return true;
}

/// In a range, however small: allocating and freeing wait, or go back to the driver at each synchronisation.
void workspace::take(std::size_t bytes, std::size_t alignment) {
  const trace range("vmm workspace");
  if (order_.device < 0) order_.device = (std::max)(pool_.get_driver().current_device(), 0);
  order_.synchronous = false;
  const capabilities c = pool_.describe(order_.device);
  const std::size_t smallest = options{}.small_limit + 1, wanted = (std::max)(bytes, smallest);
  if (bytes > c.total_memory) pool_.throw_error({errc::out_of_memory, "", ""}, "mapping", bytes, order_.device, 0);
  if (c.virtual_memory) {
    pool_.require_alignment(alignment, order_.device, c);
    try {
      // What would not be kept is not made larger than it has to be.
      range_ = pool_.acquire_range({order_, access_set(nullptr, 0), nullptr, wanted, bytes > pool_.cache_limit(), 0}, c);
      pool_.count_range(+1);
      data_ = range_.data();
      return;
    } catch (const out_of_memory&) {
      if (bytes >= smallest) throw;
      order_.synchronous = true;  // a device without a free block has kept a little for direct memory
    }
  }
  const auto attempt = [&] { return allocation::create(pool_.get_driver(), order_, padded(bytes, alignment), direct_); };
  status s = pool_.retry_after_trim(order_.device, attempt);
  if (s.code == errc::out_of_memory && !order_.synchronous) order_.synchronous = true, s = attempt();
  if (!s.ok()) pool_.throw_error(s, "allocating", bytes, order_.device, 0);
  data_ = aligned(direct_.data(), alignment);
}

workspace::workspace(workspace&& other) noexcept
    : pool_(other.pool_),
      order_(other.order_),
      data_(std::exchange(other.data_, nullptr)),
      range_(std::move(other.range_)),
      direct_(std::move(other.direct_)),
      graph_(std::exchange(other.graph_, nullptr)) {}

workspace::~workspace() {
  if (graph_ != nullptr) pool_.get_driver().graph_deallocate(order_, graph_);
  if (!range_) return;
  pool_.count_range(-1);
  pool_.cached_ranges().release(order_, access_set(nullptr, 0), std::move(range_));
}

}  // namespace vmm::engine
