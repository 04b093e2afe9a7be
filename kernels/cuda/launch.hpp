// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Launches of kernels that stride over their elements. Reductions are launched by CUB, see reduce.cuh.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

namespace vmm::kernels::cuda {

inline constexpr unsigned threads = 256;
inline constexpr unsigned most_blocks = 132 * 16;  // enough to fill the largest devices of today several times over

inline unsigned blocks_for(std::size_t elements) noexcept {
  const std::size_t blocks = (elements + threads - 1) / threads;
  return blocks < most_blocks ? static_cast<unsigned>(blocks) : most_blocks;
}

/// Returns this launch's own error; the caller's earlier ones stay where they are.
template <class... Parameters, class... Arguments>
cudaError_t launch(cudaStream_t stream, unsigned blocks, unsigned block_threads, void (*kernel)(Parameters...),
                   Arguments&&... arguments) {
  cudaLaunchConfig_t shape{};
  shape.gridDim = dim3(blocks);
  shape.blockDim = dim3(block_threads);
  shape.stream = stream;
  return cudaLaunchKernelEx(&shape, kernel, static_cast<Arguments&&>(arguments)...);
}

}  // namespace vmm::kernels::cuda
