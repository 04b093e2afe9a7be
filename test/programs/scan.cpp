// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Prefix sums of many kinds: inclusive, exclusive, with other operators, transformed, by key and segmented.

#include <thrust/device_vector.h>
#include <thrust/functional.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/scan.h>
#include <thrust/sequence.h>
#include <thrust/transform.h>
#include <thrust/transform_scan.h>
#include <thrust/tuple.h>

#include <iostream>

namespace scan {

struct hash_mod {
  unsigned modulus;

  __host__ __device__ int operator()(unsigned i) const {
    i = (i ^ (i >> 15)) * 2246822519u;
    return static_cast<int>((i ^ (i >> 13)) % modulus);
  }
};

struct square {
  __host__ __device__ long long operator()(long long x) const { return x * x; }
};

struct row_of {
  int columns;

  __host__ __device__ int operator()(int i) const { return i / columns; }
};

struct same_decade {
  __host__ __device__ bool operator()(int a, int b) const { return a / 10 == b / 10; }
};

// The operator of a segmented sum over (flag, value): a raised flag starts a segment.
struct segmented_plus {
  using item = thrust::tuple<int, int>;

  __host__ __device__ item operator()(const item& a, const item& b) const {
    const int left = thrust::get<0>(b) ? 0 : thrust::get<1>(a);
    return item(thrust::get<0>(a) | thrust::get<0>(b), left + thrust::get<1>(b));
  }
};

// x -> scale * x + shift in 32 bits. To compose such maps is associative but does not commute.
struct affine {
  unsigned scale, shift;
};

struct compose {
  __host__ __device__ affine operator()(affine first, affine then) const {
    return affine{then.scale * first.scale, then.scale * first.shift + then.shift};
  }
};

template <typename T>
void print(const char* title, const thrust::device_vector<T>& v) {
  thrust::counting_iterator<unsigned long long> weight(1);
  std::cout << title << ":";
  for (int i = 0; i < 12; ++i) std::cout << " " << v[i];
  std::cout << " | checksum " << thrust::inner_product(v.begin(), v.end(), weight, 0ull) << "\n";
}

}  // namespace scan

int main() {
  const int n = 3000;
  thrust::counting_iterator<unsigned> index(0);
  thrust::device_vector<int> data(n);
  thrust::transform(index, index + n, data.begin(), scan::hash_mod{10});
  scan::print("data", data);

  thrust::device_vector<int> result(n);
  thrust::inclusive_scan(data.begin(), data.end(), result.begin());
  scan::print("inclusive", result);
  thrust::exclusive_scan(data.begin(), data.end(), result.begin());
  scan::print("exclusive", result);
  thrust::exclusive_scan(data.begin(), data.end(), result.begin(), 100);
  scan::print("exclusive from 100", result);
  thrust::inclusive_scan(data.begin(), data.end(), result.begin(), thrust::maximum<int>());
  scan::print("running maximum", result);

  result.assign(data.rbegin(), data.rend());
  thrust::inclusive_scan(result.rbegin(), result.rend(), result.rbegin());
  scan::print("suffix sums, in place", result);

  thrust::device_vector<long long> wide(n);
  const thrust::plus<long long> plus{};
  thrust::transform_exclusive_scan(data.begin(), data.end(), wide.begin(), scan::square(), 7ll, plus);
  scan::print("exclusive sums of squares from 7", wide);

  // Each row of a matrix on its own; the keys are computed as they are read.
  auto row = thrust::make_transform_iterator(thrust::counting_iterator<int>(0), scan::row_of{5});
  thrust::inclusive_scan_by_key(row, row + n, data.begin(), result.begin());
  scan::print("row sums", result);
  thrust::exclusive_scan_by_key(row, row + n, data.begin(), result.begin(), 1000);
  scan::print("exclusive row sums from 1000", result);

  thrust::device_vector<int> keys(n);
  thrust::sequence(keys.begin(), keys.end(), 4, 3);
  thrust::inclusive_scan_by_key(keys.begin(), keys.end(), data.begin(), result.begin(), scan::same_decade(),
                                thrust::maximum<int>());
  scan::print("maximum within a decade", result);

  // A segmented sum by head flags, with the flags and the values zipped.
  thrust::device_vector<int> flags(n), out_flags(n);
  thrust::transform(data.begin(), data.end(), flags.begin(), scan::row_of{8});
  auto in = thrust::make_zip_iterator(thrust::make_tuple(flags.begin(), data.begin()));
  auto out = thrust::make_zip_iterator(thrust::make_tuple(out_flags.begin(), result.begin()));
  thrust::inclusive_scan(in, in + n, out, scan::segmented_plus());
  scan::print("segmented by flags", result);

  // A linear congruential sequence: all its members at once.
  thrust::device_vector<scan::affine> steps(n, scan::affine{1664525u, 1013904223u});
  thrust::inclusive_scan(steps.begin(), steps.end(), steps.begin(), scan::compose());
  for (int i : {0, 1, 2, 99, n - 1}) {
    const scan::affine step = steps[i];
    std::cout << "step " << i + 1 << ": " << step.scale * 42u + step.shift << "\n";
  }
  return 0;
}
