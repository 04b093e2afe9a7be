// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <array>
#include <new>

#include "driver/cuda/calls.hpp"
#include "driver/cuda/driver.hpp"
#include "driver/cuda/entry_points.hpp"

namespace vmm::engine {

status cuda_driver::describe(int device, capabilities& out) noexcept {
  const device_properties* properties = nullptr;
  status s = devices_.properties_of(device, properties);
  if (s.ok()) out = properties->capabilities;
  return s;
}

status cuda_driver::memory(int device, memory_info& out) noexcept {
  on_device d(device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  memory_info info;
  const status s = status_of(cudaMemGetInfo(&info.free, &info.total), "cudaMemGetInfo");
  if (s.ok()) out = info;
  return s;
}

void cuda_driver::trim(int device) noexcept {
  if (device < 0) {
    devices_.each_known([&](int known) { trim(known); });
    return;
  }
  on_device d(device);
  relaxed_capture relaxed;
  cudaMemPool_t pool = nullptr;
  if (d.result() == cudaSuccess && status_of(cudaDeviceGetDefaultMemPool(&pool, device), "cudaDeviceGetDefaultMemPool").ok())
    status_of(cudaMemPoolTrimTo(pool, 0), "cudaMemPoolTrimTo");
  if (d.result() == cudaSuccess) status_of(cudaDeviceGraphMemTrim(device), "cudaDeviceGraphMemTrim");
}

status cuda_driver::reserve(std::size_t bytes, void* hint, void*& address) noexcept {
  if (status s = usable(); !s.ok()) return s;
  CUdeviceptr p = 0;
  status s = status_of(entry_points().cuMemAddressReserve(&p, bytes, 0, number(hint), 0), "cuMemAddressReserve");
  if (s.code == errc::out_of_memory || s.code == errc::invalid_argument) s.code = errc::out_of_addresses;
  if (s.ok()) address = reinterpret_cast<void*>(p);
  return s;
}

status cuda_driver::unreserve(void* address, std::size_t bytes) noexcept {
  if (status s = usable(); !s.ok()) return s;
  return status_of(entry_points().cuMemAddressFree(number(address), bytes), "cuMemAddressFree");
}

status cuda_driver::create(int device, std::size_t bytes, block_handle& block) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(device, properties); !s.ok()) return s;
  const CUmemAllocationProp p = block_properties(device, properties->rdma);
  CUmemGenericAllocationHandle handle = 0;
  status s = status_of(entry_points().cuMemCreate(&handle, bytes, &p, 0), "cuMemCreate");
  if (s.ok()) block = handle;
  return s;
}

status cuda_driver::create_host(int device, std::size_t bytes, block_handle& block) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(device, properties); !s.ok()) return s;
  return create_host_block(properties->host_node, bytes, block);
}

status cuda_driver::release(block_handle block, std::size_t) noexcept {
  if (status s = usable(); !s.ok()) return s;
  return status_of(entry_points().cuMemRelease(block), "cuMemRelease");
}

status cuda_driver::map(void* address, std::size_t bytes, block_handle block, const int* devices, std::size_t count) noexcept {
  if (status s = usable(); !s.ok()) return s;
  const auto& cu = entry_points();
  status s = status_of(cu.cuMemMap(number(address), bytes, 0, block, 0), "cuMemMap");
  if (!s.ok()) return s;
  s = grant(address, bytes, devices, count);
  if (!s.ok()) cu.cuMemUnmap(number(address), bytes);
  return s;
}

status cuda_driver::map_host(int device, void* address, std::size_t bytes, block_handle block) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(device, properties); !s.ok()) return s;
  return map_for_cpu(properties->host_node, address, bytes, block);
}

status cuda_driver::grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept {
  if (status s = usable(); !s.ok()) return s;
  constexpr std::size_t maximum = 64;
  if (count > maximum) return {errc::invalid_argument, "cuMemSetAccess", "more than 64 devices"};
  std::array<CUmemAccessDesc, maximum> access{};
  for (std::size_t i = 0; i < count; ++i) {
    access[i].location.type = CU_MEM_LOCATION_TYPE_DEVICE;
    access[i].location.id = devices[i];
    access[i].flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
  }
  return status_of(entry_points().cuMemSetAccess(number(address), bytes, access.data(), count), "cuMemSetAccess");
}

status cuda_driver::unmap(void* address, std::size_t bytes) noexcept {
  if (status s = usable(); !s.ok()) return s;
  return status_of(entry_points().cuMemUnmap(number(address), bytes), "cuMemUnmap");
}

status cuda_driver::allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  const bool direct = order.synchronous || !properties->pools;
  if (!direct && captures(order)) return capturing();  // the memory would be the graph's, not the vector's
  relaxed_capture relaxed;
  void* out = nullptr;
  const status s = direct ? status_of(cudaMalloc(&out, bytes), "cudaMalloc")
                          : status_of(cudaMallocAsync(&out, bytes, order.stream), "cudaMallocAsync");
  if (s.ok()) address = out;
  return s;
}

status cuda_driver::deallocate(const stream_order& order, void* address, std::size_t) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  relaxed_capture relaxed;
  if (order.synchronous || !properties->pools || captures(order)) return status_of(cudaFree(address), "cudaFree");
  return status_of(cudaFreeAsync(address, order.stream), "cudaFreeAsync");
}

std::uint64_t cuda_driver::epoch(int device) noexcept {
  on_device d(device);
  return d.result() == cudaSuccess ? context_id() : 0;
}

status cuda_driver::graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  bool own = false;
  if (!captures(order, &own)) return address = nullptr, status{};
  if (!own || !properties->pools) return capturing();
  return status_of(cudaMallocAsync(&address, bytes, order.stream), "cudaMallocAsync");
}

status cuda_driver::graph_deallocate(const stream_order& order, void* address) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  return status_of(cudaFreeAsync(address, order.stream), "cudaFreeAsync");
}

/// The process's own memory, registered: it outlives a reset of the device, as cudaHostAlloc's does not.
status cuda_driver::pin(std::size_t bytes, void*& address) noexcept {
  relaxed_capture relaxed;
  constexpr std::align_val_t page{4096};
  void* const p = ::operator new(bytes, page, std::nothrow);
  if (p == nullptr) return {errc::out_of_memory, "operator new", "host memory to pin"};
  const status s = status_of(cudaHostRegister(p, bytes, cudaHostRegisterPortable), "cudaHostRegister");
  if (s.ok())
    address = p;
  else
    ::operator delete(p, page);
  return s;
}

status cuda_driver::unpin(void* address, std::size_t) noexcept {
  relaxed_capture relaxed;
  status_of(cudaHostUnregister(address), "cudaHostUnregister");  // refused after a reset, which has done it
  ::operator delete (address, std::align_val_t{4096});
  return {};
}

}  // namespace vmm::engine
