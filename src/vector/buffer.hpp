// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The memory of one vector: a direct allocation while it is small, then an address range. Grows, shrinks and accounts; knows
/// how many bytes are to be moved, but neither elements nor what still waits on the host.
///
/// Strong guarantee: whatever throws, address, capacity and contents stay, but for shrink_to_fit, which may have given back
/// memory before.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "backend/device_runtime.hpp"
#include "memory/access_set.hpp"
#include "memory/address_range.hpp"
#include "memory/block.hpp"
#include "memory/range_cache.hpp"
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

/// How the contents of a vector get to another place: by its function, or as bytes where it has none.
struct relocation {
  std::size_t bytes;  ///< in device memory
  relocate_fn relocate;
  raw_vector* vector;  ///< what `relocate` is given
};

struct growth_request {
  std::size_t bytes;
  bool exact;  ///< no more than the granularity forces; otherwise by the growth rule
};

/// Memory that is given back as the buffer that held it would.
struct replaced_memory {
  replaced_memory(range_cache& ranges, const stream_order& o, const access_set& devices) noexcept
      : cache(ranges), order(o), access(devices) {}
  replaced_memory(const replaced_memory&) = delete;
  ~replaced_memory() {
    if (range) cache.release(order, access, std::move(range));
  }

  range_cache& cache;
  stream_order order;
  access_set access;
  allocation direct;
  address_range range;
};

class buffer {
 public:
  buffer() noexcept = default;
  buffer(const buffer&) = delete;

  std::byte* data() const noexcept { return data_; }
  std::size_t capacity() const noexcept { return capacity_; }
  std::size_t reserved() const noexcept { return range_ ? range_.reserved() : capacity_; }
  bool has_range() const noexcept { return bool(range_); }
  const vmm::statistics& statistics() const noexcept { return statistics_; }
  /// The stream in whose order direct memory will be freed.
  void set_stream(stream_ref stream) noexcept { direct_.set_stream(stream); }
  /// Lets one more device use the range, once.
  void grant(int device, int owner) noexcept;

  /// At least `request.bytes`. Returns what was replaced; it still holds the contents where bytes alone were copied.
  [[nodiscard]] deferred_release grow(const buffer_owner& o, const growth_request& request, const capabilities& c,
                                      const relocation& moved);
  /// Gives back direct memory past the size, or blocks past it; all of it where nothing is held. Waits for readers of what goes.
  void shrink_to_fit(const buffer_owner& o, const relocation& moved);
  void release(const buffer_owner& o) noexcept;

  /// Throws what a status means, with what this buffer holds.
  void require(const buffer_owner& o, const status& s, const char* action, std::size_t bytes) const;

 private:
  access_set access(const buffer_owner& o) const noexcept { return {o.shared, peer_devices_.load(std::memory_order_relaxed)}; }
  range_request request_of(const buffer_owner& o, const access_set& a, const growth_request& r) const noexcept {
    return {o.order, a, o.shared, r.bytes, r.exact, statistics_.mapped};
  }
  void adopt(const buffer_owner& o, allocation&& direct) noexcept;
  void adopt(const buffer_owner& o, address_range&& range) noexcept;
  void update_capacity(const buffer_owner& o) noexcept;
  void account(const buffer_owner& o) noexcept;
  void note_peak(const buffer_owner& o, std::size_t beside) noexcept;

  std::size_t direct_target(const buffer_owner& o, const growth_request& r, const capabilities& c) const;
  allocation allocate(const buffer_owner& o, std::size_t target, std::size_t minimum) const;
  void relocate_to(const buffer_owner& o, void* to, const relocation& moved) const;
  void grow_direct(const buffer_owner& o, std::size_t target, std::size_t bytes, const relocation& moved, replaced_memory* old);
  void promote(const buffer_owner& o, const growth_request& r, const capabilities& c, const relocation& moved,
               replaced_memory* old);
  void grow_range(const buffer_owner& o, const growth_request& r, const capabilities& c, const relocation& moved,
                  replaced_memory* old);
  bool extend(const buffer_owner& o, std::size_t bytes);
  void move_range(const buffer_owner& o, std::size_t target, std::size_t minimum, const capabilities& c,
                  const relocation& moved, replaced_memory* old);
  void shrink_range(const buffer_owner& o, std::size_t size);
  void replace_last_block(const buffer_owner& o, std::size_t size, std::size_t keep);

  allocation direct_;  // at most one of the two holds memory
  address_range range_;
  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::atomic<std::uint64_t> peer_devices_{0};  // a bit for each device that was granted access
  vmm::statistics statistics_;
};

/// Throws where the order's stream is being captured.
void refuse_in_capture(const buffer_owner& o, const char* action, std::size_t bytes, std::size_t held);

}  // namespace vmm::engine
