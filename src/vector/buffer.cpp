// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How a buffer takes memory; buffer_shrink.cpp has how it gives some back.
#include "vector/buffer.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "common/format_bytes.hpp"
#include "common/trace.hpp"
#include "memory/growth.hpp"

namespace vmm::engine {

void deferred_release::give_back() noexcept { delete parts_; }

void refuse_in_capture(const buffer_owner& o, const char* action, std::size_t bytes, std::size_t held) {
  if (const status s = o.get_driver().outside_capture(o.order); s.code == errc::capturing)
    o.backend.throw_error(s, action, bytes, o.order.device, held);
}

void buffer::release(const buffer_owner& o) noexcept {
  if (range_) {
    o.backend.count_range(-1);
    o.backend.cached_ranges().release(o.order, access(o), std::move(range_));
  }
  direct_ = allocation();
  peer_devices_.store(0, std::memory_order_relaxed);
  data_ = nullptr;
  capacity_ = 0;
  account(o);
}

// -- growth ----------------------------------------------------------------------------------------------------------

deferred_release buffer::grow(const buffer_owner& o, const growth_request& request, const capabilities& c,
                              const relocation& moved) {
  const trace range("vmm growth");
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t bytes = request.bytes;
  if (bytes > c.total_memory) require(o, {errc::out_of_memory, "", ""}, "mapping", bytes - statistics_.mapped);
  o.backend.require_alignment(o.alignment, o.order.device, c);
  deferred_release old;
  if (direct_ || range_) old.parts_ = new replaced_memory(o.backend.cached_ranges(), o.order, access(o));
  if (range_) turn_tail(o, c, moved.bytes);
  if (range_)
    grow_range(o, request, c, moved, old.parts_);
  else if (const std::size_t target = direct_target(o, request, c); target != 0)
    grow_direct(o, target, bytes, moved, old.parts_);
  else
    promote(o, request, c, moved, old.parts_);
  account(o);
  count_growth(o, begin);
  return old;
}

/// How much direct memory to take: Thrust's arithmetic as long as that stays within the limit; 0: a range instead.
std::size_t buffer::direct_target(const buffer_owner& o, const growth_request& r, const capabilities& c) const {
  const options& how = o.get_options();
  const std::size_t target = r.exact ? r.bytes : (std::min)(growth::direct_capacity(capacity_, r.bytes), how.limit);
  const bool needs_range = how.fixed_address || !how.devices.empty();
  if (c.virtual_memory) return needs_range || target > how.small_limit ? 0 : target;
  if (needs_range)
    throw error(errc::not_supported, "vmm: device " + std::to_string(o.order.device) +
                                         " has no virtual memory management: the driver refused to create a block. "
                                         "options::fixed_address and options::devices need it; without them it works as "
                                         "thrust::device_vector does");
  return target;
}

/// Direct memory for `target` bytes, or for `minimum` where that much fails.
allocation buffer::allocate(const buffer_owner& o, std::size_t target, std::size_t minimum) const {
  allocation out;
  const auto attempt = [&](std::size_t bytes) {
    return allocation::create(o.get_driver(), o.order, growth::add(bytes, o.padding()), out);
  };
  status s = o.backend.retry_after_trim(o.order.device, [&] { return attempt(target); });
  if (s.code == errc::out_of_memory && minimum < target) s = attempt(minimum);
  require(o, s, "allocating", minimum);
  return out;
}

/// Brings the contents to a new place; the old one still holds them if bytes alone were copied.
void buffer::relocate_to(const buffer_owner& o, void* to, const relocation& moved) const {
  if (moved.bytes == 0) return;
  refuse_in_capture(o, "moving", moved.bytes, statistics_.mapped);
  if (moved.relocate != nullptr)
    moved.relocate(*moved.vector, to, data_, moved.bytes);
  else
    require(o, o.get_driver().copy(o.order, to, data_, moved.bytes), "copying", moved.bytes);
}

void buffer::grow_direct(const buffer_owner& o, std::size_t target, std::size_t bytes, const relocation& moved,
                         replaced_memory* old) {
  allocation fresh = allocate(o, target, bytes);
  relocate_to(o, o.aligned(fresh.data()), moved);
  if (direct_) {
    statistics_.copied_bytes += moved.bytes;
    o.backend.count_copied(moved.bytes);
    note_peak(o, fresh.size());
    old->direct = std::move(direct_);
  }
  adopt(o, std::move(fresh));
}

void buffer::promote(const buffer_owner& o, const growth_request& r, const capabilities& c, const relocation& moved,
                     replaced_memory* old) {
  const access_set devices = access(o);
  replaced_memory fresh(o.backend.cached_ranges(), o.order,
                        devices);  // until it is adopted: goes back to them if anything throws
  fresh.range = o.backend.acquire_range(request_of(o, devices, r), c);
  move_into(o, fresh.range, moved, old);
}

/// Out of direct memory, if there is some.
void buffer::move_into(const buffer_owner& o, address_range& range, const relocation& moved, replaced_memory* old) {
  relocate_to(o, range.data(), moved);
  statistics_.promoted_bytes += moved.bytes;
  o.backend.count_promoted(moved.bytes);
  note_peak(o, range.mapped());
  if (direct_) old->direct = std::move(direct_);
  adopt(o, std::move(range));
  o.backend.count_range(+1);
}

void buffer::grow_range(const buffer_owner& o, const growth_request& r, const capabilities& c, const relocation& moved,
                        replaced_memory* old) {
  const std::size_t minimum = growth::round_up(r.bytes, c.granularity);
  const options& how = o.get_options();
  const std::size_t target = r.exact ? minimum : growth::target(range_.mapped(), r.bytes, how.limit, growth::rule_of(how, c));
  if (minimum > range_.reserved() && !extend(o, minimum)) return move_range(o, target, minimum, c, moved, old);
  const access_set devices = access(o);
  o.backend.map_until(range_, (std::min)(target, range_.reserved()), minimum, request_of(o, devices, r), c);
  update_capacity(o);
}

/// Takes the neighbouring addresses, where they are free, so that `bytes` can be mapped in place.
bool buffer::extend(const buffer_owner& o, std::size_t bytes) {
  const bool fixed = o.get_options().fixed_address;
  const std::size_t missing = bytes - range_.reserved();
  for (std::size_t more : {(std::max)(missing, range_.reserved()), missing}) {
    status s = range_.extend(more);
    if (s.code == errc::out_of_addresses && fixed && o.backend.cached_ranges().ranges() != 0) {
      o.backend.trim(-1);  // a cached range may be the neighbour
      s = range_.extend(more);
    }
    if (s.ok()) return account(o), true;
    if (s.code != errc::out_of_addresses) require(o, s, "extending a range by", more);
  }
  if (fixed)
    throw error(errc::out_of_addresses, "vmm: " + std::string(format_bytes(bytes).text) + " do not fit in a range of " +
                                            format_bytes(range_.reserved()).text + " on device " +
                                            std::to_string(o.order.device) +
                                            ": its neighbours are taken, and options::fixed_address forbids moving it; "
                                            "reserve more with options::initial_reservation");
  return false;
}

/// To a larger range: the same blocks mapped there as well, or new blocks for elements that are more than bytes.
void buffer::move_range(const buffer_owner& o, std::size_t target, std::size_t minimum, const capabilities& c,
                        const relocation& moved, replaced_memory* old) {
  if (has_tail())
    require(o, {errc::capturing, "outside_capture", "its end is in the host's memory"}, "moving a range of", range_.mapped());
  const access_set devices = access(o);
  const range_request request = request_of(o, devices, {minimum, false});
  replaced_memory larger(o.backend.cached_ranges(), o.order, devices);  // until it is adopted
  larger.range = o.backend.reserve(growth::multiply(range_.reserved(), 2), request, c);
  const std::size_t end = (std::min)(target, larger.range.reserved());
  if (moved.relocate == nullptr) {
    const auto mirrored = [&] { return range_.mirror_into(larger.range, devices.with_owner(o.order.device)); };
    require(o, o.backend.retry_after_trim(o.order.device, mirrored), "moving a range of", range_.mapped());
    o.backend.map_until(larger.range, end, minimum, request, c);
    range_.hand_over(larger.range);
    ++statistics_.relocations;
    o.backend.count_relocation();
  } else {
    o.backend.map_until(larger.range, end, minimum, request, c);
    relocate_to(o, larger.range.data(), moved);
    statistics_.copied_bytes += moved.bytes;
    o.backend.count_copied(moved.bytes);
    note_peak(o, larger.range.mapped());
  }
  old->range = std::move(range_);
  adopt(o, std::move(larger.range));
}

}  // namespace vmm::engine
