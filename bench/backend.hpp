// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the benchmarks ask of the backend beside the vectors: a stream, time, free memory.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "driver/driver.hpp"
#include "backend/device_runtime.hpp"
#include <vmm/memory.hpp>
#include "memory/range_cache.hpp"
#include <vmm/stream.hpp>

#include "axes.hpp"

#if VMM_ON_CUDA
#  include <cuda_runtime_api.h>
#endif

#ifdef VMM_BENCH_RMM
#  include "rmm_bytes.hpp"
#endif

namespace vmm_bench {

/// Ends one benchmark: its row says what failed, and the report fails.
[[noreturn]] inline void give_up(const char* what, const char* why) {
  throw std::runtime_error(std::string(what) + ": " + why);
}

inline void succeed(const vmm::engine::status& s) {
  if (!s.ok()) give_up(s.call, s.reason);
}

inline vmm::engine::driver& driver() { return vmm::default_backend().get_driver(); }

inline vmm::engine::memory_info memory() {
  vmm::engine::memory_info info;
  succeed(driver().memory(0, info));
  return info;
}
inline std::size_t free_memory() { return memory().free; }

#if VMM_ON_CUDA
inline void succeed(cudaError_t e, const char* what) {
  if (e != cudaSuccess) give_up(what, cudaGetErrorString(e));
}
inline void synchronize() { succeed(cudaDeviceSynchronize(), "cudaDeviceSynchronize"); }
inline cudaStream_t new_stream() {
  cudaStream_t made;
  succeed(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  return made;
}
/// One stream for every rival that takes one.
inline cudaStream_t stream() {
  static const cudaStream_t s = new_stream();
  return s;
}
/// And one beside it.
inline cudaStream_t other_stream() {
  static const cudaStream_t s = new_stream();
  return s;
}
/// What cudaMallocAsync takes memory from.
inline cudaMemPool_t pool() {
  static const cudaMemPool_t p = [] {
    cudaMemPool_t made;
    succeed(cudaDeviceGetDefaultMemPool(&made, 0), "cudaDeviceGetDefaultMemPool");
    return made;
  }();
  return p;
}
inline void set_pool_threshold(std::uint64_t bytes) {
  succeed(cudaMemPoolSetAttribute(pool(), cudaMemPoolAttrReleaseThreshold, &bytes), "cudaMemPoolSetAttribute");
}
#else
inline void synchronize() {}
inline vmm::stream_ref stream() { return vmm::default_stream(); }
inline vmm::stream_ref other_stream() { return stream(); }
#endif

/// The first block that CUDA's driver is asked for after an idle moment can take it much longer, whoever asks.
inline void wake_driver() {
  vmm::engine::block_handle block;
  succeed(driver().create(0, 64 * MiB, block));
  succeed(driver().release(block, 64 * MiB));
}

/// Nothing that an earlier benchmark left helps or hinders the next one.
inline void clean_slate() {
  synchronize();
  vmm::trim();
  wake_driver();
}

/// What benchmarks set is set back before each, also behind one that failed.
inline void set_back() {
  static const std::size_t tails = vmm::tail_limit();
  vmm::set_cache_limit(vmm::engine::range_cache::default_limit);
  vmm::set_tail_limit(tails);
#if VMM_ON_CUDA
  cudaGetLastError();
  set_pool_threshold(0);
#  ifdef VMM_BENCH_RMM
  rmm_bytes::empty_pool();
#  endif
#endif
}

/// Time for the driver to clear what has been released, which it does before it hands it out again.
inline void settle() {
  const double seconds = sizes().settling * static_cast<double>(memory().total) / static_cast<double>(GiB);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  wake_driver();
}

class stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// The q-quantile; sorts.
inline double quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

}  // namespace vmm_bench
