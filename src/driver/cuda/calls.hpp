// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What every call of CUDA needs around it: its answer as a status, the right device, captures left in peace.
#pragma once

#include <cuda.h>
#include <cuda_runtime_api.h>

#include "driver/driver.hpp"

#include "driver/cuda/entry_points.hpp"

namespace vmm::engine {

inline errc code_of(cudaError_t e) noexcept {
  switch (e) {
    case cudaSuccess:
      return errc::ok;
    case cudaErrorMemoryAllocation:
      return errc::out_of_memory;
    case cudaErrorInsufficientDriver:
    case cudaErrorStubLibrary:
      return errc::no_driver;
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorDevicesUnavailable:
      return errc::no_device;
    case cudaErrorNotSupported:
      return errc::not_supported;
    case cudaErrorInvalidValue:
      return errc::invalid_argument;
    case cudaErrorStreamCaptureUnsupported:
    case cudaErrorStreamCaptureImplicit:
    case cudaErrorStreamCaptureInvalidated:
      return errc::capturing;
    case cudaErrorCudartUnloading:
      return errc::shutting_down;
    case cudaErrorIllegalAddress:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorIllegalInstruction:
    case cudaErrorInvalidPc:
    case cudaErrorHardwareStackError:
    case cudaErrorAssert:
    case cudaErrorLaunchTimeout:
    case cudaErrorLaunchFailure:
    case cudaErrorECCUncorrectable:
    case cudaErrorContextIsDestroyed:
      return errc::device_lost;
    default:
      return errc::failed;
  }
}

inline status status_of(cudaError_t e, const char* call) noexcept {
  if (e == cudaSuccess) return {};
  cudaGetLastError();  // the refusal is answered here: the caller's next check must not find it
  return {code_of(e), call, cudaGetErrorName(e)};
}

inline errc code_of(CUresult r) noexcept {
  switch (r) {
    case CUDA_SUCCESS:
      return errc::ok;
    case CUDA_ERROR_OUT_OF_MEMORY:
      return errc::out_of_memory;
    case CUDA_ERROR_NO_DEVICE:
    case CUDA_ERROR_INVALID_DEVICE:
      return errc::no_device;
    case CUDA_ERROR_NOT_SUPPORTED:
    case CUDA_ERROR_NOT_PERMITTED:
      return errc::not_supported;
    case CUDA_ERROR_INVALID_VALUE:
      return errc::invalid_argument;
    case CUDA_ERROR_DEINITIALIZED:
      return errc::shutting_down;
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_INVALID_ADDRESS_SPACE:
    case CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case CUDA_ERROR_INVALID_PC:
    case CUDA_ERROR_HARDWARE_STACK_ERROR:
    case CUDA_ERROR_ASSERT:
    case CUDA_ERROR_LAUNCH_TIMEOUT:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_ECC_UNCORRECTABLE:
    case CUDA_ERROR_CONTEXT_IS_DESTROYED:
      return errc::device_lost;
    default:
      return errc::failed;
  }
}

inline status status_of(CUresult r, const char* call) noexcept {
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

/// A number for the context of the current device, another one after a reset; 0 where it cannot be told.
inline unsigned long long context_id() noexcept {
  unsigned long long id = 0;
  const auto ask = entry_points().cuCtxGetId;
  if (ask == nullptr || ask(nullptr, &id) == CUDA_SUCCESS) return id;
  relaxed_capture relaxed;
  cudaFree(nullptr);  // this thread, or the device after a reset, has none yet
  return ask(nullptr, &id) == CUDA_SUCCESS ? id : 0;
}

inline CUdeviceptr number(const void* p) noexcept { return reinterpret_cast<CUdeviceptr>(p); }

inline status usable() noexcept {
  if (entry_points().complete()) return {};
  return {errc::no_driver, "cudaGetDriverEntryPoint", "no driver, or one without virtual memory calls"};
}

/// Whether the stream is being captured, or may not be used because another one is: the legacy stream while a stream that
/// waits for it is captured. pre: the order's device is current, since the default streams are each device's own.
inline bool captures(const stream_order& order, bool* own = nullptr) noexcept {
  cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
  const cudaError_t e = cudaStreamIsCapturing(order.stream, &capture);
  if (own != nullptr) *own = e == cudaSuccess && capture != cudaStreamCaptureStatusNone;
  return status_of(e, "cudaStreamIsCapturing").code == errc::capturing || capture != cudaStreamCaptureStatusNone;
}
inline status capturing() noexcept {
  return {errc::capturing, "cudaStreamIsCapturing", "the stream is being captured; do this before or after it"};
}

}  // namespace vmm::engine
