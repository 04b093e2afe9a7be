// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <cstring>
#include <type_traits>

#include <vmm/detail/element_types.hpp>

#include "../reductions.hpp"

namespace vmm::kernels::host {
namespace {

template <class T, class Result, class Operation, class Transform>
bool fold(const void* data, std::size_t count, Operation combine, Transform transform, Result first, void* result) noexcept {
  const auto* const p = static_cast<const T*>(data);
  for (std::size_t i = 0; i < count; ++i) first = combine(first, transform(p[i]));
  std::memcpy(result, &first, sizeof first);
  return true;
}

/// Integers one after the other, which a compiler may rearrange; in lanes like the floating ones, g++ 12 adds them up wrongly at
/// -O3 (as in gcc bug 107212).
template <class T, class Result, std::enable_if_t<std::is_integral_v<Result>, int> = 0>
bool sum(const void* data, std::size_t count, Result first, void* result) noexcept {
  return fold<T>(data, count, functors::plus<Result>{}, as<Result>{}, first, result);
}

/// Floating numbers in lanes that a compiler can keep in vector registers, block by block, so that rounding errors grow with the
/// number of blocks and not of elements.
template <class T, class Result, std::enable_if_t<std::is_floating_point_v<Result>, int> = 0>
bool sum(const void* data, std::size_t count, Result first, void* result) noexcept {
  constexpr std::size_t lanes = 16, block = 256 * lanes;
  const auto* const p = static_cast<const T*>(data);
  std::size_t i = 0;
  while (count - i >= lanes) {
    Result lane[lanes] = {};
    const std::size_t end = i + (count - i < block ? (count - i) / lanes * lanes : block);
    for (; i < end; i += lanes)
      for (std::size_t k = 0; k < lanes; ++k) lane[k] += static_cast<Result>(p[i + k]);
    Result whole{};
    for (const Result x : lane) whole += x;
    first += whole;
  }
  for (; i < count; ++i) first += static_cast<Result>(p[i]);
  std::memcpy(result, &first, sizeof first);
  return true;
}

bool reduced(const engine::reduction& how, const void* data, std::size_t count, void* result) noexcept {
  using kind = engine::reduction::kind;
  return visit_scalar(how.element, [&](auto element) {
    using T = typename decltype(element)::type;
    switch (how.what) {
      case kind::minimum:
        return fold<T>(data, count, functors::minimum<T>{}, as<T>{}, operand<T>(how), result);
      case kind::maximum:
        return fold<T>(data, count, functors::maximum<T>{}, as<T>{}, operand<T>(how), result);
      case kind::minmax:
        return fold<T>(data, count, functors::minmax_op<T>{}, functors::as_minmax_result<T>{},
                       functors::minmax_result<T>{operand<T>(how, 0), operand<T>(how, 1)}, result);
      case kind::count:
        return fold<T>(data, count, functors::plus<std::uint64_t>{}, is_value<T>{operand<T>(how)}, std::uint64_t{0}, result);
      case kind::sum:
        break;
    }
    return visit_scalar(how.result, [&](auto wide) {
      using R = typename decltype(wide)::type;
      if constexpr (adds_up<T, R>) return sum<T>(data, count, operand<R>(how), result);
      return false;
    });
  });
}

}  // namespace

int reduce(const engine::reduction_call& c) noexcept { return reduced(c.how, c.data, c.count, c.result) ? 0 : 1; }

}  // namespace vmm::kernels::host
