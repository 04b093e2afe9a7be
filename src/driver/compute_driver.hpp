// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The contract of a backend, third part: copies and kernels, in stream order; nothing waits unless it says so.
#pragma once

#include <cstddef>

#include <vmm/detail/element_types.hpp>
#include "common/status.hpp"
#include <vmm/detail/stream_order.hpp>

namespace vmm::engine {

class compute_driver {
 public:
  /// From pinned memory. Never part of a capture: where the stream is being captured, it is done beside it, and waits for the
  /// device.
  virtual status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept = 0;
  /// Between any two places; `source` in pageable host memory may be reused on return.
  virtual status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept = 0;
  /// Whether only the CPU can have been told to write there, so that it may be read without a wait for any stream.
  virtual status is_pageable(const void* p, bool& out) noexcept = 0;
  /// Overlapping ranges, as memmove.
  virtual status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes,
                         void* workspace) noexcept = 0;
  /// Writes `pattern` `count` times. pre: pattern_bytes > 0. `pattern` is read before return.
  virtual status fill(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes,
                      std::size_t count) noexcept = 0;
  /// Index of the first pair that is not related, or `count`. Waits.
  virtual status mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type,
                          relation relate, void* workspace, std::size_t& index) noexcept = 0;
  /// By `how.kernel`, which is this backend's. `result` is device memory, aligned to its type; for minmax the smallest element and behind it the largest.
  virtual status reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count, void* workspace,
                        void* result) noexcept = 0;

 protected:
  ~compute_driver() = default;
};

}  // namespace vmm::engine
