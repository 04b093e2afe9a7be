// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <type_traits>

#include "reduce.cuh"

namespace vmm::kernels::cuda {

int reduce_sum(const engine::reduction_call& c) {
  return visit_scalar(c.how.element, [&](auto element) {
    using T = typename decltype(element)::type;
    return visit_scalar(c.how.result, [&](auto result) -> cudaError_t {
      using R = typename decltype(result)::type;
      if constexpr (adds_up<T, R>) {
        // Equally wide integers differ in nothing but their name.
        using E = std::conditional_t<sizeof(T) == sizeof(R), R, T>;
        return reduce<E>(c, functors::plus<R>{}, as<R>{}, operand<R>(c.how));
      }
      return cudaErrorInvalidValue;
    });
  });
}

}  // namespace vmm::kernels::cuda
