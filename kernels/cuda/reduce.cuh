// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// CUB's reduction with types; one file for each kind of reduction, so that they are compiled in parallel. CUB has a
/// namespace of the library's own here: a program that links the library may have been compiled with another CUB.
#pragma once

#define THRUST_CUB_WRAPPED_NAMESPACE vmm_kernels
#include <cub/device/device_reduce.cuh>

#include <vmm/detail/element_types.hpp>

#include "../reductions.hpp"

namespace vmm::kernels::cuda {

/// CUB checks the size of the workspace itself, so it is not asked for it first. It takes an error that an earlier call of the
/// program left unread for its own: such a one is dropped here.
template <class T, class Result, class Operation, class Transform>
cudaError_t reduce(const engine::reduction_call& c, Operation combine, Transform transform, Result first) {
  cudaGetLastError();
  std::size_t bytes = c.workspace_bytes;
  return vmm_kernels::cub::DeviceReduce::TransformReduce(c.workspace, bytes, static_cast<const T*>(c.data),
                                                         static_cast<Result*>(c.result), c.count, combine, transform, first,
                                                         c.stream);
}

}  // namespace vmm::kernels::cuda
