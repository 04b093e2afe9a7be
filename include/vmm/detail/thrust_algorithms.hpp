// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// vmm::par, and Thrust's part of the algorithms: of what nvcc compiles <vmm/algorithm.hpp> brings it, elsewhere
/// <vmm/execution_policy.hpp> alone, which says what they do.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <thrust/count.h>
#include <thrust/equal.h>
#include <thrust/execution_policy.h>
#include <thrust/fill.h>
#include <thrust/functional.h>
#include <thrust/iterator/iterator_traits.h>
#include <thrust/memory.h>
#include <thrust/reduce.h>
#include <thrust/transform_reduce.h>
#include <thrust/type_traits/is_contiguous_iterator.h>

#include <vmm/config.hpp>
#include <vmm/detail/algorithm_dispatch.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/detail/thrust_policy.hpp>
#include <vmm/stream.hpp>

namespace vmm {
namespace detail {
inline namespace VMM_SYSTEM_NAMESPACE {
inline namespace VMM_STREAM_NAMESPACE {

#if VMM_ON_CUDA
class par_on_stream : public decltype(streaming_policy(default_backend(), default_stream())) {
  using policy = decltype(streaming_policy(default_backend(), default_stream()));

 public:
  explicit par_on_stream(stream_ref stream) : policy(streaming_policy(default_backend(), stream)), stream_(stream) {}
  engine::stream_order get_order() const noexcept { return {-1, stream_, false}; }

 private:
  stream_ref stream_;
};

class par_t : public decltype(waiting_policy(default_backend(), default_stream())) {
  using policy = decltype(waiting_policy(default_backend(), default_stream()));

 public:
  par_t() : policy(waiting_policy(default_backend(), default_stream())) {}
  par_on_stream on(stream_ref stream) const { return par_on_stream(stream); }
  par_on_stream on(CUstream_st* stream) const { return par_on_stream(stream); }  // 0 and nullptr are the default stream
  engine::stream_order get_order() const noexcept { return {-1, default_stream(), true}; }
};
#else
class par_on_stream : public std::decay_t<decltype(thrust::device)> {
 public:
  engine::stream_order get_order() const noexcept { return {-1, default_stream(), false}; }
};

class par_t : public std::decay_t<decltype(thrust::device)> {
 public:
  par_on_stream on(stream_ref) const { return {}; }
  par_on_stream on(CUstream_st*) const { return {}; }
  engine::stream_order get_order() const noexcept { return {-1, default_stream(), true}; }
};
#endif

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace detail

inline namespace VMM_SYSTEM_NAMESPACE {
using detail::par_on_stream;
using detail::par_t;

/// An execution policy for Thrust's algorithms, which then take their temporary memory from the library instead of allocating it
/// in each call. The algorithm is done on return; with `par.on(stream)` it is submitted to that stream, and done on return only where it
/// returns a value. Raw pointers mean device memory. On the host systems both are Thrust's own policy of that system. Each
/// translation unit has its own, with its own default stream.
/// @throws vmm::out_of_memory, vmm::error
static const par_t par{};

}  // namespace VMM_SYSTEM_NAMESPACE

namespace detail {
inline namespace VMM_SYSTEM_NAMESPACE {
inline namespace VMM_STREAM_NAMESPACE {

struct thrust_fallback {
 private:
  /// A policy of Thrust's for each of ours.
  static const par_t& policy_of(const par_t& p) noexcept { return p; }
  static const par_on_stream& policy_of(const par_on_stream& p) noexcept { return p; }
  template <class Policy>
  static auto policy_of(const Policy& policy) {
    if constexpr (std::is_same_v<Policy, engine::stream_order>)
      return par_t();
    else if constexpr (std::is_convertible_v<const Policy&, stream_ref>)
      return par.on(stream_ref(policy));
    else
      return policy;
  }

  /// Before what waits: Thrust itself would record its kernels first, and then end the capture by waiting.
  template <class Policy>
  static void will_wait(const Policy& policy) {
    if constexpr (stream_order_of<Policy>::is_ours) engine::will_wait(default_backend(), stream_order_of<Policy>::get(policy));
  }

  template <class It>
  static constexpr bool is_device_iterator =
      std::is_convertible_v<typename thrust::iterator_system<It>::type, thrust::device_system_tag>;

 public:
  /// On OMP and TBB Thrust's algorithms are preferred: the library's host kernels run on one thread.
  template <class It>
  struct contiguity : std::bool_constant<thrust::is_contiguous_iterator_v<It> && is_device_iterator<It>> {
    static constexpr bool prefers_thrust = !contiguity::value || (!VMM_ON_CUDA && VMM_DEVICE_SYSTEM != 4);
    static auto* address(const It& it) { return thrust::raw_pointer_cast(&*it); }
  };

  template <class Functor, class Result>
  static constexpr operation operation_of() {
    return is_one_of<Functor, Result, thrust::plus>      ? operation::sum
           : is_one_of<Functor, Result, thrust::minimum> ? operation::minimum
           : is_one_of<Functor, Result, thrust::maximum> ? operation::maximum
                                                         : operation::other;
  }

  template <class Policy, class It, class Value>
  static void fill(const Policy& policy, It first, It last, const Value& value) {
    if constexpr (stream_order_of<Policy>::is_ours)
      if (stream_order_of<Policy>::get(policy).synchronous) will_wait(policy);
    thrust::fill(policy_of(policy), first, last, value);
  }
  template <class Policy, class It, class Result, class Operation>
  static Result reduce(const Policy& policy, It first, It last, const Result& init, Operation op) {
    will_wait(policy);
    return thrust::reduce(policy_of(policy), first, last, init, op);
  }
  template <class Policy, class It, class Value>
  static std::ptrdiff_t count(const Policy& policy, It first, It last, const Value& value) {
    will_wait(policy);
    return static_cast<std::ptrdiff_t>(thrust::count(policy_of(policy), first, last, value));
  }
  template <class Policy, class It, class T>
  static std::pair<T, T> minmax(const Policy& policy, It first, It last, T minimum, T maximum) {
    will_wait(policy);
    const functors::minmax_result<T> found =
        thrust::transform_reduce(policy_of(policy), first, last, functors::as_minmax_result<T>{},
                                 functors::minmax_result<T>{minimum, maximum}, functors::minmax_op<T>{});
    return {found.smallest, found.largest};
  }
  template <class Policy, class It, class Other>
  static bool equal(const Policy& policy, It first, It last, Other other) {
    will_wait(policy);
    return thrust::equal(policy_of(policy), first, last, other);
  }
};

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace detail
}  // namespace vmm
