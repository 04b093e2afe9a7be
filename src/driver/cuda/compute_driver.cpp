// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstring>

#include "driver/cuda/calls.hpp"
#include "driver/cuda/driver.hpp"
#include "driver/cuda/entry_points.hpp"
#include "kernels/cuda/kernels.hpp"

namespace vmm::engine {
namespace {

/// Up to this size the driver's memset is quicker than a launch; beyond it, kernels move more bytes a second.
constexpr std::size_t memset_limit = std::size_t{1} << 20;

/// By the driver's memset where the pattern is one value of 1, 2 or 4 bytes again and again; whether it was.
bool set(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count) noexcept {
  const auto& cu = entry_points();
  const auto* const p = static_cast<const unsigned char*>(pattern);
  const auto repeats = [&](std::size_t unit) {
    return pattern_bytes % unit == 0 && reinterpret_cast<std::uintptr_t>(to) % unit == 0 &&
           std::memcmp(p, p + unit, pattern_bytes - unit) == 0;
  };
  const std::size_t bytes = pattern_bytes * count;
  unsigned value = 0;
  CUresult r = CUDA_ERROR_NOT_SUPPORTED;
  if (repeats(4) && cu.cuMemsetD32Async) {
    std::memcpy(&value, p, 4);
    r = cu.cuMemsetD32Async(number(to), value, bytes / 4, order.stream);
  } else if (repeats(1) && cu.cuMemsetD8Async) {
    r = cu.cuMemsetD8Async(number(to), *p, bytes, order.stream);
  } else if (repeats(2) && cu.cuMemsetD16Async) {
    std::memcpy(&value, p, 2);
    r = cu.cuMemsetD16Async(number(to), static_cast<unsigned short>(value), bytes / 2, order.stream);
  }
  return r == CUDA_SUCCESS;
}

/// Kernels only: they may be captured, but not while another capture forbids the stream.
template <class Launch>
status launched(const stream_order& order, const char* what, Launch launch) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  bool own = false;
  if (captures(order, &own) && !own) return capturing();
  return status_of(launch(), what);
}

}  // namespace

status cuda_driver::copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  const auto submit = [&](cudaStream_t stream) {
    return status_of(cudaMemcpyAsync(to, pinned, bytes, cudaMemcpyHostToDevice, stream), "cudaMemcpyAsync");
  };
  if (!captures(order)) return submit(order.stream);
  if (status s = device_synchronize(order.device); !s.ok())
    return s;  // what the stream was told before its capture comes first
  relaxed_capture relaxed;
  cudaStream_t beside = nullptr;
  status s = status_of(cudaStreamCreateWithFlags(&beside, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  if (!s.ok()) return s;
  s = submit(beside);
  if (s.ok()) s = status_of(cudaStreamSynchronize(beside), "cudaStreamSynchronize");
  status_of(cudaStreamDestroy(beside), "cudaStreamDestroy");
  return s;
}

status cuda_driver::copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  // A graph would keep the address of host memory that is gone when it is launched.
  bool own = false;
  const auto keeps_address = [this](const void* p) {
    bool pageable = false;
    return is_pageable(p, pageable).ok() && !pageable;
  };
  if (captures(order, &own) && (!own || !keeps_address(to) || !keeps_address(source))) return capturing();
  const status s = status_of(cudaMemcpyAsync(to, source, bytes, cudaMemcpyDefault, order.stream), "cudaMemcpyAsync");
  if (s.code != errc::invalid_argument) return s;
  cudaPointerAttributes a{}, b{};  // memory of a device that this one has no access to goes another way
  if (cudaPointerGetAttributes(&a, to) != cudaSuccess || cudaPointerGetAttributes(&b, source) != cudaSuccess ||
      a.type != cudaMemoryTypeDevice || b.type != cudaMemoryTypeDevice || a.device == b.device) {
    cudaGetLastError();
    return s;
  }
  return status_of(cudaMemcpyPeerAsync(to, a.device, source, b.device, bytes, order.stream), "cudaMemcpyPeerAsync");
}

status cuda_driver::is_pageable(const void* p, bool& out) noexcept {
  cudaPointerAttributes a{};
  const status s = status_of(cudaPointerGetAttributes(&a, p), "cudaPointerGetAttributes");
  if (s.ok()) out = a.type == cudaMemoryTypeUnregistered;
  return s;
}

status cuda_driver::memmove(const stream_order& order, void* to, const void* from, std::size_t bytes,
                            void* workspace) noexcept {
  const auto a = reinterpret_cast<std::uintptr_t>(to), b = reinterpret_cast<std::uintptr_t>(from);
  if (bytes == 0 || a == b) return {};
  if ((a < b ? b - a : a - b) >= bytes) return copy(order, to, from, bytes);
  return launched(order, "memmove kernel", [&] {
    return kernels::cuda::memmove(order.stream, to, from, bytes, workspace, device_properties::workspace_bytes);
  });
}

status cuda_driver::fill(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes,
                         std::size_t count) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  bool own = false;
  if (captures(order, &own) && (!own || !kernels::cuda::fits_launch(pattern_bytes))) return capturing();
  if (pattern_bytes * count <= memset_limit && set(order, to, pattern, pattern_bytes, count)) return {};
  return status_of(kernels::cuda::fill(order.stream, to, pattern, pattern_bytes, count), "fill kernel");
}

status cuda_driver::mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type,
                             relation relate, void* workspace, std::size_t& index) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  if (captures(order)) return capturing();
  auto* const found = static_cast<unsigned long long*>(workspace);
  unsigned long long first = 0;
  status s = launched(order, "mismatch kernel",
                      [&] { return kernels::cuda::mismatch(order.stream, a, b, count, type, relate, found); });
  if (s.ok()) s = copy(order, &first, found, sizeof first);
  if (s.ok()) s = stream_synchronize(order);
  if (s.ok()) index = first < count ? first : count;
  return s;
}

status cuda_driver::reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count,
                           void* workspace, void* result) noexcept {
  return launched(order, "reduce kernel", [&] {
    return static_cast<cudaError_t>(
        how.kernel({order.stream, how, data, count, workspace, device_properties::workspace_bytes, result}));
  });
}

}  // namespace vmm::engine
