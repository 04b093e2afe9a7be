// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "driver/cuda/entry_points.hpp"

#include <cuda_runtime_api.h>

namespace vmm::engine {
namespace {

template <class Function>
void find(const char* name, [[maybe_unused]] unsigned version, Function& f) noexcept {
  void* p = nullptr;
  cudaDriverEntryPointQueryResult found{};
#if CUDART_VERSION >= 12050
  const cudaError_t e = cudaGetDriverEntryPointByVersion(name, &p, version, cudaEnableDefault, &found);
#else
  const cudaError_t e = cudaGetDriverEntryPoint(name, &p, cudaEnableDefault, &found);
#endif
  if (e != cudaSuccess) cudaGetLastError();
  if (e == cudaSuccess && found == cudaDriverEntryPointSuccess) f = reinterpret_cast<Function>(p);
}

}  // namespace

const cuda_entry_points& entry_points() noexcept {
  static const cuda_entry_points found = [] {
    cuda_entry_points e;
    find("cuGetErrorName", 6000, e.cuGetErrorName);
    find("cuDeviceGetAttribute", 2000, e.cuDeviceGetAttribute);
    find("cuMemGetAllocationGranularity", 10020, e.cuMemGetAllocationGranularity);
    find("cuMemAddressReserve", 10020, e.cuMemAddressReserve);
    find("cuMemAddressFree", 10020, e.cuMemAddressFree);
    find("cuMemCreate", 10020, e.cuMemCreate);
    find("cuMemRelease", 10020, e.cuMemRelease);
    find("cuMemMap", 10020, e.cuMemMap);
    find("cuMemUnmap", 10020, e.cuMemUnmap);
    find("cuMemSetAccess", 10020, e.cuMemSetAccess);
    find("cuEventQuery", 2000, e.cuEventQuery);
    find("cuMemsetD8Async", 3020, e.cuMemsetD8Async);
    find("cuMemsetD16Async", 3020, e.cuMemsetD16Async);
    find("cuMemsetD32Async", 3020, e.cuMemsetD32Async);
    find("cuCtxGetId", 12000, e.cuCtxGetId);
    return e;
  }();
  return found;
}

}  // namespace vmm::engine
