// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Sorts integers: keys alone, keys with values, custom comparators, and stable sorts by a part of the key.

#include <thrust/device_vector.h>
#include <thrust/equal.h>
#include <thrust/functional.h>
#include <thrust/gather.h>
#include <thrust/host_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/random.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform.h>

#include <cstddef>
#include <iostream>

namespace sorting {

// The i-th number of a random sequence, reduced to [0, bound).
struct random_below {
  unsigned bound;

  __host__ __device__ int operator()(unsigned i) const {
    thrust::default_random_engine engine(2026);
    engine.discard(i);
    return static_cast<int>(engine() % bound);
  }
};

// Orders by the last decimal digit, and by the whole number among equal digits: a total order.
struct by_last_digit {
  __host__ __device__ bool operator()(int a, int b) const { return a % 10 != b % 10 ? a % 10 < b % 10 : a < b; }
};

// Orders by the hundreds alone, so that equal elements can be told apart.
struct by_hundreds {
  __host__ __device__ bool operator()(int a, int b) const { return a / 100 < b / 100; }
};

thrust::device_vector<int> random_keys(std::size_t n, unsigned bound) {
  thrust::device_vector<int> keys(n);
  thrust::counting_iterator<unsigned> index(0);
  thrust::transform(index, index + n, keys.begin(), random_below{bound});
  return keys;
}

// Prints the first elements, and a checksum in which every position has its own weight.
template <typename T>
void print(const char* title, const thrust::device_vector<T>& v) {
  thrust::counting_iterator<unsigned long long> weight(1);
  std::cout << title << ":";
  for (std::size_t i = 0; i < v.size() && i < 10; ++i) std::cout << " " << v[i];
  std::cout << " | size " << v.size() << " checksum " << thrust::inner_product(v.begin(), v.end(), weight, 0ull) << "\n";
}

}  // namespace sorting

int main() {
  const std::size_t n = 5000;
  const thrust::device_vector<int> input = sorting::random_keys(n, 1000);
  sorting::print("input", input);

  thrust::device_vector<int> keys = input;
  thrust::sort(keys.begin(), keys.end());
  sorting::print("ascending", keys);
  std::cout << "is sorted: " << thrust::is_sorted(input.begin(), input.end()) << thrust::is_sorted(keys.begin(), keys.end())
            << "\n";

  thrust::device_vector<int> reversed(keys.rbegin(), keys.rend());
  keys = input;
  thrust::sort(keys.begin(), keys.end(), thrust::greater<int>());
  sorting::print("descending", keys);
  std::cout << "equals the reversed ascending order: " << (keys == reversed) << "\n";

  keys = input;
  thrust::sort(keys.begin(), keys.end(), sorting::by_last_digit());
  sorting::print("by last digit", keys);

  keys = input;
  thrust::stable_sort(keys.begin(), keys.end(), sorting::by_hundreds());
  sorting::print("stable by hundreds", keys);
  std::cout << "sorted by hundreds: " << thrust::is_sorted(keys.begin(), keys.end(), sorting::by_hundreds()) << "\n";

  // Where each key came from: the permutation gathers the sorted keys from the input.
  keys = input;
  thrust::device_vector<unsigned> origin(n);
  thrust::sequence(origin.begin(), origin.end());
  thrust::stable_sort_by_key(keys.begin(), keys.end(), origin.begin());
  sorting::print("origin", origin);
  thrust::device_vector<int> gathered(n);
  thrust::gather(origin.begin(), origin.end(), input.begin(), gathered.begin());
  std::cout << "gathered equals sorted: " << thrust::equal(keys.begin(), keys.end(), gathered.begin()) << "\n";

  // Distinct keys need no stability: the origin goes back to a sequence by an ordinary sort_by_key.
  thrust::device_vector<unsigned> inverse(n);
  thrust::sequence(inverse.begin(), inverse.end());
  thrust::sort_by_key(origin.begin(), origin.end(), inverse.begin());
  sorting::print("inverse", inverse);

  // Two keys, least significant first: by the minor column, then stably by the major one.
  thrust::device_vector<int> minor = sorting::random_keys(n, 17);
  thrust::device_vector<int> major(input.begin(), input.begin() + n);
  thrust::stable_sort_by_key(minor.begin(), minor.end(), major.begin(), thrust::greater<int>());
  thrust::stable_sort_by_key(major.begin(), major.end(), minor.begin());
  sorting::print("major column", major);
  sorting::print("minor column", minor);

  // A sort of a part of the vector leaves the rest alone.
  thrust::host_vector<int> before = input;
  thrust::device_vector<int> part = before;
  thrust::sort(part.begin() + 1, part.begin() + 9);
  sorting::print("part", part);
  return 0;
}
