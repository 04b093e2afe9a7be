// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A stream of one's own on either backend, for what g++ compiles; the host backend works at once, whatever the stream.
#pragma once

#include <vmm/config.hpp>
#include <vmm/stream.hpp>

#if VMM_ON_CUDA
#  include <stdexcept>

#  include <cuda_runtime_api.h>
#endif

namespace vmm_test {

#if VMM_ON_CUDA
class own_stream {
 public:
  own_stream() {
    if (cudaStreamCreateWithFlags(&handle_, cudaStreamNonBlocking) != cudaSuccess) throw std::runtime_error("no stream");
  }
  own_stream(const own_stream&) = delete;
  ~own_stream() { cudaStreamDestroy(handle_); }
  vmm::stream_ref get() const { return handle_; }

 private:
  cudaStream_t handle_ = nullptr;
};
#else
struct own_stream {
  vmm::stream_ref get() const { return vmm::default_stream(); }
};
#endif

}  // namespace vmm_test
