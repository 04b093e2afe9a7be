// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Backends of a test's own, for raw vectors and for containers.
#pragma once

#include <cstddef>
#include <vector>

#include "backend/device_runtime.hpp"
#include "memory/range_cache.hpp"
#include <vmm/detail/raw_vector.hpp>

#include "support/options.hpp"
#include "support/test_drivers.hpp"

namespace vmm_test {

using vmm::options;
using vmm::engine::raw_vector;

/// A backend that stands on such drivers.
struct own_backend : own_drivers {
  explicit own_backend(hints answer = hints::granted, driver& d = backend().get_driver()) : own_drivers(answer, d) {}
  explicit own_backend(driver& d) : own_drivers(hints::passed_on, d) {}
  vmm::engine::device_runtime value{failing};

  /// Nothing is held once no vector is left and what is kept for the next ones was given back.
  bool balanced() {
    value.trim(-1);
    value.unpin();
    return counting.balanced() && value.cached_ranges().cached() == 0;
  }
  raw_vector make(const options& o = {}, bool synchronous = true) {
    return raw_vector(value, o, vmm::default_stream(), synchronous);
  }
  /// For vectors that live there.
  options with(options o = {}) { return o.backend = &value, o; }
};

struct staged_below {
  staged_driver staged;
};
/// A backend of its own that stages, for vectors that are given `how`.
struct staged_place : private staged_below, own_backend {
  explicit staged_place(driver& to = backend().get_driver(), const options& o = {})
      : staged_below{staged_driver(to)}, own_backend(staged), how(with(o)) {}
  options how;

  /// Calls that have read or written device memory so far.
  std::size_t touched() const {
    return counting.calls(verb::copy_from_pinned) + counting.calls(verb::copy) + counting.calls(verb::fill) +
           counting.calls(verb::memmove) + counting.calls(verb::mismatch) + counting.calls(verb::reduce);
  }
};

/// The default backend, which stages on a GPU, and one that stages everywhere; data() never changes.
struct staging_places {
  staged_place own{backend().get_driver(), fixed()};
  std::vector<home> all{{"the default backend", fixed()}, {"a backend that stages", own.how}};
};
inline bool stages(const options& o) { return VMM_ON_CUDA || o.backend != nullptr; }

/// What the memory holds, without asking the vector whose it is.
inline std::vector<int> memory(const int* data, std::size_t count) {
  return fetch<int>(backend().get_driver(), {0, vmm::default_stream(), true}, data, count);
}

}  // namespace vmm_test
