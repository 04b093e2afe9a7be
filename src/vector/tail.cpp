// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/tail.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "memory/growth.hpp"
#include "memory/host_block.hpp"

namespace vmm::engine {
namespace {

constexpr std::size_t largest_tail = std::size_t{8} << 20;  // kernels read it far slower

constexpr std::size_t power_of_two_below(std::size_t bytes) noexcept {
  std::size_t power = 1;
  while (power <= bytes / 2) power *= 2;
  return power;
}

/// A 128th of what is mapped, a power of two times the granularity.
std::size_t tail_size(std::size_t mapped, std::size_t granularity) noexcept {
  const std::size_t share = (std::min)(mapped / 128, (std::max)(largest_tail, granularity));
  return granularity * power_of_two_below((std::max)(share / granularity, std::size_t{1}));
}

/// Nobody uses the memory any more, in whatever stream: who pushes need not know who reads. Nor does an older place of the range
/// map it.
status quiesce(const tail_context& t) noexcept {
  driver& d = t.owner.get_driver();
  if (const status s = d.outside_capture(t.owner.order); s.code == errc::capturing) return s;  // copies would be the graph's
  if (const status s = synchronize_readers(d, {t.owner.order.device, t.owner.order.stream, true}, t.access); !s.is_quiescent())
    return s;
  if (!t.owner.backend.cached_ranges().reclaim())
    return {errc::failed, "device_synchronize", "refused for a range that went before"};
  return {};
}

/// From the pool, or from ranges that their vectors have left.
host_block acquire(const tail_context& t, std::size_t bytes) noexcept {
  host_block_pool& pool = t.owner.backend.host_blocks();
  host_block out = pool.acquire(t.owner.order.device, bytes);
  if (!out && t.owner.backend.cached_ranges().reclaim()) out = pool.acquire(t.owner.order.device, bytes);
  return out;
}

/// Tiles that are filled at other addresses first, and stay mapped there until their copy is done.
class new_tiles {
 public:
  explicit new_tiles(tail_context& t) noexcept : t_(t), beside_(t.owner.backend.cached_ranges(), t.owner.order, t.access) {}

  status add(std::size_t bytes) {
    block b;
    const int device = t_.owner.order.device;
    const status s =
        t_.owner.backend.retry_after_trim(device, [&] { return block::create(t_.owner.get_driver(), device, bytes, b); });
    if (s.ok()) tiles_.push_back({std::move(b), {}}), t_.beside += bytes;
    return s;
  }
  void add(host_block&& b) { tiles_.push_back({{}, std::move(b)}); }

  /// Copies the first `bytes` of the vector from `offset` on to the first tiles. Waits.
  status fill(std::size_t offset, std::size_t bytes) {
    if (bytes == 0) return {};
    driver& d = t_.owner.get_driver();
    std::size_t covered = 0;
    while (covered < bytes) covered += tiles_[filled_++].size();
    status s = address_range::reserve(d, covered, beside_.range);
    const std::vector<int> devices = t_.access.with_owner(t_.owner.order.device);
    for (std::size_t i = 0; i < filled_ && s.ok(); ++i) {
      tile& part = tiles_[i];
      s = part.host ? beside_.range.map_back(part.host) : beside_.range.map_back(part.device, devices);
    }
    if (s.ok()) s = d.copy(t_.owner.order, beside_.range.data(), t_.range.data() + offset, bytes);
    if (s.ok()) s = d.stream_synchronize(t_.owner.order);
    if (!s.ok()) return s;
    for (std::size_t i = filled_; i-- > 0;) tiles_[i] = beside_.range.detach_last();
    return s;
  }
  /// In place of as many bytes of blocks. What was there is released.
  status put(std::size_t first, std::size_t count) {
    return t_.range.exchange(first, count, tiles_, t_.access.with_owner(t_.owner.order.device));
  }

 private:
  tail_context& t_;
  replaced_memory beside_;  // waits for the copy where that could not be waited for
  std::vector<tile> tiles_;
  std::size_t filled_ = 0;
};

}  // namespace

status place_tail(tail_context& t) {
  const std::size_t granularity = t.device.granularity, mapped = t.range.mapped();
  const status none{errc::out_of_memory, "create_host", "as much of the host's memory as is allowed is used for tails"};
  if (t.size >= mapped) {
    const std::size_t limit = t.owner.get_options().limit, addresses = t.range.reserved() - mapped;
    if (addresses < granularity) return {errc::out_of_addresses, "reserve", "no addresses are left behind it"};
    const std::size_t allowed = (std::min)(addresses, limit > mapped + granularity ? limit - mapped : granularity);
    const std::size_t bytes =
        (std::min)(tail_size(mapped, granularity), granularity * power_of_two_below(allowed / granularity));
    host_block host = acquire(t, bytes);
    return host ? t.range.map_back(host) : none;
  }
  // In place of the block in which the elements end: what is before them and what is behind in blocks of their own.
  const auto [first, begin, end] = t.range.at(t.size);
  const std::size_t from = growth::round_down(t.size, granularity);
  const std::size_t bytes =
      (std::min)(tail_size(mapped, granularity), granularity * power_of_two_below((end - from) / granularity));
  if (const status s = t.owner.get_driver().outside_capture(t.owner.order); !s.ok()) return s;
  host_block host = acquire(t, bytes);
  if (!host) return none;
  if (const status s = quiesce(t); !s.ok()) return s;
  new_tiles tiles(t);
  if (from != begin)
    if (const status s = tiles.add(from - begin); !s.ok()) return s;
  tiles.add(std::move(host));
  std::size_t left = end - from - bytes;
  for (std::size_t piece = bytes; left != 0; piece *= 2) {  // each is split once more when the elements get there
    const std::size_t next = left < 2 * piece ? left : piece;
    if (const status s = tiles.add(next); !s.ok()) return s;
    left -= next;
  }
  if (const status s = tiles.fill(begin, t.size - begin); !s.ok()) return s;
  return tiles.put(first, 1);
}

status turn_tail(tail_context& t) {
  const growth::rule rule = growth::rule_of(t.owner.get_options(), t.device);
  const auto [last, tail, end] = t.range.tail();
  // As far back as blocks are smaller than what one growth would have mapped there.
  std::size_t first = last;
  for (std::size_t i = last, largest = 0; i-- > 0;) {
    const auto [_, begin, block_end] = t.range.extent_of(i);
    largest = (std::max)(largest, block_end - begin);
    const std::size_t most = growth::next_block(growth::unlimited, rule),
                      step = (std::min)(growth::step(begin, rule), most / 2);
    if (end - begin > most) break;
    if (largest < step && end - begin >= step) first = i;
    if (largest >= (std::min)(growth::step(tail, rule), most / 2)) break;
  }
  if (const status s = quiesce(t); !s.ok()) return s;
  for (;;) {
    const std::size_t begin = t.range.extent_of(first).begin, content = t.size > begin ? (std::min)(t.size, end) - begin : 0;
    new_tiles tiles(t);
    status s = tiles.add(end - begin);
    if (s.ok()) s = tiles.fill(begin, content);
    if (s.ok()) return tiles.put(first, last + 1 - first);
    if (s.code != errc::out_of_memory || first == last) return s;
    first = last;  // the rest stays in small blocks
    t.beside = 0;
  }
}

}  // namespace vmm::engine
