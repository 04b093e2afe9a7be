// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How a raw_vector that is looked at between pushes writes into its tail, see vector/tail.hpp.
#include <vmm/detail/raw_vector.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>

#include "memory/growth.hpp"
#include "vector/vector_state.hpp"

namespace vmm::engine {
namespace {

/// Below, direct memory stays: many small vectors would take a block each.
constexpr std::size_t smallest_promoted = 2048;

}  // namespace

void raw_vector::set_size_slow(std::size_t bytes) noexcept {
  if (needs(staged_elements)) {
    assert(bytes <= size_);
    if (bytes <= state().writer.flushed_size()) {
      state().writer.drop();
      write_end_ = 0;
      change(staged_elements, 0);
    }
  }
  if (needs(ends_in_tail)) note_device_use((std::max)(size_, bytes));
  size_ = bytes;
}

/// Bytes up to `end` may be used by work that was submitted, or is about to be.
void raw_vector::note_device_use(std::size_t end) noexcept {
  std::size_t& unseen = state().unseen_from;
  unseen = (std::max)(unseen, (std::max)(size_, end));
  if (!needs(staged_elements)) close_tail();
}

/// Whoever had the address while the CPU wrote into the tail may have it still.
void raw_vector::close_tail() noexcept {
  if (needs(staged_elements)) return;
  write_end_ = 0;
  if (!needs(address_hidden)) change(0, address_exposed);
}

/// So that the byte at `at` lies in a tail, on the way to `end`. False where that cannot be.
bool raw_vector::bring_tail(std::size_t at, std::size_t end) {
  vector_state& s = state();
  const bool grows = end > capacity(), goes_on = at != 0 && s.memory.tail_at(at - 1).end == at;
  if (s.looks < (goes_on ? s.looks_before_tail : (std::max)(s.looks_before_tail, vector_state::looks_at_first))) return false;
  // What comes again to a place that had an element is staged while the address is hidden.
  if (!s.memory.has_tail() && !grows && !is_exposed() && size_ < s.unseen_from) return false;
  const capabilities c = get_backend().describe(device_);
  if (c.host_addressable || !c.host_blocks || !c.virtual_memory) return false;
  if (!s.memory.has_range() && (!grows || size_ < smallest_promoted)) return false;  // it keeps its place while it suffices
  const following whatever_happens{*this};
  const buffer_owner o = owner();
  deferred_release old;
  status done;
  try {
    done = s.memory.has_range() ? s.memory.bring_tail(o, c, at) : s.memory.promote_to_tail(o, c, {size_, nullptr, this}, old);
  } catch (const std::exception&) {  // no addresses: small vectors do without, and what is refused then is told then
    done = {errc::failed, "", ""};
  }
  if (s.memory.incomplete()) require(*this, done, "putting memory of the host at the end of", size_);
  s.looks = 0;
  s.looks_before_tail = done.ok() ? 0 : (std::min)(4 * (std::max)(s.looks_before_tail, vector_state::looks_at_first), 1u << 20);
  if (!done.ok()) return false;
  s.unseen_from = at;  // readers were waited for, or the place is new
  return true;
}

bool raw_vector::wants_tail() const noexcept {
  return state_ != nullptr && !needs(staged_elements) &&
         (state().memory.has_tail() || state().looks >= state().looks_before_tail);
}

bool raw_vector::append_on_host(const void* source, std::size_t bytes) {
  constexpr std::size_t largest = std::size_t{1} << 20;  // beyond, one copy is quicker
  const auto own = reinterpret_cast<std::uintptr_t>(source) - reinterpret_cast<std::uintptr_t>(data_);
  if (state_ == nullptr || bytes == 0 || bytes > largest || own < capacity()) return false;  // growth may move its own
  if (is_exposed()) ++state().looks;
  bool pageable = false;
  if (!wants_tail() || !get_driver().is_pageable(source, pageable).ok() || !pageable || !store_on_host(source, bytes))
    return false;
  size_ += bytes;
  return true;
}

/// The size is still the caller's to set.
bool raw_vector::store_on_host(const void* source, std::size_t bytes) {
  const std::size_t end = growth::add(size_, bytes);
  if (!wants_tail() || end > get_options().limit) return false;
  vector_state& s = state();
  if (needs(unmapped_blocks)) flush();
  if (size_ < s.unseen_from && s.memory.has_tail() && !may_store_again()) return false;
  for (std::size_t done = 0; done != bytes;) {
    const std::size_t at = size_ + done;
    write_range tail = s.memory.tail_at(at);
    if (tail.end <= at) {
      if (bring_tail(at, end)) tail = s.memory.tail_at(at);
      if (tail.end <= at) return close_tail(), false;
    }
    const std::size_t part = (std::min)(bytes - done, tail.end - at);
    std::memcpy(reinterpret_cast<void*>(tail.begin + at), static_cast<const std::byte*>(source) + done, part);
    done += part;
  }
  return true;
}

/// The place behind the last element had one before. Where the address is hidden the next ones are staged, and so come in stream
/// order; with a stream each comes in its order; otherwise readers are waited for, but not for a few elements.
bool raw_vector::may_store_again() {
  vector_state& s = state();
  if (!is_exposed() || !synchronous_ || s.looks < vector_state::looks_at_first || !get_driver().outside_capture(order()).ok())
    return false;
  const status waited = s.memory.wait_for_readers(owner());
  if (!waited.is_quiescent()) require(*this, waited, "waiting for work on", size_);
  s.looks = 0;
  s.unseen_from = size_;
  return true;
}

}  // namespace vmm::engine
