// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How a buffer gives memory back while it keeps the contents.
#include <utility>
#include <vector>

#include "memory/growth.hpp"
#include "vector/buffer.hpp"

namespace vmm::engine {

void buffer::shrink_to_fit(const buffer_owner& o, const relocation& moved) {
  if (range_) return shrink_range(o, moved.bytes);
  if (moved.bytes == 0) return release(o);
  if (moved.bytes == capacity_) return;
  replaced_memory old(o.backend.cached_ranges(), o.order, access(o));
  allocation fresh = allocate(o, moved.bytes, moved.bytes);
  note_peak(o, fresh.size());
  relocate_to(o, o.aligned(fresh.data()), moved);
  old.direct = std::move(direct_);
  adopt(o, std::move(fresh));
  account(o);
}

void buffer::shrink_range(const buffer_owner& o, std::size_t size) {
  const capabilities c = o.backend.describe(o.order.device);
  const std::size_t keep = growth::round_up(size, c.granularity);
  if (has_tail() && range_.tail().begin < size) {  // otherwise it goes
    refuse_in_capture(o, "moving", size, statistics_.mapped);
    turn_tail(o, c, size);
    if (has_tail()) require(o, {errc::capturing, "outside_capture", "a capture has begun"}, "moving", size);
  }
  if (keep == range_.mapped()) return;
  const bool straddles = range_.at(keep).begin != keep;
  if (straddles) refuse_in_capture(o, "moving", size, statistics_.mapped);
  if (const status s = synchronize_readers(o.get_driver(), o.order, access(o)); !s.is_quiescent())
    require(o, s, "waiting for work on", range_.mapped());
  // An older place of this range still maps what goes.
  if (!o.backend.cached_ranges().reclaim())
    require(o, {errc::failed, "device_synchronize", "refused for a range that went before"}, "waiting for work on", size);
  range_.unmap_back(keep);
  if (size == 0 && !o.get_options().fixed_address) return release(o);
  update_capacity(o);
  account(o);
  if (straddles) replace_last_block(o, size, keep);
}

/// The block in which the contents end is larger than what it has to hold: a smaller one takes its place, at the same address. The
/// new one is filled at another address first, in a range that could replace this one: if neither the new block nor the old one
/// can be mapped where the old one was, the contents are there. pre: nobody uses the memory any more.
void buffer::replace_last_block(const buffer_owner& o, std::size_t size, std::size_t keep) {
  driver& d = o.get_driver();
  const int device = o.order.device;
  const std::size_t before = range_.at(range_.mapped() - 1).begin, bytes = keep - before;
  const access_set others = access(o);
  const std::vector<int> devices = others.with_owner(device);
  replaced_memory beside(o.backend.cached_ranges(), o.order, others);  // waits for the copy where that could not be waited for
  block fresh;
  const auto attempt = [&](auto call) { return o.backend.retry_after_trim(device, call); };
  require(o, attempt([&] { return block::create(d, device, bytes, fresh); }), "mapping", bytes);
  require(o, attempt([&] { return address_range::reserve(d, keep, beside.range); }), "reserving", keep);
  require(o, attempt([&] { return range_.mirror_into(beside.range, devices, before); }), "moving a range of", before);
  require(o, attempt([&] { return beside.range.map_back(fresh, devices); }), "mapping", bytes);
  note_peak(o, bytes);
  require(o, d.copy(o.order, beside.range.data() + before, data_ + before, size - before), "copying", size - before);
  require(o, d.stream_synchronize(o.order), "waiting for work on", size - before);
  bool moved = false;
  const status replaced = range_.replace_last(beside.range, devices, moved);
  if (moved) {
    range_.hand_over(beside.range);
    const address_range old = std::move(range_);
    adopt(o, std::move(beside.range));
    ++statistics_.relocations;
    o.backend.count_relocation();
  } else {
    beside.range = address_range();  // nothing uses it any more
    update_capacity(o);
  }
  account(o);
  require(o, replaced, "mapping", bytes);
}

}  // namespace vmm::engine
