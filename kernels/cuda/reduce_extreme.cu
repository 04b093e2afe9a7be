// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "reduce.cuh"

namespace vmm::kernels::cuda {

int reduce_extreme(const engine::reduction_call& c) {
  return with_type(c.how.element, [&](auto element) {
    using T = typename decltype(element)::value;
    const T first = operand<T>(c.how);
    return c.how.what == engine::reduction::kind::minimum ? reduce<T>(c, smaller{}, as<T>{}, first)
                                                          : reduce<T>(c, larger{}, as<T>{}, first);
  });
}

}  // namespace vmm::kernels::cuda
