// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cuda.h>
#include <cuda_runtime_api.h>

#include "driver/cuda/calls.hpp"
#include "driver/cuda/driver.hpp"
#include "driver/cuda/entry_points.hpp"

namespace vmm::engine {

int cuda_driver::devices() noexcept {
  int count = 0;
  return status_of(cudaGetDeviceCount(&count), "cudaGetDeviceCount").ok() ? count : 0;
}

int cuda_driver::current_device() noexcept {
  int device = -1;
  return status_of(cudaGetDevice(&device), "cudaGetDevice").ok() ? device : -1;
}

status cuda_driver::make_current(int device) noexcept { return status_of(cudaSetDevice(device), "cudaSetDevice"); }

status cuda_driver::outside_capture(const stream_order& order) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  return captures(order) ? capturing() : status{};
}

status cuda_driver::record(const stream_order& order, event_handle& event) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(order.device, properties); !s.ok()) return s;
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  if (captures(order)) return capturing();
  if (order.synchronous) return event = 0, status{};  // done already
  relaxed_capture relaxed;
  return events_.record(order, event);
}

status cuda_driver::is_complete(event_handle event, bool& out) noexcept {
  if (event == 0) return out = true, status{};
  relaxed_capture relaxed;
  return cuda_events::with(event, [&](cudaEvent_t e) {
    const CUresult result = entry_points().cuEventQuery(e);  // the runtime's would count "not ready" as an error
    if (result != CUDA_SUCCESS && result != CUDA_ERROR_NOT_READY) return status_of(result, "cuEventQuery");
    out = result == CUDA_SUCCESS;
    return status{};
  });
}

status cuda_driver::stream_wait_event(const stream_order& order, event_handle event) noexcept {
  if (event == 0) return {};
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  if (captures(order)) return capturing();
  return cuda_events::with(
      event, [&](cudaEvent_t e) { return status_of(cudaStreamWaitEvent(order.stream, e, 0), "cudaStreamWaitEvent"); });
}

void cuda_driver::destroy_event(event_handle event) noexcept {
  if (event != 0) events_.destroy_event(event);
}

status cuda_driver::event_synchronize(event_handle event) noexcept {
  if (event == 0) return {};
  relaxed_capture relaxed;
  return cuda_events::with(event, [](cudaEvent_t e) { return status_of(cudaEventSynchronize(e), "cudaEventSynchronize"); });
}

status cuda_driver::stream_synchronize(const stream_order& order) noexcept {
  on_device d(order.device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  if (captures(order)) return capturing();
  relaxed_capture relaxed;
  return status_of(cudaStreamSynchronize(order.stream), "cudaStreamSynchronize");
}

/// cudaDeviceSynchronize would destroy the captures of other threads; cudaFree waits just as well and does not.
status cuda_driver::device_synchronize(int device) noexcept {
  const device_properties* properties = nullptr;
  if (status s = devices_.properties_of(device, properties); !s.ok()) return s;
  on_device d(device);
  if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
  relaxed_capture relaxed;
  void* p = nullptr;
  if (status_of(cudaMalloc(&p, 1), "cudaMalloc").ok()) return status_of(cudaFree(p), "cudaFree");
  return devices_.drain_full(device);
}

}  // namespace vmm::engine
