// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Names of the library for declarations in other headers. Own declarations of them would be others: the classes live in
/// inline namespaces, see config.hpp. Includes neither Thrust nor CUDA nor the standard library.
#pragma once

#include <vmm/config.hpp>

namespace vmm {

class error;
class out_of_memory;
class stream_ref;
struct options;

template <class T>
class view;

inline namespace VMM_MACHINE_NAMESPACE {
template <class T>
class device_uvector;
}

}  // namespace vmm
