// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. A driver and what the process keeps for it: cached ranges and figures. One per backend, reached by every vector through
/// the pointer that it remembers, and never destroyed, so that vectors with static storage duration find it at exit.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include <vmm/config.hpp>
#include <vmm/engine/driver.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

class range_cache;
class workspace_registry;
class pinned_buffer_pool;

class device_runtime {
 public:
  explicit device_runtime(driver& d);
  ~device_runtime();  ///< pre: no vector uses it any more
  device_runtime(const device_runtime&) = delete;
  device_runtime& operator=(const device_runtime&) = delete;

  driver& get_driver() const noexcept { return driver_; }
  range_cache& cached_ranges() const noexcept { return *cached_ranges_; }
  pinned_buffer_pool& pinned_buffers() const noexcept { return *pinned_buffers_; }
  /// @name Temporary memory by its address, see workspace_registry
  void* acquire_workspace(const stream_order& order, std::size_t bytes);
  void release_workspace(void* address) noexcept;

  /// Throws vmm::error where there is no such device, or no driver.
  capabilities describe(int device) const;
  /// Throws what a refusal means: vmm::out_of_memory, or vmm::error. `mapped`: what the object that asked holds already.
  [[noreturn]] void throw_error(const status& s, const char* action, std::size_t bytes, int device, std::size_t mapped) const;
  /// Gives back all that is kept for reuse, by the library and by the backend, on one device or with -1 on all. Waits for
  /// work that may still use it.
  void trim(int device) noexcept;
  /// A call of the driver that may run out of memory (a first launch loads its kernel): once more after a trim.
  template <class Call>
  status retry_after_trim(int device, Call call) noexcept {
    status s = call();
    if (s.code == errc::out_of_memory) trim(device), s = call();
    return s;
  }
  /// What trim does, for pinned host memory. Waits for kernels.
  void unpin() noexcept;
  void set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept;
  void set_cache_limit(std::size_t bytes) noexcept;
  std::size_t cache_limit() const noexcept;

  /// @name Process-wide figures
  vmm::statistics statistics() const noexcept;
  std::size_t live_ranges() const noexcept { return ranges_.load(std::memory_order_relaxed); }
  /// The most that a request for addresses was granted when it last was, in bytes: what is left where it had to be halved.
  std::size_t last_reservation() const noexcept { return last_reservation_.load(std::memory_order_relaxed); }
  void note_reservation(std::size_t bytes) noexcept { last_reservation_.store(bytes, std::memory_order_relaxed); }
  /// From this size on requests for addresses failed although nothing was kept for reuse.
  std::size_t smallest_failed_reservation() const noexcept { return smallest_failed_reservation_.load(std::memory_order_relaxed); }
  void note_failed_reservation(std::size_t bytes) noexcept { smallest_failed_reservation_.store(bytes, std::memory_order_relaxed); }
  void count_range(int change) noexcept { ranges_.fetch_add(static_cast<std::size_t>(change)); }
  void count_live(int change) noexcept { live_.fetch_add(static_cast<std::size_t>(change)); }
  void count_reserved(std::ptrdiff_t change) noexcept { reserved_.fetch_add(static_cast<std::size_t>(change)); }
  void count_mapped(std::ptrdiff_t change) noexcept;
  void count_step(std::chrono::nanoseconds spent) noexcept;
  void count_relocation() noexcept { relocations_.fetch_add(1); }
  void count_promoted(std::size_t bytes) noexcept { promoted_.fetch_add(bytes); }
  void count_copied(std::size_t bytes) noexcept { copied_.fetch_add(bytes); }

 private:
  driver& driver_;
  std::unique_ptr<range_cache> cached_ranges_;
  std::unique_ptr<pinned_buffer_pool> pinned_buffers_;
  std::unique_ptr<workspace_registry> workspaces_;
  std::atomic<std::size_t> ranges_{0}, live_{0}, reserved_{0}, mapped_{0}, peak_{0}, steps_{0}, relocations_{0},
      promoted_{0},
      copied_{0};
  std::atomic<std::size_t> last_reservation_{static_cast<std::size_t>(-1)}, smallest_failed_reservation_{static_cast<std::size_t>(-1)};
  std::atomic<std::chrono::nanoseconds::rep> time_{0};
};

/// Each in its own object file: a program that uses one backend links nothing of the other.
device_runtime& cuda_backend() noexcept;
device_runtime& host_backend() noexcept;

}  // namespace vmm::engine

namespace vmm {
inline namespace VMM_BACKEND_NAMESPACE {

/// The backend that this translation unit was compiled for.
inline engine::device_runtime& default_backend() noexcept {
#if VMM_ON_CUDA
  return engine::cuda_backend();
#else
  return engine::host_backend();
#endif
}

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
