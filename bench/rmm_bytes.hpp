// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// rmm::device_uvector<unsigned char> behind a wall: RMM brings a CCCL of its own, which must not meet the toolkit's.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <cuda_runtime_api.h>

namespace vmm_bench {

/// On rmm::mr::cuda_async_memory_resource as it comes, whose pool keeps what it has.
class rmm_bytes {
 public:
  explicit rmm_bytes(cudaStream_t in);
  ~rmm_bytes();
  static void come_and_go(std::size_t bytes, cudaStream_t in);
  void resize(std::size_t bytes);
  void shrink();
  std::size_t capacity() const;
  void* data();
  static cudaMemPool_t pool();
  static void empty_pool();
  static std::string version();

 private:
  struct held;
  std::unique_ptr<held> is_;
};

}  // namespace vmm_bench
