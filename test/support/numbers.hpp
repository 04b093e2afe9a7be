// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements that are known by their number.
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace vmm_test {

using host_ints = std::vector<int>;

/// first, first + 1, ... : n of them.
inline host_ints iota(std::size_t n, int first = 0) {
  host_ints values(n);
  std::iota(values.begin(), values.end(), first);
  return values;
}

}  // namespace vmm_test
