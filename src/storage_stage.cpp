// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How new elements wait in a staging buffer, and when they go to the device.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include <vmm/engine/event.hpp>
#include <vmm/engine/growth.hpp>
#include <vmm/engine/staging.hpp>
#include <vmm/engine/storage.hpp>

namespace vmm::engine {

std::size_t storage::push(const void* value, std::size_t bytes, bool even_if_shown) {
  const retired old = grow(growth::add(size_, bytes));
  if (open_window(bytes, even_if_shown)) {
    std::memcpy(reinterpret_cast<void*>(window_ + size_), value, bytes);
  } else {
    refuse_in_capture("pushing an element of", bytes);  // a graph would write it again and again
    fill(size_, value, bytes, 1);
    settle();
  }
  return size_ += bytes;
}

/// Room for at least one element of that size behind the others, in a buffer or in the memory itself; or none.
bool storage::open_window(std::size_t element, bool even_if_shown) {
  const bool may_stage = even_if_shown || !shown_;  // others may be staged all the same
  if (size_ < window_end_ && (may_stage || !staged_)) return true;
  if (resolve().host_addressable) {
    window_ = reinterpret_cast<std::uintptr_t>(data_);
    window_end_ = capacity_ / element * element;
    shown_.store(false, std::memory_order_relaxed);
    return true;
  }
  if (!get_options().staging || !may_stage) return false;
  if (lease_ && element > lease_.size() - (size_ - placed_)) {
    send_staged(false);
    large_ = true;
  }
  if (!lease_) {
    lease_ = machine_->get_staging().take(element, large_ || element > machine_->get_staging().small_size());
    if (!lease_) return false;
    placed_ = size_;
    staged_.store(true, std::memory_order_release);
  }
  window_ = reinterpret_cast<std::uintptr_t>(lease_.data()) - placed_;
  window_end_ = (std::min)(placed_ + lease_.size() / element * element, capacity_ / element * element);
  return true;
}

/// Sends what is staged and gives the buffer back. Where that is refused everything stays as it is.
void storage::send_staged(bool and_wait) const {
  const std::size_t bytes = size_ - placed_;
  event sent, own;
  if (bytes != 0) {
    require(get_driver().send(where_, data_ + placed_, lease_.data(), bytes), "writing staged elements,", bytes);
    const bool again = lease_.in_doubt();  // sent before, maybe to another stream
    lease_.set_in_doubt(where_.device);
    const queue submitted{where_.device, where_.stream, false};
    bool known = !and_wait && event::record(get_driver(), submitted, sent).ok();
    if (known && where_.synchronous)  // a default stream may be another one in every thread: each comes after the last
      known = sent_.hold_back(submitted).ok() && event::record(get_driver(), submitted, own).ok();
    if (!known)
      if (const status s = get_driver().wait(submitted); s.code != errc::capturing)  // then send has waited
        require(s, "waiting for staged elements,", bytes);
    if (!again) lease_.set_known();
    if (known && where_.synchronous) sent_ = std::move(own), in_flight_.store(true, std::memory_order_release);
  }
  lease_.give_back(std::move(sent));
  window_end_ = 0;
  staged_.store(false, std::memory_order_release);
}

/// Const members may be called from several threads: one of them flushes, the others wait for it.
class storage::flushing {
 public:
  explicit flushing(const storage& s) noexcept : busy_(s.busy_) {
    while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  }
  ~flushing() { busy_.store(false, std::memory_order_release); }
  flushing(const flushing&) = delete;

 private:
  std::atomic<bool>& busy_;
};

/// Where the queue is synchronous, what was sent before must have arrived as well.
void storage::flush_staged() const {
  const flushing alone(*this);
  if (in_flight_.load(std::memory_order_relaxed)) {
    require(sent_.await(), "waiting for staged elements,", size_);
    sent_ = event();
    in_flight_.store(false, std::memory_order_release);
  }
  if (staged_.load(std::memory_order_relaxed)) send_staged(where_.synchronous);
}

/// Copies bytes that are still staged, whoever flushes meanwhile. Whether they were.
bool storage::read_staged(void* to, std::size_t offset, std::size_t bytes) const {
  if (!staged_.load(std::memory_order_acquire)) return false;
  const flushing alone(*this);
  if (!staged_.load(std::memory_order_relaxed) || offset < placed_) return false;
  std::memcpy(to, lease_.data() + (offset - placed_), bytes);
  return true;
}

void storage::follow(stream_ref stream) noexcept {
  if (staged_.load(std::memory_order_relaxed) && stream != where_.stream) {
    try {
      send_staged(false);  // in the order in which it was pushed
    } catch (const std::exception&) {  // kept, and told by the flush that comes
    }
  }
  where_.stream = stream;
  plain_.follow(stream);
}

void storage::set_size(std::size_t bytes) noexcept {
  assert(bytes <= size_ || !staged_);
  if (staged_.load(std::memory_order_relaxed) && bytes <= placed_) drop_staged();
  size_ = bytes;
}

void storage::drop_staged() noexcept {
  lease_ = lease();
  window_end_ = 0;
  staged_.store(false, std::memory_order_relaxed);
}

}  // namespace vmm::engine
