// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "driver/host/driver.hpp"
#include "backend/device_runtime.hpp"

namespace vmm::engine {

device_runtime& host_backend() noexcept {
  static device_runtime& m = *new device_runtime(*new host_driver);  // never destroyed: see device_runtime.hpp
  return m;
}
const shared_options& host_default_options() noexcept {
  static const shared_options& o = host_backend().default_options();
  return o;
}

}  // namespace vmm::engine
