// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/address_range.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vmm::engine {

status address_range::reserve(memory_driver& d, std::size_t bytes, address_range& out) {
  address_range r;
  r.driver_ = &d;
  if (status s = r.extend(bytes); !s.ok()) return s;
  out = std::move(r);
  return {};
}

address_range::address_range(address_range&& other) noexcept { swap(other); }

address_range& address_range::operator=(address_range&& other) noexcept {
  address_range(std::move(other)).swap(*this);
  return *this;
}

address_range::~address_range() {
  while (!mappings_.empty()) detach_last();
  for (const reservation& r : reservations_) driver_->unreserve(r.address, r.bytes);
}

void address_range::swap(address_range& other) noexcept {
  std::swap(driver_, other.driver_);
  reservations_.swap(other.reservations_);
  mappings_.swap(other.mappings_);
  std::swap(reserved_, other.reserved_);
  std::swap(mapped_, other.mapped_);
  std::swap(tail_, other.tail_);
  std::swap(unmapped_, other.unmapped_);
}

std::byte* address_range::data() const noexcept { return reservations_.empty() ? nullptr : reservations_.front().address; }

status address_range::map_last(block_handle handle, std::size_t bytes, const std::vector<int>& devices) {
  assert(mapped_ + bytes <= reserved_);
  mappings_.emplace_back();  // capacity first: what may throw comes before what would have to be undone
  const status s = driver_->map(data() + mapped_, bytes, handle, devices.data(), devices.size());
  if (!s.ok()) {
    mappings_.pop_back();
    return s;
  }
  mapped_ += bytes;
  mappings_.back().bytes = bytes;
  return s;
}

status address_range::map_back(block& b, const std::vector<int>& devices) {
  const status s = map_last(b.handle(), b.size(), devices);
  if (s.ok()) mappings_.back().owned.device = std::move(b);
  return s;
}

status address_range::map_back(host_block& b) {
  const status s = map_last(b.handle(), b.size(), b.devices());
  if (!s.ok()) return s;
  mappings_.back().owned.host = std::move(b);
  tail_ = mappings_.size() - 1;
  return s;
}

address_range::extent address_range::extent_of(std::size_t block) const noexcept {
  std::size_t end = mapped_;
  for (std::size_t i = mappings_.size() - 1; i != block; --i) end -= mappings_[i].bytes;
  return {block, end - mappings_[block].bytes, end};
}

address_range::extent address_range::at(std::size_t offset) const noexcept {
  std::size_t begin = mapped_, i = mappings_.size();
  do begin -= mappings_[--i].bytes;
  while (begin > offset);
  return {i, begin, begin + mappings_[i].bytes};
}

status address_range::exchange(std::size_t first, std::size_t count, std::vector<tile>& with, const std::vector<int>& devices) {
  std::vector<tile> out;
  const std::size_t put = with.size();
  out.reserve((std::max)(count, put)), with.reserve((std::max)(count, put));
  mappings_.reserve(mappings_.size() + put);
  status s = unmap_all(first, count);
  if (s.ok()) {
    substitute(first, count, with, out);
    s = repair(devices);
    if (s.ok() || !unmap_all(first, put).ok()) return with.swap(out), s;
    substitute(first, put, out, with);
  }
  (void)repair(devices);
  return s;
}

status address_range::unmap_all(std::size_t first, std::size_t count) noexcept {
  std::byte* address = data() + extent_of(first).begin;
  for (std::size_t i = first; i != first + count; address += mappings_[i].bytes, ++i) {
    if (!mappings_[i].is_mapped) continue;
    if (const status s = driver_->unmap(address, mappings_[i].bytes); !s.ok()) return s;
    mappings_[i].is_mapped = false;
    ++unmapped_;
  }
  return {};
}

/// What is not mapped yet takes the place of what is not mapped any more. pre: nothing has to be allocated for it.
void address_range::substitute(std::size_t first, std::size_t count, std::vector<tile>& in, std::vector<tile>& out) noexcept {
  const auto at = mappings_.begin() + static_cast<std::ptrdiff_t>(first), end = at + static_cast<std::ptrdiff_t>(count);
  for (auto m = at; m != end; ++m) out.push_back(std::move(m->owned));
  mappings_.erase(at, end);
  for (std::size_t i = 0; i != in.size(); ++i) {
    const std::size_t bytes = in[i].size();
    mappings_.insert(mappings_.begin() + static_cast<std::ptrdiff_t>(first + i), {std::move(in[i]), bytes, false});
  }
  unmapped_ += in.size();
  unmapped_ -= count;
  in.clear();
  tail_ = none;
  for (std::size_t i = 0; i != mappings_.size(); ++i)
    if (mappings_[i].owned.host) tail_ = i;
}

