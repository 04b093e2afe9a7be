// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/held_memory.hpp"

#include <algorithm>

#include "memory/growth.hpp"

namespace vmm::engine {

std::size_t buffer_owner::padding() const noexcept {
  constexpr std::size_t direct_alignment = 256;  // the contract's
  return alignment > direct_alignment ? alignment - direct_alignment : 0;
}

std::byte* buffer_owner::aligned(void* direct) const noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(direct);
  return static_cast<std::byte*>(direct) + (growth::round_up(address, alignment) - address);
}

void held_memory::require(const buffer_owner& o, const status& s, const char* action, std::size_t bytes) const {
  if (!s.ok()) o.backend.throw_error(s, action, bytes, o.order.device, statistics_.mapped);
}

void held_memory::grant(int device, int owner) noexcept {
  if (device < 0 || device > 63 || device == owner) return;
  const std::uint64_t bit = std::uint64_t{1} << device;
  if ((peer_devices_.load(std::memory_order_relaxed) & bit) == 0 && range_.grant(device).ok()) peer_devices_ |= bit;
}

status held_memory::wait_for_readers(const buffer_owner& o) const noexcept {
  return synchronize_readers(o.get_driver(), {o.order.device, o.order.stream, true}, access(o));
}

write_range held_memory::tail_at(std::size_t size) const noexcept {
  if (!has_tail()) return {};
  const auto [_, begin, end] = range_.tail();
  if (size < begin || size >= end) return {};
  return {reinterpret_cast<std::uintptr_t>(range_.tail_cpu()) - begin, (std::min)(end, capacity_)};
}

void held_memory::repair(const buffer_owner& o) {
  require(o, range_.repair(access(o).with_owner(o.order.device)), "mapping again", range_.mapped());
}

void held_memory::adopt(const buffer_owner& o, allocation&& direct) noexcept {
  direct_ = std::move(direct);
  data_ = o.aligned(direct_.data());
  capacity_ = direct_.size() - o.padding();
}

void held_memory::adopt(const buffer_owner& o, address_range&& range) noexcept {
  range_ = std::move(range);
  data_ = range_.data();
  update_capacity(o);
}

void held_memory::update_capacity(const buffer_owner& o) noexcept {
  capacity_ = (std::min)(range_.mapped(), o.get_options().limit);
}

void held_memory::account(const buffer_owner& o) noexcept {
  const std::size_t reserved = range_ ? range_.reserved() : 0;
  const std::size_t mapped = range_ ? range_.mapped() : direct_.size();
  vmm::statistics& stats = statistics_;
  if (reserved != stats.reserved) o.backend.count_reserved(static_cast<std::ptrdiff_t>(reserved - stats.reserved));
  if (mapped != stats.mapped) o.backend.count_mapped(static_cast<std::ptrdiff_t>(mapped - stats.mapped));
  if (const std::size_t live = mapped != 0; live != stats.live) o.backend.count_live(live != 0 ? +1 : -1), stats.live = live;
  stats.reserved = reserved;
  stats.mapped = mapped;
  stats.peak_mapped = (std::max)(stats.peak_mapped, mapped);
}

void held_memory::count_growth(const buffer_owner& o, std::chrono::steady_clock::time_point since) noexcept {
  const auto spent = std::chrono::steady_clock::now() - since;
  statistics_.growth_time += spent;
  ++statistics_.growth_steps;
  o.backend.count_step(spent);
}

/// Old and new place hold memory at once, while contents move.
void held_memory::note_peak(const buffer_owner& o, std::size_t beside) noexcept {
  statistics_.peak_mapped = (std::max)(statistics_.peak_mapped, statistics_.mapped + beside);
  o.backend.count_mapped(static_cast<std::ptrdiff_t>(beside));
  o.backend.count_mapped(-static_cast<std::ptrdiff_t>(beside));
}

}  // namespace vmm::engine
