// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The memory that one vector holds, a direct allocation or an address range, and its figures. How it grows and shrinks is the
/// buffer's, which is derived from it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "backend/device_runtime.hpp"
#include "memory/access_set.hpp"
#include "memory/address_range.hpp"
#include "memory/block.hpp"
#include "memory/range_cache.hpp"
#include "memory/write_range.hpp"
#include <vmm/detail/vector_memory.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

/// What the calls of a buffer are told of the vector that it belongs to.
struct buffer_owner {
  device_runtime& backend;
  const shared_options* shared;  ///< null: the defaults
  stream_order order;            ///< with the device
  std::size_t alignment;

  driver& get_driver() const noexcept { return backend.get_driver(); }
  const options& get_options() const noexcept { return value_of(shared); }
  /// What direct memory takes beside the elements where these are aligned to more than it is.
  std::size_t padding() const noexcept;
  std::byte* aligned(void* direct) const noexcept;
};

struct growth_request {
  std::size_t bytes;
  bool exact;  ///< no more than the granularity forces; otherwise by the growth rule
};

class held_memory {
 public:
  held_memory() noexcept = default;
  held_memory(const held_memory&) = delete;

  std::byte* data() const noexcept { return data_; }
  std::size_t capacity() const noexcept { return capacity_; }
  std::size_t reserved() const noexcept { return range_ ? range_.reserved() : capacity_; }
  bool has_range() const noexcept { return bool(range_); }
  const vmm::statistics& statistics() const noexcept { return statistics_; }
  /// The stream in whose order direct memory will be freed.
  void set_stream(stream_ref stream) noexcept { direct_.set_stream(stream); }
  /// Lets one more device use the range, once.
  void grant(int device, int owner) noexcept;
  /// Waits for whoever may use the memory, in whatever stream.
  status wait_for_readers(const buffer_owner& o) const noexcept;

  /// Whether the range ends in the host's memory, see tail.hpp; and where the CPU may write what lies behind `size` bytes: nowhere,
  /// where that is not there.
  bool has_tail() const noexcept { return range_.has_tail(); }
  write_range tail_at(std::size_t size) const noexcept;
  /// Whether blocks could not be mapped again; maps them.
  bool incomplete() const noexcept { return range_.incomplete(); }
  void repair(const buffer_owner& o);

  /// Throws what a status means, with what is held.
  void require(const buffer_owner& o, const status& s, const char* action, std::size_t bytes) const;

 protected:
  access_set access(const buffer_owner& o) const noexcept { return {o.shared, peer_devices_.load(std::memory_order_relaxed)}; }
  range_request request_of(const buffer_owner& o, const access_set& a, const growth_request& r) const noexcept {
    return {o.order, a, o.shared, r.bytes, r.exact, statistics_.mapped};
  }
  void adopt(const buffer_owner& o, allocation&& direct) noexcept;
  void adopt(const buffer_owner& o, address_range&& range) noexcept;
  void update_capacity(const buffer_owner& o) noexcept;
  void account(const buffer_owner& o) noexcept;
  void count_growth(const buffer_owner& o, std::chrono::steady_clock::time_point since) noexcept;
  void note_peak(const buffer_owner& o, std::size_t beside) noexcept;

  allocation direct_;  // at most one of the two holds memory
  address_range range_;
  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::atomic<std::uint64_t> peer_devices_{0};  // a bit for each device that was granted access
  vmm::statistics statistics_;
};

}  // namespace vmm::engine
