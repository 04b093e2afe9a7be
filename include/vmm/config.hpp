// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// Which backend and which Thrust system a translation unit was compiled for, and the inline namespaces that keep
/// translation units of different choices from linking by accident. Includes neither Thrust nor CUDA.
#pragma once

#if __cplusplus < 201703L
#  error "vmm needs C++17: compile with -std=c++17 or later"
#endif

#include <vmm/version.hpp>

/// @cond
// The system, as Thrust chooses it.
// THRUST_DEVICE_SYSTEM may hold a name that only Thrust's headers define; pasting it to a prefix reads both spellings.
#define VMM_DETAIL_PASTE_(a, b) a##b
#define VMM_DETAIL_PASTE(a, b) VMM_DETAIL_PASTE_(a, b)
#define VMM_DETAIL_SYSTEM_THRUST_DEVICE_SYSTEM_CUDA 1
#define VMM_DETAIL_SYSTEM_THRUST_DEVICE_SYSTEM_OMP 2
#define VMM_DETAIL_SYSTEM_THRUST_DEVICE_SYSTEM_TBB 3
#define VMM_DETAIL_SYSTEM_THRUST_DEVICE_SYSTEM_CPP 4
#define VMM_DETAIL_SYSTEM_1 1
#define VMM_DETAIL_SYSTEM_2 2
#define VMM_DETAIL_SYSTEM_3 3
#define VMM_DETAIL_SYSTEM_4 4
/// @endcond

/// @def VMM_DEVICE_SYSTEM
/// The number of Thrust's device system: 1 CUDA, 2 OMP, 3 TBB, 4 CPP. By THRUST_DEVICE_SYSTEM; CUDA where that is
/// not defined.
#ifdef THRUST_DEVICE_SYSTEM
#  define VMM_DEVICE_SYSTEM VMM_DETAIL_PASTE(VMM_DETAIL_SYSTEM_, THRUST_DEVICE_SYSTEM)
#else
#  define VMM_DEVICE_SYSTEM 1
#endif

/// @def VMM_ON_CUDA
/// 1 on the CUDA backend, 0 on the host backend.
#if VMM_DEVICE_SYSTEM == 1
#  define VMM_ON_CUDA 1
#elif VMM_DEVICE_SYSTEM == 2 || VMM_DEVICE_SYSTEM == 3 || VMM_DEVICE_SYSTEM == 4
#  define VMM_ON_CUDA 0
#else
#  error "vmm: THRUST_DEVICE_SYSTEM is none of THRUST_DEVICE_SYSTEM_CUDA, _OMP, _TBB, _CPP"
#endif

/// @def VMM_BACKEND_NAMESPACE
/// The inline namespace of what depends on the backend alone, such as device_uvector: the same for g++ and every
/// target of nvcc.
#if VMM_ON_CUDA
#  define VMM_BACKEND_NAMESPACE on_cuda
#else
#  define VMM_BACKEND_NAMESPACE on_host
#endif

/// @cond
// Built with vmm::as_thrust, thrust::device_vector is another class than elsewhere.
#ifdef VMM_AS_THRUST
#  define VMM_DETAIL_SYSTEM_NAME(name) as_thrust_##name
#  define VMM_DETAIL_EXPLICIT_BORDER
#  define VMM_DETAIL_IMPLICIT_BORDER true
#else
#  define VMM_DETAIL_SYSTEM_NAME(name) name
#  define VMM_DETAIL_EXPLICIT_BORDER explicit
#  define VMM_DETAIL_IMPLICIT_BORDER false
#endif
/// @endcond

/// @def VMM_SYSTEM_NAMESPACE
/// The inline namespace of what Thrust compiles differently per system and list of architectures, such as
/// device_vector.
#if VMM_DEVICE_SYSTEM == 2
#  define VMM_SYSTEM_NAMESPACE VMM_DETAIL_SYSTEM_NAME(on_omp)
#elif VMM_DEVICE_SYSTEM == 3
#  define VMM_SYSTEM_NAMESPACE VMM_DETAIL_SYSTEM_NAME(on_tbb)
#elif VMM_DEVICE_SYSTEM == 4
#  define VMM_SYSTEM_NAMESPACE VMM_DETAIL_SYSTEM_NAME(on_cpp)
#elif defined(__CUDA_ARCH_LIST__)
#  define VMM_DETAIL_ARCHS_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ...) \
    VMM_DETAIL_SYSTEM_NAME(                                                      \
        thrust_sm_##a##_##b##_##c##_##d##_##e##_##f##_##g##_##h##_##i##_##j##_##k##_##l##_##m##_##n##_##o##_##p)
#  define VMM_DETAIL_ARCHS(...) VMM_DETAIL_ARCHS_(__VA_ARGS__, , , , , , , , , , , , , , , , , )
#  define VMM_SYSTEM_NAMESPACE VMM_DETAIL_ARCHS(__CUDA_ARCH_LIST__)
#else
#  define VMM_SYSTEM_NAMESPACE VMM_DETAIL_SYSTEM_NAME(thrust_sm_none)
#endif

/// @cond
// 1 if a device_vector may have work to do before it returns its address. On the host systems there is none; tests set it
// there, for backends whose memory the host cannot write.
#ifndef VMM_DETAIL_EXPOSES
#  define VMM_DETAIL_EXPOSES VMM_ON_CUDA
#endif

#ifdef __GNUC__
#  define VMM_DETAIL_ALWAYS_INLINE __attribute__((always_inline))
#else
#  define VMM_DETAIL_ALWAYS_INLINE
#endif
/// @endcond

/// @def VMM_HOST_DEVICE
/// `__host__ __device__` where a compiler for CUDA reads it, otherwise nothing.
/// @def VMM_DETAIL_NO_SIDE_CHECK
/// Not for programs.
#ifdef __CUDACC__
#  define VMM_HOST_DEVICE __host__ __device__
// Before a VMM_HOST_DEVICE function that calls what its template arguments bring, which may be for one side only.
#  define VMM_DETAIL_NO_SIDE_CHECK _Pragma("nv_exec_check_disable")
#else
#  define VMM_HOST_DEVICE
#  define VMM_DETAIL_NO_SIDE_CHECK
#endif
