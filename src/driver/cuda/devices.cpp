// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "driver/cuda/devices.hpp"

#include <cuda_runtime_api.h>
#include <unistd.h>

#include "driver/cuda/calls.hpp"
#include "driver/cuda/entry_points.hpp"

namespace vmm::engine {

CUmemAllocationProp block_properties(int device, bool rdma) noexcept {
  CUmemAllocationProp p{};
  p.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  p.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  p.location.id = device;
  p.requestedHandleTypes = CU_MEM_HANDLE_TYPE_NONE;
  p.allocFlags.gpuDirectRDMACapable = rdma ? 1 : 0;
  return p;
}

#if CUDA_VERSION >= 12020

status create_host_block(int node, std::size_t bytes, block_handle& block) noexcept {
  CUmemAllocationProp p{};
  p.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  p.location.type = CU_MEM_LOCATION_TYPE_HOST_NUMA;
  p.location.id = node;
  CUmemGenericAllocationHandle handle = 0;
  const status s = status_of(entry_points().cuMemCreate(&handle, bytes, &p, 0), "cuMemCreate");
  if (s.ok()) block = handle;
  return s;
}

status map_for_cpu(int node, void* address, std::size_t bytes, block_handle block) noexcept {
  const auto& cu = entry_points();
  const auto at = number(address);
  status s = status_of(cu.cuMemMap(at, bytes, 0, block, 0), "cuMemMap");
  if (!s.ok()) return s;
  CUmemAccessDesc access{};
  access.location.type = CU_MEM_LOCATION_TYPE_HOST_NUMA;
  access.location.id = node;
  access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  s = status_of(cu.cuMemSetAccess(at, bytes, &access, 1), "cuMemSetAccess");
  if (!s.ok()) cu.cuMemUnmap(at, bytes);
  return s;
}

#else

status create_host_block(int, std::size_t, block_handle&) noexcept {
  return {errc::not_supported, "cuMemCreate", "memory of the host needs a toolkit from 12.2 on"};
}
status map_for_cpu(int, void*, std::size_t, block_handle) noexcept {
  return {errc::not_supported, "cuMemSetAccess", "memory of the host needs a toolkit from 12.2 on"};
}

#endif

namespace {

/// Whether a block of the host can be mapped twice, for the device and for the CPU.
bool has_host_blocks(int device, int node, std::size_t granularity) noexcept {
  const auto& cu = entry_points();
  block_handle block = 0;
  if (!create_host_block(node, granularity, block).ok()) return false;
  CUdeviceptr place = 0;
  bool found = false;
  if (cu.cuMemAddressReserve(&place, 2 * granularity, 0, 0, 0) == CUDA_SUCCESS) {
    if (map_for_cpu(node, reinterpret_cast<void*>(place), granularity, block).ok()) {
      if (cu.cuMemMap(place + granularity, granularity, 0, block, 0) == CUDA_SUCCESS) {
        CUmemAccessDesc access{};
        access.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
        access.location.id = device;
        access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
        found = cu.cuMemSetAccess(place + granularity, granularity, &access, 1) == CUDA_SUCCESS;
        cu.cuMemUnmap(place + granularity, granularity);
      }
      cu.cuMemUnmap(place, granularity);
    }
    cu.cuMemAddressFree(place, 2 * granularity);
  }
  cu.cuMemRelease(block);
  return found;
}

}  // namespace

status cuda_devices::properties_of(int device, const device_properties*& out) noexcept {
  if (device < 0 || device >= static_cast<int>(properties_.size())) return {errc::no_device, "cudaSetDevice", "no such device"};
  device_properties& f = properties_[static_cast<std::size_t>(device)];
  if (!ready_[static_cast<std::size_t>(device)].load(std::memory_order_acquire)) {
    std::lock_guard lock(mutex_);
    if (!f.known)
      if (status s = query(device, f); !s.ok()) return s;
    ready_[static_cast<std::size_t>(device)].store(true, std::memory_order_release);
  }
  out = &f;
  return {};
}

status cuda_devices::drain_full(int device) noexcept {
  std::lock_guard lock(mutex_);
  device_properties& f = properties_[static_cast<std::size_t>(device)];
  if (f.context != context_id()) f.keep = nullptr;  // a reset has freed it
  if (f.keep == nullptr) {                          // freeing pinned memory waits as well
    void* p = nullptr;
    if (status s = status_of(cudaMallocHost(&p, 1), "cudaMallocHost"); !s.ok()) return s;
    return status_of(cudaFreeHost(p), "cudaFreeHost");
  }
  const status s = status_of(cudaFree(f.keep), "cudaFree");
  f.keep = nullptr;
  status_of(cudaMalloc(&f.keep, 1), "cudaMalloc");
  f.context = context_id();
  return s;
}

/// Probes by calling: some virtual GPUs promise virtual memory and refuse it.
status cuda_devices::query(int device, device_properties& f) noexcept {
  int devices = 0;
  if (status s = status_of(cudaGetDeviceCount(&devices), "cudaGetDeviceCount"); !s.ok()) return s;
  if (device >= devices) return {errc::no_device, "cudaGetDeviceCount", "no such device"};
  on_device d(device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  relaxed_capture relaxed;
  if (status s = status_of(cudaFree(nullptr), "cudaFree"); !s.ok()) return s;  // makes the context
  const auto& cu = entry_points();
  int rdma = 0, pools = 0;
  if (cu.complete()) cu.cuDeviceGetAttribute(&rdma, CU_DEVICE_ATTRIBUTE_GPU_DIRECT_RDMA_WITH_CUDA_VMM_SUPPORTED, device);
  cudaDeviceGetAttribute(&pools, cudaDevAttrMemoryPoolsSupported, device);
  f.rdma = rdma != 0;
  f.pools = pools != 0;
  std::size_t granularity = 0;
  for (bool with_rdma : {f.rdma, false}) {
    if (!cu.complete()) break;
    f.rdma = with_rdma;
    const CUmemAllocationProp p = block_properties(device, with_rdma);
    if (cu.cuMemGetAllocationGranularity(&granularity, &p, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED) != CUDA_SUCCESS) continue;
    CUmemGenericAllocationHandle handle = 0;
    const CUresult out = cu.cuMemCreate(&handle, granularity, &p, 0);
    if (out == CUDA_SUCCESS) cu.cuMemRelease(handle);
    f.capabilities.virtual_memory = out == CUDA_SUCCESS || out == CUDA_ERROR_OUT_OF_MEMORY;  // full now, but able
    if (f.capabilities.virtual_memory) break;
  }
  if (f.capabilities.virtual_memory) {
    f.capabilities.granularity = granularity;
    constexpr std::size_t largest = std::size_t{8} << 30;
    const bool small_pages = sysconf(_SC_PAGESIZE) <= 4096;  // with larger ones the driver fails from 4 GiB on
    f.capabilities.largest_block = small_pages ? largest : largest / 2 - granularity;
    int node = 0;
#if CUDA_VERSION >= 12020
    if (cu.cuDeviceGetAttribute(&node, CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID, device) != CUDA_SUCCESS || node < 0) node = 0;
#endif
    f.host_node = node;
    f.capabilities.host_blocks = has_host_blocks(device, node, granularity);
  }
  f.capabilities.workspace_bytes = device_properties::workspace_bytes;
  std::size_t free = 0;
  if (status s = status_of(cudaMemGetInfo(&free, &f.capabilities.total_memory), "cudaMemGetInfo"); !s.ok()) return s;
  status_of(cudaMalloc(&f.keep, 1), "cudaMalloc");
  f.context = context_id();
  f.known = true;
  return {};
}

}  // namespace vmm::engine
