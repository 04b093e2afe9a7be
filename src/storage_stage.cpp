// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How new elements wait in a staging buffer, and when they go to the device.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include <vmm/engine/growth.hpp>
#include <vmm/engine/staging.hpp>

#include "storage_resources.hpp"

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

/// Where the contents end that are in device memory.
std::size_t storage::placed() const noexcept { return needs(staged_elements) ? resources_->placed : size_; }

/// Room for at least one element of that size behind the others, in a buffer or in the memory itself; or none. pre: there is
/// memory for it.
bool storage::open_window(std::size_t element, bool even_if_shown) {
  const bool may_stage = even_if_shown || !shown();  // others may be staged all the same
  if (size_ < window_end_ && (may_stage || !needs(staged_elements))) return true;
  if (resolve().host_addressable) {
    window_ = reinterpret_cast<std::uintptr_t>(data_);
    window_end_ = capacity_ / element * element;
    return true;
  }
  if (!get_options().staging || !may_stage) return false;
  resources& r = *resources_;
  if (r.lease && element > r.lease.size() - (size_ - r.placed)) {
    send_staged(false);
    r.large = true;
  }
  if (!r.lease) {
    r.lease = backend_->get_staging().take(element, r.large || element > backend_->get_staging().small_size());
    if (!r.lease) return false;
    r.placed = size_;
    change(0, staged_elements);
  }
  window_ = reinterpret_cast<std::uintptr_t>(r.lease.data()) - r.placed;
  window_end_ = (std::min)(r.placed + r.lease.size() / element * element, capacity_ / element * element);
  return true;
}

/// Sends what is staged and gives the buffer back. Where that is refused everything stays as it is.
void storage::send_staged(bool and_wait) const {
  resources& r = *resources_;
  const std::size_t bytes = size_ - r.placed;
  event sent, own;
  if (bytes != 0) {
    require(get_driver().send(order_, data_ + r.placed, r.lease.data(), bytes), "writing staged elements,", bytes);
    const bool again = r.lease.in_doubt();  // sent before, maybe to another stream
    r.lease.set_in_doubt(order_.device);
    const stream_order submitted{order_.device, order_.stream, false};
    bool known = !and_wait && event::record(get_driver(), submitted, sent).ok();
    if (known && order_.synchronous)  // a default stream may be another one in every thread: each comes after the last
      known = r.sent.hold_back(submitted).ok() && event::record(get_driver(), submitted, own).ok();
    if (!known)
      if (const status s = get_driver().wait(submitted); s.code != errc::capturing)  // then send has waited
        require(s, "waiting for staged elements,", bytes);
    if (!again) r.lease.set_known();
    if (known && order_.synchronous) {
      r.sent = std::move(own);
      attention_.fetch_or(copies_in_flight, std::memory_order_release);
    }
  }
  r.lease.give_back(std::move(sent));
  window_end_ = 0;
  attention_.fetch_and(static_cast<unsigned char>(~staged_elements), std::memory_order_release);
}

/// Const members may be called from several threads: one of them flushes, the others wait for it.
class storage::flushing {
 public:
  explicit flushing(const storage& s) noexcept : busy_(s.resources_->busy) {
    while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  }
  ~flushing() { busy_.store(false, std::memory_order_release); }
  flushing(const flushing&) = delete;

 private:
  std::atomic<bool>& busy_;
};

/// Where the order is synchronous, what was sent before must have arrived as well.
void storage::flush_staged() const {
  const flushing alone(*this);
  if (needs(copies_in_flight)) {
    require(resources_->sent.await(), "waiting for staged elements,", size_);
    resources_->sent = event();
    attention_.fetch_and(static_cast<unsigned char>(~copies_in_flight), std::memory_order_release);
  }
  if (needs(staged_elements)) send_staged(order_.synchronous);
}

/// Copies bytes that are still staged, whoever flushes meanwhile. Whether they were.
bool storage::read_staged(void* to, std::size_t offset, std::size_t bytes) const {
  if (!needs(staged_elements)) return false;
  const flushing alone(*this);
  const resources& r = *resources_;
  if (!needs(staged_elements) || offset < r.placed) return false;
  std::memcpy(to, r.lease.data() + (offset - r.placed), bytes);
  return true;
}

void storage::follow(stream_ref stream) noexcept {
  if (needs(staged_elements) && stream != order_.stream) {
    try {
      send_staged(false);  // in the order in which it was pushed
    } catch (const std::exception&) {  // kept, and told by the flush that comes
    }
  }
  order_.stream = stream;
  if (resources_ != nullptr) resources_->plain.follow(stream);
}

void storage::set_staged_size(std::size_t bytes) noexcept {
  assert(bytes <= size_);
  if (bytes <= resources_->placed) drop_staged();
  size_ = bytes;
}

void storage::drop_staged() noexcept {
  resources_->lease = lease();
  window_end_ = 0;
  change(staged_elements, 0);
}

}  // namespace vmm::engine
