// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/cuda_driver.hpp>

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "../kernels/cuda/kernels.hpp"
#include "cuda_entry_points.hpp"

namespace vmm::engine {
namespace {

errc code_of(cudaError_t e) noexcept {
  switch (e) {
    case cudaSuccess: return errc::ok;
    case cudaErrorMemoryAllocation: return errc::out_of_memory;
    case cudaErrorInsufficientDriver:
    case cudaErrorStubLibrary: return errc::no_driver;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorDevicesUnavailable: return errc::no_device;
    case cudaErrorNotSupported: return errc::not_supported;
    case cudaErrorInvalidValue: return errc::invalid_argument;
    case cudaErrorStreamCaptureUnsupported:
    case cudaErrorStreamCaptureImplicit:
    case cudaErrorStreamCaptureInvalidated: return errc::capturing;
    case cudaErrorCudartUnloading: return errc::shutting_down;
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorECCUncorrectable:
    case cudaErrorContextIsDestroyed: return errc::device_lost;
    default: return errc::failed;
  }
}

status answer_of(cudaError_t e, const char* call) noexcept {
  if (e == cudaSuccess) return {};
  cudaGetLastError();  // the refusal is answered here: the caller's next check must not find it
  return {code_of(e), call, cudaGetErrorName(e)};
}

errc code_of(CUresult r) noexcept {
  switch (r) {
    case CUDA_SUCCESS: return errc::ok;
    case CUDA_ERROR_OUT_OF_MEMORY: return errc::out_of_memory;
    case CUDA_ERROR_NO_DEVICE:
    case CUDA_ERROR_INVALID_DEVICE: return errc::no_device;
    case CUDA_ERROR_NOT_SUPPORTED:
    case CUDA_ERROR_NOT_PERMITTED: return errc::not_supported;
    case CUDA_ERROR_INVALID_VALUE: return errc::invalid_argument;
    case CUDA_ERROR_DEINITIALIZED: return errc::shutting_down;
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_CONTEXT_IS_DESTROYED: return errc::device_lost;
    default: return errc::failed;
  }
}

status answer_of(CUresult r, const char* call) noexcept {
  if (r == CUDA_SUCCESS) return {};
  const char* name = "unknown";
  if (entry_points().cuGetErrorName) entry_points().cuGetErrorName(r, &name);
  return {code_of(r), call, name};
}

/// Makes `device` current, and the caller's device again at the end.
class on_device {
 public:
  explicit on_device(int device) noexcept {
    result_ = cudaGetDevice(&before_);
    if (result_ == cudaSuccess && before_ != device) {
      result_ = cudaSetDevice(device);
      changed_ = result_ == cudaSuccess;
    }
  }
  ~on_device() {
    if (changed_) cudaSetDevice(before_);
  }
  on_device(const on_device&) = delete;
  cudaError_t result() const noexcept { return result_; }

 private:
  int before_ = 0;
  bool changed_ = false;
  cudaError_t result_;
};

/// While it lives, what this thread calls does not invalidate the captures of others.
class relaxed_capture {
 public:
  relaxed_capture() noexcept { cudaThreadExchangeStreamCaptureMode(&mode_); }
  ~relaxed_capture() { cudaThreadExchangeStreamCaptureMode(&mode_); }
  relaxed_capture(const relaxed_capture&) = delete;

 private:
  cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;
};

CUdeviceptr number(const void* p) noexcept { return reinterpret_cast<CUdeviceptr>(p); }

CUmemAllocationProp properties(int device, bool rdma) noexcept {
  CUmemAllocationProp p{};
  p.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  p.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  p.location.id = device;
  p.requestedHandleTypes = CU_MEM_HANDLE_TYPE_NONE;
  p.allocFlags.gpuDirectRDMACapable = rdma ? 1 : 0;
  return p;
}

/// What is asked of a device once.
struct device_facts {
  bool known = false;
  bool rdma = false;
  bool pools = false;
  capabilities can;
  void* keep = nullptr;  // one small allocation kept alive, so that drain() pays for no pool
};

class real_cuda_driver final : public driver {
 public:
  status describe(int device, capabilities& answer) noexcept override {
    const device_facts* facts = nullptr;
    status s = facts_of(device, facts);
    if (s.ok()) answer = facts->can;
    return s;
  }

