// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How storage takes memory and gives it back; src/vector/storage.cpp has the rest.
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "memory/growth.hpp"
#include <vmm/detail/storage.hpp>

#include "memory/growth_rule.hpp"
#include "common/format_bytes.hpp"
#include "vector/storage_resources.hpp"
#include "common/trace.hpp"

namespace vmm::engine {
namespace {

constexpr std::size_t direct_alignment = 256;  // the contract's

}  // namespace

/// The device and what it can do; the first point at which a driver is needed.
capabilities storage::resolve() {
  if (order_.device < 0 || bound_device() < 0) order_.device = (std::max)(get_driver().current_device(), 0);
  return backend_->describe(order_.device);
}

deferred_release storage::grow(std::size_t bytes, bool exact, relocate_fn relocate) {
  const options& o = get_options();
  if (bytes > o.limit)
    throw std::length_error("vmm: " + std::to_string(bytes) + " bytes asked for, options::limit allows " +
                            std::to_string(o.limit) + " (" + format_bytes(o.limit).text + ")");
  const trace range("vmm growth");
  const auto begin = std::chrono::steady_clock::now();
  if (resources_ == nullptr) resources_ = new resources;
  resources& r = *resources_;
  const capabilities c = resolve();
  if (bytes > c.total_memory) throw_error({errc::out_of_memory, "", ""}, "mapping", bytes - r.stats.mapped);
  backend_->require_alignment(alignment_, order_.device, c);
  deferred_release old;
  if (holds_memory()) old.parts_ = new replaced_memory(backend_->cached_ranges(), order_, access());
  if (r.range)
    grow_range(bytes, exact, c, relocate, old);
  else if (const std::size_t target = direct_target(bytes, exact, c); target != 0)
    grow_direct(target, bytes, relocate, old);
  else
    promote(bytes, exact, c, relocate, old);
  const auto spent = std::chrono::steady_clock::now() - begin;
  account();
  change(address_exposed | address_hidden, c.host_addressable ? 0 : address_hidden);  // by std::vector's rules nobody knows where elements are
  host_writes_in_place_ = c.host_addressable && (attention_.load(std::memory_order_relaxed) & other_devices) == 0;
  r.stats.growth_time += spent;
  ++r.stats.growth_steps;
  backend_->count_step(spent);
  return old;
}

/// What direct memory takes beside the elements where these are aligned to more than it is.
std::size_t storage::padding() const noexcept {
  return alignment_ > direct_alignment ? alignment_ - direct_alignment : 0;
}

std::byte* storage::aligned(const allocation& direct) const noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(direct.data());
  return static_cast<std::byte*>(direct.data()) + (growth::round_up(address, alignment_) - address);
}

/// How much direct memory to take: Thrust's arithmetic as long as that stays within the limit; 0: a range instead.
std::size_t storage::direct_target(std::size_t bytes, bool exact, const capabilities& c) const {
  const options& o = get_options();
  const std::size_t target = exact ? bytes : (std::min)(growth::direct_capacity(capacity_, bytes), o.limit);
  const bool needs_range = o.fixed_address || !o.devices.empty();
  if (c.virtual_memory) return needs_range || target > o.small_limit ? 0 : target;
  if (needs_range)
    throw error(errc::not_supported, "vmm: device " + std::to_string(order_.device) +
                                         " has no virtual memory management: the driver refused to create a block. "
                                         "options::fixed_address and options::devices need it; without them it works as "
                                         "thrust::device_vector does");
  return target;
}

/// Direct memory for `target` bytes, or for `minimum` where that much fails.
allocation storage::allocate(std::size_t target, std::size_t minimum) {
  allocation out;
  const auto attempt = [&](std::size_t bytes) {
    return allocation::create(get_driver(), order_, growth::add(bytes, padding()), out);
  };
  status s = backend_->retry_after_trim(order_.device, [&] { return attempt(target); });
  if (s.code == errc::out_of_memory && minimum < target) s = attempt(minimum);
  require(s, "allocating", minimum);
  return out;
}

/// Brings the contents to a new place; the old one still holds them if bytes alone were copied.
void storage::relocate_to(void* to, relocate_fn relocate) {
  const std::size_t bytes = flushed_size();
  if (bytes == 0) return;
  refuse_in_capture("moving", bytes);
  if (relocate != nullptr)
    relocate(*this, to, data_, bytes);
  else
    require(get_driver().copy(order_, to, data_, bytes), "copying", bytes);
}

void storage::adopt(allocation&& direct) noexcept {
  resources_->direct = std::move(direct);
  data_ = aligned(resources_->direct);
  write_end_ = 0;
  capacity_ = resources_->direct.size() - padding();
}

