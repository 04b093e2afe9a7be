// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/range_cache.hpp"

#include <array>
#include <cstdint>
#include <iterator>
#include <new>
#include <utility>

namespace vmm::engine {
namespace {

bool same_access(const shared_options* a, const options* b) noexcept {
  const bool none_a = a == nullptr || a->value.devices.empty(), none_b = b == nullptr || b->devices.empty();
  return none_a || none_b ? none_a == none_b : a->value.devices == b->devices;
}

/// What one entry holds of physical memory; a range whose blocks were handed over maps another's.
std::size_t owned_bytes(const address_range& r) noexcept { return r.owns_blocks() ? r.mapped() : 0; }

template <class Entry>
std::uint64_t bit_of(const Entry& e) noexcept {
  return std::uint64_t{1} << (static_cast<unsigned>(e.order.device) % 64);
}

}  // namespace

address_range range_cache::acquire(const stream_order& order, const options* o, const request& w) noexcept {
  entries mine, evicted;
  bool best_done = false;
  {
    std::lock_guard lock(mutex_);
    evict(evicted);
    auto best = entries_.end();
    for (auto e = entries_.begin(); e != entries_.end(); ++e) {
      const address_range& r = e->range;
      if (r.has_tail() || r.incomplete() || e->use == completion::unknown || e->order.device != order.device ||
          !r.owns_blocks() || !same_access(e->access.options, o))
        continue;
      if (r.mapped() < w.minimum_mapped || r.mapped() > w.maximum_mapped) continue;
      if (r.reserved() < w.minimum_reserved || r.reserved() > w.maximum_reserved) continue;
      if (best != entries_.end() && r.mapped() >= best->range.mapped()) continue;
      bool done = false;
      if (!e->done.is_complete(done).ok()) continue;  // goes when it is trimmed, or does not fit
      // Another stream is not made to wait for this one's work; a new mapping costs less.
      if (!done && (order.synchronous || order.stream != e->order.stream)) continue;
      best = e, best_done = done;
    }
    if (best != entries_.end()) remove(best, mine, mine.end());
  }
  if (mine.empty()) return {};
  entry& e = mine.front();
  if (best_done || e.done.stream_wait(order).ok()) return std::move(e.range);
  std::lock_guard lock(mutex_);  // a capture is under way in `order`
  insert(mine, evicted);
  return {};
}

void range_cache::release(const stream_order& order, const access_set& access, address_range&& range) noexcept {
  address_range given = std::move(range);
  if (given.mapped() == 0) return;
  entries mine, evicted;
  bool known = !order.synchronous || driver_.device_synchronize(order.device).is_quiescent();
  known = access.synchronize(driver_, order.device).is_quiescent() && known;
  event done;
  if (known && !event::record(driver_, order, done).ok()) {  // a capture, or a child process
    known = order.synchronous || driver_.device_synchronize(order.device).is_quiescent();
    if (known) return;  // nobody uses it, and nobody could say when it may be used again
  }
  try {
    mine.push_back({{},
                    {},
                    order,
                    access,
                    known ? completion::in_flight : completion::unknown});  // nothing is moved before there is space for it
  } catch (const std::bad_alloc&) {
    if (!known || !done.synchronize().is_quiescent()) unused(order, access);
    return;
  }
  mine.front().range = std::move(given);
  mine.front().done = std::move(done);
  std::lock_guard lock(mutex_);
  insert(mine, evicted);
}

void range_cache::add(entries& one, entries::iterator before) noexcept {
  cached_ += owned_bytes(one.front().range);
  ranges_ += 1;
  entries_.splice(before, one);
}

void range_cache::insert(entries& mine, entries& evicted) noexcept {
  add(mine, entries_.end());
  evict(evicted);
}

bool range_cache::reclaim() noexcept {
  const bool settled = release_if([](const entry& e) { return e.use == completion::unknown; });
  entries evicted;
  std::lock_guard lock(mutex_);
  evict(evicted);
  return settled;
}

void range_cache::trim(int device) noexcept {
  release_if([device](const entry& e) { return device < 0 || e.order.device == device; });
}

/// Those of which `matches` holds, as far as they can be waited for, without the lock. Returns whether that was all of them. What is
/// younger than one that stays, on its device, stays as well: the older may map the blocks of the younger.
template <class Predicate>
bool range_cache::release_if(Predicate matches) noexcept {
  entries evicted, kept, one;
  {
    std::lock_guard lock(mutex_);
    for (auto e = entries_.begin(); e != entries_.end();) {
      const auto next = std::next(e);
      if (matches(*e)) remove(e, evicted, evicted.end());
      e = next;
    }
  }
  std::uint64_t unknown_devices = 0;
  for (auto e = evicted.begin(); e != evicted.end();) {
    const auto next = std::next(e);
    const std::uint64_t device = bit_of(*e);
    if ((unknown_devices & device) != 0 ||
        (!(e->use != completion::unknown && e->done.synchronize().is_quiescent()) && !unused(e->order, e->access))) {
      unknown_devices |= device;
      kept.splice(kept.end(), evicted, e);
    }
    e = next;
  }
  std::lock_guard lock(mutex_);
  while (!kept.empty()) {
    one.splice(one.end(), kept, std::prev(kept.end()));
    add(one, entries_.begin());
  }
  return unknown_devices == 0;
}

/// Waits for the devices, where no event tells.
bool range_cache::unused(const stream_order& order, const access_set& access) const noexcept {
  const bool own = driver_.device_synchronize(order.device).is_quiescent();
  return access.synchronize(driver_, order.device).is_quiescent() && own;
}

void range_cache::set_limit(std::size_t bytes) noexcept {
  entries evicted;
  std::lock_guard lock(mutex_);
  limit_ = bytes;
  evict(evicted);
}

/// What does not fit and is used by nobody any more: ranges larger than the limit, and the oldest. Destroyed by the caller,
/// without the lock.
void range_cache::evict(entries& evicted) noexcept {
  std::array<std::size_t, 64> kept{};
  std::uint64_t unknown_devices = 0;  // devices: trim() and reclaim() ask for them
  for (const entry& e : entries_)
    if (e.use == completion::unknown) unknown_devices |= bit_of(e);
  const std::size_t limit = this->limit();
  for (auto e = entries_.end(); e != entries_.begin();) {
    --e;
    std::size_t& sum = kept[static_cast<std::size_t>(e->order.device) % kept.size()];
    drop_tail(*e);
    const std::size_t bytes = owned_bytes(e->range);
    const bool fits = e->range.owns_blocks() && !e->range.incomplete() && bytes != 0 && bytes <= limit;
    if (fits && sum <= limit - bytes) {
      sum += bytes;
      continue;
    }
    if (fits) sum = limit;  // and what is older has to go before it
    bool done = false;
    if ((unknown_devices & bit_of(*e)) != 0) continue;
    if (!e->done.is_complete(done).ok()) done = unused(e->order, e->access);
    if (!done) continue;
    const auto behind = std::next(e);
    remove(e, evicted, evicted.begin());  // the older goes first: it may map the blocks of the younger
    e = behind;
  }
}

/// The block of the host goes as soon as nobody uses it, with what is behind: the host could not know who still reads there.
void range_cache::drop_tail(entry& e) noexcept {
  bool done = false;
  if (!e.range.has_tail() || e.use == completion::unknown || !e.done.is_complete(done).ok() || !done) return;
  cached_ -= owned_bytes(e.range);
  e.range.unmap_back(e.range.tail().begin);
  cached_ += owned_bytes(e.range);
}

void range_cache::remove(entries::iterator e, entries& to, entries::iterator before) noexcept {
  cached_ -= owned_bytes(e->range);
  ranges_ -= 1;
  to.splice(before, entries_, e);
}

}  // namespace vmm::engine
