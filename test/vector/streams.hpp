// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// For suites that work with streams of the CUDA runtime.
#pragma once

#include <cuda_runtime.h>

#include "support/catch.hpp"

namespace vmm_test {

inline void succeed(cudaError_t e) {
  INFO(cudaGetErrorString(e));
  REQUIRE(e == cudaSuccess);
}

struct non_blocking_stream {
  cudaStream_t handle = nullptr;
  non_blocking_stream() { succeed(cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking)); }
  non_blocking_stream(const non_blocking_stream&) = delete;
  ~non_blocking_stream() { cudaStreamDestroy(handle); }
};

}  // namespace vmm_test
