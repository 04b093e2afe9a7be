// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How an algorithm reaches elements: where they are contiguous and the library has a kernel for them, by that; else by
/// Thrust, of which this header knows the name of one class.
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
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/stream_order.hpp>
#include <vmm/stream.hpp>

/// Without types: work on device memory that belongs to nobody in particular, on the calling thread's current device, which
/// the device -1 of an order stands for.
namespace vmm::engine {

/// Refuses a stream that is being captured.
void will_wait(device_runtime& m, const stream_order& o);

/// All throw vmm::error where the backend fails: a launch at this call. Those that wait fail for a stream under capture.
void fill(device_runtime& m, const stream_order& o, void* to, const void* pattern, std::size_t pattern_bytes,
          std::size_t count);
/// Waits, whatever the order says. `result` is host memory for what `how` returns.
void reduce_to_host(device_runtime& m, const stream_order& o, const reduction& how, const void* data, std::size_t count,
                    void* result, std::size_t result_bytes);
/// `result` is device memory.
void reduce_on_device(device_runtime& m, const stream_order& o, const reduction& how, const void* data, std::size_t count,
                      void* result);
/// Waits, whatever the order says.
bool equal(device_runtime& m, const stream_order& o, const void* a, const void* b, std::size_t count, scalar type);

}  // namespace vmm::engine

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

/// Thrust's policies by the base that all have, which is named here as a member, so that Thrust need not be there.
template <class Policy, class = void>
inline constexpr bool is_thrust_policy = false;
template <class Policy>
inline constexpr bool is_thrust_policy<Policy, std::void_t<typename Policy::execution_policy_marker>> = true;

