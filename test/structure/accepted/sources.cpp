// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Which of the iterators and ranges of CUDA and Thrust are read at once: those over host memory, never those of a device.
#include <vmm/device_uvector.hpp>

#include <cuda/std/array>
#include <cuda/std/span>
#include <thrust/device_vector.h>
#include <thrust/host_vector.h>
#include <thrust/universal_vector.h>

namespace {

template <class It>
constexpr bool at_once = vmm::detail::is_contiguous_host<int, It>;
template <class Range>
constexpr bool range_at_once = vmm::detail::is_contiguous_range<int, Range>;

using on_device = thrust::device_vector<int>;
static_assert(at_once<cuda::std::span<int>::iterator> && at_once<cuda::std::span<const int>::iterator>);
static_assert(!at_once<cuda::std::span<int>::reverse_iterator> && !at_once<cuda::std::span<short>::iterator>);
static_assert(!at_once<on_device::iterator> && !at_once<on_device::const_iterator> && !at_once<on_device::pointer>);
static_assert(range_at_once<cuda::std::span<const int>> && range_at_once<cuda::std::array<int, 3>>);
static_assert(range_at_once<thrust::host_vector<int>> && !range_at_once<on_device> &&
              !range_at_once<thrust::universal_vector<int>>);

[[maybe_unused]] void use(vmm::device_uvector<int>& v, cuda::std::span<const int> s, const thrust::host_vector<int>& h) {
  v.append(s), v.append(s.begin(), s.end()), v.append(h), v.append(h.begin(), h.end());
  v.assign(s), v.assign(s.begin(), s.end()), v.assign(h), v.assign(h.begin(), h.end());
}

}  // namespace
