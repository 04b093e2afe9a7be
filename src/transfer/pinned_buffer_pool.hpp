// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Buffers of pinned host memory in which new elements wait for one large copy to the device. One bounded set for each
/// backend; a buffer is acquired while it holds elements, and may be acquired again when its copy is complete. Safe to call from several
/// threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <mutex>

#include "driver/driver.hpp"
#include "memory/event.hpp"
#include "transfer/pinned_buffer.hpp"

namespace vmm::engine {

class pinned_buffer_pool {
 public:
  static constexpr std::size_t default_bytes = std::size_t{256} << 10, default_count = 64;
  /// Buffers come in two sizes, so that many vectors that push a little do not exhaust them: this many small in a large.
  static constexpr std::size_t small_per_large = 32;

  explicit pinned_buffer_pool(driver& d) noexcept : driver_(d) {}
  ~pinned_buffer_pool();  ///< pre: no buffer is in use
  pinned_buffer_pool(const pinned_buffer_pool&) = delete;

  /// A buffer of at least that many bytes that nobody uses; of the other size, or none, where there is no space for more.
  /// Waits for no copy: whoever could be waited for may be waiting for the caller.
  pinned_buffer acquire(std::size_t minimum, bool large) noexcept;
  /// Unpins buffers that are not in use; waits for copies under way, and keeps what cannot be waited for.
  void trim() noexcept;

  /// `count` buffers of `bytes`; 0 of either: none. What is pinned already stays until trim().
  void configure(std::size_t bytes, std::size_t count) noexcept;
  std::size_t small_size() const noexcept { return bytes_.load(std::memory_order_relaxed) / small_per_large; }
  std::size_t pinned() const noexcept { return pinned_.load(std::memory_order_relaxed); }  ///< bytes

 private:
  friend class pinned_buffer;
  struct slab {
    void* data;
    std::size_t bytes, buffers, in_use;
    bool large;
  };
  using nodes = std::list<pooled_buffer>;  // moving one between lists cannot fail

  void release(nodes::iterator b, event&& sent) noexcept;
  bool pin_slab(bool large) noexcept;
  static nodes::iterator find_done(nodes& list, std::size_t minimum) noexcept;
  pinned_buffer hand_out(nodes& from, nodes::iterator b) noexcept;

  driver& driver_;
  std::mutex mutex_;
  std::atomic<std::size_t> bytes_{default_bytes};
  std::size_t count_ = default_count;
  std::list<slab> slabs_;
  nodes free_small_, free_large_, in_use_;  // the free ones: those given back first come first
  std::atomic<std::size_t> pinned_{0};
};

}  // namespace vmm::engine
