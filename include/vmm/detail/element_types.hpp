// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L0. Element types by number, and what kernels do with them; includes nothing of the layers.
#pragma once

#include <cstddef>
#include <cstdint>

struct CUstream_st;

namespace vmm::engine {

/// Types of elements that the backend can compare and combine.
enum class scalar : std::uint8_t { int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64 };

/// `equal`: a == b. `equivalent`: neither a < b nor b < a; a NaN is equivalent to everything.
enum class relation { equal, equivalent };

struct reduction_call;
/// Submits one kind of reduction for one backend, see detail/kernels.hpp. Returns 0, or the backend's number of what failed.
using reduction_kernel = int (*)(const reduction_call&);

/// How an array becomes one value, or two. Of floating elements the result is the same whenever the count and the device are.
struct reduction {
  enum class kind : std::uint8_t { sum, minimum, maximum, minmax, count };
  kind what;
  scalar element;
  /// sum: int32, int64, float32 or float64, at least as wide as the element and floating if that is; integers wrap around.
  /// count: uint64. Others: the element's.
  scalar result;
  /// What the result starts with: one value of its type, for minmax two. count: the element that is looked for.
  alignas(8) unsigned char operand[16];
  reduction_kernel kernel = nullptr;  ///< of `what`, for the backend that is asked
};

/// What a reduction kernel is given.
struct reduction_call {
  CUstream_st* stream;
  const reduction& how;
  const void* data;
  std::size_t count;
  void* workspace;
  std::size_t workspace_bytes;
  void* result;
};

}  // namespace vmm::engine
