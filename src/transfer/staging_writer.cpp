// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "transfer/staging_writer.hpp"

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

namespace vmm::engine {

write_range staging_writer::open(pinned_buffer_pool& pool, std::size_t size, std::size_t capacity,
                                 std::size_t element) noexcept {
  if (!buffer_) {
    buffer_ = pool.acquire(element, large_ || element > pool.small_size());
    if (!buffer_) return {};
    flushed_size_ = size;
  }
  const std::size_t end = flushed_size_ + buffer_.size() / element * element;
  return {reinterpret_cast<std::uintptr_t>(buffer_.data()) - flushed_size_, (std::min)(end, capacity / element * element)};
}

staging_writer::result staging_writer::flush(driver& d, const stream_order& order, std::byte* data, std::size_t size,
                                             bool and_wait) noexcept {
  result out;
  const std::size_t bytes = size - flushed_size_;
  event sent, own;
  if (bytes != 0) {
    out.action = "writing staged elements,";
    out.error = d.copy_from_pinned(order, data + flushed_size_, buffer_.data(), bytes);
    if (!out.error.ok()) return out;
    const bool unknown = buffer_.last_copy() == completion::unknown;  // copied before, maybe in another stream
    buffer_.set_last_copy(completion::unknown, order.device);
    const stream_order submitted{order.device, order.stream, false};
    bool known = !and_wait && event::record(d, submitted, sent).ok();
    if (known && order.synchronous)  // a default stream may be another one in every thread: each comes after the last
      known = sent_.stream_wait(submitted).ok() && event::record(d, submitted, own).ok();
    if (!known) {
      out.action = "waiting for staged elements,";
      out.error = d.stream_synchronize(submitted);
      if (out.error.code == errc::capturing) out.error = {};  // then copy_from_pinned has waited
      if (!out.error.ok()) return out;
    }
    if (!unknown) buffer_.set_last_copy(completion::in_flight, order.device);
    out.in_flight = known && order.synchronous;
    if (out.in_flight) sent_ = std::move(own);
  }
  buffer_.release(std::move(sent));
  return out;
}

status staging_writer::synchronize() noexcept {
  const status s = sent_.synchronize();
  if (s.ok()) sent_ = event();
  return s;
}

bool staging_writer::read(void* to, std::size_t offset, std::size_t bytes) const noexcept {
  if (offset < flushed_size_) return false;
  std::memcpy(to, buffer_.data() + (offset - flushed_size_), bytes);
  return true;
}

staging_writer::exclusive::exclusive(staging_writer& w) noexcept : busy_(w.busy_) {
  while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
}

}  // namespace vmm::engine