  status memory(int device, memory_info& answer) noexcept override {
    on_device d(device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    memory_info info;
    const status s = answer_of(cudaMemGetInfo(&info.free, &info.total), "cudaMemGetInfo");
    if (s.ok()) answer = info;
    return s;
  }

  int current_device() noexcept override {
    int device = -1;
    return answer_of(cudaGetDevice(&device), "cudaGetDevice").ok() ? device : -1;
  }

  status make_current(int device) noexcept override { return answer_of(cudaSetDevice(device), "cudaSetDevice"); }

  void trim(int device) noexcept override {
    on_device d(device);
    relaxed_capture relaxed;
    cudaMemPool_t pool = nullptr;
    if (d.result() == cudaSuccess && cudaDeviceGetDefaultMemPool(&pool, device) == cudaSuccess)
      cudaMemPoolTrimTo(pool, 0);
    cudaGetLastError();
  }

  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    CUdeviceptr p = 0;
    status s = answer_of(entry_points().cuMemAddressReserve(&p, bytes, 0, number(hint), 0), "cuMemAddressReserve");
    if (s.code == errc::out_of_memory || s.code == errc::invalid_argument) s.code = errc::out_of_addresses;
    if (s.ok()) address = reinterpret_cast<void*>(p);
    return s;
  }

  status unreserve(void* address, std::size_t bytes) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    return answer_of(entry_points().cuMemAddressFree(number(address), bytes), "cuMemAddressFree");
  }

  status create(int device, std::size_t bytes, block_handle& block) noexcept override {
    const device_facts* facts = nullptr;
    if (status s = facts_of(device, facts); !s.ok()) return s;
    const CUmemAllocationProp p = properties(device, facts->rdma);
    CUmemGenericAllocationHandle handle = 0;
    status s = answer_of(entry_points().cuMemCreate(&handle, bytes, &p, 0), "cuMemCreate");
    if (s.ok()) block = handle;
    return s;
  }

  status release(block_handle block, std::size_t) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    return answer_of(entry_points().cuMemRelease(block), "cuMemRelease");
  }

