// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "driver/cuda/driver.hpp"

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <new>

#include "kernels/cuda/kernels.hpp"
#include "driver/cuda/calls.hpp"
#include "driver/cuda/devices.hpp"
#include "driver/cuda/entry_points.hpp"
#include "driver/cuda/events.hpp"

namespace vmm::engine {
namespace {

CUdeviceptr number(const void* p) noexcept { return reinterpret_cast<CUdeviceptr>(p); }

class real_cuda_driver final : public driver {
 public:
  status describe(int device, capabilities& out) noexcept override {
    const device_properties* properties = nullptr;
    status s = devices_.properties_of(device, properties);
    if (s.ok()) out = properties->capabilities;
    return s;
  }

  status memory(int device, memory_info& out) noexcept override {
    on_device d(device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    memory_info info;
    const status s = status_of(cudaMemGetInfo(&info.free, &info.total), "cudaMemGetInfo");
    if (s.ok()) out = info;
    return s;
  }

  int devices() noexcept override {
    int count = 0;
    return status_of(cudaGetDeviceCount(&count), "cudaGetDeviceCount").ok() ? count : 0;
  }

  int current_device() noexcept override {
    int device = -1;
    return status_of(cudaGetDevice(&device), "cudaGetDevice").ok() ? device : -1;
  }

  status make_current(int device) noexcept override { return status_of(cudaSetDevice(device), "cudaSetDevice"); }

  void trim(int device) noexcept override {
    if (device < 0) {
      devices_.each_known([&](int known) { trim(known); });
      return;
    }
    on_device d(device);
    relaxed_capture relaxed;
    cudaMemPool_t pool = nullptr;
    if (d.result() == cudaSuccess &&
        status_of(cudaDeviceGetDefaultMemPool(&pool, device), "cudaDeviceGetDefaultMemPool").ok())
      status_of(cudaMemPoolTrimTo(pool, 0), "cudaMemPoolTrimTo");
    if (d.result() == cudaSuccess) status_of(cudaDeviceGraphMemTrim(device), "cudaDeviceGraphMemTrim");
  }

  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    CUdeviceptr p = 0;
    status s = status_of(entry_points().cuMemAddressReserve(&p, bytes, 0, number(hint), 0), "cuMemAddressReserve");
    if (s.code == errc::out_of_memory || s.code == errc::invalid_argument) s.code = errc::out_of_addresses;
    if (s.ok()) address = reinterpret_cast<void*>(p);
    return s;
  }

  status unreserve(void* address, std::size_t bytes) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    return status_of(entry_points().cuMemAddressFree(number(address), bytes), "cuMemAddressFree");
  }

  status create(int device, std::size_t bytes, block_handle& block) noexcept override {
    const device_properties* properties = nullptr;
    if (status s = devices_.properties_of(device, properties); !s.ok()) return s;
    const CUmemAllocationProp p = block_properties(device, properties->rdma);
    CUmemGenericAllocationHandle handle = 0;
    status s = status_of(entry_points().cuMemCreate(&handle, bytes, &p, 0), "cuMemCreate");
    if (s.ok()) block = handle;
    return s;
  }

  status release(block_handle block, std::size_t) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    return status_of(entry_points().cuMemRelease(block), "cuMemRelease");
  }

