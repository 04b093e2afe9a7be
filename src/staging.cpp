// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/staging.hpp>

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

namespace vmm::engine {
namespace {

constexpr std::size_t large_per_slab = 4;

bool done(const staged_buffer& b) noexcept {
  bool answer = false;
  return !b.in_doubt && b.sent.reached(answer).ok() && answer;
}

}  // namespace

void lease::give_back(event&& sent) noexcept {
  if (owner_ != nullptr) std::exchange(owner_, nullptr)->give(buffer_, std::move(sent));
}

staging::~staging() {
  trim();
  for (const slab& s : slabs_) driver_.unpin(s.data, s.bytes);
}

lease staging::take(std::size_t least, bool large) noexcept {
  std::lock_guard lock(mutex_);
  if (bytes_ == 0 || count_ == 0) return {};
  nodes &mine = large ? free_large_ : free_small_, &others = large ? free_small_ : free_large_;
  if (const auto b = find_done(mine, least); b != mine.end()) return lend(mine, b);
  if (least <= (large ? bytes_.load() : small_size()) && pin_slab(large)) return lend(mine, mine.begin());
  if (const auto b = find_done(others, least); b != others.end()) return lend(others, b);
  return {};
}

/// The first that is large enough and copied. Those whose copies are still under way go to the end of the list, so that a
/// stream that stands still does not hide the others' buffers; not all are asked.
staging::nodes::iterator staging::find_done(nodes& list, std::size_t least) noexcept {
  constexpr int most_asked = 8;
  auto b = list.begin();
  for (std::size_t left = list.size(), asked = 0; left != 0 && asked < most_asked; --left) {
    const auto next = std::next(b);
    if (b->bytes >= least) {
      if (done(*b)) return b;
      ++asked;
      list.splice(list.end(), list, b);
    }
    b = next;
  }
  return list.end();
}

lease staging::lend(nodes& from, nodes::iterator b) noexcept {
  b->sent = event();
  ++static_cast<slab*>(b->slab)->lent;
  lent_.splice(lent_.end(), from, b);
  return lease(*this, b);
}

void staging::give(nodes::iterator b, event&& sent) noexcept {
  std::lock_guard lock(mutex_);
  b->sent = std::move(sent);
  --static_cast<slab*>(b->slab)->lent;
  nodes& to = b->large ? free_large_ : free_small_;
  to.splice(to.end(), lent_, b);
}

/// Several buffers of one size, at the front of their list.
bool staging::pin_slab(bool large) noexcept {
  constexpr std::size_t most = static_cast<std::size_t>(-1);
  const std::size_t one = bytes_, each = large ? one : one / small_per_large;
  const std::size_t limit = one > most / count_ ? most : one * count_;
  const std::size_t room = pinned() < limit ? limit - pinned() : 0;
  const std::size_t whole = (std::min)(room / one, large_per_slab) * one;
  if (whole == 0) return false;
  void* memory = nullptr;
  try {
    std::list<slab> made(1);
    nodes buffers(whole / each);
    if (!driver_.pin(whole, memory).ok()) return false;
    made.front() = {memory, whole, buffers.size(), 0, large};
    auto* at = static_cast<std::byte*>(memory);
    for (staged_buffer& b : buffers) b = {at, each, &made.front(), large, {}, -1, false}, at += each;
    slabs_.splice(slabs_.end(), made);
    nodes& mine = large ? free_large_ : free_small_;
    mine.splice(mine.begin(), buffers);
    pinned_ += whole;
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void staging::trim() noexcept {
  std::lock_guard lock(mutex_);
  const auto arrived = [this](const staged_buffer& b) {
    return (!b.in_doubt && b.sent.await().still()) || driver_.drain(b.device).still();
  };
  for (auto s = slabs_.begin(); s != slabs_.end();) {
    const auto next = std::next(s);
    nodes& list = s->large ? free_large_ : free_small_;
    const auto mine = [s](const staged_buffer& b) { return b.slab == &*s; };
    if (s->lent == 0 && std::all_of(list.begin(), list.end(), [&](const staged_buffer& b) { return !mine(b) || arrived(b); })) {
      list.remove_if(mine);
      driver_.unpin(s->data, s->bytes);
      pinned_ -= s->bytes;
      slabs_.erase(s);
    }
    s = next;
  }
}

void staging::configure(std::size_t bytes, std::size_t count) noexcept {
  std::lock_guard lock(mutex_);
  bytes_ = bytes / (256 * small_per_large) * (256 * small_per_large);  // every buffer is aligned as device memory is
  count_ = count;
}

}  // namespace vmm::engine
