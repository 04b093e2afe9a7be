// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Two histograms of the same data: a dense one with a bin for every value, a sparse one of the values met.

#include <thrust/adjacent_difference.h>
#include <thrust/binary_search.h>
#include <thrust/copy.h>
#include <thrust/device_vector.h>
#include <thrust/extrema.h>
#include <thrust/functional.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/random.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/scatter.h>
#include <thrust/sort.h>
#include <thrust/transform.h>

#include <iostream>
#include <iterator>

namespace histogram {

// The sum of four dice with eleven sides, doubled: a bell of even values.
struct throw_dice {
  __host__ __device__ int operator()(unsigned i) const {
    thrust::minstd_rand engine(77);
    engine.discard(4ull * i);
    unsigned sum = 0;
    for (int die = 0; die < 4; ++die) sum += static_cast<unsigned>(engine() % 11u);
    return static_cast<int>(2 * sum);
  }
};

template <typename Vector>
void print(const char* title, const Vector& v) {
  std::cout << title << ":";
  for (auto it = v.begin(); it != v.end(); ++it) std::cout << " " << *it;
  std::cout << "\n";
}

// One bin for every value in [0, maximum]. Sorts the data.
void dense(thrust::device_vector<int>& data, thrust::device_vector<int>& bins) {
  thrust::sort(data.begin(), data.end());
  bins.resize(data.back() + 1);
  thrust::counting_iterator<int> value(0);
  thrust::upper_bound(data.begin(), data.end(), value, value + bins.size(), bins.begin());
  thrust::adjacent_difference(bins.begin(), bins.end(), bins.begin());
}

// The distinct values and how often each occurs. Sorts the data.
void sparse(thrust::device_vector<int>& data, thrust::device_vector<int>& values, thrust::device_vector<int>& counts) {
  thrust::sort(data.begin(), data.end());
  const int distinct = 1 + thrust::inner_product(data.begin(), data.end() - 1, data.begin() + 1, 0, thrust::plus<int>(),
                                                 thrust::not_equal_to<int>());
  values.resize(distinct);
  counts.resize(distinct);
  thrust::reduce_by_key(data.begin(), data.end(), thrust::constant_iterator<int>(1), values.begin(), counts.begin());
}

}  // namespace histogram

int main() {
  const int n = 4000;
  thrust::device_vector<int> data(n);
  thrust::counting_iterator<unsigned> index(0);
  thrust::transform(index, index + n, data.begin(), histogram::throw_dice());
  std::cout << "first throws: ";
  thrust::copy(data.begin(), data.begin() + 12, std::ostream_iterator<int>(std::cout, " "));
  std::cout << "\n";

  thrust::device_vector<int> bins;
  thrust::device_vector<int> copy = data;
  histogram::dense(copy, bins);
  histogram::print("dense", bins);
  std::cout << "bins " << bins.size() << ", total " << thrust::reduce(bins.begin(), bins.end()) << "\n";

  thrust::device_vector<int> values, counts;
  histogram::sparse(data, values, counts);
  histogram::print("values", values);
  histogram::print("counts", counts);

  // Scattered into bins, the sparse histogram is the dense one.
  thrust::device_vector<int> scattered(bins.size());
  thrust::scatter(counts.begin(), counts.end(), values.begin(), scattered.begin());
  std::cout << "agree: " << (scattered == bins) << "\n";

  thrust::device_vector<int>::iterator mode = thrust::max_element(counts.begin(), counts.end());
  std::cout << "mode " << values[mode - counts.begin()] << " occurs " << *mode << " times\n";
  std::cout << "sum of all " << thrust::inner_product(bins.begin(), bins.end(), index, 0u) << "\n";

  // Quantiles from the cumulated counts.
  thrust::device_vector<int> cumulated(counts.size());
  thrust::inclusive_scan(counts.begin(), counts.end(), cumulated.begin());
  const thrust::device_vector<int> ranks{1, n / 4, n / 2, 3 * n / 4, n};
  thrust::device_vector<int> order(ranks.size());
  thrust::lower_bound(cumulated.begin(), cumulated.end(), ranks.begin(), ranks.end(), order.begin());
  std::cout << "quantiles:";
  for (int position : order) std::cout << " " << values[position];
  std::cout << "\n";
  return 0;
}
