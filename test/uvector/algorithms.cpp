// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// vmm/algorithm.hpp on views and raw pointers, from a file that neither nvcc nor Thrust has a part in.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>

#include "support/catch.hpp"
#include "support/options.hpp"
#include "support/test_drivers.hpp"

using vmm::device_uvector;
using namespace vmm_test;

namespace {

struct triple {
  std::int32_t a, b, c;
  friend bool operator==(triple x, triple y) { return x.a == y.a && x.b == y.b && x.c == y.c; }
};

template <class T>
device_uvector<T> made(const std::vector<T>& values) {
  device_uvector<T> v;
  v.assign(values.begin(), values.end());
  return v;
}

}  // namespace

TEMPLATE_TEST_CASE("fill writes every element and no other", "[algorithms]", char, std::int16_t, int, double, bool, triple) {
  using T = TestType;
  const T before{}, value = [] {
    if constexpr (std::is_same_v<T, triple>)
      return triple{1, 2, 3};
    else
      return static_cast<T>(1);
  }();
  for (std::size_t n : {0, 1, 2, 17, 1000, 300007}) {
    device_uvector<T> v(n + 3);
    v.fill(before);
    vmm::fill(v.begin() + 1, v.begin() + 1 + n, value);
    std::vector<T> expected(n + 3, before);
    std::fill(expected.begin() + 1, expected.end() - 2, value);
    CHECK(v.to_vector() == expected);
    vmm::fill(v.stream(), v.view(), value);
    CHECK(v.to_vector() == std::vector<T>(n + 3, value));
  }
}

TEST_CASE("the type of init is the type of a sum", "[algorithms]") {
  std::vector<signed char> host(1000, 100);
  auto v = made(host);
  CHECK(vmm::reduce(v.view()) == static_cast<signed char>(100 * 1000));
  CHECK(vmm::reduce(v.begin(), v.end(), 0) == 100000);
  CHECK(vmm::reduce(v.view(), 7L) == 100007);
  CHECK(vmm::reduce(v.stream(), v.begin(), v.end(), std::uint16_t{1}) == static_cast<std::uint16_t>(100001));
  CHECK(vmm::reduce(v.view(), 0, std::plus<>()) == 100000);
  CHECK(vmm::reduce(v.view(), std::int64_t{1} << 40) == (std::int64_t{1} << 40) + 100000);

  auto f = made(std::vector<float>(1000, 0.5f));
  CHECK(vmm::reduce(f.view()) == 500.0f);
  CHECK(vmm::reduce(f.view(), 1.0) == 501.0);

  auto b = made(std::vector<bool>{true, true, false});
  CHECK(vmm::reduce(b.view()) == true);
  CHECK(vmm::reduce(b.view(), 0) == 2);

  auto u = made(std::vector<unsigned long long>{~0ull, 2});
  CHECK(vmm::reduce(u.view()) == 1);
}

TEST_CASE("reduce also finds the smallest and the largest", "[algorithms]") {
  auto v = made(std::vector<int>{5, -7, 12, 3});
  CHECK(vmm::reduce(v.view(), 100, vmm::minimum<int>()) == -7);
  CHECK(vmm::reduce(v.view(), -100, vmm::maximum<>()) == 12);
  CHECK(vmm::reduce(v.view(), 100, vmm::maximum<>()) == 100);
  CHECK(vmm::minmax(v.begin(), v.end()) == std::pair<int, int>(-7, 12));
  CHECK(vmm::minmax(v.stream(), v.view().subview(2, 2)) == std::pair<int, int>(3, 12));
  auto u = made(std::vector<unsigned char>{200, 3});
  CHECK(vmm::minmax(u.view()) == std::pair<unsigned char, unsigned char>(3, 200));
}

TEST_CASE("a reduced value can stay on the device", "[algorithms]") {
  std::vector<int> host(100000);
  std::iota(host.begin(), host.end(), 1);
  auto v = made(host);
  device_uvector<std::int64_t> sums(2, v.stream());
  vmm::reduce_into(v.stream(), v.view(), sums.data());
  vmm::reduce_into(v.begin(), v.end(), sums.data() + 1, std::int64_t{-1}, vmm::plus<>());
  const std::int64_t expected = std::int64_t{100000} * 100001 / 2;
  CHECK(sums.to_vector() == std::vector<std::int64_t>{expected, expected - 1});
  device_uvector<int> most(1, v.stream());
  vmm::reduce_into(v.view(), most.data(), 0, vmm::maximum<int>());
  CHECK(most.element(0) == 100000);
  vmm::reduce_into(v.begin(), v.begin(), most.data(), 3);
  CHECK(most.element(0) == 3);
}

