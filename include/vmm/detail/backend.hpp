// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What installed headers know of a backend: its name, and functions on it. The object is in src/backend.
#pragma once

#include <cstddef>

#include <vmm/capabilities.hpp>
#include <vmm/config.hpp>
#include <vmm/detail/stream_order.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

class device_runtime;
struct shared_options;

/// Each in its own object file: a program that uses one backend links nothing of the other. Never destroyed, so that vectors with
/// static storage duration find it at exit.
device_runtime& cuda_backend() noexcept;
device_runtime& host_backend() noexcept;
/// Of vectors that are given none; they name the backend.
const shared_options& cuda_default_options() noexcept;
const shared_options& host_default_options() noexcept;

/// Of the calling thread; -1 where there is none.
int current_device(const device_runtime& backend) noexcept;
/// Throws vmm::error where there is no such device, or no driver. -1: the current one.
capabilities describe(const device_runtime& backend, int device);
vmm::statistics statistics_of(const device_runtime& backend) noexcept;
/// Gives back all that is kept for reuse, on all devices, and unused pinned memory. Waits for work that may still use it.
void trim(device_runtime& backend) noexcept;
void set_cache_limit(device_runtime& backend, std::size_t bytes) noexcept;
std::size_t cache_limit(const device_runtime& backend) noexcept;
void set_tail_limit(device_runtime& backend, std::size_t bytes) noexcept;
std::size_t tail_limit(const device_runtime& backend) noexcept;
void set_staging(device_runtime& backend, std::size_t buffer_bytes, std::size_t buffers) noexcept;

/// Temporary memory in stream order. Throws vmm::out_of_memory, or vmm::error. `alignment`: a power of two.
void* acquire_workspace(device_runtime& backend, const stream_order& order, std::size_t bytes, std::size_t alignment = 256);
void release_workspace(device_runtime& backend, void* address) noexcept;

/// Such memory, as an owner.
class temporary_memory {
 public:
  temporary_memory(device_runtime& backend, const stream_order& order, std::size_t bytes, std::size_t alignment)
      : backend_(backend), address_(acquire_workspace(backend, order, bytes, alignment)) {}
  temporary_memory(const temporary_memory&) = delete;
  ~temporary_memory() { release_workspace(backend_, address_); }
  void* data() const noexcept { return address_; }

 private:
  device_runtime& backend_;
  void* address_;
};

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

inline const engine::shared_options& default_options() noexcept {
#if VMM_ON_CUDA
  return engine::cuda_default_options();
#else
  return engine::host_default_options();
#endif
}

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
