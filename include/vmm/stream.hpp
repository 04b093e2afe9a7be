// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A CUDA stream by its handle, without a CUDA header. The stream must outlive every vector that uses it.
#pragma once

struct CUstream_st;

namespace vmm {

/// The stream that Thrust would use: the legacy one, or the calling thread's where
/// CUDA_API_PER_THREAD_DEFAULT_STREAM is defined. Internal linkage, so that each translation unit keeps its own choice.
static inline CUstream_st* default_stream() noexcept {
#if defined(CUDA_API_PER_THREAD_DEFAULT_STREAM) || defined(__CUDA_API_PER_THREAD_DEFAULT_STREAM)
  return reinterpret_cast<CUstream_st*>(2);
#else
  return reinterpret_cast<CUstream_st*>(1);
#endif
}

/// Converts from cudaStream_t; 0 means the default stream. On the host machine every stream is the program's order.
class stream_ref {
 public:
  stream_ref(CUstream_st* handle) noexcept : handle_(handle != nullptr ? handle : default_stream()) {}

  CUstream_st* get() const noexcept { return handle_; }
  operator CUstream_st*() const noexcept { return handle_; }

  friend bool operator==(stream_ref a, stream_ref b) noexcept { return a.handle_ == b.handle_; }
  friend bool operator!=(stream_ref a, stream_ref b) noexcept { return a.handle_ != b.handle_; }

 private:
  CUstream_st* handle_;
};

}  // namespace vmm
