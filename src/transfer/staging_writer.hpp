// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// New elements of one vector on their way from the host: they wait in a pinned buffer for one large copy to the device. The
/// vector keeps where the next one goes; what it asks here is for more space, and to flush.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "driver/driver.hpp"
#include "memory/event.hpp"
#include "memory/write_range.hpp"
#include "transfer/pinned_buffer.hpp"
#include "transfer/pinned_buffer_pool.hpp"

namespace vmm::engine {

class staging_writer {
 public:
  /// What flush could not do; and whether its copy was submitted without a wait by a synchronous order.
  struct result {
    status error;
    const char* action = "";
    bool in_flight = false;
  };

  /// Where a vector's bytes end that are in device memory. pre: a buffer is held.
  std::size_t flushed_size() const noexcept { return flushed_size_; }
  /// Whether a buffer is held in which no further element fits. pre: the vector has `size` bytes.
  bool is_full(std::size_t size, std::size_t element) const noexcept {
    return buffer_ && element > buffer_.size() - (size - flushed_size_);
  }
  /// From the next buffer on; small ones are for vectors that push a little.
  void prefer_large() noexcept { large_ = true; }
  /// Space for at least one element behind `size` bytes, within `capacity`: in the buffer that is held, or in another one.
  write_range open(pinned_buffer_pool& pool, std::size_t size, std::size_t capacity, std::size_t element) noexcept;
  /// Copies what waits to `data`, where the vector's bytes begin, and gives the buffer back. On failure it keeps it.
  result flush(driver& d, const stream_order& order, std::byte* data, std::size_t size, bool and_wait) noexcept;
  /// For what a synchronous order has sent without a wait.
  status synchronize() noexcept;
  /// Copies bytes that still wait; false where they do not. pre: a buffer is held.
  bool read(void* to, std::size_t offset, std::size_t bytes) const noexcept;
  /// Forgets what waits.
  void drop() noexcept { buffer_ = pinned_buffer(); }
  void clear() noexcept { drop(), sent_ = event(); }

  /// Const members of a vector may be called from several threads: one of them flushes, the others wait for it.
  class exclusive {
   public:
    explicit exclusive(staging_writer& w) noexcept;
    ~exclusive() { busy_.store(false, std::memory_order_release); }
    exclusive(const exclusive&) = delete;

   private:
    std::atomic<bool>& busy_;
  };

 private:
  pinned_buffer buffer_;
  std::size_t flushed_size_ = 0;  // the buffer holds all from here on
  bool large_ = false;
  event sent_;  // the last copy that went without a wait, of a synchronous order
  std::atomic<bool> busy_{false};
};

}  // namespace vmm::engine
