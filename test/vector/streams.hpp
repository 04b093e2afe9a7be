// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// For suites that work with streams of the CUDA runtime.
#pragma once

#include <cuda_runtime.h>

#include "support/catch.hpp"
#include "support/own_stream.hpp"

namespace vmm_test {

inline void succeed(cudaError_t e) {
  INFO(cudaGetErrorString(e));
  REQUIRE(e == cudaSuccess);
}

struct non_blocking_stream : own_stream {
  const cudaStream_t handle = get();
};

}  // namespace vmm_test
