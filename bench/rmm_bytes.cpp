// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "rmm_bytes.hpp"

#include <rmm/device_uvector.hpp>
#include <rmm/mr/cuda_async_memory_resource.hpp>
#include <rmm/version_config.hpp>

namespace vmm_bench {

namespace {

rmm::mr::cuda_async_memory_resource& resource() {
  static rmm::mr::cuda_async_memory_resource made;
  return made;
}

}  // namespace

struct rmm_bytes::held {
  cudaStream_t in;
  rmm::device_uvector<unsigned char> v;
};

rmm_bytes::rmm_bytes(cudaStream_t in) : is_(new held{in, rmm::device_uvector<unsigned char>(0, in, resource())}) {}
rmm_bytes::~rmm_bytes() {
  is_.reset();
  cudaDeviceSynchronize();
}
void rmm_bytes::come_and_go(std::size_t bytes, cudaStream_t in) {
  const rmm::device_uvector<unsigned char> v(bytes, in, resource());
}
void rmm_bytes::resize(std::size_t bytes) { is_->v.resize(bytes, is_->in); }
void rmm_bytes::shrink() { is_->v.shrink_to_fit(is_->in); }
std::size_t rmm_bytes::capacity() const { return is_->v.capacity(); }
void* rmm_bytes::data() { return is_->v.data(); }
cudaMemPool_t rmm_bytes::pool() { return resource().pool_handle(); }
void rmm_bytes::empty_pool() { cudaMemPoolTrimTo(pool(), 0); }
std::string rmm_bytes::version() {
  return std::to_string(RMM_VERSION_MAJOR) + "." + std::to_string(RMM_VERSION_MINOR) + "." + std::to_string(RMM_VERSION_PATCH);
}

}  // namespace vmm_bench
