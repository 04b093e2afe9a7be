// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// Stands before Thrust's header of that name in what is built with vmm::as_thrust, and says so where macros of Thrust's were
// defined after it was read. See <vmm/as_thrust.hpp>.
#ifndef VMM_AS_THRUST
#  error \
      "vmm's folder as_thrust is in the include path without '-include vmm/as_thrust.hpp': link the CMake target vmm::as_thrust"
#endif

#include_next <thrust/device_vector.h>

#define VMM_DETAIL_SYSTEM_OF_cuda 1
#define VMM_DETAIL_SYSTEM_OF_omp 2
#define VMM_DETAIL_SYSTEM_OF_tbb 3
#define VMM_DETAIL_SYSTEM_OF_cpp 4
#define VMM_DETAIL_SYSTEM_OF_(name) VMM_DETAIL_SYSTEM_OF_##name
#define VMM_DETAIL_SYSTEM_OF(name) VMM_DETAIL_SYSTEM_OF_(name)
#define VMM_DETAIL_HOST_SYSTEM_OF_omp 2
#define VMM_DETAIL_HOST_SYSTEM_OF_tbb 3
#define VMM_DETAIL_HOST_SYSTEM_OF_cpp 1
#define VMM_DETAIL_HOST_SYSTEM_OF_(name) VMM_DETAIL_HOST_SYSTEM_OF_##name
#define VMM_DETAIL_HOST_SYSTEM_OF(name) VMM_DETAIL_HOST_SYSTEM_OF_(name)

#if VMM_DETAIL_SYSTEM_OF(__THRUST_DEVICE_SYSTEM_NAMESPACE) != THRUST_DEVICE_SYSTEM
#  error \
      "THRUST_DEVICE_SYSTEM is defined after vmm/as_thrust.hpp was read: give it to the compiler (-D), or link vmm::cpp, vmm::omp or vmm::tbb"
#endif
#if VMM_DETAIL_HOST_SYSTEM_OF(__THRUST_HOST_SYSTEM_NAMESPACE) != THRUST_HOST_SYSTEM
#  error "THRUST_HOST_SYSTEM is defined after vmm/as_thrust.hpp was read: give it to the compiler (-D)"
#endif
#if (defined(THRUST_WRAPPED_NAMESPACE) || defined(THRUST_CUB_WRAPPED_NAMESPACE)) && !defined(VMM_DETAIL_AS_THRUST_WRAPPED)
#  error "THRUST_WRAPPED_NAMESPACE is defined after vmm/as_thrust.hpp was read: give it to the compiler (-D)"
#endif
#if (defined(CUB_WRAPPED_NAMESPACE) || defined(THRUST_CUB_WRAPPED_NAMESPACE)) && !defined(VMM_DETAIL_AS_THRUST_CUB_WRAPPED)
#  error "CUB_WRAPPED_NAMESPACE is defined after vmm/as_thrust.hpp was read: give it to the compiler (-D)"
#endif
