// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// Forward declarations. Do not declare these names yourself: the classes are members of inline namespaces, see
/// config.hpp, so you would declare different ones. Includes config.hpp and, where Thrust is in the include path,
/// <thrust/version.h>; device_vector is declared only there.
#pragma once

#include <vmm/config.hpp>

#if __has_include(<thrust/version.h>)
#  include <thrust/version.h>

THRUST_NAMESPACE_BEGIN
template <class T>
class device_allocator;
THRUST_NAMESPACE_END
#endif

/// Growable vectors on virtual memory of a GPU, or of the host.
namespace vmm {

class error;
class out_of_memory;
class stream_ref;
struct options;
struct statistics;

template <class T>
class view;

inline namespace VMM_BACKEND_NAMESPACE {
template <class T>
class device_uvector;
}  // namespace VMM_BACKEND_NAMESPACE

#if defined(THRUST_NAMESPACE_BEGIN) && !defined(VMM_AS_THRUST)
inline namespace VMM_SYSTEM_NAMESPACE {
template <class T, class Alloc = THRUST_NS_QUALIFIER::device_allocator<T>>
class device_vector;
}  // namespace VMM_SYSTEM_NAMESPACE
#endif

}  // namespace vmm
