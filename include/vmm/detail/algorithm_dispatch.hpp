// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How an algorithm reaches elements: where they are contiguous and the library has a kernel for them, by that; else by
/// Thrust, which <vmm/execution_policy.hpp> brings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/detail/element_types.hpp>
#include <vmm/detail/work.hpp>
#include <vmm/stream.hpp>

namespace vmm {

using functors::maximum;
using functors::minimum;
using functors::plus;

namespace detail {
inline namespace VMM_SYSTEM_NAMESPACE {  // what is instantiated here differs by backend and default stream
inline namespace VMM_STREAM_NAMESPACE {

/// @name Arguments
template <class T>
using same = typename engine::type_of<T>::type;

/// What says where work goes: streams, here; <vmm/execution_policy.hpp> adds Thrust's policies.
template <class Policy, class = void>
struct stream_order_of {
  static constexpr bool is_policy = false, is_ours = false;
};
template <class Policy>
struct stream_order_of<Policy, std::enable_if_t<std::is_convertible_v<const Policy&, stream_ref>>> {
  static constexpr bool is_policy = true, is_ours = true;
  static engine::stream_order get(const Policy& policy) noexcept { return {-1, stream_ref(policy), false}; }
};
/// The default stream of the translation unit, and a wait.
static inline engine::stream_order no_policy() noexcept { return {-1, default_stream(), true}; }
template <>
struct stream_order_of<engine::stream_order> {
  static constexpr bool is_policy = true, is_ours = true;
  static engine::stream_order get(const engine::stream_order& o) noexcept { return o; }
};

template <class Policy>
using require_policy = std::enable_if_t<stream_order_of<Policy>::is_policy, int>;
template <class It>
using require_iterator_argument =
    std::enable_if_t<!stream_order_of<It>::is_policy && sizeof(typename std::iterator_traits<It>::iterator_category) != 0, int>;

template <class It>
using value_of = std::remove_cv_t<typename std::iterator_traits<It>::value_type>;

/// Whether the iterator only reads: by a reference to const, or by one of Thrust's, which are objects.
template <class T, class Reference>
inline constexpr bool refers_to_const = std::is_const_v<std::remove_reference_t<Reference>> && std::is_reference_v<Reference>;
template <class T, template <class...> class Reference, class... Rest>
inline constexpr bool refers_to_const<T, Reference<const T, Rest...>> = true;
template <class It>
inline constexpr bool is_const_range = refers_to_const<value_of<It>, typename std::iterator_traits<It>::reference>;

/// Contiguous elements: `address` gives the first. Thrust's iterators come with <vmm/execution_policy.hpp>.
template <class It, class = void>
struct is_contiguous : std::false_type {
  static constexpr bool prefers_thrust = true;
};
template <class T>
struct is_contiguous<T*> : std::true_type {
  static constexpr bool prefers_thrust = false;
  static T* address(T* p) noexcept { return p; }
};

/// @name Which kernel of the library does it
enum class operation { sum, minimum, maximum, other };

/// Of a functor class template: what its specialisations do. <vmm/execution_policy.hpp> adds Thrust's.
template <template <class> class Functor>
inline constexpr operation reduction_op_of = operation::other;
template <>
inline constexpr operation reduction_op_of<std::plus> = operation::sum;
template <>
inline constexpr operation reduction_op_of<vmm::plus> = operation::sum;
template <>
inline constexpr operation reduction_op_of<vmm::minimum> = operation::minimum;
template <>
inline constexpr operation reduction_op_of<vmm::maximum> = operation::maximum;

template <class Functor, class Result>
inline constexpr operation operation_of = operation::other;
template <template <class> class Functor, class T, class Result>
inline constexpr operation operation_of<Functor<T>, Result> =
    std::is_void_v<T> || std::is_same_v<T, Result> ? reduction_op_of<Functor> : operation::other;

/// Integers of any width sum up to integers, since all wrap around; floating ones to floating ones that are as wide. bool, of
/// which two add up to true, only to itself.
template <class T, class Result>
constexpr bool sums_up() {
  if constexpr (!is_scalar<T> || !is_scalar<Result>)
    return false;
  else if constexpr (std::is_integral_v<T> && std::is_integral_v<Result>)
    return !std::is_same_v<Result, bool> || std::is_same_v<T, bool>;
  else
    return std::is_floating_point_v<T> && std::is_floating_point_v<Result> && sizeof(T) <= sizeof(Result);
}

template <class T, class Result, operation Op>
constexpr bool has_kernel() {
  if constexpr (Op == operation::sum)
    return sums_up<T, Result>();
  else
    return Op != operation::other && is_scalar<T> && std::is_same_v<T, Result>;
}

/// The type in which the backend adds.
template <class T, class Result>
using accumulator =
    std::conditional_t<std::is_floating_point_v<Result>, Result,
                       std::conditional_t<sizeof(T) <= 4 && sizeof(Result) <= 4 && !std::is_same_v<Result, bool>, std::int32_t,
                                          std::int64_t>>;

template <class T>
void put_operand(engine::reduction& how, const T& value, std::size_t index = 0) noexcept {
  std::memcpy(how.operand + index * sizeof(T), &value, sizeof(T));
}

template <engine::reduction::kind What>
constexpr engine::reduction_kernel kernel_of() noexcept {
  using kind = engine::reduction::kind;
  if constexpr (!VMM_ON_CUDA)
    return &kernels::host::reduce;
  else if constexpr (What == kind::sum)
    return &kernels::cuda::reduce_sum;
  else if constexpr (What == kind::count)
    return &kernels::cuda::reduce_count;
  else if constexpr (What == kind::minmax)
    return &kernels::cuda::reduce_minmax;
  else
    return &kernels::cuda::reduce_extreme;
}

template <class T, class Result, operation Op>
engine::reduction reduction_of(const Result& init) noexcept {
  using kind = engine::reduction::kind;
  constexpr kind what = Op == operation::sum ? kind::sum : Op == operation::minimum ? kind::minimum : kind::maximum;
  engine::reduction how{what, scalar_of<T>(), scalar_of<Result>(), {}, kernel_of<what>()};
  if constexpr (Op == operation::sum) {
    using A = accumulator<T, Result>;
    how.result = scalar_of<A>();
    put_operand(how, static_cast<A>(init));
  } else {
    put_operand(how, init);
  }
  return how;
}

/// Whether elements that equal a value are found by a cast of the value. Not for floating values among integers, where
/// several may be equal.
template <class T, class Value>
inline constexpr bool counts_by_cast =
    is_scalar<T> && is_scalar<Value> && (std::is_floating_point_v<T> || std::is_integral_v<Value>);

template <class It>
inline constexpr bool needs_thrust = sizeof(It) == 0;
#define VMM_DETAIL_NEEDS_THRUST                                                                                      \
  static_assert(needs_thrust<It>,                                                                                    \
                "vmm: the library has no kernel for these iterators, types or functors. Thrust has: compile with "  \
                "nvcc, or include <vmm/execution_policy.hpp> where Thrust's device system is CPP, OMP or TBB")

/// Without Thrust; <vmm/execution_policy.hpp> specialises it.
template <class It, class = void>
struct thrust_fallback {
  template <class... Arguments>
  static void fill(const Arguments&...) {
    VMM_DETAIL_NEEDS_THRUST;
  }
  template <class Policy, class Result, class Operation>
  static Result reduce(const Policy&, It, It, const Result& init, Operation) {
    VMM_DETAIL_NEEDS_THRUST;
    return init;
  }
  template <class... Arguments>
  static std::ptrdiff_t count(const Arguments&...) {
    VMM_DETAIL_NEEDS_THRUST;
    return 0;
  }
  template <class Policy, class T>
  static std::pair<T, T> minmax(const Policy&, It, It, T minimum, T maximum) {
    VMM_DETAIL_NEEDS_THRUST;
    return {minimum, maximum};
  }
  template <class... Arguments>
  static bool equal(const Arguments&...) {
    VMM_DETAIL_NEEDS_THRUST;
    return false;
  }
};
#undef VMM_DETAIL_NEEDS_THRUST

template <class It, class Other = It>
struct dispatch {
  using T = value_of<It>;
  using thrust_fallback_for = thrust_fallback<It>;
  template <class Policy>
  static constexpr bool by_library = is_contiguous<It>::value && !is_contiguous<It>::prefers_thrust && stream_order_of<Policy>::is_ours;

  template <class Policy, class Value>
  static void fill(const Policy& policy, It first, It last, const Value& value) {
    static_assert(!is_const_range<It>,
                  "vmm::fill: the range is const, so its elements cannot be written; take a view<T> rather than a view<const T>, or "
                  "the iterators of a vector that is not const");
    if constexpr (is_const_range<It>) {  // the words above are all that there is to say
    } else if constexpr (by_library<Policy> && std::is_trivially_copyable_v<T> && std::is_convertible_v<const Value&, T>) {
      if (first == last) return;
      const T element = static_cast<T>(value);
      work::fill(default_backend(), stream_order_of<Policy>::get(policy), is_contiguous<It>::address(first), std::addressof(element),
                   sizeof(T), static_cast<std::size_t>(last - first));
    } else {
      thrust_fallback_for::fill(policy, first, last, value);
    }
  }

  template <class Policy, class Result, class Operation>
  static Result reduce(const Policy& policy, It first, It last, const Result& init, Operation op) {
    constexpr operation kind = operation_of<Operation, Result>;
    if constexpr (by_library<Policy> && has_kernel<T, Result, kind>()) {
      if (first == last) return init;
      std::conditional_t<kind == operation::sum, accumulator<T, Result>, Result> answer{};
      work::reduce_to_host(default_backend(), stream_order_of<Policy>::get(policy), reduction_of<T, Result, kind>(init),
                             is_contiguous<It>::address(first), static_cast<std::size_t>(last - first), &answer, sizeof answer);
      return static_cast<Result>(answer);
    } else {
      return thrust_fallback_for::reduce(policy, first, last, init, op);
    }
  }

  template <class Policy, class Out, class Operation>
  static void reduce_into(const Policy& policy, It first, It last, Out result, const value_of<Out>& init, Operation) {
    using Result = value_of<Out>;
    constexpr operation kind = operation_of<Operation, Result>;
    static_assert(stream_order_of<Policy>::is_ours, "vmm::reduce_into takes a stream or vmm::par, not another policy of Thrust's");
    static_assert(is_contiguous<It>::value && is_contiguous<Out>::value,
                  "vmm::reduce_into: contiguous elements, and a pointer for the result");
    static_assert(!is_const_range<Out>, "vmm::reduce_into: the result is const, so it cannot be written");
    static_assert(kind != operation::other, "vmm::reduce_into: vmm::plus, vmm::minimum, vmm::maximum, or std::plus");
    static_assert(has_kernel<T, Result, kind>(),
                  "vmm::reduce_into: the library has no kernel for these types. Sums: integers into integers, floating elements into "
                  "floating results at least as wide; minima and maxima: the result has the type of the elements");
    static_assert(kind != operation::sum || sizeof(accumulator<T, Result>) == sizeof(Result),
                  "vmm::reduce_into: a sum of integers is written in 4 bytes, or in 8, which elements of 8 bytes need");
    if constexpr (is_contiguous<It>::value && is_contiguous<Out>::value && has_kernel<T, Result, kind>() && !is_const_range<Out>)
      work::reduce_on_device(default_backend(), stream_order_of<Policy>::get(policy), reduction_of<T, Result, kind>(init),
                             first == last ? nullptr : is_contiguous<It>::address(first),
                             static_cast<std::size_t>(last - first), is_contiguous<Out>::address(result));
  }

  template <class Policy, class Value>
  static std::ptrdiff_t count(const Policy& policy, It first, It last, const Value& value) {
    if constexpr (by_library<Policy> && counts_by_cast<T, Value>) {
      using common = std::common_type_t<T, Value>;
      if constexpr (std::is_floating_point_v<T> && sizeof(Value) > sizeof(T)) {  // or the cast means nothing
        constexpr T maximum = (std::numeric_limits<T>::max)();
        if (value - value == 0 && (value > maximum || value < -maximum)) return 0;
      }
      const T element = static_cast<T>(value);
      if (first == last || !(static_cast<common>(element) == static_cast<common>(value))) return 0;
      using kind = engine::reduction::kind;
      engine::reduction how{kind::count, scalar_of<T>(), engine::scalar::uint64, {}, kernel_of<kind::count>()};
      put_operand(how, element);
      std::uint64_t answer = 0;
      work::reduce_to_host(default_backend(), stream_order_of<Policy>::get(policy), how, is_contiguous<It>::address(first),
                             static_cast<std::size_t>(last - first), &answer, sizeof answer);
      return static_cast<std::ptrdiff_t>(answer);
    } else {
      return thrust_fallback_for::count(policy, first, last, value);
    }
  }

  template <class Policy>
  static std::pair<T, T> minmax(const Policy& policy, It first, It last) {
    static_assert(is_scalar<T>, "vmm::minmax: arithmetic elements");
    using limits = std::numeric_limits<T>;
    const T minimum = limits::has_infinity ? limits::infinity() : (limits::max)();
    const T maximum = limits::has_infinity ? static_cast<T>(-limits::infinity()) : limits::lowest();
    if (first == last) return {minimum, maximum};
    if constexpr (by_library<Policy>) {
      using kind = engine::reduction::kind;
      engine::reduction how{kind::minmax, scalar_of<T>(), scalar_of<T>(), {}, kernel_of<kind::minmax>()};
      put_operand(how, minimum, 0);
      put_operand(how, maximum, 1);
      T answer[2] = {};
      work::reduce_to_host(default_backend(), stream_order_of<Policy>::get(policy), how, is_contiguous<It>::address(first),
                             static_cast<std::size_t>(last - first), answer, sizeof answer);
      return {answer[0], answer[1]};
    } else {
      return thrust_fallback_for::minmax(policy, first, last, minimum, maximum);
    }
  }

  template <class Policy>
  static bool equal(const Policy& policy, It first, It last, Other other) {
    if constexpr (by_library<Policy> && is_contiguous<Other>::value && is_scalar<T> && std::is_same_v<T, value_of<Other>>) {
      return first == last || work::equal(default_backend(), stream_order_of<Policy>::get(policy), is_contiguous<It>::address(first),
                                            is_contiguous<Other>::address(other), static_cast<std::size_t>(last - first),
                                            scalar_of<T>());
    } else {
      return thrust_fallback_for::equal(policy, first, last, other);
    }
  }
};

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace detail
}  // namespace vmm
