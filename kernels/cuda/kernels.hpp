// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Launchers, compiled once for the library's architectures. Each submits to the stream of the current device and returns
/// what the launch answered; none waits.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include <vmm/detail/element_types.hpp>

namespace vmm::kernels::cuda {

/// Whether a pattern of that size travels with the launch; a longer one is copied from host memory first.
bool fits_launch(std::size_t pattern_bytes) noexcept;

cudaError_t fill(cudaStream_t stream, void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count);

/// Writes the index of the first unrelated pair, or the largest number there is, to `*first`, which is device memory.
cudaError_t mismatch(cudaStream_t stream, const void* a, const void* b, std::size_t count, engine::scalar type,
                     engine::relation relate, unsigned long long* first);

/// As memmove; one pass.
cudaError_t memmove(cudaStream_t stream, void* to, const void* from, std::size_t bytes, void* workspace,
                    std::size_t workspace_bytes);

}  // namespace vmm::kernels::cuda
