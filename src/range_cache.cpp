// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/range_cache.hpp>

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

/// What one entry holds of physical memory; a range whose blocks were handed over shows another's.
std::size_t held(const address_range& r) noexcept { return r.owns_blocks() ? r.mapped() : 0; }

template <class Entry>
std::uint64_t bit_of(const Entry& e) noexcept {
  return std::uint64_t{1} << (static_cast<unsigned>(e.order.device) % 64);
}

}  // namespace

address_range range_cache::take(const stream_order& order, const options* o, const wish& w) noexcept {
  entries mine, gone;
  bool best_done = false;
  {
    std::lock_guard lock(mutex_);
    collect(gone);
    auto best = entries_.end();
    for (auto e = entries_.begin(); e != entries_.end(); ++e) {
      const address_range& r = e->range;
      if (!e->known || e->order.device != order.device || !r.owns_blocks() || !same_access(e->who.how, o)) continue;
      if (r.mapped() < w.least_mapped || r.mapped() > w.most_mapped) continue;
      if (r.reserved() < w.least_reserved || r.reserved() > w.most_reserved) continue;
      if (best != entries_.end() && r.mapped() >= best->range.mapped()) continue;
      bool done = false;
      if (!e->done.reached(done).ok()) continue;  // goes when it is trimmed, or has no room
      // Another stream is not made to wait for this one's work; a new mapping costs less.
      if (!done && (order.synchronous || order.stream != e->order.stream)) continue;
      best = e, best_done = done;
    }
    if (best != entries_.end()) remove(best, mine, mine.end());
  }
  if (mine.empty()) return {};
  entry& e = mine.front();
  if (best_done || e.done.hold_back(order).ok()) return std::move(e.range);
  std::lock_guard lock(mutex_);  // a capture is under way in `order`
  put(mine, gone);
  return {};
}

void range_cache::give(const stream_order& order, const audience& who, address_range&& range) noexcept {
  address_range given = std::move(range);
  if (given.mapped() == 0) return;
  entries mine, gone;
  bool known = !order.synchronous || driver_.drain(order.device).still();
  known = who.drain(driver_, order.device).still() && known;
  event done;
  if (known && !event::record(driver_, order, done).ok()) {  // a capture, or a child process
    known = order.synchronous || driver_.drain(order.device).still();
    if (known) return;  // nobody uses it, and nobody could say when it may be used again
  }
  try {
    mine.push_back({{}, {}, order, who, known});  // nothing is moved before there is room for it
  } catch (const std::bad_alloc&) {
    if (!known || !done.await().still()) unused(order, who);
    return;
  }
  mine.front().range = std::move(given);
  mine.front().done = std::move(done);
  std::lock_guard lock(mutex_);
  put(mine, gone);
}

void range_cache::add(entries& one, entries::iterator before) noexcept {
  cached_ += held(one.front().range);
  ranges_ += 1;
  entries_.splice(before, one);
}

void range_cache::put(entries& mine, entries& gone) noexcept {
  add(mine, entries_.end());
  collect(gone);
}

bool range_cache::sweep() noexcept {
  const bool settled = give_back([](const entry& e) { return !e.known; });
  entries gone;
  std::lock_guard lock(mutex_);
  collect(gone);
  return settled;
}

void range_cache::trim(int device) noexcept {
  give_back([device](const entry& e) { return device < 0 || e.order.device == device; });
}

/// Those of which `goes` holds, as far as they can be waited for, without the lock. Answers whether that was all of them. What is
/// younger than one that stays, on its device, stays as well: the older may show the blocks of the younger.
template <class Goes>
bool range_cache::give_back(Goes goes) noexcept {
  entries gone, kept, one;
  {
    std::lock_guard lock(mutex_);
    for (auto e = entries_.begin(); e != entries_.end();) {
      const auto next = std::next(e);
      if (goes(*e)) remove(e, gone, gone.end());
      e = next;
    }
  }
  std::uint64_t in_doubt = 0;
  for (auto e = gone.begin(); e != gone.end();) {
    const auto next = std::next(e);
    const std::uint64_t device = bit_of(*e);
    if ((in_doubt & device) != 0 || (!(e->known && e->done.await().still()) && !unused(e->order, e->who))) {
      in_doubt |= device;
      kept.splice(kept.end(), gone, e);
    }
    e = next;
  }
  std::lock_guard lock(mutex_);
  while (!kept.empty()) {
    one.splice(one.end(), kept, std::prev(kept.end()));
    add(one, entries_.begin());
  }
  return in_doubt == 0;
}

/// Waits for the devices, where no event tells.
bool range_cache::unused(const stream_order& order, const audience& who) const noexcept {
  const bool own = driver_.drain(order.device).still();
  return who.drain(driver_, order.device).still() && own;
}

void range_cache::set_limit(std::size_t bytes) noexcept {
  entries gone;
  std::lock_guard lock(mutex_);
  limit_ = bytes;
  collect(gone);
}

/// What has no room and is used by nobody any more: ranges larger than the limit, and the oldest. Destroyed by the caller,
/// without the lock.
void range_cache::collect(entries& gone) noexcept {
  std::array<std::size_t, 64> kept{};
  std::uint64_t in_doubt = 0;  // devices: trim() and sweep() ask for them
  for (const entry& e : entries_)
    if (!e.known) in_doubt |= bit_of(e);
  const std::size_t limit = this->limit();
  for (auto e = entries_.end(); e != entries_.begin();) {
    --e;
    std::size_t& sum = kept[static_cast<std::size_t>(e->order.device) % kept.size()];
    const std::size_t bytes = held(e->range);
    const bool fits = e->range.owns_blocks() && bytes <= limit;
    if (fits && sum <= limit - bytes) {
      sum += bytes;
      continue;
    }
    if (fits) sum = limit;  // and what is older has to go before it
    bool done = false;
    if ((in_doubt & bit_of(*e)) != 0) continue;
    if (!e->done.reached(done).ok()) done = unused(e->order, e->who);
    if (!done) continue;
    const auto behind = std::next(e);
    remove(e, gone, gone.begin());  // the older goes first: it may show the blocks of the younger
    e = behind;
  }
}

void range_cache::remove(entries::iterator e, entries& to, entries::iterator before) noexcept {
  cached_ -= held(e->range);
  ranges_ -= 1;
  to.splice(before, entries_, e);
}

}  // namespace vmm::engine
