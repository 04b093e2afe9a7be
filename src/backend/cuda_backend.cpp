// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "driver/cuda/driver.hpp"
#include "backend/device_runtime.hpp"

namespace vmm::engine {

device_runtime& cuda_backend() noexcept {
  static device_runtime& m = *new device_runtime(*new cuda_driver);  // never destroyed: see device_runtime.hpp
  return m;
}
const shared_options& cuda_default_options() noexcept {
  static const shared_options& o = cuda_backend().default_options();
  return o;
}

}  // namespace vmm::engine
