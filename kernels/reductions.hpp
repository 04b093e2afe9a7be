// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What engine::reduction names, as functions on values and with types: shared by the CUDA kernels and their host twins.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include <vmm/config.hpp>
#include <vmm/detail/element_types.hpp>

namespace vmm::kernels {

template <class T>
struct type {
  using value = T;
};

/// Calls `use` with the type that `s` names.
template <class Use>
auto with_type(engine::scalar s, Use use) {
  using engine::scalar;
  switch (s) {
    case scalar::int8: return use(type<std::int8_t>{});
    case scalar::int16: return use(type<std::int16_t>{});
    case scalar::int32: return use(type<std::int32_t>{});
    case scalar::int64: return use(type<std::int64_t>{});
    case scalar::uint8: return use(type<std::uint8_t>{});
    case scalar::uint16: return use(type<std::uint16_t>{});
    case scalar::uint32: return use(type<std::uint32_t>{});
    case scalar::uint64: return use(type<std::uint64_t>{});
    case scalar::float32: return use(type<float>{});
    default: return use(type<double>{});
  }
}

template <class T>
T operand(const engine::reduction& how, std::size_t index = 0) {
  T value;
  std::memcpy(&value, how.operand + index * sizeof(T), sizeof(T));
  return value;
}

/// The pairs of types that engine::reduction allows for sums.
template <class T, class Result>
inline constexpr bool adds_up =
    sizeof(T) <= sizeof(Result) &&
    (std::is_floating_point_v<T> ? std::is_floating_point_v<Result>
                                 : std::is_same_v<Result, std::int32_t> || std::is_same_v<Result, std::int64_t>);

/// Integers are added without a sign, so that they wrap around.
struct add {
  VMM_HOST_DEVICE std::int32_t operator()(std::int32_t a, std::int32_t b) const noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  }
  VMM_HOST_DEVICE std::int64_t operator()(std::int64_t a, std::int64_t b) const noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
  VMM_HOST_DEVICE std::uint64_t operator()(std::uint64_t a, std::uint64_t b) const noexcept { return a + b; }
  VMM_HOST_DEVICE float operator()(float a, float b) const noexcept { return a + b; }
  VMM_HOST_DEVICE double operator()(double a, double b) const noexcept { return a + b; }
};

struct smaller {
  template <class T>
  VMM_HOST_DEVICE T operator()(T a, T b) const noexcept {
    return b < a ? b : a;
  }
};

struct larger {
  template <class T>
  VMM_HOST_DEVICE T operator()(T a, T b) const noexcept {
    return a < b ? b : a;
  }
};

template <class T>
struct minmax_result {
  T smallest, largest;
};

struct minmax_op {
  template <class T>
  VMM_HOST_DEVICE minmax_result<T> operator()(minmax_result<T> a, minmax_result<T> b) const noexcept {
    return {b.smallest < a.smallest ? b.smallest : a.smallest, a.largest < b.largest ? b.largest : a.largest};
  }
};

template <class T>
struct as_minmax_result {
  VMM_HOST_DEVICE minmax_result<T> operator()(T x) const noexcept { return {x, x}; }
};

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
