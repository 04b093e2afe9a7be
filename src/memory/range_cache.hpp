// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Ranges that no vector owns any more. They stay mapped (cached) for the next vector, up to a limit for each device;
/// and nothing is unmapped here before the work that may use it is done. Safe to call from several threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>

#include "memory/address_range.hpp"
#include "memory/access_set.hpp"
#include "memory/event.hpp"

namespace vmm::engine {

class range_cache {
 public:
  static constexpr std::size_t default_limit = std::size_t{256} << 20;

  /// What a new vector can use: sizes in bytes, all inclusive.
  struct request {
    std::size_t minimum_mapped, maximum_mapped;
    std::size_t minimum_reserved, maximum_reserved;
  };

  explicit range_cache(stream_driver& d) noexcept : driver_(d) {}
  ~range_cache() { trim(-1); }  ///< what cannot be waited for goes all the same
  range_cache(const range_cache&) = delete;

  /// The range with the least that fits and that the same devices may access, or an empty one. What was submitted for its
  /// last owner is done, or comes before whatever is submitted to `order` from now on.
  address_range acquire(const stream_order& order, const options* o, const request& w) noexcept;

  /// Takes a range over. The device of a synchronous order is waited for, as are further devices that may use it; a stream is
  /// not. A range too large for the limit goes as soon as its work is done: now, or at a later call; then the
  /// oldest ones, until the rest is within the limit. Where waiting fails it stays, nobody's, and
  /// holds what is younger on its device, until trim() or reclaim() can wait.
  void release(const stream_order& order, const access_set& access, address_range&& range) noexcept;

  /// Gives back everything of one device, or with -1 of all. Waits for work that may still use it; what cannot be waited for stays.
  void trim(int device) noexcept;

  /// Gives back what does not fit and is no longer in use. Waits for what could not be waited for before; returns whether it could.
  bool reclaim() noexcept;

  /// Bytes for each device; 0 keeps nothing but what is still in use.
  void set_limit(std::size_t bytes) noexcept;
  std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  std::size_t ranges() const noexcept { return ranges_.load(std::memory_order_relaxed); }
  /// Bytes that are mapped here, on all devices.
  std::size_t cached() const noexcept { return cached_.load(std::memory_order_relaxed); }

 private:
  struct entry {
    event done;  // outlives the range: what is forgotten can no longer be asked
    address_range range;
    stream_order order;
    access_set access;
    completion use;  // unknown where a wait for somebody failed: then `done` does not say all
  };
  using entries = std::list<entry>;  // oldest first; moving one between lists cannot fail

  bool unused(const stream_order& order, const access_set& access) const noexcept;
  template <class Predicate>
  bool release_if(Predicate matches) noexcept;
  void add(entries& one, entries::iterator before) noexcept;
  void insert(entries& mine, entries& evicted) noexcept;
  void evict(entries& evicted) noexcept;
  void drop_tail(entry& e) noexcept;
  void remove(entries::iterator e, entries& to, entries::iterator before) noexcept;

  stream_driver& driver_;
  std::mutex mutex_;
  entries entries_;
  std::atomic<std::size_t> limit_{default_limit}, cached_{0}, ranges_{0};
};

}  // namespace vmm::engine
