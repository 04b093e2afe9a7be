// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L6. vmm::par, an execution policy for Thrust's algorithms that gives them the library's temporary memory instead of an
/// allocation for each call; and Thrust's part of <vmm/algorithm.hpp>.
///
///   thrust::sort(vmm::par, v.begin(), v.end());              // as with thrust::device: done on return
///   thrust::sort(vmm::par.on(stream), v.begin(), v.end());   // submitted; may be captured, if it returns no value
///
/// Raw pointers mean device memory. On the host systems both are Thrust's own policy of that system.
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
#include <vmm/detail/thrust_policy.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/stream.hpp>

namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {
namespace typed {
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
}  // namespace typed
using typed::par_on_stream;
using typed::par_t;

/// Each translation unit has its own, with its own default stream.
static const par_t par{};

}  // namespace VMM_SYSTEM_NAMESPACE

namespace detail {
inline namespace VMM_SYSTEM_NAMESPACE {
inline namespace VMM_STREAM_NAMESPACE {

template <class Policy>
struct stream_order_of<Policy, std::enable_if_t<std::is_same_v<Policy, par_t> || std::is_same_v<Policy, par_on_stream>>> {
  static constexpr bool is_policy = true, is_ours = true;
  static engine::stream_order get(const Policy& policy) noexcept { return policy.get_order(); }
};

/// Any other policy of Thrust's: its own algorithm, under that policy.
template <class Policy>
struct stream_order_of<Policy, std::enable_if_t<std::is_base_of_v<thrust::detail::execution_policy_marker, Policy> &&
                                         !std::is_same_v<Policy, par_t> && !std::is_same_v<Policy, par_on_stream>>> {
  static constexpr bool is_policy = true, is_ours = false;
};

template <class It>
inline constexpr bool is_device_iterator =
    std::is_convertible_v<typename thrust::iterator_system<It>::type, thrust::device_system_tag>;

/// On OMP and TBB Thrust's algorithms are preferred: the library's host kernels run on one thread.
template <class It>
struct is_contiguous<It, std::enable_if_t<!std::is_pointer_v<It> && thrust::is_contiguous_iterator_v<It> && is_device_iterator<It>>>
    : std::true_type {
  static constexpr bool prefers_thrust = !VMM_ON_CUDA && VMM_DEVICE_SYSTEM != 4;
  static auto* address(const It& it) { return thrust::raw_pointer_cast(&*it); }
};

template <>
inline constexpr operation reduction_op_of<thrust::plus> = operation::sum;
template <>
inline constexpr operation reduction_op_of<thrust::minimum> = operation::minimum;
template <>
inline constexpr operation reduction_op_of<thrust::maximum> = operation::maximum;

/// A policy of Thrust's for each of ours.
inline const par_t& thrust_policy(const par_t& p) noexcept { return p; }
inline const par_on_stream& thrust_policy(const par_on_stream& p) noexcept { return p; }
template <class Policy>
auto thrust_policy(const Policy& policy) {
  if constexpr (std::is_same_v<Policy, engine::stream_order>)
    return par_t();
  else if constexpr (std::is_convertible_v<const Policy&, stream_ref>)
    return par.on(stream_ref(policy));
  else
    return policy;
}

/// Before what waits: Thrust itself would record its kernels first, and then end the capture by waiting.
template <class Policy>
void will_wait(const Policy& policy) {
  if constexpr (stream_order_of<Policy>::is_ours) work::will_wait(default_backend(), stream_order_of<Policy>::get(policy));
}

template <class It>
struct thrust_fallback<It, std::void_t<typename thrust::iterator_system<It>::type>> {
  template <class Policy, class Value>
  static void fill(const Policy& policy, It first, It last, const Value& value) {
    if constexpr (stream_order_of<Policy>::is_ours)
      if (stream_order_of<Policy>::get(policy).synchronous) will_wait(policy);
    thrust::fill(thrust_policy(policy), first, last, value);
  }
  template <class Policy, class Result, class Operation>
  static Result reduce(const Policy& policy, It first, It last, const Result& init, Operation op) {
    will_wait(policy);
    return thrust::reduce(thrust_policy(policy), first, last, init, op);
  }
  template <class Policy, class Value>
  static std::ptrdiff_t count(const Policy& policy, It first, It last, const Value& value) {
    will_wait(policy);
    return static_cast<std::ptrdiff_t>(thrust::count(thrust_policy(policy), first, last, value));
  }
  template <class Policy, class T>
  static std::pair<T, T> minmax(const Policy& policy, It first, It last, T minimum, T maximum) {
    will_wait(policy);
    const functors::minmax_result<T> found =
        thrust::transform_reduce(thrust_policy(policy), first, last, functors::as_minmax_result<T>{},
                                 functors::minmax_result<T>{minimum, maximum}, functors::minmax_op<T>{});
    return {found.smallest, found.largest};
  }
  template <class Policy, class Other>
  static bool equal(const Policy& policy, It first, It last, Other other) {
    will_wait(policy);
    return thrust::equal(thrust_policy(policy), first, last, other);
  }
};

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace detail
}  // namespace vmm

#include <vmm/detail/algorithms.hpp>
