// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's own device_vector and the name of Thrust's namespace, whatever a program calls them: it may wrap the namespace
/// (THRUST_WRAPPED_NAMESPACE), and <vmm/as_thrust.hpp> gives the name of the class to vmm's.
#pragma once

#include <thrust/device_vector.h>

namespace vmm {

namespace thrust = THRUST_NS_QUALIFIER;

/// thrust::device_vector as Thrust ships it, in programs that are built with vmm::as_thrust as well.
template <class T, class Alloc = thrust::device_allocator<T>>
#ifdef VMM_AS_THRUST
using stock_device_vector = thrust::vmm_stock_device_vector<T, Alloc>;
#else
using stock_device_vector = thrust::device_vector<T, Alloc>;
#endif

}  // namespace vmm
