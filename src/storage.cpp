// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/storage.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "sizes.hpp"

namespace vmm::engine {
namespace {

/// Never destroyed and made at first use: vectors with static storage duration need it at any time.
const options& defaults() {
  static const options& o = *new options;
  return o;
}

bool has_defaults(const options& o) {
  const options& d = defaults();
  return o.fixed_address == d.fixed_address && o.small_limit == d.small_limit &&
         o.initial_reservation == d.initial_reservation && o.limit == d.limit && o.step_factor == d.step_factor &&
         o.minimum_step == d.minimum_step && o.devices.empty();
}

}  // namespace

void await_readers(driver& d, const queue& where, const options* o) noexcept {
  // A stream that is being captured cannot be waited for; the device can.
  if (where.synchronous || d.wait(where).code == errc::capturing) d.drain(where.device);
  if (o == nullptr) return;
  for (int device : o->devices)
    if (device != where.device) d.drain(device);
}

retired::~retired() {
  if (range_) await_readers(*driver_, where_, options_.get());
}

// -- life ------------------------------------------------------------------------------------------------------------

storage::storage(machine& m, const options& o, stream_ref stream, bool synchronous)
    : machine_(o.machine != nullptr ? o.machine : &m),
      options_(has_defaults(o) ? nullptr : std::make_shared<const options>(o)),
      where_{o.device >= 0 ? o.device : machine_->get_driver().current_device(), stream, synchronous} {
  if (!(o.step_factor >= 0 && o.step_factor <= 1))
    throw std::invalid_argument("vmm: options::step_factor is " + std::to_string(o.step_factor) + "; give 0 to 1");
  if (o.device < -1)
    throw std::invalid_argument("vmm: options::device is " + std::to_string(o.device) +
                                "; give the number of a device, or -1 for the current one");
}

storage storage::like(const storage& other) {
  storage s(*other.machine_, defaults(), other.where_.stream, other.where_.synchronous);
  s.options_ = other.options_;
  s.where_ = other.where_;
  return s;
}

storage storage::scratch(const storage& other, std::size_t bytes) {
  storage s(*other.machine_, defaults(), other.where_.stream, other.where_.synchronous);
  s.where_ = other.where_;
  retired none = s.reserve(bytes);
  return s;
}

storage::storage(storage&& other) noexcept
    : machine_(other.machine_), options_(other.options_), where_(other.where_) {
  swap(other);
}

storage& storage::operator=(storage&& other) noexcept {
  if (this != &other) {
    release();
    swap(other);
  }
  return *this;
}

storage::~storage() { release(); }

void storage::swap(storage& other) noexcept {
  std::swap(machine_, other.machine_);
  std::swap(options_, other.options_);
  std::swap(where_, other.where_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(plain_, other.plain_);
  std::swap(range_, other.range_);
  std::swap(stats_, other.stats_);
}

void storage::release() noexcept {
  if (range_) {
    await_readers(get_driver(), where_, options_.get());
    machine_->count_range(-1);
  }
  range_ = address_range();
  plain_ = allocation();
  data_ = nullptr;
  size_ = capacity_ = 0;
  account();
}

void storage::follow(stream_ref stream) noexcept {
  where_.stream = stream;
  plain_.follow(stream);
}

const options& storage::get_options() const noexcept { return options_ ? *options_ : defaults(); }

// -- figures ---------------------------------------------------------------------------------------------------------

void storage::account() noexcept {
  const std::size_t reserved = range_ ? range_.reserved() : 0;
  const std::size_t mapped = range_ ? range_.mapped() : plain_.size();
  machine_->count_reserved(static_cast<std::ptrdiff_t>(reserved - stats_.reserved));
  machine_->count_mapped(static_cast<std::ptrdiff_t>(mapped - stats_.mapped));
  stats_.reserved = reserved;
  stats_.mapped = mapped;
  stats_.peak_mapped = (std::max)(stats_.peak_mapped, mapped);
}

/// Old and new place hold memory at once, while contents move.
void storage::note_peak(std::size_t beside) noexcept {
  stats_.peak_mapped = (std::max)(stats_.peak_mapped, stats_.mapped + beside);
  machine_->count_mapped(static_cast<std::ptrdiff_t>(beside));
  machine_->count_mapped(-static_cast<std::ptrdiff_t>(beside));
}

vmm::statistics storage::statistics() const noexcept { return stats_; }

void storage::raise(const status& s, const char* action, std::size_t bytes) const {
  if (s.code == errc::out_of_memory) {
    memory_info info;
    get_driver().memory(where_.device, info);
    throw out_of_memory(bytes, stats_.mapped, info.free);
  }
  std::string message = "vmm: " + std::string(action) + " " + human(bytes).text + " on device " +
                        std::to_string(where_.device) + " was refused: " + to_string(s.code);
  message += " (" + std::string(s.call) + ": " + s.reason + ")";
  throw error(s.code, message);
}

// -- contents --------------------------------------------------------------------------------------------------------

void storage::write(std::size_t offset, const void* source, std::size_t bytes) {
  if (bytes != 0) require(get_driver().copy(where_, data_ + offset, source, bytes), "writing", bytes);
}

void storage::copy_out(void* to, std::size_t offset, std::size_t bytes) const {
  if (bytes != 0) require(get_driver().copy(where_, to, data_ + offset, bytes), "reading", bytes);
}

void storage::read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const {
  const queue order{where_.device, stream, where_.synchronous};
  require(get_driver().copy(order, to, data_ + offset, bytes), "reading", bytes);
  require(get_driver().wait(order), "waiting for work on", bytes);
}

void storage::shift(std::size_t to, std::size_t from, std::size_t bytes) {
  if (bytes != 0 && to != from) require(get_driver().shift(where_, data_ + to, data_ + from, bytes), "moving", bytes);
}

void storage::fill(std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  if (count != 0)
    require(get_driver().fill(where_, data_ + offset, pattern, pattern_bytes, count), "filling", pattern_bytes * count);
}

std::size_t storage::mismatch(const void* other, std::size_t count, scalar type, relation relate) const {
  std::size_t index = 0;
  if (count != 0) require(get_driver().mismatch(where_, data_, other, count, type, relate, index), "comparing", size_);
  return index;
}

void storage::wait() const {
  if (where_.device >= 0) require(get_driver().wait(where_), "waiting for work on", size_);
}

bool storage::wait_for(const storage& source) const {
  const bool same_order = where_.device == source.where_.device && where_.stream == source.where_.stream;
  if (!same_order && !source.where_.synchronous) source.wait();
  return !same_order;
}

}  // namespace vmm::engine
