// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Element types by number, what is done with elements, and the kernels that do it; includes nothing of the layers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <vmm/config.hpp>

struct CUstream_st;

/// @name Operations on elements, for the library, its kernels and Thrust alike
namespace vmm::functors {

/// With an empty argument list `plus`, `minimum` and `maximum` take any two types. Integers of one type wrap around.
template <class T = void>
struct plus {
  VMM_HOST_DEVICE constexpr T operator()(const T& a, const T& b) const {
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      using natural = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<natural>(a) + static_cast<natural>(b));
    } else {
      return a + b;
    }
  }
};
template <>
struct plus<void> {
  template <class A, class B>
  VMM_HOST_DEVICE constexpr auto operator()(const A& a, const B& b) const {
    return a + b;
  }
};
template <class T = void>
struct minimum {
  VMM_HOST_DEVICE constexpr T operator()(const T& a, const T& b) const { return b < a ? b : a; }
};
template <>
struct minimum<void> {
  template <class A, class B>
  VMM_HOST_DEVICE constexpr std::common_type_t<A, B> operator()(const A& a, const B& b) const {
    return minimum<std::common_type_t<A, B>>()(a, b);
  }
};
template <class T = void>
struct maximum {
  VMM_HOST_DEVICE constexpr T operator()(const T& a, const T& b) const { return a < b ? b : a; }
};
template <>
struct maximum<void> {
  template <class A, class B>
  VMM_HOST_DEVICE constexpr std::common_type_t<A, B> operator()(const A& a, const B& b) const {
    return maximum<std::common_type_t<A, B>>()(a, b);
  }
};

template <class T>
struct minmax_result {
  T smallest, largest;
};
template <class T>
struct as_minmax_result {
  VMM_HOST_DEVICE constexpr minmax_result<T> operator()(const T& x) const { return {x, x}; }
};
template <class T>
struct minmax_op {
  VMM_HOST_DEVICE constexpr minmax_result<T> operator()(const minmax_result<T>& a, const minmax_result<T>& b) const {
    return {minimum<T>()(a.smallest, b.smallest), maximum<T>()(a.largest, b.largest)};
  }
};

struct less_than {
  VMM_DETAIL_NO_SIDE_CHECK
  template <class A, class B>
  VMM_HOST_DEVICE constexpr bool operator()(const A& a, const B& b) const {
    return a < b;
  }
};
/// The two of engine::relation.
struct equal_to {
  VMM_DETAIL_NO_SIDE_CHECK
  template <class A, class B>
  VMM_HOST_DEVICE constexpr bool operator()(const A& a, const B& b) const {
    return a == b;
  }
};
struct equivalent_to {
  VMM_DETAIL_NO_SIDE_CHECK
  template <class A, class B>
  VMM_HOST_DEVICE constexpr bool operator()(const A& a, const B& b) const {
    return !(a < b) && !(b < a);
  }
};

}  // namespace vmm::functors

namespace vmm::engine {

/// Types of elements that the backend can compare and combine.
enum class scalar : std::uint8_t { int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64 };

template <class T>
struct type_of {
  using type = T;
};
/// The unsigned integer that is as wide; of what is no integer, the type itself.
template <class T>
using without_sign = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>, type_of<T>>::type;

/// Calls `use` with a type_of the type that `s` names.
template <class Use>
constexpr auto visit_scalar(scalar s, Use use) {
  switch (s) {
    case scalar::int8:
      return use(type_of<std::int8_t>{});
    case scalar::int16:
      return use(type_of<std::int16_t>{});
    case scalar::int32:
      return use(type_of<std::int32_t>{});
    case scalar::int64:
      return use(type_of<std::int64_t>{});
    case scalar::uint8:
      return use(type_of<std::uint8_t>{});
    case scalar::uint16:
      return use(type_of<std::uint16_t>{});
    case scalar::uint32:
      return use(type_of<std::uint32_t>{});
    case scalar::uint64:
      return use(type_of<std::uint64_t>{});
    case scalar::float32:
      return use(type_of<float>{});
    default:
      return use(type_of<double>{});
  }
}

/// `equal`: a == b. `equivalent`: neither a < b nor b < a; a NaN is equivalent to everything.
enum class relation { equal, equivalent };

struct reduction_call;
/// Submits one kind of reduction for one backend, see vmm::kernels below. Returns 0, or the backend's number of what failed.
using reduction_kernel = int (*)(const reduction_call&);

/// How an array becomes one value, or two. Of floating elements the result is the same whenever the count and the device are.
struct reduction {
  enum class kind : std::uint8_t { sum, minimum, maximum, minmax, count };
  kind what;
  scalar element;
  /// sum: int32, int64, float32 or float64, at least as wide as the element and floating if that is; integers wrap around.
  /// count: uint64. Others: the element's.
  scalar result;
  /// What the result starts with: one value of its type, for minmax two. count: the element that is looked for.
  alignas(8) unsigned char operand[16];
  reduction_kernel kernel = nullptr;  ///< of `what`, for the backend that is asked
};

/// What a reduction kernel is given.
struct reduction_call {
  CUstream_st* stream;
  const reduction& how;
  const void* data;
  std::size_t count;
  void* workspace;
  std::size_t workspace_bytes;
  void* result;
};

}  // namespace vmm::engine

/// Kernels that programs reach by symbols of their own, so that a program links those that it names: the reductions are most of
/// the library's code.
namespace vmm::kernels {

/// By CUB. Return a cudaError_t: cudaErrorInvalidValue for types that engine::reduction excludes, and for a workspace that is
/// too small.
namespace cuda {
int reduce_sum(const engine::reduction_call& c);
int reduce_extreme(const engine::reduction_call& c);
int reduce_minmax(const engine::reduction_call& c);
int reduce_count(const engine::reduction_call& c);
}  // namespace cuda

/// All kinds. Not 0 for types that engine::reduction excludes.
namespace host {
int reduce(const engine::reduction_call& c) noexcept;
}

}  // namespace vmm::kernels

namespace vmm::detail {

/// Types that engine::scalar can name.
template <class T>
inline constexpr bool is_scalar = std::is_arithmetic_v<T> &&
                                  (std::is_integral_v<T> ? sizeof(T) <= 8
                                                         : std::is_same_v<std::remove_cv_t<T>, float> ||
                                                               std::is_same_v<std::remove_cv_t<T>, double>);

template <class T>
constexpr engine::scalar scalar_of() noexcept {
  static_assert(is_scalar<T>, "vmm: only arithmetic types have kernels in the library");
  using engine::scalar;
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? scalar::float32 : scalar::float64;
  } else if constexpr (std::is_signed_v<T>) {
    return sizeof(T) == 1 ? scalar::int8 : sizeof(T) == 2 ? scalar::int16 : sizeof(T) == 4 ? scalar::int32 : scalar::int64;
  } else {
    return sizeof(T) == 1 ? scalar::uint8 : sizeof(T) == 2 ? scalar::uint16 : sizeof(T) == 4 ? scalar::uint32 : scalar::uint64;
  }
}

}  // namespace vmm::detail
