// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The memory of all vectors together, on the backend that the translation unit was compiled for. Every function may be
/// called from any thread.
#pragma once

#include <cstddef>

#include <vmm/config.hpp>
#include <vmm/capabilities.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/statistics.hpp>

namespace vmm {
inline namespace VMM_BACKEND_NAMESPACE {

/// What all vectors of this backend hold and have cost so far.
inline statistics query_statistics() { return engine::statistics_of(default_backend()); }

/// What a device can do, found out by trying.
/// @param device -1: the current one
/// @return its capabilities. Without `virtual_memory` vectors allocate and copy as Thrust's do, and options that need it fail
/// @throws vmm::error where there is no such device, or no driver
inline engine::capabilities query_capabilities(int device = -1) { return engine::describe(default_backend(), device); }

[[deprecated("vmm::stats is called vmm::query_statistics now")]] inline statistics stats() { return query_statistics(); }
[[deprecated("vmm::capabilities is called vmm::query_capabilities now")]] inline engine::capabilities capabilities(int device = -1) {
  return query_capabilities(device);
}

/// Gives back the memory that destroyed vectors have left for the next ones, what CUDA's default pools keep, and pinned
/// buffers that hold no elements; waits for work that may still use it.
inline void trim() noexcept { engine::trim(default_backend()); }

/// The most memory of destroyed vectors that is kept, in bytes for each device; 256 MiB until set, 0 keeps nothing.
inline void set_cache_limit(std::size_t bytes) noexcept { engine::set_cache_limit(default_backend(), bytes); }
inline std::size_t cache_limit() noexcept { return engine::cache_limit(default_backend()); }

/// The pinned host buffers in which pushed elements wait for their copy: `buffers` of `buffer_bytes`, for the whole process;
/// 64 of 256 KiB until set, rounded down to multiples of 8 KiB. 0 of either: every element goes to the device at once.
inline void set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept {
  engine::set_staging(default_backend(), buffer_bytes, buffers);
}

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
