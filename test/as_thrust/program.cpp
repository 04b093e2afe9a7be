// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A program for Thrust and a library for Thrust, through vmm::as_thrust: nothing in them says so.
#include "as_thrust/library.hpp"

#include <thrust/complex.h>
#include <thrust/reduce.h>
#include <thrust/sequence.h>
#include <thrust/universal_vector.h>

#include "support/catch.hpp"

#include <vmm/memory.hpp>

namespace {

using ints = thrust::device_vector<int>;

static_assert(std::is_same_v<ints, vmm::device_vector<int>>);
static_assert(!std::is_same_v<ints, vmm::stock_device_vector<int>>);

TEST_CASE("a vector of the program's grows by mapping", "[as_thrust]") {
  ints v(1000000);
  thrust::sequence(v.begin(), v.end());
  const int* const address = thrust::raw_pointer_cast(v.data());
  v.resize(20000000);
  CHECK(thrust::raw_pointer_cast(v.data()) == address);
  CHECK(v[999999] == 999999);
  CHECK(v.reserved() > v.capacity());
}

TEST_CASE("parameters are the program's own vectors", "[as_thrust]") {
  thrust::device_vector<float> v(1000000, 1.F);
  CHECK(library::plan(v).data == thrust::raw_pointer_cast(v.data()));
  ints w(3, 1);
  CHECK(library::grow(w) == 4);
  CHECK(w.size() == 4);
  CHECK(library::size_of(w) == 4);
  CHECK(library::elsewhere(w) == 5);
  CHECK(w[0] == 0);
  CHECK(library::is_device<ints>::value);
  CHECK_FALSE(library::is_device<thrust::host_vector<int>>::value);
  CHECK(library::which(w) == 1);
  CHECK(library::which(thrust::host_vector<int>(3)) == 2);
  library::owner o(2);
  CHECK(library::grow(o.elements()) == 3);
  const library::derived d(4, 2.5);
  CHECK(d.first() == 2.5);
}

TEST_CASE("what Thrust converts is converted", "[as_thrust]") {
  thrust::device_vector deduced{1, 2, 3};
  static_assert(std::is_same_v<decltype(deduced), ints>);
  thrust::universal_vector<int> u = deduced;
  ints v = u;
  v = u;
  u = v;
  CHECK(u == v);
  CHECK(v == u);
  const thrust::host_vector<float> h = v;
  const thrust::device_vector<float> f = v;
  CHECK(h == f);
  CHECK(thrust::reduce(f.begin(), f.end()) == 6.F);
}

TEST_CASE("braces that make one element insert one", "[as_thrust]") {
  thrust::device_vector<thrust::complex<float>> c;
  c.insert(c.begin(), {1.F, 2.F});
  CHECK(c.size() == 1);
  ints v(3, 7);
  v.insert(v.begin(), {});
  CHECK(v.size() == 4);
  CHECK(v[0] == 0);
}

TEST_CASE("Thrust's class is there under another name", "[as_thrust]") {
  const ints v(3, 7);
  const vmm::stock_device_vector<int> s(v);
  CHECK(s == v);
  CHECK(ints(s) == v);
}

}  // namespace
