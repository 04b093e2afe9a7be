// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// vmm/algorithm.hpp on Thrust's iterators, with any type and functor; and vmm::par under Thrust's algorithms.
#include <cmath>
#include <limits>
#include <numeric>

#include <thrust/count.h>
#include <thrust/equal.h>
#include <thrust/fill.h>
#include <thrust/functional.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/reverse_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/transform.h>

#include <vmm/algorithm.hpp>
#include <vmm/execution_policy.hpp>

#include "vector/algorithms.hpp"

using namespace vmm_test;

namespace vmm_test {

struct square {
  VMM_TEST_HOST_DEVICE long operator()(int x) const { return static_cast<long>(x) * x; }
};

struct fraction {
  int over = 0, under = 1;
  friend VMM_TEST_HOST_DEVICE bool operator==(fraction a, fraction b) { return a.over * b.under == b.over * a.under; }
};

/// None that the library has a kernel for.
struct bits_of_both {
  VMM_TEST_HOST_DEVICE int operator()(int a, int b) const { return a ^ b; }
};

}  // namespace vmm_test

namespace vmm {  // as vmm::view is
struct stranger {
  int x = 0;
  friend VMM_TEST_HOST_DEVICE bool operator==(stranger a, stranger b) { return a.x == b.x; }
  friend VMM_TEST_HOST_DEVICE stranger operator+(stranger a, stranger b) { return {a.x + b.x}; }
};
}  // namespace vmm

TEST_CASE("Thrust finds its own algorithms for elements of the library's namespace", "[policies]") {
  vector_under_test<vmm::stranger> v(100), w(100);
  thrust::fill(thrust::device, v.begin(), v.end(), vmm::stranger{2});
  thrust::fill(vmm::par, w.begin(), w.end(), vmm::stranger{2});
  CHECK(thrust::equal(thrust::device, v.begin(), v.end(), w.begin()));
  CHECK(thrust::count(vmm::par, v.begin(), v.end(), vmm::stranger{2}) == 100);
  CHECK(thrust::reduce(vmm::par, v.begin(), v.end(), vmm::stranger{}) == vmm::stranger{200});
  vmm::fill(v.begin(), v.end(), vmm::stranger{3});
  CHECK(vmm::count(v.begin(), v.end(), vmm::stranger{3}) == 100);
  CHECK(vmm::reduce(v.begin(), v.end()) == vmm::stranger{300});
  CHECK(vmm::equal(v.begin(), v.end(), v.begin()));
}

TEST_CASE("operations without a type take two", "[policies]") {
  const device_ints v{3, 1, 2};
  CHECK(vmm::reduce(v.begin(), v.end(), 0.5, vmm::plus<>()) == 6.5);
  CHECK(vmm::reduce(v.begin(), v.end(), 100L, vmm::minimum<>()) == 1);
  CHECK(vmm::reduce(v.begin(), v.end(), -1.5, vmm::maximum<>()) == 3);
  vector_under_test<long> sum(1);
  vmm::reduce_into(v.begin(), v.end(), sum.data(), 10);
  CHECK(sum[0] == 16);
  vmm::reduce_into(vmm::par.on(0), v.view(), sum.begin());
  CHECK(sum[0] == 6);
}

TEST_CASE("reduce is Thrust's, with any iterator, type and functor", "[policies]") {
  for (std::size_t n : sizes) {
    const host_ints host = random_ints(n, -1000, 1000, 3);
    const device_ints v(host.begin(), host.end());
    INFO(n << " elements");
    const int sum = std::accumulate(host.begin(), host.end(), 0);
    CHECK(vmm::reduce(v.begin(), v.end()) == sum);
    CHECK(vmm::reduce(v.begin(), v.end(), 5L) == sum + 5);
    CHECK(vmm::reduce(vmm::par, v.begin(), v.end(), 0, thrust::plus<int>()) == sum);
    CHECK(vmm::reduce(v.view(), -5000, thrust::maximum<int>()) ==
          (n == 0 ? -5000 : *std::max_element(host.begin(), host.end())));
    CHECK(vmm::reduce(v.begin(), v.end(), 5000, thrust::minimum<>()) ==
          (n == 0 ? 5000 : *std::min_element(host.begin(), host.end())));
    CHECK(vmm::reduce(thrust::make_transform_iterator(v.begin(), square{}), thrust::make_transform_iterator(v.end(), square{}),
                      0L) == std::inner_product(host.begin(), host.end(), host.begin(), 0L));
    CHECK(vmm::reduce(v.begin(), v.end(), 1, bits_of_both{}) == std::accumulate(host.begin(), host.end(), 1, bits_of_both{}));
    CHECK(vmm::reduce(v.rbegin(), v.rend(), 0) == sum);
    CHECK(vmm::reduce(thrust::device, v.begin(), v.end(), 0) == sum);
    double halves = 0;
    for (int x : host) halves += x * 0.5;
    CHECK(vmm::reduce(v.begin(), v.end(), 0.0) == 2 * halves);  // integers into a floating sum: Thrust's
  }
}

