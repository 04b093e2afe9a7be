// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "reduce.cuh"

namespace vmm::kernels::cuda {

cudaError_t reduce_minmax(const reduce_call& c) {
  return with_type(c.how.element, [&](auto element) {
    using T = typename decltype(element)::value;
    return reduce<T>(c, widen{}, as_extremes<T>{}, extremes<T>{operand<T>(c.how, 0), operand<T>(c.how, 1)});
  });
}

cudaError_t reduce_count(const reduce_call& c) {
  return with_type(c.how.element, [&](auto element) {
    using T = typename decltype(element)::value;
    using E = std::conditional_t<std::is_integral_v<T>, std::make_unsigned_t<std::conditional_t<std::is_integral_v<T>, T, int>>, T>;
    return reduce<E>(c, add{}, is_value<E>{operand<E>(c.how)}, std::uint64_t{0});
  });
}

}  // namespace vmm::kernels::cuda
