// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/storage.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include <vmm/engine/event.hpp>
#include <vmm/engine/range_cache.hpp>
#include <vmm/engine/scratch.hpp>

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
         o.minimum_step == d.minimum_step && o.staging == d.staging && o.devices.empty();
}

}  // namespace

retired::~retired() {
  if (range_) warm_->give(where_, who_, std::move(range_));
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

storage storage::aside(const storage& other, std::size_t bytes) {
  storage s(*other.machine_, defaults(), other.where_.stream, other.where_.synchronous);
  s.where_ = other.where_;
  retired none = s.reserve(bytes);
  return s;
}

storage storage::passing(machine& m, const queue& where) {
  options o;
  o.device = where.device;
  storage s(m, o, where.stream, where.synchronous);
  s.passing_ = true;
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

void storage::bind(retired& r) const noexcept {
  r.warm_ = &machine_->warm_ranges();
  r.where_ = where_;
  r.who_ = who();
}

void storage::swap(storage& other) noexcept {
  std::swap(machine_, other.machine_);
  std::swap(options_, other.options_);
  std::swap(where_, other.where_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  std::swap(plain_, other.plain_);
  std::swap(range_, other.range_);
  guests_ = other.guests_.exchange(guests_);
  std::swap(window_, other.window_);
  std::swap(window_end_, other.window_end_);
  std::swap(placed_, other.placed_);
  std::swap(large_, other.large_);
  std::swap(passing_, other.passing_);
  lease_.swap(other.lease_);
  std::swap(sent_, other.sent_);
  in_flight_ = other.in_flight_.exchange(in_flight_);
  staged_ = other.staged_.exchange(staged_);
  shown_ = other.shown_.exchange(shown_);
  std::swap(stats_, other.stats_);
}

void storage::release() noexcept {
  if (range_) {
    machine_->count_range(-1);
    machine_->warm_ranges().give(where_, who(), std::move(range_));
  }
  plain_ = allocation();
  guests_ = 0;
  drop_staged();
  sent_ = event();
  in_flight_ = shown_ = false;
  data_ = nullptr;
  size_ = capacity_ = 0;
  account();
}

void storage::let_in(int device) const noexcept {
  if (device < 0 || device > 63 || device == where_.device) return;
  const std::uint64_t bit = std::uint64_t{1} << device;
  if ((guests_.load(std::memory_order_relaxed) & bit) == 0 && range_.grant(device).ok()) guests_ |= bit;
}

const options& storage::get_options() const noexcept { return options_ ? *options_ : defaults(); }

// -- figures ---------------------------------------------------------------------------------------------------------

void storage::account() noexcept {
  if (passing_) return;
  const std::size_t reserved = range_ ? range_.reserved() : 0;
  const std::size_t mapped = range_ ? range_.mapped() : plain_.size();
  machine_->count_reserved(static_cast<std::ptrdiff_t>(reserved - stats_.reserved));
  machine_->count_mapped(static_cast<std::ptrdiff_t>(mapped - stats_.mapped));
  machine_->count_live(static_cast<int>(mapped != 0) - static_cast<int>(stats_.live));
  stats_.live = mapped != 0;
  stats_.reserved = reserved;
  stats_.mapped = mapped;
  stats_.peak_mapped = (std::max)(stats_.peak_mapped, mapped);
}

/// Old and new place hold memory at once, while contents move.
void storage::note_peak(std::size_t beside) noexcept {
  if (passing_) return;
  stats_.peak_mapped = (std::max)(stats_.peak_mapped, stats_.mapped + beside);
  machine_->count_mapped(static_cast<std::ptrdiff_t>(beside));
  machine_->count_mapped(-static_cast<std::ptrdiff_t>(beside));
}

vmm::statistics storage::statistics() const noexcept { return stats_; }

void storage::raise(const status& s, const char* action, std::size_t bytes) const {
  machine_->raise(s, action, bytes, where_.device, stats_.mapped);
}

// -- contents --------------------------------------------------------------------------------------------------------

void storage::write(std::size_t offset, const void* source, std::size_t bytes) {
  flush();
  if (bytes != 0) require(get_driver().copy(where_, data_ + offset, source, bytes), "writing", bytes);
}

void storage::copy_out(void* to, std::size_t offset, std::size_t bytes) const {
  flush();
  if (bytes != 0) require(get_driver().copy(where_, to, data_ + offset, bytes), "reading", bytes);
}

void storage::read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const {
  if (read_staged(to, offset, bytes)) return;
  const queue order{where_.device, stream, where_.synchronous};
  require(get_driver().copy(order, to, data_ + offset, bytes), "reading", bytes);
  require(get_driver().wait(order), "waiting for work on", bytes);
}

void storage::shift(std::size_t to, std::size_t from, std::size_t bytes) {
  flush();
  if (bytes == 0 || to == from) return;
  const bool overlaps = (to < from ? from - to : to - from) < bytes;
  const engine::scratch workspace(*machine_, where_, overlaps ? get_capabilities().workspace : 0);
  const auto shifted = [&] { return get_driver().shift(where_, data_ + to, data_ + from, bytes, workspace.data()); };
  require(with_room(shifted), "moving", bytes);
}

void storage::fill(std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  flush();
  const auto filled = [&] { return get_driver().fill(where_, data_ + offset, pattern, pattern_bytes, count); };
  if (count != 0) require(with_room(filled), "filling", pattern_bytes * count);
}

std::size_t storage::mismatch(const void* other, std::size_t count, scalar type, relation relate) const {
  flush();
  std::size_t index = 0;
  if (count == 0) return index;
  refuse_in_capture("comparing", size_);
  const engine::scratch workspace(*machine_, where_, get_capabilities().workspace);
  const auto compared = [&] {
    return get_driver().mismatch(where_, data_, other, count, type, relate, workspace.data(), index);
  };
  require(with_room(compared), "comparing", size_);
  return index;
}

void storage::refuse_in_capture(const char* action, std::size_t bytes) const {
  if (const status s = get_driver().outside_capture(where_); s.code == errc::capturing) raise(s, action, bytes);
}

const void* storage::within_reach(const storage& other, std::size_t bytes, storage& aside) const {
  other.flush();
  if (where_.device == other.where_.device || bytes == 0) return other.data_;
  refuse_in_capture("copying", bytes);
  aside = storage::aside(*this, bytes);
  aside.write(0, other.data_, bytes);
  return aside.data_;
}

void storage::wait() const {
  flush();
  if (where_.device >= 0) require(get_driver().wait(where_), "waiting for work on", size_);
}

bool storage::wait_for(const storage& source) const {
  const bool same_order = where_.device == source.where_.device && where_.stream == source.where_.stream;
  source.flush();
  if (!same_order && !source.where_.synchronous) source.wait();
  return !same_order;
}

device_scope::device_scope(const storage& s) : driver_(s.get_driver()) {
  const int before = driver_.current_device(), device = s.where().device;
  if (device < 0 || device == before) return;
  if (const status made = driver_.make_current(device); !made.ok())
    throw error(made.code, "vmm: device " + std::to_string(device) + " cannot be made current: " + to_string(made.code) +
                               " (" + made.call + ": " + made.reason + ")");
  before_ = before;
}

}  // namespace vmm::engine
