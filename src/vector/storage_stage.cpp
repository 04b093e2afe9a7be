// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How new elements wait in a staging buffer, and when they go to the device.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include "memory/growth.hpp"
#include "transfer/pinned_buffer_pool.hpp"
#include <vmm/detail/storage.hpp>

#include "vector/storage_resources.hpp"

namespace vmm::engine {

std::size_t storage::push_back_slow(const void* value, std::size_t bytes, bool force) {
  const deferred_release old = grow(growth::add(size_, bytes));
  if (open_write_range(bytes, force)) {
    std::memcpy(reinterpret_cast<void*>(write_begin_ + size_), value, bytes);
  } else {
    refuse_in_capture("pushing an element of", bytes);  // a graph would write it again and again
    fill(size_, value, bytes, 1);
    synchronize_if_blocking();
  }
  return size_ += bytes;
}

/// Where the contents end that are in device memory.
std::size_t storage::flushed_size() const noexcept { return needs(staged_elements) ? resources_->flushed_size : size_; }

/// Space for at least one element of that size behind the others, in a buffer or in the memory itself; or none. pre: there is
/// memory for it.
bool storage::open_write_range(std::size_t element, bool force) {
  const bool may_stage = force || !is_exposed();  // others may be staged all the same
  if (size_ < write_end_ && (may_stage || !needs(staged_elements))) return true;
  if (resolve().host_addressable) {
    write_begin_ = reinterpret_cast<std::uintptr_t>(data_);
    write_end_ = capacity_ / element * element;
    return true;
  }
  if (!get_options().staging || !may_stage) return false;
  resources& r = *resources_;
  if (r.pinned_buffer && element > r.pinned_buffer.size() - (size_ - r.flushed_size)) {
    send_staged(false);
    r.large = true;
  }
  if (!r.pinned_buffer) {
    r.pinned_buffer = backend_->pinned_buffers().acquire(element, r.large || element > backend_->pinned_buffers().small_size());
    if (!r.pinned_buffer) return false;
    r.flushed_size = size_;
    change(0, staged_elements);
  }
  write_begin_ = reinterpret_cast<std::uintptr_t>(r.pinned_buffer.data()) - r.flushed_size;
  write_end_ = (std::min)(r.flushed_size + r.pinned_buffer.size() / element * element, capacity_ / element * element);
  return true;
}

/// Sends what is staged and gives the buffer back. Where that fails everything stays as it is.
void storage::send_staged(bool and_wait) const {
  resources& r = *resources_;
  const std::size_t bytes = size_ - r.flushed_size;
  event sent, own;
  if (bytes != 0) {
    require(get_driver().copy_from_pinned(order_, data_ + r.flushed_size, r.pinned_buffer.data(), bytes), "writing staged elements,", bytes);
    const bool unknown = r.pinned_buffer.last_copy() == completion::unknown;  // copied before, maybe in another stream
    r.pinned_buffer.set_last_copy(completion::unknown, order_.device);
    const stream_order submitted{order_.device, order_.stream, false};
    bool known = !and_wait && event::record(get_driver(), submitted, sent).ok();
    if (known && order_.synchronous)  // a default stream may be another one in every thread: each comes after the last
      known = r.sent.stream_wait(submitted).ok() && event::record(get_driver(), submitted, own).ok();
    if (!known)
      if (const status s = get_driver().stream_synchronize(submitted); s.code != errc::capturing)  // then send has waited
        require(s, "waiting for staged elements,", bytes);
    if (!unknown) r.pinned_buffer.set_last_copy(completion::in_flight, order_.device);
    if (known && order_.synchronous) {
      r.sent = std::move(own);
      attention_.fetch_or(copies_in_flight, std::memory_order_release);
    }
  }
  r.pinned_buffer.release(std::move(sent));
  write_end_ = 0;
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
    require(resources_->sent.synchronize(), "waiting for staged elements,", size_);
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
  if (!needs(staged_elements) || offset < r.flushed_size) return false;
  std::memcpy(to, r.pinned_buffer.data() + (offset - r.flushed_size), bytes);
  return true;
}

void storage::set_stream(stream_ref stream) noexcept {
  if (needs(staged_elements) && stream != order_.stream) {
    try {
      send_staged(false);  // in the order in which it was pushed
    } catch (const std::exception&) {  // kept, and told by the flush that comes
    }
  }
  order_.stream = stream;
  if (resources_ != nullptr) resources_->direct.set_stream(stream);
}

void storage::set_staged_size(std::size_t bytes) noexcept {
  assert(bytes <= size_);
  if (bytes <= resources_->flushed_size) drop_staged();
  size_ = bytes;
}

void storage::drop_staged() noexcept {
  resources_->pinned_buffer = pinned_buffer();
  write_end_ = 0;
  change(staged_elements, 0);
}

}  // namespace vmm::engine
