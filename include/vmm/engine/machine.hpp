// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. A driver and what the process keeps for it. One per machine, reached by every vector through the pointer that it
/// remembers, and never destroyed, so that vectors with static storage duration find it at exit.
#pragma once

#include <atomic>
#include <cstddef>

#include <vmm/config.hpp>
#include <vmm/engine/driver.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

class machine {
 public:
  explicit machine(driver& d) noexcept : driver_(d) {}
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  driver& get_driver() const noexcept { return driver_; }

  /// @name Process-wide figures
  vmm::statistics statistics() const noexcept;
  std::size_t live_ranges() const noexcept { return ranges_.load(std::memory_order_relaxed); }
  void count_range(int change) noexcept { ranges_.fetch_add(static_cast<std::size_t>(change)); }
  void count_reserved(std::ptrdiff_t change) noexcept { reserved_.fetch_add(static_cast<std::size_t>(change)); }
  void count_mapped(std::ptrdiff_t change) noexcept;
  void count_step(std::chrono::nanoseconds spent) noexcept;
  void count_relocation() noexcept { relocations_.fetch_add(1); }
  void count_promoted(std::size_t bytes) noexcept { promoted_.fetch_add(bytes); }
  void count_copied(std::size_t bytes) noexcept { copied_.fetch_add(bytes); }

 private:
  driver& driver_;
  std::atomic<std::size_t> ranges_{0}, reserved_{0}, mapped_{0}, peak_{0}, steps_{0}, relocations_{0}, promoted_{0},
      copied_{0};
  std::atomic<std::chrono::nanoseconds::rep> time_{0};
};

/// Each in its own object file: a program that uses one machine links nothing of the other.
machine& cuda_machine() noexcept;
machine& host_machine() noexcept;

}  // namespace vmm::engine

namespace vmm {
inline namespace VMM_MACHINE_NAMESPACE {

/// The machine that this translation unit was compiled for.
inline engine::machine& default_machine() noexcept {
#if VMM_ON_CUDA
  return engine::cuda_machine();
#else
  return engine::host_machine();
#endif
}

/// What all vectors of this machine hold and have cost so far.
inline vmm::statistics stats() { return default_machine().statistics(); }

}  // namespace VMM_MACHINE_NAMESPACE
}  // namespace vmm
