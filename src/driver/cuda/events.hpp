// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Events that are used again: making one costs as much as a kernel launch and its wait.
#pragma once

#include <array>
#include <mutex>
#include <new>

#include <cuda_runtime_api.h>

#include "driver/driver.hpp"

#include "driver/cuda/calls.hpp"

namespace vmm::engine {

class cuda_events {
 public:
  /// Records in the stream. pre: its device is current and known to exist.
  status record(const stream_order& order, event_handle& out) noexcept {
    event* e = nullptr;
    if (status s = take(order.device, e); !s.ok()) return s;
    if (status s = status_of(cudaEventRecord(e->handle, order.stream), "cudaEventRecord"); !s.ok()) {
      give(e);
      return s;
    }
    out = reinterpret_cast<event_handle>(e);
    return {};
  }

  /// Calls `use` with the event, its device current. Refused in another context, as after a reset: whether work of the event's
  /// own is done cannot be told there.
  template <class Use>
  static status with(event_handle handle, Use use) noexcept {
    const event* const e = reinterpret_cast<event*>(handle);
    on_device d(e->device);
    if (d.result() != cudaSuccess) return status_of(d.result(), "cudaSetDevice");
    if (e->context != context_id())
      return {errc::failed, "cuCtxGetId", "the event is of another context, or from before a reset"};
    return use(e->handle);
  }

  void destroy_event(event_handle handle) noexcept { give(reinterpret_cast<event*>(handle)); }

 private:
  struct event {
    cudaEvent_t handle;
    int device;
    unsigned long long context;  // in another one the handle means nothing, and CUDA crashes over it
    event* next;
  };

  status take(int device, event*& out) noexcept {
    const unsigned long long now = context_id();
    while (event* const e = pop(device)) {
      if (e->context == now) return out = e, status{};
      delete e;
    }
    cudaEvent_t handle = nullptr;
    if (status s = status_of(cudaEventCreateWithFlags(&handle, cudaEventDisableTiming), "cudaEventCreateWithFlags"); !s.ok())
      return s;
    out = new (std::nothrow) event{handle, device, now, nullptr};
    if (out != nullptr) return {};
    cudaEventDestroy(handle);
    return {errc::failed, "operator new", "host memory for an event"};
  }

  event* pop(int device) noexcept {
    std::lock_guard lock(mutex_);
    event*& first = free_[static_cast<std::size_t>(device)];
    event* const e = first;
    if (e != nullptr) first = e->next;
    return e;
  }

  void give(event* e) noexcept {
    std::lock_guard lock(mutex_);
    event*& first = free_[static_cast<std::size_t>(e->device)];
    e->next = first;
    first = e;
  }

  std::mutex mutex_;
  std::array<event*, 64> free_{};
};

}  // namespace vmm::engine
