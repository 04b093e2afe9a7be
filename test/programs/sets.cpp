// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// The set operations on sorted multisets, with and without values that follow the keys.

#include <thrust/binary_search.h>
#include <thrust/device_vector.h>
#include <thrust/functional.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/merge.h>
#include <thrust/pair.h>
#include <thrust/set_operations.h>
#include <thrust/sort.h>
#include <thrust/transform.h>

#include <iostream>

namespace sets {

using vector = thrust::device_vector<int>;

// A sorted multiset of n numbers below 2n, different for each seed.
struct draw {
  unsigned seed, bound;

  __host__ __device__ int operator()(unsigned i) const {
    unsigned x = (i + 1) * 747796405u + seed;
    x = ((x >> ((x >> 28) + 4)) ^ x) * 277803737u;
    return static_cast<int>(((x >> 22) ^ x) % bound);
  }
};

vector multiset(unsigned n, unsigned seed) {
  vector result(n);
  thrust::counting_iterator<unsigned> index(0);
  thrust::transform(index, index + n, result.begin(), draw{seed, 2 * n});
  thrust::sort(result.begin(), result.end());
  return result;
}

void print(const char* title, const vector& v) {
  thrust::counting_iterator<long long> weight(1);
  std::cout << title << ":";
  for (vector::size_type i = 0; i < v.size() && i < 14; ++i) std::cout << " " << v[i];
  std::cout << " | size " << v.size() << " checksum " << thrust::inner_product(v.begin(), v.end(), weight, 0ll) << "\n";
}

// All plain operations on two multisets.
void plain(const vector& a, const vector& b) {
  vector out(a.size() + b.size());
  out.erase(thrust::merge(a.begin(), a.end(), b.begin(), b.end(), out.begin()), out.end());
  print("merge", out);

  out.erase(thrust::set_union(a.begin(), a.end(), b.begin(), b.end(), out.begin()), out.end());
  print("union", out);

  out.erase(thrust::set_intersection(a.begin(), a.end(), b.begin(), b.end(), out.begin()), out.end());
  print("intersection", out);

  out.resize(a.size());
  out.erase(thrust::set_difference(a.begin(), a.end(), b.begin(), b.end(), out.begin()), out.end());
  print("difference", out);

  out.resize(a.size() + b.size());
  out.erase(thrust::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), out.begin()), out.end());
  print("symmetric difference", out);
}

// All operations by key. The values tell from which side, and from where, an element came.
void by_key(const vector& a, const vector& b) {
  thrust::counting_iterator<int> from_a(10000), from_b(20000);
  vector keys(a.size() + b.size()), values(keys.size());
  auto show = [&](const char* title, const thrust::pair<vector::iterator, vector::iterator>& ends) {
    print(title, vector(keys.begin(), ends.first));
    print("  values", vector(values.begin(), ends.second));
  };

  show("merge by key",
       thrust::merge_by_key(a.begin(), a.end(), b.begin(), b.end(), from_a, from_b, keys.begin(), values.begin()));
  show("union by key",
       thrust::set_union_by_key(a.begin(), a.end(), b.begin(), b.end(), from_a, from_b, keys.begin(), values.begin()));
  show("intersection by key",
       thrust::set_intersection_by_key(a.begin(), a.end(), b.begin(), b.end(), from_a, keys.begin(), values.begin()));
  show("difference by key",
       thrust::set_difference_by_key(a.begin(), a.end(), b.begin(), b.end(), from_a, from_b, keys.begin(), values.begin()));
  show("symmetric difference by key", thrust::set_symmetric_difference_by_key(a.begin(), a.end(), b.begin(), b.end(), from_a,
                                                                              from_b, keys.begin(), values.begin()));
}

}  // namespace sets

int main() {
  const sets::vector a{0, 2, 2, 5, 7, 7, 7, 9, 12};
  const sets::vector b{1, 2, 5, 5, 7, 7, 10, 12, 13, 13};
  sets::plain(a, b);
  sets::by_key(a, b);

  const sets::vector c = sets::multiset(1500, 1), d = sets::multiset(1100, 99);
  sets::print("c", c);
  sets::print("d", d);
  sets::plain(c, d);
  sets::by_key(c, d);

  // In descending order the same operations take the comparator.
  const sets::vector e(c.rbegin(), c.rend()), f(d.rbegin(), d.rend());
  sets::vector out(e.size());
  const thrust::greater<int> descending{};
  const auto last = thrust::set_difference(e.begin(), e.end(), f.begin(), f.end(), out.begin(), descending);
  out.erase(last, out.end());
  sets::print("descending difference", out);

  // Every element of the difference is in the first multiset.
  thrust::device_vector<bool> found(out.size());
  thrust::binary_search(c.begin(), c.end(), out.begin(), out.end(), found.begin());
  std::cout << "all found: " << (found == thrust::device_vector<bool>(out.size(), true)) << "\n";
  return 0;
}