  status map(void* address, std::size_t bytes, block_handle block, const int* devices,
             std::size_t count) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    const auto& cu = entry_points();
    status s = status_of(cu.cuMemMap(number(address), bytes, 0, block, 0), "cuMemMap");
    if (!s.ok()) return s;
    s = grant(address, bytes, devices, count);
    if (!s.ok()) cu.cuMemUnmap(number(address), bytes);
    return s;
  }

  status grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept override {
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

  status unmap(void* address, std::size_t bytes) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    return status_of(entry_points().cuMemUnmap(number(address), bytes), "cuMemUnmap");
  }

  status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override {
    const device_properties* properties = nullptr;
    if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    const bool direct = order.synchronous || !properties->pools;
    if (!direct && captures(order)) return capturing();  // the memory would be the graph's, not the vector's
    relaxed_capture relaxed;
    void* out = nullptr;
    const status s = direct
                         ? status_of(cudaMalloc(&out, bytes), "cudaMalloc")
                         : status_of(cudaMallocAsync(&out, bytes, order.stream), "cudaMallocAsync");
    if (s.ok()) address = out;
    return s;
  }

  status deallocate(const stream_order& order, void* address, std::size_t) noexcept override {
    const device_properties* properties = nullptr;
    if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    relaxed_capture relaxed;
    if (order.synchronous || !properties->pools || captures(order)) return status_of(cudaFree(address), "cudaFree");
    return status_of(cudaFreeAsync(address, order.stream), "cudaFreeAsync");
  }

  std::uint64_t epoch(int device) noexcept override {
    on_device d(device);
    return d.result() == cudaSuccess ? context_id() : 0;
  }

  status graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override {
    const device_properties* properties = nullptr;
    if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    bool own = false;
    if (!captures(order, &own)) return address = nullptr, status{};
    if (!own || !properties->pools) return capturing();
    return status_of(cudaMallocAsync(&address, bytes, order.stream), "cudaMallocAsync");
  }

  status graph_deallocate(const stream_order& order, void* address) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    return status_of(cudaFreeAsync(address, order.stream), "cudaFreeAsync");
  }

  /// The process's own memory, registered: it outlives a reset of the device, as cudaHostAlloc's does not.
  status pin(std::size_t bytes, void*& address) noexcept override {
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

  status unpin(void* address, std::size_t) noexcept override {
    relaxed_capture relaxed;
    status_of(cudaHostUnregister(address), "cudaHostUnregister");  // refused after a reset, which has done it
    ::operator delete(address, std::align_val_t{4096});
    return {};
  }

  status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    const auto submit = [&](cudaStream_t stream) {
      return status_of(cudaMemcpyAsync(to, pinned, bytes, cudaMemcpyHostToDevice, stream), "cudaMemcpyAsync");
    };
    if (!captures(order)) return submit(order.stream);
    if (status s = device_synchronize(order.device); !s.ok()) return s;  // what the stream was told before its capture comes first
    relaxed_capture relaxed;
    cudaStream_t beside = nullptr;
    status s = status_of(cudaStreamCreateWithFlags(&beside, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    if (!s.ok()) return s;
    s = submit(beside);
    if (s.ok()) s = status_of(cudaStreamSynchronize(beside), "cudaStreamSynchronize");
    status_of(cudaStreamDestroy(beside), "cudaStreamDestroy");
    return s;
  }

  status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    // A graph would keep the address of host memory that is gone when it is launched.
    bool own = false;
    if (captures(order, &own) && (!own || is_plain_host(to) || is_plain_host(source))) return capturing();
    const status s = status_of(cudaMemcpyAsync(to, source, bytes, cudaMemcpyDefault, order.stream), "cudaMemcpyAsync");
    if (s.code != errc::invalid_argument) return s;
    cudaPointerAttributes a{}, b{};  // memory of a device that this one has no access to goes another way
    if (cudaPointerGetAttributes(&a, to) != cudaSuccess || cudaPointerGetAttributes(&b, source) != cudaSuccess ||
        a.type != cudaMemoryTypeDevice || b.type != cudaMemoryTypeDevice || a.device == b.device) {
      cudaGetLastError();
      return s;
    }
    return status_of(cudaMemcpyPeerAsync(to, a.device, source, b.device, bytes, order.stream), "cudaMemcpyPeerAsync");
  }

  status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes, void* workspace) noexcept override {
    const auto a = reinterpret_cast<std::uintptr_t>(to), b = reinterpret_cast<std::uintptr_t>(from);
    if (bytes == 0 || a == b) return {};
    if ((a < b ? b - a : a - b) >= bytes) return copy(order, to, from, bytes);
    return launched(order, "memmove kernel", [&] {
      return kernels::cuda::memmove(order.stream, to, from, bytes, workspace, device_properties::workspace_bytes);
    });
  }

  status fill(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes,
              std::size_t count) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    bool own = false;
    if (captures(order, &own) && (!own || !kernels::cuda::fits_launch(pattern_bytes))) return capturing();
    if (pattern_bytes * count <= memset_limit && set(order, to, pattern, pattern_bytes, count)) return {};
    return status_of(kernels::cuda::fill(order.stream, to, pattern, pattern_bytes, count), "fill kernel");
  }

  status mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type, relation relate,
                  void* workspace, std::size_t& index) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    if (captures(order)) return capturing();
    auto* const found = static_cast<unsigned long long*>(workspace);
    unsigned long long first = 0;
    status s = launched(order, "mismatch kernel",
                        [&] { return kernels::cuda::mismatch(order.stream, a, b, count, type, relate, found); });
    if (s.ok()) s = copy(order, &first, found, sizeof first);
    if (s.ok()) s = stream_synchronize(order);
    if (s.ok()) index = first < count ? first : count;
    return s;
  }

  status reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count, void* workspace,
                void* result) noexcept override {
    return launched(order, "reduce kernel", [&] {
      const kernels::cuda::reduce_call c{order.stream, how, data, count, workspace, device_properties::workspace_bytes, result};
      switch (how.what) {
        case reduction::kind::sum: return kernels::cuda::reduce_sum(c);
        case reduction::kind::minimum:
        case reduction::kind::maximum: return kernels::cuda::reduce_extreme(c);
        case reduction::kind::minmax: return kernels::cuda::reduce_minmax(c);
        case reduction::kind::count: return kernels::cuda::reduce_count(c);
      }
      return cudaErrorInvalidValue;
    });
  }

  status outside_capture(const stream_order& order) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    return captures(order) ? capturing() : status{};
  }

  status record(const stream_order& order, event_handle& event) noexcept override {
    const device_properties* properties = nullptr;
    if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    if (captures(order)) return capturing();
    if (order.synchronous) return event = 0, status{};  // done already
    relaxed_capture relaxed;
    return events_.record(order, event);
  }

  status is_complete(event_handle event, bool& out) noexcept override {
    if (event == 0) return out = true, status{};
    relaxed_capture relaxed;
    return cuda_events::with(event, [&](cudaEvent_t e) {
      const CUresult result = entry_points().cuEventQuery(e);  // the runtime's would count "not ready" as an error
      if (result != CUDA_SUCCESS && result != CUDA_ERROR_NOT_READY) return status_of(result, "cuEventQuery");
      out = result == CUDA_SUCCESS;
      return status{};
    });
  }

  status stream_wait_event(const stream_order& order, event_handle event) noexcept override {
    if (event == 0) return {};
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    if (captures(order)) return capturing();
    return cuda_events::with(
        event, [&](cudaEvent_t e) { return status_of(cudaStreamWaitEvent(order.stream, e, 0), "cudaStreamWaitEvent"); });
  }

  void destroy_event(event_handle event) noexcept override {
    if (event != 0) events_.destroy_event(event);
  }

  status event_synchronize(event_handle event) noexcept override {
    if (event == 0) return {};
    relaxed_capture relaxed;
    return cuda_events::with(event,
                             [](cudaEvent_t e) { return status_of(cudaEventSynchronize(e), "cudaEventSynchronize"); });
  }

  status stream_synchronize(const stream_order& order) noexcept override {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    if (captures(order)) return capturing();
    relaxed_capture relaxed;
    return status_of(cudaStreamSynchronize(order.stream), "cudaStreamSynchronize");
  }

  /// cudaDeviceSynchronize would destroy the captures of other threads; cudaFree waits just as well and does not.
  status device_synchronize(int device) noexcept override {
    const device_properties* properties = nullptr;
    if (status s = devices_.properties_of(device, properties); !s.ok()) return s;
    on_device d(device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    relaxed_capture relaxed;
    void* p = nullptr;
    if (status_of(cudaMalloc(&p, 1), "cudaMalloc").ok()) return status_of(cudaFree(p), "cudaFree");
    return devices_.drain_full(device);
  }

 private:
  /// Up to this size the driver's memset is quicker than a launch; beyond it, kernels move more bytes a second.
  static constexpr std::size_t memset_limit = std::size_t{1} << 20;

  /// By the driver's memset where the pattern is one value of 1, 2 or 4 bytes again and again; whether it was.
  static bool set(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count) noexcept {
    const auto& cu = entry_points();
    const auto* const p = static_cast<const unsigned char*>(pattern);
    const auto repeats = [&](std::size_t unit) {
      return pattern_bytes % unit == 0 && reinterpret_cast<std::uintptr_t>(to) % unit == 0 &&
             std::memcmp(p, p + unit, pattern_bytes - unit) == 0;
    };
    const std::size_t bytes = pattern_bytes * count;
    unsigned value = 0;
    CUresult r = CUDA_ERROR_NOT_SUPPORTED;
    if (repeats(4) && cu.cuMemsetD32Async) {
      std::memcpy(&value, p, 4);
      r = cu.cuMemsetD32Async(number(to), value, bytes / 4, order.stream);
    } else if (repeats(1) && cu.cuMemsetD8Async) {
      r = cu.cuMemsetD8Async(number(to), *p, bytes, order.stream);
    } else if (repeats(2) && cu.cuMemsetD16Async) {
      std::memcpy(&value, p, 2);
      r = cu.cuMemsetD16Async(number(to), static_cast<unsigned short>(value), bytes / 2, order.stream);
    }
    return r == CUDA_SUCCESS;
  }

  /// Kernels only: they may be captured, but not while another capture forbids the stream.
  template <class Launch>
  static status launched(const stream_order& order, const char* what, Launch launch) noexcept {
    on_device d(order.device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    bool own = false;
    if (captures(order, &own) && !own) return capturing();
    return status_of(launch(), what);
  }

  static status usable() noexcept {
    if (entry_points().complete()) return {};
    return {errc::no_driver, "cudaGetDriverEntryPoint", "no driver, or one without virtual memory calls"};
  }

  /// Whether the stream is being captured, or may not be used because another one is: the legacy stream while a stream that
  /// waits for it is captured. pre: the order's device is current, since the default streams are each device's own.
  static bool captures(const stream_order& order, bool* own = nullptr) noexcept {
    cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
    const cudaError_t e = cudaStreamIsCapturing(order.stream, &capture);
    if (own != nullptr) *own = e == cudaSuccess && capture != cudaStreamCaptureStatusNone;
    return status_of(e, "cudaStreamIsCapturing").code == errc::capturing || capture != cudaStreamCaptureStatusNone;
  }
  static status capturing() noexcept {
    return {errc::capturing, "cudaStreamIsCapturing", "the stream is being captured; do this before or after it"};
  }
  static bool is_plain_host(const void* p) noexcept {
    cudaPointerAttributes a{};
    return !status_of(cudaPointerGetAttributes(&a, p), "cudaPointerGetAttributes").ok() ||
           a.type == cudaMemoryTypeUnregistered;
  }

  cuda_devices devices_;
  cuda_events events_;
};

}  // namespace

driver& cuda_driver() noexcept {
  static driver& d = *new real_cuda_driver;
  return d;
}

}  // namespace vmm::engine
