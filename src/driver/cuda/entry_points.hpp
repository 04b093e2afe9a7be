// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The calls of NVIDIA's driver that the library uses, found at run time: libcuda is never linked.
#pragma once

#include <cuda.h>
#include <cudaTypedefs.h>

namespace vmm::engine {

struct cuda_entry_points {
  PFN_cuGetErrorName_v6000 cuGetErrorName = nullptr;
  PFN_cuDeviceGetAttribute_v2000 cuDeviceGetAttribute = nullptr;
  PFN_cuMemGetAllocationGranularity_v10020 cuMemGetAllocationGranularity = nullptr;
  PFN_cuMemAddressReserve_v10020 cuMemAddressReserve = nullptr;
  PFN_cuMemAddressFree_v10020 cuMemAddressFree = nullptr;
  PFN_cuMemCreate_v10020 cuMemCreate = nullptr;
  PFN_cuMemRelease_v10020 cuMemRelease = nullptr;
  PFN_cuMemMap_v10020 cuMemMap = nullptr;
  PFN_cuMemUnmap_v10020 cuMemUnmap = nullptr;
  PFN_cuMemSetAccess_v10020 cuMemSetAccess = nullptr;

  PFN_cuEventQuery_v2000 cuEventQuery = nullptr;
  PFN_cuMemsetD8Async_v3020 cuMemsetD8Async = nullptr;
  PFN_cuMemsetD16Async_v3020 cuMemsetD16Async = nullptr;
  PFN_cuMemsetD32Async_v3020 cuMemsetD32Async = nullptr;
  PFN_cuCtxGetId_v12000 cuCtxGetId = nullptr;  // may stay null: newer than the others

  /// Whether the backend can be used; each of the others is looked at where it is called.
  bool complete() const noexcept {
    return cuGetErrorName && cuDeviceGetAttribute && cuMemGetAllocationGranularity && cuMemAddressReserve && cuMemAddressFree &&
           cuMemCreate && cuMemRelease && cuMemMap && cuMemUnmap && cuMemSetAccess && cuEventQuery;
  }
};

/// Looked up once. Call its members only where complete() held.
const cuda_entry_points& entry_points() noexcept;

}  // namespace vmm::engine
