// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "kernels.hpp"
#include "launch.hpp"

namespace vmm::kernels::cuda {
namespace {

template <class T>
struct alignas(16) group {
  static constexpr unsigned size = 16 / sizeof(T);
  T element[size];
};

/// Threads stride over groups of 16 bytes where both arrays are equally aligned, and over single elements at the edges or
/// where they are not. A thread stops at its first unrelated pair, and all stop past the lowest found so far.
template <class T, class Relation>
__global__ void __launch_bounds__(threads) first_unrelated(const T* a, const T* b, std::size_t n, std::size_t head,
                                                           std::size_t groups, Relation related, unsigned long long* first) {
  const std::size_t stride = std::size_t{gridDim.x} * blockDim.x;
  const std::size_t own = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  const auto lowest = [&] { return *static_cast<volatile unsigned long long*>(first); };
  const auto report = [&](std::size_t i) { atomicMin(first, static_cast<unsigned long long>(i)); };

  const std::size_t singles = n - groups * group<T>::size;
  for (std::size_t k = own; k < singles; k += stride) {
    const std::size_t i = k < head ? k : k + groups * group<T>::size;
    if (i > lowest()) break;
    if (!related(a[i], b[i])) {
      report(i);
      break;
    }
  }
  const auto* const x = reinterpret_cast<const group<T>*>(a + head);
  const auto* const y = reinterpret_cast<const group<T>*>(b + head);
  constexpr unsigned batch = 4;
  for (std::size_t g = own; g < groups; g += batch * stride) {
    if (head + g * group<T>::size > lowest()) return;
    group<T> p[batch], q[batch];
#pragma unroll
    for (unsigned k = 0; k < batch; ++k)
      if (g + k * stride < groups) p[k] = x[g + k * stride], q[k] = y[g + k * stride];
#pragma unroll
    for (unsigned k = 0; k < batch; ++k) {
      if (g + k * stride >= groups) return;
#pragma unroll
      for (unsigned e = 0; e < group<T>::size; ++e)
        if (!related(p[k].element[e], q[k].element[e])) return report(head + (g + k * stride) * group<T>::size + e);
    }
  }
}

template <class T, class Relation>
cudaError_t run(cudaStream_t stream, const void* a, const void* b, std::size_t n, Relation related, unsigned long long* first) {
  const std::size_t at = reinterpret_cast<std::uintptr_t>(a) % 16, other = reinterpret_cast<std::uintptr_t>(b) % 16;
  std::size_t head = n, groups = 0;
  if (at == other) {
    const std::size_t to_aligned = (16 - at) % 16 / sizeof(T);
    head = to_aligned < n ? to_aligned : n;
    groups = (n - head) / group<T>::size;
  }
  const std::size_t singles = n - groups * group<T>::size;
  return launch(stream, blocks_for(groups > singles ? groups : singles), threads, first_unrelated<T, Relation>,
                static_cast<const T*>(a), static_cast<const T*>(b), n, head, groups, related, first);
}

template <class Relation>
cudaError_t by_type(cudaStream_t stream, const void* a, const void* b, std::size_t n, engine::scalar type, Relation related,
                    unsigned long long* first) {
  return visit_scalar(type, [&](auto element) {  // the sign makes no difference to either relation
    return run<engine::without_sign<typename decltype(element)::type>>(stream, a, b, n, related, first);
  });
}

}  // namespace

cudaError_t mismatch(cudaStream_t stream, const void* a, const void* b, std::size_t count, engine::scalar type,
                     engine::relation relate, unsigned long long* first) {
  const cudaError_t e = cudaMemsetAsync(first, 0xff, sizeof *first, stream);  // larger than any index
  if (e != cudaSuccess || count == 0) return e;
  return relate == engine::relation::equal ? by_type(stream, a, b, count, type, functors::equal_to{}, first)
                                           : by_type(stream, a, b, count, type, functors::equivalent_to{}, first);
}

}  // namespace vmm::kernels::cuda