/// What says where work goes: streams, and policies that tell their order, as vmm::par does. Any other policy of Thrust's means
/// its own algorithm, under that policy.
template <class Policy, class = void>
struct stream_order_of {
  static constexpr bool is_policy = is_thrust_policy<Policy>, is_ours = false;
};
template <class Policy>
struct stream_order_of<Policy, std::enable_if_t<std::is_convertible_v<const Policy&, stream_ref>>> {
  static constexpr bool is_policy = true, is_ours = true;
  static engine::stream_order get(const Policy& policy) noexcept { return {-1, stream_ref(policy), false}; }
};
template <class Policy>
struct stream_order_of<
    Policy, std::enable_if_t<std::is_same_v<decltype(std::declval<const Policy&>().get_order()), engine::stream_order>>> {
  static constexpr bool is_policy = true, is_ours = true;
  static engine::stream_order get(const Policy& policy) noexcept { return policy.get_order(); }
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

/// Whether the iterator only reads: by a reference to const, or by one of Thrust's, which are objects.
template <class T, class Reference>
inline constexpr bool refers_to_const = std::is_const_v<std::remove_reference_t<Reference>>&& std::is_reference_v<Reference>;
template <class T, template <class...> class Reference, class... Rest>
inline constexpr bool refers_to_const<T, Reference<const T, Rest...>> = true;
template <class It>
inline constexpr bool is_const_range = refers_to_const<value_of<It>, typename std::iterator_traits<It>::reference>;

/// What the kernels of the library find.
enum class operation { sum, minimum, maximum, other };

/// @name What only Thrust knows or does
/// <vmm/detail/thrust_algorithms.hpp> defines the class. Where that was not included, whatever asks it anything does not compile:
/// a call means the same wherever it compiles, in whichever order headers come.
struct thrust_fallback;

/// Of the iterator or functor that it is asked about.
template <class About, class Fallback = thrust_fallback, class = void>
struct thrust_fallback_for {
  static_assert(sizeof(About) == 0,
                "vmm: the library has no kernel for these iterators, types or functors. Thrust has, but for reduce_into: "
                "compile with nvcc, or "
                "include <vmm/execution_policy.hpp> where Thrust's device system is CPP, OMP or TBB");
  static constexpr bool is_there = false;
  template <class>
  struct contiguity : std::false_type {
    static constexpr bool prefers_thrust = true;
  };
  template <class Functor, class Result>
  static constexpr operation operation_of() {
    return operation::other;
  }
};
template <class About, class Fallback>
struct thrust_fallback_for<About, Fallback, std::enable_if_t<sizeof(Fallback) != 0>> : Fallback {
  static constexpr bool is_there = true;
};

/// Contiguous elements: `address` gives the first.
template <class T>
struct pointer_contiguity : std::true_type {
  static constexpr bool prefers_thrust = false;
  static T* address(T* p) noexcept { return p; }
};
template <class It>
struct contiguity_of {
  using type = typename thrust_fallback_for<It>::template contiguity<It>;
};
template <class T>
struct contiguity_of<T*> {
  using type = pointer_contiguity<T>;
};
template <class It>
using is_contiguous = typename contiguity_of<It>::type;

/// @name Which kernel of the library does it
template <class Functor, class Result, template <class> class... Templates>
inline constexpr bool is_one_of = ((std::is_same_v<Functor, Templates<Result>> || std::is_same_v<Functor, Templates<void>>) ||
                                   ...);

template <class Functor, class Result>
constexpr operation operation_of() {
  if constexpr (is_one_of<Functor, Result, plus, std::plus>)
    return operation::sum;
  else if constexpr (is_one_of<Functor, Result, minimum>)
    return operation::minimum;
  else if constexpr (is_one_of<Functor, Result, maximum>)
    return operation::maximum;
  else
    return thrust_fallback_for<Functor>::template operation_of<Functor, Result>();
}

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
using accumulator = std::conditional_t<
    std::is_floating_point_v<Result>, Result,
    std::conditional_t<sizeof(T) <= 4 && sizeof(Result) <= 4 && !std::is_same_v<Result, bool>, std::int32_t, std::int64_t>>;

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
inline constexpr bool counts_by_cast = is_scalar<T>&& is_scalar<Value> &&
                                       (std::is_floating_point_v<T> || std::is_integral_v<Value>);

template <class It, class Other = It>
struct dispatch {
  using T = value_of<It>;
  using fallback = thrust_fallback_for<It>;
  template <class Policy>
  static constexpr bool by_library =
      is_contiguous<It>::value && !is_contiguous<It>::prefers_thrust && stream_order_of<Policy>::is_ours;

  template <class Policy, class Value>
  static void fill(const Policy& policy, It first, It last, const Value& value) {
    static_assert(
        !is_const_range<It>,
        "vmm::fill: the range is const, so its elements cannot be written; take a view<T> rather than a view<const T>, or "
        "the iterators of a vector that is not const");
    if constexpr (is_const_range<It>) {  // the words above are all that there is to say
    } else if constexpr (by_library<Policy> && std::is_trivially_copyable_v<T> && std::is_convertible_v<const Value&, T>) {
      if (first == last) return;
      const T element = static_cast<T>(value);
      engine::fill(default_backend(), stream_order_of<Policy>::get(policy), is_contiguous<It>::address(first),
                   std::addressof(element), sizeof(T), static_cast<std::size_t>(last - first));
    } else if constexpr (fallback::is_there) {
      fallback::fill(policy, first, last, value);
    }
  }

  template <class Policy, class Result, class Operation>
  static Result reduce(const Policy& policy, It first, It last, const Result& init, Operation op) {
    constexpr operation kind = operation_of<Operation, Result>();
    if constexpr (by_library<Policy> && has_kernel<T, Result, kind>()) {
      if (first == last) return init;
      std::conditional_t<kind == operation::sum, accumulator<T, Result>, Result> answer{};
      engine::reduce_to_host(default_backend(), stream_order_of<Policy>::get(policy), reduction_of<T, Result, kind>(init),
                             is_contiguous<It>::address(first), static_cast<std::size_t>(last - first), &answer, sizeof answer);
      return static_cast<Result>(answer);
    } else if constexpr (fallback::is_there) {
      return fallback::reduce(policy, first, last, init, op);
    } else {
      return {};  // not reached: asking there is an error
    }
  }

  template <class Policy, class Out, class Operation>
  static void reduce_into(const Policy& policy, It first, It last, Out result, const value_of<Out>& init, Operation) {
    using Result = value_of<Out>;
    constexpr operation kind = operation_of<Operation, Result>();
    static_assert(stream_order_of<Policy>::is_ours,
                  "vmm::reduce_into takes a stream or vmm::par, not another policy of Thrust's");
    static_assert(is_contiguous<It>::value && is_contiguous<Out>::value,
                  "vmm::reduce_into: contiguous elements, and a pointer for the result");
    static_assert(!is_const_range<Out>, "vmm::reduce_into: the result is const, so it cannot be written");
    static_assert(kind != operation::other, "vmm::reduce_into: vmm::plus, vmm::minimum, vmm::maximum, or std::plus");
    static_assert(
        has_kernel<T, Result, kind>(),
        "vmm::reduce_into: the library has no kernel for these types. Sums: integers into integers, floating elements into "
        "floating results at least as wide; minima and maxima: the result has the type of the elements");
    static_assert(kind != operation::sum || sizeof(accumulator<T, Result>) == sizeof(Result),
                  "vmm::reduce_into: a sum of integers is written in 4 bytes, or in 8, which elements of 8 bytes need");
    if constexpr (is_contiguous<It>::value && is_contiguous<Out>::value && has_kernel<T, Result, kind>() &&
                  !is_const_range<Out>)
      engine::reduce_on_device(default_backend(), stream_order_of<Policy>::get(policy), reduction_of<T, Result, kind>(init),
                               first == last ? nullptr : is_contiguous<It>::address(first),
                               static_cast<std::size_t>(last - first), is_contiguous<Out>::address(result));
  }

  template <class Policy, class Value>
  static std::ptrdiff_t count(const Policy& policy, It first, It last, const Value& value) {
    if constexpr (by_library<Policy> && counts_by_cast<T, Value>) {
      using common = std::common_type_t<T, Value>;
      if constexpr (std::is_floating_point_v<T> && sizeof(Value) > sizeof(T)) {  // or the cast means nothing
        constexpr T maximum = (std::numeric_limits<T>::max)();
        constexpr Value infinite = std::numeric_limits<Value>::infinity();
        if ((value > maximum && value < infinite) || (value < -maximum && value > -infinite)) return 0;
      }
      const T element = static_cast<T>(value);
      if (first == last || !(static_cast<common>(element) == static_cast<common>(value))) return 0;
      using kind = engine::reduction::kind;
      engine::reduction how{kind::count, scalar_of<T>(), engine::scalar::uint64, {}, kernel_of<kind::count>()};
      put_operand(how, element);
      std::uint64_t answer = 0;
      engine::reduce_to_host(default_backend(), stream_order_of<Policy>::get(policy), how, is_contiguous<It>::address(first),
                             static_cast<std::size_t>(last - first), &answer, sizeof answer);
      return static_cast<std::ptrdiff_t>(answer);
    } else if constexpr (fallback::is_there) {
      return fallback::count(policy, first, last, value);
    } else {
      return {};  // not reached: asking there is an error
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
      engine::reduce_to_host(default_backend(), stream_order_of<Policy>::get(policy), how, is_contiguous<It>::address(first),
                             static_cast<std::size_t>(last - first), answer, sizeof answer);
      return {answer[0], answer[1]};
    } else if constexpr (fallback::is_there) {
      return fallback::minmax(policy, first, last, minimum, maximum);
    } else {
      return {};  // not reached: asking there is an error
    }
  }

  template <class Policy>
  static bool equal(const Policy& policy, It first, It last, Other other) {
    if constexpr (by_library<Policy> && is_contiguous<Other>::value && is_scalar<T> && std::is_same_v<T, value_of<Other>>) {
      return first == last ||
             engine::equal(default_backend(), stream_order_of<Policy>::get(policy), is_contiguous<It>::address(first),
                           is_contiguous<Other>::address(other), static_cast<std::size_t>(last - first), scalar_of<T>());
    } else if constexpr (fallback::is_there) {
      return fallback::equal(policy, first, last, other);
    } else {
      return {};  // not reached: asking there is an error
    }
  }
};

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace detail
}  // namespace vmm
