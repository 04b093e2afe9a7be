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
#include <vmm/engine/storage.hpp>

#include "sizes.hpp"

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

const char* advice(errc code) noexcept {
  switch (code) {
    case errc::no_driver: return "install NVIDIA's driver, or compile with THRUST_DEVICE_SYSTEM set to CPP, OMP or TBB";
    case errc::no_device: return "choose another with cudaSetDevice or options::device; nvidia-smi lists them";
    default: return "see the reason in parentheses";
  }
}

std::vector<int> accessors(int owner, const options& o) {
  std::vector<int> devices{owner};
  for (int d : o.devices)
    if (d != owner) devices.push_back(d);
  return devices;
}

}  // namespace

/// The device and what it can do; the first point at which a driver is needed.
capabilities storage::resolve() {
  if (where_.device < 0) where_.device = (std::max)(get_driver().current_device(), 0);
  capabilities c;
  if (const status s = get_driver().describe(where_.device, c); !s.ok())
    throw error(s.code, "vmm: device " + std::to_string(where_.device) + " cannot be used: " + to_string(s.code) + " (" +
                            s.call + ": " + s.reason + "); " + advice(s.code));
  if (!c.virtual_memory)
    throw error(errc::not_supported, "vmm: device " + std::to_string(where_.device) +
                                         " has no virtual memory management: the driver refused to create a block");
  return c;
}

retired storage::grow(std::size_t bytes, bool exact, relocate_fn relocate) {
  retired old;
  if (bytes <= capacity_) return old;
  const options& o = get_options();
  if (bytes > o.limit)
    throw std::length_error("vmm: " + std::string(human(bytes).text) + " asked for, options::limit allows " +
                            human(o.limit).text);
  const auto begin = std::chrono::steady_clock::now();
  const capabilities c = resolve();
  old.driver_ = &get_driver();
  old.where_ = where_;
  old.options_ = options_;
  if (range_)
    grow_range(bytes, exact, c, relocate, old);
  else if (!o.fixed_address && o.devices.empty() && bytes <= o.small_limit)
    grow_plain(bytes, exact, relocate, old);
  else
    promote(bytes, exact, c, relocate, old);
  const auto spent = std::chrono::steady_clock::now() - begin;
  account();
  stats_.growth_time += spent;
  ++stats_.growth_steps;
  machine_->count_step(spent);
  return old;
}

/// Plain memory of `wish` bytes, or of `least` where that much is refused.
allocation storage::allocate(std::size_t wish, std::size_t least) {
  allocation made;
  status s = allocation::create(get_driver(), where_, wish, made);
  if (s.code == errc::out_of_memory) {
    get_driver().trim(where_.device);
    s = allocation::create(get_driver(), where_, wish, made);
  }
  if (s.code == errc::out_of_memory && least < wish) s = allocation::create(get_driver(), where_, least, made);
  require(s, "allocating", least);
  return made;
}

/// Brings the contents to a new place; the old one still holds them if bytes alone were copied.
void storage::carry(void* to, relocate_fn relocate) {
  if (size_ == 0) return;
  if (relocate != nullptr)
    relocate(*this, to, data_, size_);
  else
    require(get_driver().copy(where_, to, data_, size_), "copying", size_);
}

void storage::install(allocation&& plain) noexcept {
  plain_ = std::move(plain);
  data_ = static_cast<std::byte*>(plain_.data());
  capacity_ = plain_.size();
}

void storage::install(address_range&& range) noexcept {
  range_ = std::move(range);
  data_ = range_.data();
  use_mapped();
}

void storage::use_mapped() noexcept { capacity_ = (std::min)(range_.mapped(), get_options().limit); }

void storage::grow_plain(std::size_t bytes, bool exact, relocate_fn relocate, retired& old) {
  const std::size_t doubled = growth::plain_capacity(capacity_, bytes);
  const options& o = get_options();
  const std::size_t wish = exact ? bytes : (std::max)(bytes, (std::min)({doubled, o.small_limit, o.limit}));
  allocation fresh = allocate(wish, bytes);
  carry(fresh.data(), relocate);
  stats_.copied_bytes += size_;
  machine_->count_copied(size_);
  note_peak(fresh.size());
  old.plain_ = std::move(plain_);
  install(std::move(fresh));
}

