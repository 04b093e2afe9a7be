// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "reduce.cuh"

namespace vmm::kernels::cuda {

int reduce_minmax(const engine::reduction_call& c) {
  return visit_scalar(c.how.element, [&](auto element) {
    using T = typename decltype(element)::type;
    const functors::minmax_result<T> first{operand<T>(c.how, 0), operand<T>(c.how, 1)};
    return reduce<T>(c, functors::minmax_op<T>{}, functors::as_minmax_result<T>{}, first);
  });
}

/// The sign makes no difference to ==.
int reduce_count(const engine::reduction_call& c) {
  return visit_scalar(c.how.element, [&](auto element) {
    using T = engine::without_sign<typename decltype(element)::type>;
    return reduce<T>(c, functors::plus<std::uint64_t>{}, is_value<T>{operand<T>(c.how)}, std::uint64_t{0});
  });
}

}  // namespace vmm::kernels::cuda
