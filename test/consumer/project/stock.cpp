// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A program that knows Thrust alone, through vmm::as_thrust: its vector keeps its address while it grows.
#include <cstdio>

#include <thrust/device_vector.h>
#include <thrust/reduce.h>
#include <thrust/sequence.h>

int main() {
  thrust::device_vector<int> v(1000000);
  thrust::sequence(v.begin(), v.end());
  const int* const address = thrust::raw_pointer_cast(v.data());
  v.resize(10000000);
  const long sum = thrust::reduce(v.begin(), v.begin() + 1000, 0L);
  const bool stays = thrust::raw_pointer_cast(v.data()) == address;
  std::printf("as Thrust: sum %ld, %s\n", sum, stays ? "in place" : "moved");
  return sum == 499500 && stays ? 0 : 1;
}
