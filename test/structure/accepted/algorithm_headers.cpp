// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What vmm/algorithm.hpp knows by itself it knows before Thrust and before vmm/execution_policy.hpp, and still knows behind them.
#include <vmm/algorithm.hpp>

#include <functional>
#include <type_traits>

#if defined(THRUST_VERSION) && !defined(__CUDACC__)
#  error "vmm/algorithm.hpp includes Thrust"
#endif

namespace {

using vmm::detail::operation;
template <class Policy>
constexpr bool is_policy = vmm::detail::stream_order_of<Policy>::is_policy;
template <class Policy>
constexpr bool is_ours = vmm::detail::stream_order_of<Policy>::is_ours;

static_assert(vmm::detail::operation_of<vmm::plus<>, int>() == operation::sum);
static_assert(vmm::detail::operation_of<std::plus<long>, long>() == operation::sum);
static_assert(vmm::detail::operation_of<vmm::minimum<int>, int>() == operation::minimum);
static_assert(vmm::detail::is_contiguous<const int*>::value && !vmm::detail::is_contiguous<int*>::prefers_thrust);
static_assert(is_ours<vmm::stream_ref> && is_ours<CUstream_st*> && !is_policy<int*> && !is_policy<vmm::view<int>>);

}  // namespace

#if __has_include(<thrust/version.h>) && (!VMM_ON_CUDA || defined(__CUDACC__))
#  include <thrust/device_vector.h>
#  include <thrust/execution_policy.h>
#  include <thrust/functional.h>

namespace {

template <class Policy>
constexpr bool is_of_thrust = is_policy<std::decay_t<Policy>> && !is_ours<std::decay_t<Policy>>;

static_assert(is_of_thrust<decltype(thrust::device)> && is_of_thrust<decltype(thrust::host)> &&
              is_of_thrust<thrust::device_system_tag>);
static_assert(!is_policy<thrust::device_vector<int>::iterator> && !is_policy<thrust::device_ptr<int>>);

}  // namespace

#  include <vmm/execution_policy.hpp>

namespace {

static_assert(is_ours<vmm::par_t> && is_ours<vmm::par_on_stream> && is_of_thrust<decltype(thrust::seq)>);
static_assert(vmm::detail::operation_of<thrust::plus<>, int>() == operation::sum);
static_assert(vmm::detail::operation_of<thrust::maximum<int>, int>() == operation::maximum);
static_assert(vmm::detail::operation_of<thrust::minus<int>, int>() == operation::other);
static_assert(vmm::detail::operation_of<thrust::plus<long>, int>() == operation::other);
using iterator = vmm::detail::is_contiguous<thrust::device_vector<int>::iterator>;
static_assert(iterator::value && iterator::prefers_thrust == (VMM_DEVICE_SYSTEM == 2 || VMM_DEVICE_SYSTEM == 3));
static_assert(!vmm::detail::is_contiguous<thrust::device_vector<int>::reverse_iterator>::value);

#  if VMM_DEVICE_SYSTEM != 2  // takes -fopenmp
[[maybe_unused]] int use(thrust::device_vector<int>& v, int* to) {
  vmm::fill(v.begin(), v.end(), 1);
  vmm::reduce_into(vmm::par.on(nullptr), v.begin(), v.end(), to, 0, thrust::plus<int>());
  return vmm::reduce(thrust::device, v.begin(), v.end(), 0, thrust::minus<int>());
}
#  endif

}  // namespace
#endif