TEST_CASE("count compares as == does", "[algorithms]") {
  auto v = made(std::vector<signed char>{1, -1, 1, 44});
  CHECK(vmm::count(v.view(), 1) == 2);
  CHECK(vmm::count(v.begin(), v.end(), 300) == 0);  // 44 once its upper bits are gone
  CHECK(vmm::count(v.view(), 0xffffffffu) == 1);    // as -1 == 0xffffffffu
  CHECK(vmm::count(v.stream(), v.view(), 1L) == 2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto d = made(std::vector<double>{0.0, -0.0, nan, 2});
  CHECK(vmm::count(d.view(), 0) == 2);
  CHECK(vmm::count(d.view(), nan) == 0);
  CHECK(vmm::count(d.view(), 2.0f) == 1);
  auto f = made(std::vector<float>{1, std::numeric_limits<float>::infinity(), 0.1f});
  CHECK(vmm::count(f.view(), 1e300) == 0);
  CHECK(vmm::count(f.view(), std::numeric_limits<double>::infinity()) == 1);
  CHECK(vmm::count(f.view(), 0.1) == 0);  // no float is 0.1
}

TEST_CASE("equal compares element by element", "[algorithms]") {
  for (std::size_t n : {1, 5, 1000, 200003}) {
    std::vector<int> host(n + 3);
    std::iota(host.begin(), host.end(), 0);
    auto a = made(host), b = made(host);
    CHECK(vmm::equal(a.begin(), a.end(), b.begin()));
    CHECK(vmm::equal(a.stream(), a.view(), b.view()));
    CHECK_FALSE(vmm::equal(a.begin(), a.begin() + n, b.begin() + 1));
    CHECK_FALSE(vmm::equal(a.view(), b.view().subview(0, n)));
    CHECK(vmm::equal(a.view().subview(0, n), b.begin()));
    for (std::size_t at : {std::size_t{0}, n / 2, n + 2}) {
      b.set_element(at, -1);
      CHECK_FALSE(vmm::equal(a.view(), b.view()));
      b.set_element(at, host[at]);
    }
  }
}

TEST_CASE("an empty range changes nothing, and gives what it starts with", "[algorithms]") {
  const vmm::view<int> none;
  CHECK_NOTHROW(vmm::fill(none, 3));
  CHECK(vmm::reduce(none) == 0);
  CHECK(vmm::reduce(none, 7, vmm::maximum<>()) == 7);
  CHECK(vmm::count(none, 0) == 0);
  CHECK(vmm::equal(none, none));
  CHECK(vmm::minmax(none) == std::pair<int, int>(std::numeric_limits<int>::max(), std::numeric_limits<int>::lowest()));
  const auto [least, most] = vmm::minmax(vmm::view<double>());
  CHECK((least > 0 && std::isinf(least) && most < 0 && std::isinf(most)));
}

TEST_CASE("ranges over many blocks are one array", "[algorithms]") {
  device_uvector<int> v(vmm_test::fixed());
  std::size_t blocks = 0;
  while (blocks < 12) {
    v.resize(v.capacity() + 1);
    ++blocks;
  }
  vmm::fill(v.view(), 3);
  CHECK(vmm::reduce(v.view(), 0L) == static_cast<long>(v.size()) * 3);
  v.set_element(v.size() / 2, 9);
  CHECK(vmm::count(v.view(), 9) == 1);
  CHECK(vmm::minmax(v.view()) == std::pair<int, int>(3, 9));
  CHECK_FALSE(vmm::equal(v.begin(), v.end() - 1, v.begin() + 1));
}

TEST_CASE("a call on elements that are staged sees them", "[algorithms]") {
  device_uvector<int> v;
  for (int i = 1; i <= 100; ++i) v.push_back(i);
  CHECK(vmm::reduce(v.view()) == 5050);
}
