// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
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

/// What all vectors of this backend hold and have cost so far. Nothing waits.
inline statistics query_statistics() { return engine::statistics_of(default_backend()); }

/// What a device can do, found out by trying.
/// @param device -1: the current one
/// @return what was found. Without capabilities::virtual_memory vectors allocate
///   and copy as Thrust's do, and options that need it fail
/// @throws vmm::error with errc::no_device or errc::no_driver where there is no such device, or no driver
inline engine::capabilities query_capabilities(int device = -1) { return engine::describe(default_backend(), device); }

/// The former name of query_statistics().
[[deprecated("vmm::stats is called vmm::query_statistics now")]] inline statistics stats() { return query_statistics(); }

/// The former name of query_capabilities().
/// @throws vmm::error as query_capabilities() does
[[deprecated("vmm::capabilities is called vmm::query_capabilities now")]] inline engine::capabilities capabilities(
    int device = -1) {
  return query_capabilities(device);
}

/// Gives back the memory that destroyed vectors have left for the next ones, what CUDA's default pools keep, and pinned
/// buffers and blocks of the host that hold no elements. No vector changes.
/// @note Waits for work that may still use that memory; what cannot be waited for is kept.
inline void trim() noexcept { engine::trim(default_backend()); }

/// Limits how much memory of destroyed vectors stays mapped for the next ones and for algorithms, in bytes for each
/// device: 256 MiB until set, 0 keeps nothing. What is kept beyond a smaller limit is released, but for what is still in use.
inline void set_cache_limit(std::size_t bytes) noexcept { engine::set_cache_limit(default_backend(), bytes); }

/// What set_cache_limit() has set, in bytes for each device.
inline std::size_t cache_limit() noexcept { return engine::cache_limit(default_backend()); }

/// Limits the host memory in which vectors may end that are looked at between pushes, for the whole process, in use or kept for
/// the next one: a 16th of the host's memory and at most 4 GiB until set. With 0, or beyond it, such vectors write one element
/// after the other to the device.
inline void set_tail_limit(std::size_t bytes) noexcept { engine::set_tail_limit(default_backend(), bytes); }

/// What set_tail_limit() has set, in bytes.
inline std::size_t tail_limit() noexcept { return engine::tail_limit(default_backend()); }

/// Sets the pinned host memory in which pushed elements wait for their copy, for the whole process: `buffers` of
/// `buffer_bytes` each, rounded down to multiples of 8 KiB; 64 of 256 KiB until set. 0 of either: every element goes to
/// the device at once.
inline void set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept {
  engine::set_staging(default_backend(), buffer_bytes, buffers);
}

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
