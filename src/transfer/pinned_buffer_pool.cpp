// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "transfer/pinned_buffer_pool.hpp"

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>

namespace vmm::engine {
namespace {

constexpr std::size_t large_per_slab = 4;

bool done(const pooled_buffer& b) noexcept {
  bool out = false;
  return b.last_copy != completion::unknown && b.sent.is_complete(out).ok() && out;
}

}  // namespace

void pinned_buffer::release(event&& sent) noexcept {
  if (owner_ != nullptr) std::exchange(owner_, nullptr)->release(buffer_, std::move(sent));
}

pinned_buffer_pool::~pinned_buffer_pool() {
  trim();
  for (const slab& s : slabs_) driver_.unpin(s.data, s.bytes);
}

pinned_buffer pinned_buffer_pool::acquire(std::size_t minimum, bool large) noexcept {
  std::lock_guard lock(mutex_);
  if (bytes_ == 0 || count_ == 0) return {};
  nodes &mine = large ? free_large_ : free_small_, &others = large ? free_small_ : free_large_;
  if (const auto b = find_done(mine, minimum); b != mine.end()) return hand_out(mine, b);
  if (minimum <= (large ? bytes_.load() : small_size()) && pin_slab(large)) return hand_out(mine, mine.begin());
  if (const auto b = find_done(others, minimum); b != others.end()) return hand_out(others, b);
  return {};
}

/// The first that is large enough and copied. Those whose copies are still under way go to the end of the list, so that a
/// stream that stands still does not hide the others' buffers; not all are asked.
pinned_buffer_pool::nodes::iterator pinned_buffer_pool::find_done(nodes& list, std::size_t minimum) noexcept {
  constexpr int maximum_asked = 8;
  auto b = list.begin();
  for (std::size_t left = list.size(), asked = 0; left != 0 && asked < maximum_asked; --left) {
    const auto next = std::next(b);
    if (b->bytes >= minimum) {
      if (done(*b)) return b;
      ++asked;
      list.splice(list.end(), list, b);
    }
    b = next;
  }
  return list.end();
}

pinned_buffer pinned_buffer_pool::hand_out(nodes& from, nodes::iterator b) noexcept {
  b->sent = event();
  ++static_cast<slab*>(b->slab)->in_use;
  in_use_.splice(in_use_.end(), from, b);
  return pinned_buffer(*this, b);
}

void pinned_buffer_pool::release(nodes::iterator b, event&& sent) noexcept {
  std::lock_guard lock(mutex_);
  b->sent = std::move(sent);
  --static_cast<slab*>(b->slab)->in_use;
  nodes& to = b->large ? free_large_ : free_small_;
  to.splice(to.end(), in_use_, b);
}

/// Several buffers of one size, at the front of their list.
bool pinned_buffer_pool::pin_slab(bool large) noexcept {
  constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
  const std::size_t one = bytes_, each = large ? one : one / small_per_large;
  const std::size_t limit = one > unlimited / count_ ? unlimited : one * count_;
  const std::size_t available = pinned() < limit ? limit - pinned() : 0;
  const std::size_t whole = (std::min)(available / one, large_per_slab) * one;
  if (whole == 0) return false;
  void* memory = nullptr;
  try {
    std::list<slab> out(1);
    nodes buffers(whole / each);
    if (!driver_.pin(whole, memory).ok()) return false;
    out.front() = {memory, whole, buffers.size(), 0, large};
    auto* at = static_cast<std::byte*>(memory);
    for (pooled_buffer& b : buffers) b = {at, each, &out.front(), large, {}, -1, completion::idle}, at += each;
    slabs_.splice(slabs_.end(), out);
    nodes& mine = large ? free_large_ : free_small_;
    mine.splice(mine.begin(), buffers);
    pinned_ += whole;
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void pinned_buffer_pool::trim() noexcept {
  std::lock_guard lock(mutex_);
  const auto arrived = [this](const pooled_buffer& b) {
    return (b.last_copy != completion::unknown && b.sent.synchronize().is_quiescent()) ||
           driver_.device_synchronize(b.device).is_quiescent();
  };
  for (auto s = slabs_.begin(); s != slabs_.end();) {
    const auto next = std::next(s);
    nodes& list = s->large ? free_large_ : free_small_;
    const auto mine = [s](const pooled_buffer& b) { return b.slab == &*s; };
    if (s->in_use == 0 &&
        std::all_of(list.begin(), list.end(), [&](const pooled_buffer& b) { return !mine(b) || arrived(b); })) {
      list.remove_if(mine);
      driver_.unpin(s->data, s->bytes);
      pinned_ -= s->bytes;
      slabs_.erase(s);
    }
    s = next;
  }
}

void pinned_buffer_pool::configure(std::size_t bytes, std::size_t count) noexcept {
  std::lock_guard lock(mutex_);
  bytes_ = bytes / (256 * small_per_large) * (256 * small_per_large);  // every buffer is aligned as device memory is
  count_ = count;
}

}  // namespace vmm::engine