void storage::adopt(address_range&& range) noexcept {
  resources_->range = std::move(range);
  data_ = resources_->range.data();
  write_end_ = 0;
  update_capacity();
  change(other_devices, get_driver().devices() > 1 ? other_devices : 0);
}

void storage::update_capacity() noexcept { capacity_ = (std::min)(resources_->range.mapped(), get_options().limit); }

void storage::grow_direct(std::size_t target, std::size_t bytes, relocate_fn relocate, deferred_release& old) {
  resources& r = *resources_;
  allocation fresh = allocate(target, bytes);
  relocate_to(aligned(fresh), relocate);
  if (r.direct) {
    r.stats.copied_bytes += flushed_size();
    backend_->count_copied(flushed_size());
    note_peak(fresh.size());
    old.parts_->direct = std::move(r.direct);
  }
  adopt(std::move(fresh));
}

void storage::promote(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, deferred_release& old) {
  const access_set devices = access();
  replaced_memory fresh(backend_->cached_ranges(), order_, devices);  // until it is adopted: goes back to them if anything throws
  fresh.range = backend_->acquire_range({order_, devices, options_, bytes, exact, resources_->stats.mapped}, c);
  relocate_to(fresh.range.data(), relocate);
  resources_->stats.promoted_bytes += flushed_size();
  backend_->count_promoted(flushed_size());
  note_peak(fresh.range.mapped());
  if (resources_->direct) old.parts_->direct = std::move(resources_->direct);
  adopt(std::move(fresh.range));
  backend_->count_range(+1);
}

void storage::grow_range(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, deferred_release& old) {
  const std::size_t minimum = growth::round_up(bytes, c.granularity);
  const growth::rule r = rule_of(get_options(), c);
  const std::size_t target = exact ? minimum : growth::target(resources_->range.mapped(), bytes, get_options().limit, r);
  if (minimum > resources_->range.reserved() && !extend(minimum)) return move_range(target, minimum, c, relocate, old);
  backend_->map_until(resources_->range, (std::min)(target, resources_->range.reserved()), minimum,
                      {order_, access(), options_, bytes, exact, resources_->stats.mapped}, c);
  update_capacity();
}

/// Takes the neighbouring addresses, where they are free, so that `bytes` can be mapped in place.
bool storage::extend(std::size_t bytes) {
  const std::size_t missing = bytes - resources_->range.reserved();
  for (std::size_t more : {(std::max)(missing, resources_->range.reserved()), missing}) {
    status s = resources_->range.extend(more);
    if (s.code == errc::out_of_addresses && get_options().fixed_address && backend_->cached_ranges().ranges() != 0) {
      backend_->trim(-1);  // a cached range may be the neighbour
      s = resources_->range.extend(more);
    }
    if (s.ok()) return account(), true;
    if (s.code != errc::out_of_addresses) require(s, "extending a range by", more);
  }
  if (get_options().fixed_address)
    throw error(errc::out_of_addresses, "vmm: " + std::string(format_bytes(bytes).text) + " do not fit in a range of " +
                                            format_bytes(resources_->range.reserved()).text + " on device " + std::to_string(order_.device) +
                                            ": its neighbours are taken, and options::fixed_address forbids moving it; "
                                            "reserve more with options::initial_reservation");
  return false;
}

/// To a larger range: the same blocks mapped there as well, or new blocks for elements that are more than bytes.
void storage::move_range(std::size_t target, std::size_t minimum, const capabilities& c, relocate_fn relocate,
                         deferred_release& old) {
  const access_set devices = access();
  const range_request request{order_, devices, options_, minimum, false, resources_->stats.mapped};
  replaced_memory larger(backend_->cached_ranges(), order_, devices);  // until it is adopted
  larger.range = backend_->reserve(growth::multiply(resources_->range.reserved(), 2), request, c);
  const std::size_t end = (std::min)(target, larger.range.reserved());
  if (relocate == nullptr) {
    const auto mirrored = [&] { return resources_->range.mirror_into(larger.range, devices.with_owner(order_.device)); };
    require(backend_->retry_after_trim(order_.device, mirrored), "moving a range of", resources_->range.mapped());
    backend_->map_until(larger.range, end, minimum, request, c);
    resources_->range.hand_over(larger.range);
    ++resources_->stats.relocations;
    backend_->count_relocation();
  } else {
    backend_->map_until(larger.range, end, minimum, request, c);
    relocate_to(larger.range.data(), relocate);
    resources_->stats.copied_bytes += flushed_size();
    backend_->count_copied(flushed_size());
    note_peak(larger.range.mapped());
  }
  old.parts_->range = std::move(resources_->range);
  adopt(std::move(larger.range));
}

}  // namespace vmm::engine
