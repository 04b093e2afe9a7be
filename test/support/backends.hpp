// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The backend that a suite runs on: the one that its translation units were compiled for.
#pragma once

#include "backend/device_runtime.hpp"

namespace vmm_test {

inline vmm::engine::device_runtime& backend() { return vmm::default_backend(); }

inline constexpr const char* backend_name() { return VMM_ON_CUDA ? "cuda" : "host"; }

/// Streams that every backend has without making one: the legacy default stream and the calling thread's.
inline const vmm::stream_ref legacy(reinterpret_cast<CUstream_st*>(1)), per_thread(reinterpret_cast<CUstream_st*>(2));

/// The driver of that backend, device 0 and its granularity, for tests of the lower layers.
struct bench {
  vmm::engine::driver& driver = backend().get_driver();
  vmm::engine::capabilities properties = [this] {
    vmm::engine::capabilities c;
    driver.describe(0, c);
    return c;
  }();
  std::size_t granularity = properties.granularity;
  vmm::engine::stream_order order{0, vmm::default_stream(), true};
};

}  // namespace vmm_test
