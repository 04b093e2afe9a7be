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

  bool complete() const noexcept {
    return cuGetErrorName && cuDeviceGetAttribute && cuMemGetAllocationGranularity && cuMemAddressReserve &&
           cuMemAddressFree && cuMemCreate && cuMemRelease && cuMemMap && cuMemUnmap && cuMemSetAccess;
  }
};

/// Looked up once. Call its members only where complete() held.
const cuda_entry_points& entry_points() noexcept;

}  // namespace vmm::engine
