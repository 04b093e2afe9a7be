// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The two relations of engine::relation on values, shared by the CUDA kernels and their host twins.
#pragma once

#include <vmm/config.hpp>

namespace vmm::kernels {

struct is_equal {
  template <class T>
  VMM_HOST_DEVICE bool operator()(T a, T b) const noexcept {
    return a == b;
  }
};

struct is_equivalent {
  template <class T>
  VMM_HOST_DEVICE bool operator()(T a, T b) const noexcept {
    return !(a < b) && !(b < a);
  }
};

}  // namespace vmm::kernels
