// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's algorithms on the host, through the target vmm::cpp alone.
#include <cstdio>

#include <thrust/reduce.h>
#include <thrust/sequence.h>
#include <vmm/device_vector.hpp>

int main() {
  vmm::device_vector<int> v(1000);
  thrust::sequence(v.begin(), v.end());
  const int sum = thrust::reduce(v.begin(), v.end());
  std::printf("sum %d\n", sum);
  return sum == 499500 ? 0 : 1;
}