void storage::promote(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, retired& old) {
  const growth::rule r = rule_of(get_options(), c);
  const std::size_t memory = device_memory(bytes), asked = get_options().initial_reservation;
  const std::size_t wish =
      asked != 0 ? asked : growth::reservation(memory, machine_->live_ranges(), bytes, c.granularity);
  address_range fresh = reserve_addresses(wish, bytes, c);
  const std::size_t least = growth::round_up(bytes, c.granularity);
  const std::size_t target = exact ? least : growth::target(0, bytes, get_options().limit, r);
  map_until(fresh, (std::min)(target, fresh.reserved()), least, c);
  carry(fresh.data(), relocate);
  stats_.promoted_bytes += size_;
  machine_->count_promoted(size_);
  note_peak(fresh.mapped());
  old.plain_ = std::move(plain_);
  install(std::move(fresh));
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
  device_memory(bytes);
  const std::size_t missing = bytes - range_.reserved();
  for (std::size_t more : {(std::max)(missing, range_.reserved()), missing}) {
    status s = range_.extend(more);
    if (s.ok()) return account(), true;
    if (s.code != errc::out_of_addresses) require(s, "extending a range by", more);
  }
  if (get_options().fixed_address)
    raise({errc::out_of_addresses, "extend", "the range is full, its neighbours are taken, and fixed_address forbids "
                                             "moving it; set options::initial_reservation"},
          "reserving", bytes);
  return false;
}

/// To a larger range: the same blocks mapped there as well, or new blocks for elements that are more than bytes.
void storage::move_range(std::size_t target, std::size_t least, const capabilities& c, relocate_fn relocate,
                         retired& old) {
  address_range larger = reserve_addresses(growth::multiply(range_.reserved(), 2), least, c);
  const std::size_t end = (std::min)(target, larger.reserved());
  if (relocate == nullptr) {
    require(range_.mirror_into(larger, accessors(where_.device, get_options())), "moving a range of", range_.mapped());
    map_until(larger, end, least, c);
    range_.hand_over(larger);
    ++stats_.relocations;
    machine_->count_relocation();
  } else {
    map_until(larger, end, least, c);
    carry(larger.data(), relocate);
    stats_.copied_bytes += size_;
    machine_->count_copied(size_);
    note_peak(larger.mapped());
  }
  old.range_ = std::move(range_);
  install(std::move(larger));
}

/// What the device has in all; throws if that is less than `bytes`.
std::size_t storage::device_memory(std::size_t bytes) const {
  memory_info info;
  require(get_driver().memory(where_.device, info), "asking for memory", bytes);
  if (bytes > info.total) raise({errc::out_of_memory, "", ""}, "mapping", bytes - stats_.mapped);
  return info.total;
}

/// Halves on refusal, down to what is needed now.
address_range storage::reserve_addresses(std::size_t wish, std::size_t bytes, const capabilities& c) {
  const std::size_t least = growth::round_up(bytes, c.granularity);
  wish = (std::max)(least, growth::round_up(wish, c.granularity));
  for (;;) {
    address_range made;
    status s = address_range::reserve(get_driver(), wish, made);
    if (s.ok()) return made;
    if (wish == least || s.code != errc::out_of_addresses) require(s, "reserving", wish);
    wish = (std::max)(least, growth::round_up(wish / 2, c.granularity));
  }
}

/// Maps blocks until `target` bytes are mapped; where memory is refused, less, but at least `least`. Throws with the
/// range as it was.
void storage::map_until(address_range& r, std::size_t target, std::size_t least, const capabilities& c) {
  const growth::rule rule = rule_of(get_options(), c);
  const std::vector<int> devices = accessors(where_.device, get_options());
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
      get_driver().trim(where_.device);
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
  if (range_) {
    const capabilities c = resolve();
    const std::size_t keep = growth::round_up(size_, c.granularity);
    if (keep == range_.mapped()) return;
    await_readers(get_driver(), where_, options_.get());
    if (size_ == 0 && !get_options().fixed_address) return release();
    range_.unmap_back(size_);
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