  status map(void* address, std::size_t bytes, block_handle block, const int* devices,
             std::size_t count) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    constexpr std::size_t most = 64;
    if (count > most) return {errc::invalid_argument, "cuMemSetAccess", "more than 64 devices"};
    std::array<CUmemAccessDesc, most> access{};
    for (std::size_t i = 0; i < count; ++i) {
      access[i].location.type = CU_MEM_LOCATION_TYPE_DEVICE;
      access[i].location.id = devices[i];
      access[i].flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    }
    const auto& cu = entry_points();
    status s = answer_of(cu.cuMemMap(number(address), bytes, 0, block, 0), "cuMemMap");
    if (!s.ok()) return s;
    s = answer_of(cu.cuMemSetAccess(number(address), bytes, access.data(), count), "cuMemSetAccess");
    if (!s.ok()) cu.cuMemUnmap(number(address), bytes);
    return s;
  }

  status unmap(void* address, std::size_t bytes) noexcept override {
    if (status s = usable(); !s.ok()) return s;
    return answer_of(entry_points().cuMemUnmap(number(address), bytes), "cuMemUnmap");
  }

  status allocate(const queue& where, std::size_t bytes, void*& address) noexcept override {
    const device_facts* facts = nullptr;
    if (status s = facts_of(where.device, facts); !s.ok()) return s;
    on_device d(where.device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    const bool plain = where.synchronous || !facts->pools;
    if (!plain && captures(where)) return capturing();  // the memory would be the graph's, not the vector's
    relaxed_capture relaxed;
    void* made = nullptr;
    const status s = plain
                         ? answer_of(cudaMalloc(&made, bytes), "cudaMalloc")
                         : answer_of(cudaMallocAsync(&made, bytes, where.stream), "cudaMallocAsync");
    if (s.ok()) address = made;
    return s;
  }

  status deallocate(const queue& where, void* address, std::size_t) noexcept override {
    const device_facts* facts = nullptr;
    if (status s = facts_of(where.device, facts); !s.ok()) return s;
    on_device d(where.device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    relaxed_capture relaxed;
    if (where.synchronous || !facts->pools || captures(where)) return answer_of(cudaFree(address), "cudaFree");
    return answer_of(cudaFreeAsync(address, where.stream), "cudaFreeAsync");
  }

  status copy(const queue& where, void* to, const void* source, std::size_t bytes) noexcept override {
    on_device d(where.device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    // A graph would keep the address of host memory that is gone when it is launched.
    if (captures(where) && (is_plain_host(to) || is_plain_host(source))) return capturing();
    return answer_of(cudaMemcpyAsync(to, source, bytes, cudaMemcpyDefault, where.stream), "cudaMemcpyAsync");
  }

  /// In pieces that do not overlap: of the distance moved, or through a bounded temporary where that is short.
  status shift(const queue& where, void* to, const void* from, std::size_t bytes) noexcept override {
    auto* const t = static_cast<std::byte*>(to);
    auto* const f = static_cast<const std::byte*>(from);
    const bool down = t < f;
    const std::size_t distance = static_cast<std::size_t>(down ? f - t : t - f);
    if (distance >= bytes) return copy(where, to, from, bytes);

    constexpr std::size_t temporary = std::size_t{64} << 20;
    void* between = nullptr;
    const std::size_t piece = distance >= temporary ? distance : (bytes < temporary ? bytes : temporary);
    if (piece != distance)
      if (status s = allocate(where, piece, between); !s.ok()) return s;
    status s;
    for (std::size_t done = 0; s.ok() && done < bytes; done += piece) {
      const std::size_t n = bytes - done < piece ? bytes - done : piece;
      const std::size_t at = down ? done : bytes - done - n;
      if (between != nullptr) s = copy(where, between, f + at, n);
      if (s.ok()) s = copy(where, t + at, between != nullptr ? between : f + at, n);
    }
    if (between != nullptr) deallocate(where, between, piece);
    return s;
  }

  status fill(const queue& where, void* to, const void* pattern, std::size_t pattern_bytes,
              std::size_t count) noexcept override {
    on_device d(where.device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    if (captures(where) && !kernels::cuda::fits_launch(pattern_bytes)) return capturing();
    return answer_of(kernels::cuda::fill(where.stream, to, pattern, pattern_bytes, count), "fill kernel");
  }

  status mismatch(const queue& where, const void* a, const void* b, std::size_t count, scalar type, relation relate,
                  std::size_t& index) noexcept override {
    on_device d(where.device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    if (captures(where)) return capturing();
    void* found = nullptr;
    if (status s = allocate(where, sizeof(unsigned long long), found); !s.ok()) return s;
    unsigned long long first = count;
    status s = copy(where, found, &first, sizeof first);
    if (s.ok())
      s = answer_of(kernels::cuda::mismatch(where.stream, a, b, count, type, relate,
                                            static_cast<unsigned long long*>(found)),
                    "mismatch kernel");
    if (s.ok()) s = copy(where, &first, found, sizeof first);
    if (s.ok()) s = wait(where);
    deallocate(where, found, sizeof(unsigned long long));
    if (s.ok()) index = first;
    return s;
  }

  status wait(const queue& where) noexcept override {
    on_device d(where.device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    if (captures(where)) return capturing();
    relaxed_capture relaxed;
    return answer_of(cudaStreamSynchronize(where.stream), "cudaStreamSynchronize");
  }

  /// cudaDeviceSynchronize would destroy the captures of other threads; cudaFree waits just as well and does not.
  status drain(int device) noexcept override {
    const device_facts* facts = nullptr;
    if (status s = facts_of(device, facts); !s.ok()) return s;
    on_device d(device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    relaxed_capture relaxed;
    void* p = nullptr;
    if (answer_of(cudaMalloc(&p, 1), "cudaMalloc").ok()) return answer_of(cudaFree(p), "cudaFree");
    std::lock_guard lock(mutex_);  // a full device: what was kept for this is freed, and taken again
    device_facts& f = facts_[static_cast<std::size_t>(device)];
    if (f.keep == nullptr) {  // freeing pinned memory waits as well
      if (status s = answer_of(cudaMallocHost(&p, 1), "cudaMallocHost"); !s.ok()) return s;
      return answer_of(cudaFreeHost(p), "cudaFreeHost");
    }
    const status s = answer_of(cudaFree(f.keep), "cudaFree");
    f.keep = nullptr;
    answer_of(cudaMalloc(&f.keep, 1), "cudaMalloc");
    return s;
  }

 private:
  static status usable() noexcept {
    if (entry_points().complete()) return {};
    return {errc::no_driver, "cudaGetDriverEntryPoint", "no driver, or one without virtual memory calls"};
  }

  /// pre: the queue's device is current, since the default streams are each device's own.
  static bool captures(const queue& where) noexcept {
    cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
    return answer_of(cudaStreamIsCapturing(where.stream, &capture), "cudaStreamIsCapturing").ok() &&
           capture != cudaStreamCaptureStatusNone;
  }
  static status capturing() noexcept {
    return {errc::capturing, "cudaStreamIsCapturing", "the stream is being captured; do this before or after it"};
  }
  static bool is_plain_host(const void* p) noexcept {
    cudaPointerAttributes a{};
    return !answer_of(cudaPointerGetAttributes(&a, p), "cudaPointerGetAttributes").ok() ||
           a.type == cudaMemoryTypeUnregistered;
  }

  status facts_of(int device, const device_facts*& answer) noexcept {
    if (device < 0 || device >= static_cast<int>(facts_.size()))
      return {errc::no_device, "cudaSetDevice", "no such device"};
    device_facts& f = facts_[static_cast<std::size_t>(device)];
    if (!ready_[static_cast<std::size_t>(device)].load(std::memory_order_acquire)) {
      std::lock_guard lock(mutex_);
      if (!f.known)
        if (status s = learn(device, f); !s.ok()) return s;
      ready_[static_cast<std::size_t>(device)].store(true, std::memory_order_release);
    }
    answer = &f;
    return {};
  }

  /// Probes by calling: some virtual GPUs promise virtual memory and refuse it.
  status learn(int device, device_facts& f) noexcept {
    int devices = 0;
    if (status s = answer_of(cudaGetDeviceCount(&devices), "cudaGetDeviceCount"); !s.ok()) return s;
    if (device >= devices) return {errc::no_device, "cudaGetDeviceCount", "no such device"};
    on_device d(device);
    if (d.result() != cudaSuccess) return answer_of(d.result(), "cudaSetDevice");
    relaxed_capture relaxed;
    if (status s = answer_of(cudaFree(nullptr), "cudaFree"); !s.ok()) return s;  // makes the context
    const auto& cu = entry_points();
    if (!cu.complete()) return {errc::no_driver, "cudaGetDriverEntryPoint", "the driver lacks virtual memory calls"};

    int rdma = 0, pools = 0;
    cu.cuDeviceGetAttribute(&rdma, CU_DEVICE_ATTRIBUTE_GPU_DIRECT_RDMA_WITH_CUDA_VMM_SUPPORTED, device);
    cudaDeviceGetAttribute(&pools, cudaDevAttrMemoryPoolsSupported, device);
    f.rdma = rdma != 0;
    f.pools = pools != 0;
    std::size_t granularity = 0;
    for (bool with_rdma : {f.rdma, false}) {
      f.rdma = with_rdma;
      const CUmemAllocationProp p = properties(device, with_rdma);
      if (cu.cuMemGetAllocationGranularity(&granularity, &p, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED) != CUDA_SUCCESS)
        continue;
      CUmemGenericAllocationHandle handle = 0;
      const CUresult made = cu.cuMemCreate(&handle, granularity, &p, 0);
      if (made == CUDA_SUCCESS) cu.cuMemRelease(handle);
      f.can.virtual_memory = made == CUDA_SUCCESS || made == CUDA_ERROR_OUT_OF_MEMORY;  // full now, but able
      if (f.can.virtual_memory) break;
    }
    f.can.granularity = granularity;
    f.can.largest_block = granularity != 0 ? (std::size_t{4} << 30) - granularity : 0;  // see docs/decisions
    cudaMalloc(&f.keep, 1);
    cudaGetLastError();
    f.known = true;
    return {};
  }

  std::mutex mutex_;
  std::array<device_facts, 64> facts_{};
  std::array<std::atomic<bool>, 64> ready_{};
};

}  // namespace

driver& cuda_driver() noexcept {
  static driver& d = *new real_cuda_driver;
  return d;
}

}  // namespace vmm::engine
