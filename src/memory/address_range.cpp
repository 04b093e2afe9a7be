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
  while (!mappings_.empty()) unmap_last();
  for (const reservation& r : reservations_) driver_->unreserve(r.address, r.bytes);
}

void address_range::swap(address_range& other) noexcept {
  std::swap(driver_, other.driver_);
  reservations_.swap(other.reservations_);
  mappings_.swap(other.mappings_);
  std::swap(reserved_, other.reserved_);
  std::swap(mapped_, other.mapped_);
}

std::byte* address_range::data() const noexcept { return reservations_.empty() ? nullptr : reservations_.front().address; }

status address_range::map_back(block& b, const std::vector<int>& devices) {
  assert(mapped_ + b.size() <= reserved_);
  mappings_.emplace_back();  // capacity first: what may throw comes before what would have to be undone
  status s = driver_->map(data() + mapped_, b.size(), b.handle(), devices.data(), devices.size());
  if (!s.ok()) {
    mappings_.pop_back();
    return s;
  }
  mapped_ += b.size();
  mappings_.back().bytes = b.size();
  mappings_.back().owner = std::move(b);
  return s;
}

status address_range::grant(int device) const noexcept {
  return mapped_ != 0 ? driver_->grant(data(), mapped_, &device, 1) : status{};
}

void address_range::unmap_last() noexcept {
  const std::size_t bytes = mappings_.back().bytes;
  driver_->unmap(data() + mapped_ - bytes, bytes);
  mapped_ -= bytes;
  mappings_.pop_back();  // releases the block, now that it is mapped nowhere
}

void address_range::unmap_back(std::size_t keep) noexcept {
  while (!mappings_.empty() && mapped_ - mappings_.back().bytes >= keep) unmap_last();
}

std::size_t address_range::mapped_after(std::size_t keep) const noexcept {
  std::size_t left = mapped_;
  for (auto m = mappings_.rbegin(); m != mappings_.rend() && left - m->bytes >= keep; ++m) left -= m->bytes;
  return left;
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
  assert(target.mappings_.empty() && target.reserved_ >= (std::min)(end, mapped_));
  target.mappings_.reserve(mappings_.size());
  for (const mapping& m : mappings_) {
    if (target.mapped_ == end) break;
    status s = driver_->map(target.data() + target.mapped_, m.bytes, m.owner.handle(), devices.data(), devices.size());
    if (!s.ok()) {
      target.unmap_back(0);
      return s;
    }
    target.mappings_.push_back({block{}, m.bytes});
    target.mapped_ += m.bytes;
  }
  return {};
}

status address_range::replace_last(address_range& other, const std::vector<int>& devices, bool& lost) noexcept {
  mapping &mine = mappings_.back(), &theirs = other.mappings_.back();
  const status s = driver_->replace(data() + last_block(), mine.bytes, mine.owner.handle(), theirs.bytes, theirs.owner.handle(),
                                    devices.data(), devices.size(), lost);
  if (s.ok()) {
    mapped_ -= mine.bytes - theirs.bytes;
    mine.bytes = theirs.bytes;
    mine.owner = std::move(theirs.owner);
  } else if (lost) {
    mapped_ -= mine.bytes;
    mappings_.pop_back();
  }
  return s;
}

void address_range::hand_over(address_range& target) noexcept {
  assert(target.mappings_.size() >= mappings_.size());
  for (std::size_t i = 0; i < mappings_.size(); ++i) target.mappings_[i].owner = std::move(mappings_[i].owner);
}

}  // namespace vmm::engine
