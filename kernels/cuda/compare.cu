// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "../relations.hpp"
#include "kernels.hpp"
#include "launch.hpp"

namespace vmm::kernels::cuda {
namespace {

/// A thread stops at its first unrelated pair, and all stop past the lowest found so far.
template <class T, class Relation>
__global__ void first_unrelated(const T* a, const T* b, std::size_t n, Relation related, unsigned long long* first) {
  const std::size_t stride = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; i < n; i += stride) {
    if (!related(a[i], b[i])) {
      atomicMin(first, static_cast<unsigned long long>(i));
      return;
    }
    if (i > *static_cast<volatile unsigned long long*>(first)) return;
  }
}

template <class T, class Relation>
cudaError_t run(cudaStream_t stream, const void* a, const void* b, std::size_t n, Relation related,
                unsigned long long* first) {
  return launch(stream, blocks_for(n), threads, first_unrelated<T, Relation>, static_cast<const T*>(a),
                static_cast<const T*>(b), n, related, first);
}

template <class Relation>
cudaError_t by_type(cudaStream_t stream, const void* a, const void* b, std::size_t n, engine::scalar type,
                    Relation related, unsigned long long* first) {
  switch (type) {
    case engine::scalar::bits8: return run<std::uint8_t>(stream, a, b, n, related, first);
    case engine::scalar::bits16: return run<std::uint16_t>(stream, a, b, n, related, first);
    case engine::scalar::bits32: return run<std::uint32_t>(stream, a, b, n, related, first);
    case engine::scalar::bits64: return run<std::uint64_t>(stream, a, b, n, related, first);
    case engine::scalar::float32: return run<float>(stream, a, b, n, related, first);
    case engine::scalar::float64: return run<double>(stream, a, b, n, related, first);
  }
  return cudaErrorInvalidValue;
}

}  // namespace

cudaError_t mismatch(cudaStream_t stream, const void* a, const void* b, std::size_t count, engine::scalar type,
                     engine::relation relate, unsigned long long* first) {
  if (count == 0) return cudaSuccess;
  return relate == engine::relation::equal ? by_type(stream, a, b, count, type, is_equal{}, first)
                                           : by_type(stream, a, b, count, type, is_equivalent{}, first);
}

}  // namespace vmm::kernels::cuda