status address_range::repair(const std::vector<int>& devices) noexcept {
  std::byte* address = data();
  for (mapping& m : mappings_) {
    if (unmapped_ == 0) break;
    if (!m.is_mapped) {
      const std::vector<int>& users = m.owned.host ? m.owned.host.devices() : devices;
      const status s = driver_->map(address, m.bytes, m.owned.handle(), users.data(), users.size());
      if (!s.ok()) return s;
      m.is_mapped = true;
      --unmapped_;
    }
    address += m.bytes;
  }
  return {};
}

/// All have the tail already.
status address_range::grant(int device) const noexcept {
  const extent last = has_tail() ? tail() : extent{none, mapped_, mapped_};
  status s;
  if (last.begin != 0) s = driver_->grant(data(), last.begin, &device, 1);
  if (s.ok() && last.end != mapped_) s = driver_->grant(data() + last.end, mapped_ - last.end, &device, 1);
  return s;
}

tile address_range::detach_last() noexcept {
  const std::size_t bytes = mappings_.back().bytes;
  if (mappings_.back().is_mapped)
    driver_->unmap(data() + mapped_ - bytes, bytes);
  else
    --unmapped_;
  mapped_ -= bytes;
  if (tail_ == mappings_.size() - 1) tail_ = none;
  tile out = std::move(mappings_.back().owned);  // to be released now that it is mapped nowhere
  mappings_.pop_back();
  return out;
}

void address_range::unmap_back(std::size_t keep) noexcept {
  while (!mappings_.empty() && mapped_ - mappings_.back().bytes >= keep) detach_last();
}

status address_range::extend(std::size_t bytes) {
  reservations_.reserve(reservations_.size() + 1);
  void* const end = reservations_.empty() ? nullptr : data() + reserved_;
  void* address = nullptr;
  if (status s = driver_->reserve(bytes, end, address); !s.ok()) return s;
  if (end != nullptr && address != end) {  // a hint is only a hint
    driver_->unreserve(address, bytes);
    return {errc::out_of_addresses, "reserve", "the neighbouring addresses are taken"};
  }
  reservations_.push_back({static_cast<std::byte*>(address), bytes});
  reserved_ += bytes;
  return {};
}

status address_range::mirror_into(address_range& target, const std::vector<int>& devices, std::size_t end) const {
  assert(tail_ == none && unmapped_ == 0 && target.mappings_.empty() && target.reserved_ >= (std::min)(end, mapped_));
  target.mappings_.reserve(mappings_.size());
  for (const mapping& m : mappings_) {
    if (target.mapped_ == end) break;
    status s = driver_->map(target.data() + target.mapped_, m.bytes, m.owned.handle(), devices.data(), devices.size());
    if (!s.ok()) {
      target.unmap_back(0);
      return s;
    }
    target.mappings_.push_back({tile{}, m.bytes});
    target.mapped_ += m.bytes;
  }
  return {};
}

status address_range::replace_last(address_range& other, const std::vector<int>& devices, bool& lost) noexcept {
  mapping &mine = mappings_.back(), &theirs = other.mappings_.back();
  const status s = driver_->replace(data() + extent_of(mappings_.size() - 1).begin, mine.bytes, mine.owned.handle(),
                                    theirs.bytes, theirs.owned.handle(), devices.data(), devices.size(), lost);
  if (s.ok()) {
    mapped_ -= mine.bytes - theirs.bytes;
    mine.bytes = theirs.bytes;
    mine.owned = std::move(theirs.owned);
  } else if (lost) {
    mapped_ -= mine.bytes;
    mappings_.pop_back();
  }
  return s;
}

void address_range::hand_over(address_range& target) noexcept {
  assert(target.mappings_.size() >= mappings_.size());
  for (std::size_t i = 0; i < mappings_.size(); ++i) target.mappings_[i].owned = std::move(mappings_[i].owned);
}

}  // namespace vmm::engine