TEST_CASE("count, minmax, equal and fill are those of the elements", "[policies]") {
  for (std::size_t n : sizes) {
    const host_ints host = random_ints(n, -10, 10, 4);
    device_ints v(host.begin(), host.end());
    const device_ints same = v;
    INFO(n << " elements");
    const auto threes = std::count(host.begin(), host.end(), 3);
    CHECK(vmm::count(v.begin(), v.end(), 3) == threes);
    CHECK(vmm::count(vmm::par, v.begin(), v.end(), 3.0) == threes);
    CHECK(vmm::count(v.rbegin(), v.rend(), 3L) == threes);
    CHECK(vmm::equal(v.begin(), v.end(), same.begin()));
    CHECK(vmm::equal(v.rbegin(), v.rend(), same.rbegin()));
    if (n > 1) {
      const auto ends = std::minmax_element(host.begin(), host.end());
      CHECK(vmm::minmax(v.begin(), v.end()) == std::pair<int, int>(*ends.first, *ends.second));
      CHECK(vmm::minmax(vmm::par, v.rbegin(), v.rend()) == std::pair<int, int>(*ends.first, *ends.second));
      v[n - 1] = 99;
      CHECK_FALSE(vmm::equal(v.begin(), v.end(), same.begin()));
      CHECK_FALSE(vmm::equal(vmm::par, v.rbegin(), v.rend(), same.rbegin()));
    }
    vmm::fill(v.begin(), v.end(), 8);
    CHECK(v == host_ints(n, 8));
    vmm::fill(vmm::par, v.rbegin(), v.rend(), 9);
    CHECK(v == host_ints(n, 9));
    vmm::fill(v.view(), 10);
    CHECK(v == host_ints(n, 10));
  }
}

TEST_CASE("elements are compared by their own ==", "[policies]") {
  const vector_under_test<fraction> a(1000, fraction{1, 2}), b(1000, fraction{2, 4});
  CHECK(vmm::equal(a.begin(), a.end(), b.begin()));
  CHECK(vmm::count(a.begin(), a.end(), fraction{3, 6}) == 1000);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const vector_under_test<double> x{0.0, nan}, y{-0.0, nan};
  CHECK(vmm::equal(x.begin(), x.begin() + 1, y.begin()));
  CHECK_FALSE(vmm::equal(x.begin(), x.end(), y.begin()));
  const vector_under_test<long> wide(1000, 7);
  const device_ints narrow(1000, 7);
  CHECK(vmm::equal(wide.begin(), wide.end(), narrow.begin()));
}

TEST_CASE("Thrust's algorithms do under vmm::par what they do without", "[policies]") {
  for (std::size_t n : sizes) {
    const host_ints host = random_ints(n, 0, 1000, 5);
    device_ints v(host.begin(), host.end()), sums(n);
    thrust::sort(vmm::par, v.begin(), v.end());
    host_ints sorted = host;
    std::sort(sorted.begin(), sorted.end());
    CHECK(v == sorted);
    thrust::inclusive_scan(vmm::par, v.begin(), v.end(), sums.begin());
    std::partial_sum(sorted.begin(), sorted.end(), sorted.begin());
    CHECK(sums == sorted);
    CHECK(thrust::reduce(vmm::par, v.begin(), v.end()) == std::accumulate(host.begin(), host.end(), 0));
    thrust::transform(vmm::par, v.begin(), v.end(), sums.begin(), v.begin(), thrust::plus<int>());
    int* const raw = v.data().get();
    thrust::sort(vmm::par, raw, raw + n, thrust::greater<int>());
    host_ints down(n);
    thrust::copy(v.begin(), v.end(), down.begin());
    CHECK(std::is_sorted(down.rbegin(), down.rend()));
  }
}

TEST_CASE("Thrust's algorithms take nothing from the backend while its ranges are cached", "[policies]") {
  const host_ints host = random_ints(100000, 0, 1 << 30, 6);
  device_ints v(host.begin(), host.end());
  thrust::sort(vmm::par, v.begin(), v.end());
  const std::size_t before = vmm::query_statistics().mapped + vmm::query_statistics().cached;
  v = host;
  thrust::sort(vmm::par, v.begin(), v.end());
  CHECK(vmm::reduce(v.begin(), v.end(), 0L) == std::accumulate(host.begin(), host.end(), 0L));
  CHECK(vmm::query_statistics().mapped + vmm::query_statistics().cached == before);
}
