// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// Makes thrust::device_vector the one that grows by mapping, for a whole program: the CMake target vmm::as_thrust puts
/// this file in front of every source. Thrust's class, renamed while its header is read, stays reachable as
/// vmm::stock_device_vector.
#pragma once

#ifdef THRUST_NAMESPACE_BEGIN
#  error \
      "vmm/as_thrust.hpp comes after a header of Thrust: link the CMake target vmm::as_thrust, or include it before all others"
#endif

/// Defined in programs that are built with vmm::as_thrust.
#define VMM_AS_THRUST 1

// What a source defines later comes too late; as_thrust/thrust/device_vector.h looks for it.
/// @cond
#if defined(THRUST_WRAPPED_NAMESPACE) || defined(THRUST_CUB_WRAPPED_NAMESPACE)
#  define VMM_DETAIL_AS_THRUST_WRAPPED
#endif
#if defined(CUB_WRAPPED_NAMESPACE) || defined(THRUST_CUB_WRAPPED_NAMESPACE)
#  define VMM_DETAIL_AS_THRUST_CUB_WRAPPED
#endif

#if __has_include(<thrust/version.h>)  // else a source that has no Thrust to read
#  define device_vector vmm_stock_device_vector
#  include <thrust/device_vector.h>
#  undef device_vector
#  include <vmm/device_vector.hpp>
#endif
/// @endcond
