// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How storage takes room and gives it back; src/storage.cpp has the rest.
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <vmm/engine/growth.hpp>
#include <vmm/engine/range_cache.hpp>
#include <vmm/engine/storage.hpp>

#include "sizes.hpp"
#include "trace.hpp"

namespace vmm::engine {
namespace {

growth::rule rule_of(const options& o, const capabilities& c) {
  growth::rule r;
  r.granularity = c.granularity;
  r.largest_block = c.largest_block;
  r.step_factor = o.step_factor;
  r.minimum_step = o.minimum_step;
  return r;
}

}  // namespace

/// The device and what it can do; the first point at which a driver is needed.
capabilities storage::resolve() {
  if (where_.device < 0) where_.device = (std::max)(get_driver().current_device(), 0);
  return machine_->describe(where_.device);
}

retired storage::grow(std::size_t bytes, bool exact, relocate_fn relocate) {
  retired old;
  if (bytes <= capacity_) return old;
  const options& o = get_options();
  if (bytes > o.limit)
    throw std::length_error("vmm: " + std::to_string(bytes) + " bytes asked for, options::limit allows " +
                            std::to_string(o.limit) + " (" + human(o.limit).text + ")");
  const trace range(passing_ ? "vmm scratch" : "vmm growth");
  const auto begin = std::chrono::steady_clock::now();
  const capabilities c = resolve();
  if (bytes > c.total_memory) raise({errc::out_of_memory, "", ""}, "mapping", bytes - stats_.mapped);
  bind(old);
  if (range_)
    grow_range(bytes, exact, c, relocate, old);
  else if (const std::size_t wish = plain_wish(bytes, exact, c); wish != 0)
    grow_plain(wish, bytes, relocate, old);
  else
    promote(bytes, exact, c, relocate, old);
  const auto spent = std::chrono::steady_clock::now() - begin;
  account();
  shown_ = false;  // by std::vector's rules nobody knows where elements are any more
  if (passing_) return old;
  stats_.growth_time += spent;
  ++stats_.growth_steps;
  machine_->count_step(spent);
  return old;
}

/// How much plain memory to take: Thrust's arithmetic as long as that stays within the limit; 0: a range instead.
std::size_t storage::plain_wish(std::size_t bytes, bool exact, const capabilities& c) const {
  const options& o = get_options();
  const std::size_t wish = exact ? bytes : (std::min)(growth::plain_capacity(capacity_, bytes), o.limit);
  const bool needs_range = o.fixed_address || !o.devices.empty();
  if (c.virtual_memory) return needs_range || wish > o.small_limit ? 0 : wish;
  if (needs_range)
    throw error(errc::not_supported, "vmm: device " + std::to_string(where_.device) +
                                         " has no virtual memory management: the driver refused to create a block. "
                                         "options::fixed_address and options::devices need it; without them it works as "
                                         "thrust::device_vector does");
  return wish;
}

/// Plain memory of `wish` bytes, or of `least` where that much is refused.
allocation storage::allocate(std::size_t wish, std::size_t least) {
  allocation made;
  status s = with_room([&] { return allocation::create(get_driver(), where_, wish, made); });
  if (s.code == errc::out_of_memory && least < wish) s = allocation::create(get_driver(), where_, least, made);
  require(s, "allocating", least);
  return made;
}

/// Brings the contents to a new place; the old one still holds them if bytes alone were copied.
void storage::carry(void* to, relocate_fn relocate) {
  const std::size_t bytes = placed();
  if (bytes == 0) return;
  refuse_in_capture("moving", bytes);
  if (relocate != nullptr)
    relocate(*this, to, data_, bytes);
  else
    require(get_driver().copy(where_, to, data_, bytes), "copying", bytes);
}

void storage::install(allocation&& plain) noexcept {
  plain_ = std::move(plain);
  data_ = static_cast<std::byte*>(plain_.data());
  window_end_ = 0;
  capacity_ = plain_.size();
}

void storage::install(address_range&& range) noexcept {
  range_ = std::move(range);
  data_ = range_.data();
  window_end_ = 0;
  use_mapped();
}

void storage::use_mapped() noexcept { capacity_ = (std::min)(range_.mapped(), get_options().limit); }

void storage::grow_plain(std::size_t wish, std::size_t bytes, relocate_fn relocate, retired& old) {
  allocation fresh = allocate(wish, bytes);
  carry(fresh.data(), relocate);
  stats_.copied_bytes += placed();
  machine_->count_copied(placed());
  note_peak(fresh.size());
  old.plain_ = std::move(plain_);
  install(std::move(fresh));
}

void storage::promote(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, retired& old) {
  const options& o = get_options();
  const growth::rule r = rule_of(o, c);
  const std::size_t least = growth::round_up(bytes, c.granularity);
  const std::size_t target = exact ? least : growth::target(0, bytes, o.limit, r);
  const std::size_t ranges = machine_->live_ranges() + machine_->warm_ranges().ranges();
  const std::size_t wanted = o.initial_reservation != 0
                                 ? o.initial_reservation
                                 : (std::min)(growth::reservation(c.total_memory, ranges, bytes, c.granularity), o.limit);
  const std::size_t addresses = growth::round_up((std::max)(wanted, least), c.granularity);
  retired fresh;  // until it is installed: goes back to the warm ranges if anything throws
  bind(fresh);
  range_cache::wish wish{least, target, addresses, addresses};
  if (o.initial_reservation == 0) wish.most_reserved = growth::unlimited;
  if (o.initial_reservation == 0 && !o.fixed_address)  // more than a new range would get is not asked of an old one
    wish.least_reserved = (std::min)(addresses, (std::max)(least, machine_->last_reservation()));
  if (!exact && !options_) wish.most_mapped = growth::most_mapped(bytes, r);
  fresh.range_ = machine_->warm_ranges().take(where_, options_.get(), wish);
  if (!fresh.range_) {
    fresh.range_ = reserve_addresses(addresses, bytes, c);
    map_until(fresh.range_, (std::min)(target, fresh.range_.reserved()), least, c);
  }
  carry(fresh.range_.data(), relocate);
  stats_.promoted_bytes += placed();
  machine_->count_promoted(placed());
  note_peak(fresh.range_.mapped());
  old.plain_ = std::move(plain_);
  install(std::move(fresh.range_));
  machine_->count_range(+1);
}

void storage::grow_range(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, retired& old) {
  const std::size_t least = growth::round_up(bytes, c.granularity);
  const growth::rule r = rule_of(get_options(), c);
  const std::size_t target = exact ? least : growth::target(range_.mapped(), bytes, get_options().limit, r);
  if (least > range_.reserved() && !extend(least)) return move_range(target, least, c, relocate, old);
  map_until(range_, (std::min)(target, range_.reserved()), least, c);
  use_mapped();
}

/// Takes the neighbouring addresses, where they are free, so that `bytes` can be mapped in place.
bool storage::extend(std::size_t bytes) {
  const std::size_t missing = bytes - range_.reserved();
  for (std::size_t more : {(std::max)(missing, range_.reserved()), missing}) {
    status s = range_.extend(more);
    if (s.code == errc::out_of_addresses && get_options().fixed_address && machine_->warm_ranges().ranges() != 0) {
      machine_->trim(-1);  // a warm range may be the neighbour
      s = range_.extend(more);
    }
    if (s.ok()) return account(), true;
    if (s.code != errc::out_of_addresses) require(s, "extending a range by", more);
  }
  if (get_options().fixed_address)
    throw error(errc::out_of_addresses, "vmm: " + std::string(human(bytes).text) + " do not fit in a range of " +
                                            human(range_.reserved()).text + " on device " + std::to_string(where_.device) +
                                            ": its neighbours are taken, and options::fixed_address forbids moving it; "
                                            "reserve more with options::initial_reservation");
  return false;
}

/// To a larger range: the same blocks mapped there as well, or new blocks for elements that are more than bytes.
void storage::move_range(std::size_t target, std::size_t least, const capabilities& c, relocate_fn relocate,
                         retired& old) {
  retired larger;  // until it is installed
  bind(larger);
  larger.range_ = reserve_addresses(growth::multiply(range_.reserved(), 2), least, c);
  const std::size_t end = (std::min)(target, larger.range_.reserved());
  if (relocate == nullptr) {
    const auto mirrored = [&] { return range_.mirror_into(larger.range_, who().with_owner(where_.device)); };
    require(with_room(mirrored), "moving a range of", range_.mapped());
    map_until(larger.range_, end, least, c);
    range_.hand_over(larger.range_);
    ++stats_.relocations;
    machine_->count_relocation();
  } else {
    map_until(larger.range_, end, least, c);
    carry(larger.range_.data(), relocate);
    stats_.copied_bytes += placed();
    machine_->count_copied(placed());
    note_peak(larger.range_.mapped());
  }
  old.range_ = std::move(range_);
  install(std::move(larger.range_));
}

/// Halves on refusal, down to what is needed now.
address_range storage::reserve_addresses(std::size_t wish, std::size_t bytes, const capabilities& c) {
  const std::size_t least = growth::round_up(bytes, c.granularity);
  wish = (std::max)(least, growth::round_up(wish, c.granularity));
  for (bool halved = false;; halved = true) {
    address_range made;
    status s = address_range::reserve(get_driver(), wish, made);
    if (s.code == errc::out_of_addresses && machine_->warm_ranges().ranges() != 0 &&  // they hold addresses as well
        wish < machine_->hopeless_reservation()) {
      machine_->trim(-1);
      s = address_range::reserve(get_driver(), wish, made);
      if (!s.ok()) machine_->note_hopeless(wish);
    }
    if (s.ok()) return machine_->note_reservation(halved ? wish : growth::unlimited), std::move(made);
    if (wish == least || s.code != errc::out_of_addresses) require(s, "reserving", wish);
    wish = (std::max)(least, growth::round_up(wish / 2, c.granularity));
  }
}

/// Maps blocks until `target` bytes are mapped; where memory is refused, less, but at least `least`. Throws with the
/// range as it was.
void storage::map_until(address_range& r, std::size_t target, std::size_t least, const capabilities& c) {
  const growth::rule rule = rule_of(get_options(), c);
  const std::vector<int> devices = who().with_owner(where_.device);
  struct rollback {
    address_range& range;
    std::size_t keep;
    ~rollback() { range.unmap_back(keep); }
  } undo{r, r.mapped()};
  const std::size_t asked = least - undo.keep;
  bool trimmed = false;
  while (r.mapped() < target) {
    block b;
    status s = block::create(get_driver(), where_.device, growth::next_block(target - r.mapped(), rule), b);
    if (s.ok()) s = r.map_back(b, devices);
    if (s.ok()) continue;
    if (s.code != errc::out_of_memory) raise(s, "mapping", asked);
    if (!trimmed) {
      machine_->trim(where_.device);
      trimmed = true;
      continue;
    }
    const std::size_t needed = least > r.mapped() ? least - r.mapped() : 0;
    if (needed == 0) break;  // what was refused was only room for later
    const std::size_t missing = target - r.mapped();
    const std::size_t smaller = growth::retreat(missing, needed, rule);
    if (smaller == missing) raise(s, "mapping", asked);
    target = r.mapped() + smaller;
  }
  undo.keep = r.mapped();
}

void storage::shrink_to_fit(relocate_fn relocate) {
  flush();
  window_end_ = 0;
  if (range_) {
    const capabilities c = resolve();
    const std::size_t keep = growth::round_up(size_, c.granularity);
    if (keep == range_.mapped()) return;
    if (const status s = await_readers(get_driver(), where_, who()); !s.still()) raise(s, "waiting for work on", range_.mapped());
    // An older place of this range still shows what goes.
    if (!machine_->warm_ranges().sweep()) raise({errc::failed, "drain", "refused for a range that went before"}, "waiting for work on", size_);
    range_.unmap_back(size_);
    if (size_ == 0 && !get_options().fixed_address) return release();
    use_mapped();
  } else if (size_ == 0) {
    release();
  } else if (size_ < capacity_) {
    retired old;
    allocation fresh = allocate(size_, size_);
    note_peak(fresh.size());
    carry(fresh.data(), relocate);
    old.plain_ = std::move(plain_);
    install(std::move(fresh));
  }
  account();
}

}  // namespace vmm::engine
