// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Kernels that programs reach by symbols of their own, so that a program links those that it names: the reductions are most of
/// the library's code.
#pragma once

#include <vmm/detail/element_types.hpp>

namespace vmm::kernels {

/// By CUB. Return a cudaError_t: cudaErrorInvalidValue for types that engine::reduction excludes, and for a workspace that is
/// too small.
namespace cuda {
int reduce_sum(const engine::reduction_call& c);
int reduce_extreme(const engine::reduction_call& c);
int reduce_minmax(const engine::reduction_call& c);
int reduce_count(const engine::reduction_call& c);
}  // namespace cuda

/// All kinds. Not 0 for types that engine::reduction excludes.
namespace host {
int reduce(const engine::reduction_call& c) noexcept;
}

}  // namespace vmm::kernels
