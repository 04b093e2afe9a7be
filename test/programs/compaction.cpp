// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Stream compaction: copies, removes, partitions and thins out elements, and erases what is left at the end.

#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/partition.h>
#include <thrust/remove.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/unique.h>

#include <iostream>

namespace compaction {

struct mix {
  __host__ __device__ int operator()(unsigned i) const {
    i *= 0x9e3779b9u;
    i ^= i >> 16;
    return static_cast<int>(i % 201u);
  }
};

struct is_small {
  __host__ __device__ bool operator()(int x) const { return x < 100; }
};

struct is_multiple {
  int divisor;

  __host__ __device__ bool operator()(int x) const { return x % divisor == 0; }
};

struct same_side {
  __host__ __device__ bool operator()(int a, int b) const { return (a < 100) == (b < 100); }
};

void print(const char* title, const thrust::device_vector<int>& v) {
  thrust::counting_iterator<long long> weight(1);
  std::cout << title << ":";
  for (thrust::device_vector<int>::const_iterator it = v.begin(); it != v.end() && it - v.begin() < 12; ++it)
    std::cout << " " << *it;
  std::cout << " | size " << v.size() << " checksum " << thrust::inner_product(v.begin(), v.end(), weight, 0ll) << "\n";
}

}  // namespace compaction

int main() {
  const int n = 3000;
  thrust::device_vector<int> data(n);
  thrust::counting_iterator<unsigned> index(0);
  thrust::transform(index, index + n, data.begin(), compaction::mix());
  compaction::print("data", data);

  const compaction::is_small small{};
  thrust::device_vector<int> kept(n);
  kept.erase(thrust::copy_if(data.begin(), data.end(), kept.begin(), small), kept.end());
  compaction::print("copy_if small", kept);
  std::cout << "as many as counted: " << (kept.end() - kept.begin() == thrust::count_if(data.begin(), data.end(), small))
            << "\n";

  // The positions at which a stencil holds.
  thrust::device_vector<int> positions(n);
  thrust::counting_iterator<int> position(0);
  auto last = thrust::copy_if(position, position + n, data.begin(), positions.begin(), compaction::is_multiple{25});
  positions.resize(last - positions.begin());
  positions.shrink_to_fit();
  compaction::print("positions of multiples of 25", positions);

  thrust::device_vector<int> rest = data;
  rest.erase(thrust::remove_if(rest.begin(), rest.end(), small), rest.end());
  compaction::print("remove_if small", rest);
  rest.erase(thrust::remove(rest.begin(), rest.end(), 0), rest.end());
  compaction::print("remove zeros", rest);
  rest.erase(rest.begin() + 2, rest.end() - 2);
  compaction::print("ends alone", rest);

  thrust::device_vector<int> parts = data;
  auto middle = thrust::stable_partition(parts.begin(), parts.end(), small);
  std::cout << "stable_partition at " << middle - parts.begin() << "\n";
  compaction::print("partitioned", parts);
  parts.erase(parts.begin(), middle);
  compaction::print("second part", parts);

  // partition promises no order, so each side is sorted before it is shown.
  parts = data;
  middle = thrust::partition(parts.begin(), parts.end(), compaction::is_multiple{3});
  thrust::sort(parts.begin(), middle);
  thrust::sort(middle, parts.end());
  std::cout << "partition at " << middle - parts.begin() << "\n";
  compaction::print("both sides sorted", parts);

  thrust::device_vector<int> odd(n), even(n);
  auto ends = thrust::stable_partition_copy(data.begin(), data.end(), even.begin(), odd.begin(), compaction::is_multiple{2});
  even.erase(ends.first, even.end());
  odd.erase(ends.second, odd.end());
  compaction::print("even", even);
  compaction::print("odd", odd);

  thrust::device_vector<int> runs = data;
  runs.erase(thrust::unique(runs.begin(), runs.end(), compaction::same_side()), runs.end());
  compaction::print("first of each run", runs);
  thrust::sort(runs.begin(), runs.end());
  thrust::device_vector<int> distinct(runs.size());
  distinct.erase(thrust::unique_copy(runs.begin(), runs.end(), distinct.begin()), distinct.end());
  compaction::print("distinct among them", distinct);

  thrust::device_vector<int> keys = data, values(position, position + n);
  thrust::stable_sort_by_key(keys.begin(), keys.end(), values.begin());
  auto pair = thrust::unique_by_key(keys.begin(), keys.end(), values.begin());
  keys.erase(pair.first, keys.end());
  values.erase(pair.second, values.end());
  compaction::print("keys", keys);
  compaction::print("first position of each", values);
  return 0;
}
