// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "reduce.cuh"

namespace vmm::kernels::cuda {

int reduce_extreme(const engine::reduction_call& c) {
  return visit_scalar(c.how.element, [&](auto element) {
    using T = typename decltype(element)::type;
    const T first = operand<T>(c.how);
    return c.how.what == engine::reduction::kind::minimum ? reduce<T>(c, functors::minimum<T>{}, as<T>{}, first)
                                                          : reduce<T>(c, functors::maximum<T>{}, as<T>{}, first);
  });
}

}  // namespace vmm::kernels::cuda
