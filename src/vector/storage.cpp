// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/detail/storage.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "memory/workspace.hpp"

#include "vector/storage_resources.hpp"

namespace vmm::engine {
namespace {

bool has_defaults(const options& o) {
  const options& d = value_of(nullptr);
  return o.fixed_address == d.fixed_address && o.small_limit == d.small_limit &&
         o.initial_reservation == d.initial_reservation && o.limit == d.limit && o.step_factor == d.step_factor &&
         o.minimum_step == d.minimum_step && o.staging == d.staging && o.devices.empty();
}

}  // namespace

void deferred_release::give_back() noexcept { delete parts_; }

// -- life ------------------------------------------------------------------------------------------------------------

storage::storage(device_runtime& m, const options& o, stream_ref stream, bool synchronous, std::size_t alignment)
    : storage_fields(o.backend != nullptr ? o.backend : &m, o.device, stream, synchronous, alignment,
                     synchronous && o.device < 0) {
  if (!(o.step_factor >= 0 && o.step_factor <= 1))
    throw std::invalid_argument("vmm: options::step_factor is " + std::to_string(o.step_factor) + "; give 0 to 1");
  if (o.device < -1)
    throw std::invalid_argument("vmm: options::device is " + std::to_string(o.device) +
                                "; give the number of a device, or -1 for the current one");
  if (!has_defaults(o)) options_ = new shared_options(o);
  if (!synchronous && o.device < 0) order_.device = get_driver().current_device();
}

storage storage::like(const storage& other) {
  storage s(*other.backend_, other.order_.stream, true, other.alignment_);
  s.options_ = retain(other.options_);
  s.order_ = other.order_;
  s.any_device_ = other.any_device_;
  return s;
}

storage storage::temporary_copy(const storage& other, std::size_t bytes) {
  storage s(*other.backend_, other.order_.stream, true, other.alignment_);
  s.order_ = other.order();
  s.any_device_ = s.order_.device < 0;
  const deferred_release none = s.reserve(bytes);
  return s;
}

void storage::destroy() noexcept {
  if (resources_ != nullptr) release();
  delete resources_;
  engine::release(options_);
}

void storage::share_options() noexcept { retain(options_); }

void storage::release() noexcept {
  resources& r = *resources_;
  if (r.range) {
    backend_->count_range(-1);
    backend_->cached_ranges().release(order_, access(), std::move(r.range));
  }
  r.direct = allocation();
  r.peer_devices.store(0, std::memory_order_relaxed);
  drop_staged();
  r.sent = event();
  attention_.store(0, std::memory_order_relaxed);
  data_ = nullptr;
  size_ = capacity_ = 0;
  account();
}

bool storage::holds_memory() const noexcept { return resources_ != nullptr && (resources_->direct || resources_->range); }

access_set storage::access() const noexcept { return {options_, resources_->peer_devices.load(std::memory_order_relaxed)}; }

void storage::grant_access(int device) const noexcept {
  if (device < 0 || device > 63 || device == order_.device) return;
  const std::uint64_t bit = std::uint64_t{1} << device;
  std::atomic<std::uint64_t>& peer_devices = resources_->peer_devices;
  if ((peer_devices.load(std::memory_order_relaxed) & bit) == 0 && resources_->range.grant(device).ok()) peer_devices |= bit;
}

void storage::mark_exposed_slow() const {
  flush();
  if (!needs(address_hidden)) return;
  attention_.fetch_or(address_exposed, std::memory_order_relaxed);  // at no time neither of the two
  attention_.fetch_and(static_cast<unsigned char>(~address_hidden), std::memory_order_relaxed);
}

void storage::expose_slow() const {
  grant_access_to_current_device();
  mark_exposed();
}

driver& storage::get_driver() const noexcept { return backend_->get_driver(); }

const options& storage::get_options() const noexcept { return value_of(options_); }

// -- figures ---------------------------------------------------------------------------------------------------------

std::size_t storage::reserved() const noexcept {
  return resources_ != nullptr && resources_->range ? resources_->range.reserved() : capacity_;
}

void storage::account() noexcept {
  resources& r = *resources_;
  vmm::statistics& stats = r.stats;
  const std::size_t reserved = r.range ? r.range.reserved() : 0;
  const std::size_t mapped = r.range ? r.range.mapped() : r.direct.size();
  if (reserved != stats.reserved) backend_->count_reserved(static_cast<std::ptrdiff_t>(reserved - stats.reserved));
  if (mapped != stats.mapped) backend_->count_mapped(static_cast<std::ptrdiff_t>(mapped - stats.mapped));
  if (const std::size_t live = mapped != 0; live != stats.live) backend_->count_live(live != 0 ? +1 : -1), stats.live = live;
  stats.reserved = reserved;
  stats.mapped = mapped;
  stats.peak_mapped = (std::max)(stats.peak_mapped, mapped);
}

/// Old and new place hold memory at once, while contents move.
void storage::note_peak(std::size_t beside) noexcept {
  vmm::statistics& stats = resources_->stats;
  stats.peak_mapped = (std::max)(stats.peak_mapped, stats.mapped + beside);
  backend_->count_mapped(static_cast<std::ptrdiff_t>(beside));
  backend_->count_mapped(-static_cast<std::ptrdiff_t>(beside));
}

vmm::statistics storage::statistics() const noexcept {
  return resources_ != nullptr ? resources_->stats : vmm::statistics();
}

void storage::throw_error(const status& s, const char* action, std::size_t bytes) const {
  backend_->throw_error(s, action, bytes, order_.device, resources_ != nullptr ? resources_->stats.mapped : 0);
}

// -- contents --------------------------------------------------------------------------------------------------------

void storage::write(std::size_t offset, const void* source, std::size_t bytes) {
  flush();
  if (bytes != 0) require(get_driver().copy(order_, data_ + offset, source, bytes), "writing", bytes);
}

void storage::copy_out(void* to, std::size_t offset, std::size_t bytes) const {
  flush();
  if (bytes != 0) require(get_driver().copy(order_, to, data_ + offset, bytes), "reading", bytes);
}

void storage::read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const {
  if (read_staged(to, offset, bytes)) return;
  const stream_order order{order_.device, stream, order_.synchronous};
  require(get_driver().copy(order, to, data_ + offset, bytes), "reading", bytes);
  require(get_driver().stream_synchronize(order), "waiting for work on", bytes);
}

void storage::memmove(std::size_t to, std::size_t from, std::size_t bytes) {
  flush();
  if (bytes == 0 || to == from) return;
  const bool overlaps = (to < from ? from - to : to - from) < bytes;
  const engine::workspace workspace(*backend_, order_, overlaps ? get_capabilities().workspace_bytes : 0);
  const auto shifted = [&] { return get_driver().memmove(order_, data_ + to, data_ + from, bytes, workspace.data()); };
  require(backend_->retry_after_trim(order_.device, shifted), "moving", bytes);
}

void storage::fill(std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  flush();
  const auto filled = [&] { return get_driver().fill(order_, data_ + offset, pattern, pattern_bytes, count); };
  if (count != 0) require(backend_->retry_after_trim(order_.device, filled), "filling", pattern_bytes * count);
}

std::size_t storage::mismatch(const void* other, std::size_t count, scalar type, relation relate) const {
  flush();
  std::size_t index = 0;
  if (count == 0) return index;
  refuse_in_capture("comparing", size_);
  const engine::workspace workspace(*backend_, order_, get_capabilities().workspace_bytes);
  const auto compared = [&] {
    return get_driver().mismatch(order_, data_, other, count, type, relate, workspace.data(), index);
  };
  require(backend_->retry_after_trim(order_.device, compared), "comparing", size_);
  return index;
}

void storage::refuse_in_capture(const char* action, std::size_t bytes) const {
  if (const status s = get_driver().outside_capture(order_); s.code == errc::capturing) throw_error(s, action, bytes);
}

const void* storage::within_reach(const storage& other, std::size_t bytes, storage& temporary) const {
  other.flush();
  if (order_.device == other.order_.device || bytes == 0) return other.data_;
  refuse_in_capture("copying", bytes);
  temporary = storage::temporary_copy(*this, bytes);
  temporary.write(0, other.data_, bytes);
  return temporary.data_;
}

void storage::synchronize() const {
  flush();
  const stream_order order{device(), order_.stream, order_.synchronous};
  if (order.device >= 0) require(get_driver().stream_synchronize(order), "waiting for work on", size_);
}

bool storage::wait_for(const storage& source) const {
  const bool same_order = device() == source.device() && order_.stream == source.order_.stream;
  source.flush();
  if (!same_order && !source.order_.synchronous) source.synchronize();
  return !same_order;
}

void storage::require(const status& s, const char* action, std::size_t bytes) const {
  if (!s.ok()) throw_error(s, action, bytes);
}

device_scope::~device_scope() {
  if (before_ >= 0) driver_.make_current(before_);
}

device_scope::device_scope(const storage& s) : driver_(s.get_driver()) {
  const int before = driver_.current_device(), device = s.order().device;
  if (device < 0 || device == before) return;
  if (const status out = driver_.make_current(device); !out.ok())
    throw error(out.code, "vmm: device " + std::to_string(device) + " cannot be made current: " + to_string(out.code) +
                               " (" + out.call + ": " + out.reason + ")");
  before_ = before;
}

}  // namespace vmm::engine
