// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <type_traits>

#include "reduce.cuh"

namespace vmm::kernels::cuda {

int reduce_minmax(const engine::reduction_call& c) {
  return with_type(c.how.element, [&](auto element) {
    using T = typename decltype(element)::value;
    return reduce<T>(c, minmax_op{}, as_minmax_result<T>{}, minmax_result<T>{operand<T>(c.how, 0), operand<T>(c.how, 1)});
  });
}

/// The sign makes no difference to ==.
int reduce_count(const engine::reduction_call& c) {
  const auto counted = [&](auto element) {
    using T = decltype(element);
    return reduce<T>(c, add{}, is_value<T>{operand<T>(c.how)}, std::uint64_t{0});
  };
  return with_type(c.how.element, [&](auto element) {
    using T = typename decltype(element)::value;
    if constexpr (std::is_floating_point_v<T>)
      return counted(T{});
    else
      return counted(std::make_unsigned_t<T>{});
  });
}

}  // namespace vmm::kernels::cuda
