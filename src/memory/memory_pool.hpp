// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Where ranges come from and go back to: the cached ones first, then new addresses and new blocks, and once more after all
/// that is kept for reuse was given back. Counts what is held. One per backend; safe to call from several threads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

#include "driver/driver.hpp"
#include <vmm/statistics.hpp>

namespace vmm::engine {

class address_range;
class host_block_pool;
class range_cache;
struct access_set;
struct shared_options;

/// A range for `bytes`: who will use it, and in which order.
struct range_request {
  const stream_order& order;
  const access_set& access;
  const shared_options* options;  ///< null: the defaults
  std::size_t bytes;
  bool exact;        ///< no more than the granularity forces
  std::size_t held;  ///< by the one who asks, for the message of an error
};

class memory_pool {
 public:
  explicit memory_pool(driver& d);
  ~memory_pool();
  memory_pool(const memory_pool&) = delete;
  memory_pool& operator=(const memory_pool&) = delete;

  driver& get_driver() const noexcept { return driver_; }
  range_cache& cached_ranges() const noexcept { return *cached_ranges_; }
  host_block_pool& host_blocks() const noexcept { return *host_blocks_; }

  /// Throws vmm::error where there is no such device, or no driver.
  capabilities describe(int device) const;
  /// Throws vmm::error where mapped memory of the device is aligned to less.
  void require_alignment(std::size_t alignment, int device, const capabilities& c) const;
  /// Throws what a status means: vmm::out_of_memory, or vmm::error. `held`: what the object that asked holds already.
  [[noreturn]] void throw_error(const status& s, const char* action, std::size_t bytes, int device, std::size_t held) const;

  /// @name Ranges. Throw as throw_error.
  /// From the cache, or new, with at least the bytes mapped; by the growth rule unless exact.
  address_range acquire_range(const range_request& request, const capabilities& c);
  /// How many addresses a new range for the bytes is to have.
  std::size_t addresses_for(const range_request& request, const capabilities& c) const noexcept;
  /// Addresses for `target` bytes; halves where so many are refused, down to what `bytes` need.
  address_range reserve(std::size_t target, const range_request& request, const capabilities& c);
  /// Maps blocks until `target` bytes are mapped; where memory runs out, less, but at least `minimum`. Throws with the range as
  /// it was.
  void map_until(address_range& r, std::size_t target, std::size_t minimum, const range_request& request,
                 const capabilities& c);

  /// Gives back all that is kept for reuse, by the library and by the backend, on one device or with -1 on all. Waits for
  /// work that may still use it.
  void trim(int device) noexcept;
  /// A call of the driver that may run out of memory (a first launch loads its kernel): once more after a trim.
  template <class Call>
  status retry_after_trim(int device, Call call) {
    status s = call();
    if (s.code == errc::out_of_memory) trim(device), s = call();
    return s;
  }
  void set_cache_limit(std::size_t bytes) noexcept;
  std::size_t cache_limit() const noexcept;

  /// @name Process-wide figures
  std::size_t live_ranges() const noexcept { return ranges_.load(std::memory_order_relaxed); }
  void count_range(int change) noexcept { ranges_.fetch_add(static_cast<std::size_t>(change)); }
  void count_live(int change) noexcept { live_.fetch_add(static_cast<std::size_t>(change)); }
  void count_reserved(std::ptrdiff_t change) noexcept { reserved_.fetch_add(static_cast<std::size_t>(change)); }
  void count_mapped(std::ptrdiff_t change) noexcept;
  void count_step(std::chrono::nanoseconds spent) noexcept;
  void count_relocation() noexcept { relocations_.fetch_add(1); }
  void count_promoted(std::size_t bytes) noexcept { promoted_.fetch_add(bytes); }
  void count_copied(std::size_t bytes) noexcept { copied_.fetch_add(bytes); }

 protected:
  vmm::statistics statistics() const noexcept;  ///< but for the pinned memory

 private:
  driver& driver_;
  std::unique_ptr<host_block_pool> host_blocks_;  // cached ranges may hold some
  std::unique_ptr<range_cache> cached_ranges_;
  std::atomic<std::size_t> ranges_{0}, live_{0}, reserved_{0}, mapped_{0}, peak_{0}, steps_{0}, relocations_{0}, promoted_{0},
      copied_{0};
  // The most that a request for addresses was granted when it last was: less than unlimited where it had to be halved.
  std::atomic<std::size_t> last_reservation_{static_cast<std::size_t>(-1)};
  // From this size on requests for addresses failed although nothing was kept for reuse.
  std::atomic<std::size_t> smallest_failed_reservation_{static_cast<std::size_t>(-1)};
  std::atomic<std::chrono::nanoseconds::rep> time_{0};
};

}  // namespace vmm::engine
