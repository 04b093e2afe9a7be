// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What is asked of the backend, counted in an iteration of its own that nobody times. A vector counts when its
/// options::backend is counting_backend(); a rival of vmm adds to calls() what its adapter calls.
#pragma once

#include <cstddef>

#include "backend/device_runtime.hpp"
#include <vmm/options.hpp>

#include "backend.hpp"
#include "support/forwarding_driver.hpp"

namespace vmm_bench {

inline std::size_t& calls() {
  static std::size_t n = 0;
  return n;
}

/// Counts the verbs that take, map and give back memory or move data, as calls of CUDA's driver. What only asks is not counted.
class counting_driver final : public vmm_test::forwarding_driver {
 public:
  using forwarding_driver::forwarding_driver;

 private:
  void done(vmm_test::verb v, std::size_t, const vmm::engine::status&) noexcept override {
    using vmm_test::verb;
    switch (v) {
      case verb::map:
        calls() += 2;
        break;  // cuMemMap and cuMemSetAccess
      case verb::replace:
        calls() += 3;
        break;
      case verb::reserve:
      case verb::unreserve:
      case verb::create:
      case verb::release:
      case verb::grant:
      case verb::unmap:
      case verb::allocate:
      case verb::deallocate:
      case verb::pin:
      case verb::unpin:
      case verb::copy_from_pinned:
      case verb::copy:
      case verb::memmove:
      case verb::fill:
      case verb::mismatch:
      case verb::reduce:
        ++calls();
        break;
      default:
        break;
    }
  }
};

inline vmm::engine::device_runtime& counting_backend() {
  static vmm::engine::device_runtime& m = *new vmm::engine::device_runtime(*new counting_driver(driver()));
  return m;
}

/// Options of a vector whose backend counts, or not.
inline vmm::options backend_options(bool counted) {
  vmm::options o;
  if (counted) o.backend = &counting_backend();
  return o;
}

}  // namespace vmm_bench
