// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What an engine::reduction holds, with types: shared by the CUDA kernels and their host twins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <vmm/config.hpp>
#include <vmm/detail/element_types.hpp>

namespace vmm::kernels {

template <class T>
T operand(const engine::reduction& how, std::size_t index = 0) {
  T value;
  std::memcpy(&value, how.operand + index * sizeof(T), sizeof(T));
  return value;
}

/// The pairs of types that engine::reduction allows for sums.
template <class T, class Result>
inline constexpr bool adds_up = sizeof(T) <= sizeof(Result) &&
                                (std::is_floating_point_v<T>
                                     ? std::is_floating_point_v<Result>
                                     : std::is_same_v<Result, std::int32_t> || std::is_same_v<Result, std::int64_t>);

template <class T>
struct is_value {
  T value;
  VMM_HOST_DEVICE std::uint64_t operator()(T x) const noexcept { return x == value ? 1u : 0u; }
};

template <class To>
struct as {
  template <class From>
  VMM_HOST_DEVICE To operator()(From x) const noexcept {
    return static_cast<To>(x);
  }
};

}  // namespace vmm::kernels
