// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "as_thrust/library.hpp"

#include <thrust/sort.h>

std::size_t library::elsewhere(thrust::device_vector<int>& v) {
  v.resize(v.size() + 1, 0);
  thrust::sort(v.begin(), v.end());
  return v.size();
}
