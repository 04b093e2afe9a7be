// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Reading: elements through proxies, iterators of every kind, comparisons with every kind of vector.
#include "vector/vectors.hpp"

#include <thrust/device_vector.h>
#include <thrust/host_vector.h>
#include <thrust/universal_vector.h>

#include <algorithm>
#include <array>
#include <limits>
#include <sstream>
#include <type_traits>

using vmm_test::contents;
using vmm_test::homes;
using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;

using floats = vmm::device_vector<float>;

namespace {

/// Equal where the keys are, whatever the tags; ordered by the larger key first.
struct keyed {
  int key;
  int tag;
  friend VMM_TEST_BOTH_SIDES bool operator==(const keyed& a, const keyed& b) { return a.key == b.key; }
  friend VMM_TEST_BOTH_SIDES bool operator<(const keyed& a, const keyed& b) { return a.key > b.key; }
};

TEST_CASE("elements are read and written through references", "[access]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v(home.options);
    v = iota(20);
    CHECK(v[0] == 0);
    CHECK(v.front() == 0);
    CHECK(v.back() == 19);
    CHECK(v.at(7) == 7);
    v[0] += 1;
    ++v[0];
    v[1] = v[2];
    v.front() *= 5;
    v.back() = 4;
    v.at(3)--;
    const ints::reference r = v[5];
    v[4] = r + 1;
    host_ints model = iota(20);
    model[0] = 10, model[1] = 2, model[3] = 2, model[4] = 6, model[19] = 4;
    CHECK(contents(v) == model);

    std::ostringstream out;
    out << v[0] << ' ' << std::as_const(v)[1];
    CHECK(out.str() == "10 2");
    ints::reference first = v[0], second = v[1];
    swap(first, second);
    CHECK(v[0] == 2);
    CHECK(v[1] == 10);
  }
}

TEST_CASE("a constant vector shows its elements", "[access]") {
  const ints v = {3, 1, 4};
  static_assert(std::is_same_v<decltype(v[0]), ints::const_reference>);
  CHECK(v[2] == 4);
  CHECK(v.at(1) == 1);
  CHECK(v.front() == 3);
  CHECK(v.back() == 4);
  CHECK(*v.data() == 3);
  CHECK(v.data()[2] == 4);
}

TEST_CASE("at checks its index", "[access]") {
  ints v = {1, 2};
  const ints& constant = v;
  CHECK_THROWS_AS(v.at(2), std::out_of_range);
  CHECK_THROWS_AS(constant.at(std::numeric_limits<std::size_t>::max()), std::out_of_range);
  CHECK_THROWS_AS(ints().at(0), std::out_of_range);
}

TEST_CASE("data and view give the address of the elements", "[access]") {
  ints v = {1, 2, 3};
  const ints& constant = v;
  *v.data() = 9;
  v.data()[2] = 7;
  CHECK(contents(v) == host_ints{9, 2, 7});
  CHECK(v.data() == &v[0]);
  CHECK((&v[2]).get() == v.data().get() + 2);
  static_assert(std::is_same_v<decltype(v.view()), vmm::view<int>>);
  static_assert(std::is_same_v<decltype(constant.view()), vmm::view<const int>>);
  CHECK(v.view().data() == v.data().get());
  CHECK(constant.view().size() == 3);
}

TEST_CASE("iterators run over all elements, forwards and backwards", "[iterate]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v(home.options);
    v = iota(30);
    const ints& constant = v;
    const host_ints model = iota(30);
    const host_ints reversed(model.rbegin(), model.rend());
    CHECK(host_ints(v.begin(), v.end()) == model);
    CHECK(host_ints(constant.begin(), constant.end()) == model);
    CHECK(host_ints(v.cbegin(), v.cend()) == model);
    CHECK(host_ints(v.rbegin(), v.rend()) == reversed);
    CHECK(host_ints(constant.rbegin(), constant.rend()) == reversed);
    CHECK(host_ints(v.crbegin(), v.crend()) == reversed);
    CHECK(v.end() - v.begin() == 30);
    CHECK(v.begin()[4] == 4);
    CHECK(*(v.end() - 1) == 29);
    CHECK(*v.rbegin() == 29);
    *v.rbegin() = 5;
    *v.begin() = 6;
    CHECK(v.back() == 5);
    CHECK(v.front() == 6);
    const ints::const_iterator converted = v.begin();
    CHECK(converted == v.cbegin());
  }
  CHECK(ints().begin() == ints().end());
}

TEST_CASE("range-for reads and writes", "[iterate]") {
  ints v = {1, 2, 3};
  for (auto&& x : v) x = x * 10;
  int sum = 0;
  for (const int x : std::as_const(v)) sum += x;
  CHECK(contents(v) == host_ints{10, 20, 30});
  CHECK(sum == 60);
}

/// Both orders, both operators.
template <class A, class B>
bool all_equal(const A& a, const B& b) {
  return a == b && b == a && !(a != b) && !(b != a);
}
template <class A, class B>
bool all_different(const A& a, const B& b) {
  return a != b && b != a && !(a == b) && !(b == a);
}

/// Against another kind of vector: equal, one element changed, one more, none.
template <class Other>
void compare_with() {
  const host_ints source = iota(2000);
  const ints v = source;
  Other other(source.begin(), source.end());
  CHECK(all_equal(v, other));
  other[1999] = 7;
  CHECK(all_different(v, other));
  other[1999] = 1999;
  other.push_back(2000);
  CHECK(all_different(v, other));
  CHECK(all_different(v, Other()));
  CHECK(all_equal(ints(), Other()));
}

TEST_CASE("equality with every kind of vector, in both orders", "[compare]") {
  compare_with<ints>();
  compare_with<std::vector<int>>();
  compare_with<thrust::host_vector<int>>();
  compare_with<thrust::device_vector<int>>();
  compare_with<thrust::universal_vector<int>>();
}

TEST_CASE("equality of vectors of different types", "[compare]") {
  const ints v = {1, 2, 300};
  CHECK(all_equal(v, floats{1, 2, 300}));
  CHECK(all_different(v, floats{1, 2.5F, 300}));
  CHECK(all_equal(v, std::vector<float>{1, 2, 300}));
  CHECK(all_different(v, std::vector<float>{1, 2, 300.5F}));
  CHECK(all_equal(v, thrust::host_vector<float>(v.begin(), v.end())));
  CHECK(all_equal(vmm::device_vector<char>{'a', 'b'}, std::vector<char>{'a', 'b'}));
}

TEST_CASE("a difference is found wherever it is", "[compare]") {
  const ints v = iota(5003);
  for (const std::size_t at : {0, 1, 255, 256, 4095, 5001, 5002}) {
    INFO("at " << at);
    ints other = v;
    other[at] = -1;
    CHECK(all_different(v, other));
    CHECK(other < v);
    CHECK_FALSE(v < other);
  }
}

TEST_CASE("floating point compares by value, not by bits", "[compare]") {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  CHECK(all_equal(floats{0.0F, 1.0F}, floats{-0.0F, 1.0F}));
  CHECK(all_equal(floats{0.0F}, std::vector<float>{-0.0F}));
  CHECK_FALSE(floats{0.0F} < floats{-0.0F});
  const floats with_nan = {1.0F, nan, 3.0F};
  CHECK(with_nan != with_nan);
  CHECK_FALSE(with_nan == with_nan);
  CHECK(all_different(with_nan, std::vector<float>{1.0F, nan, 3.0F}));
  CHECK(floats{-inf} < floats{inf});
  CHECK(floats{1.0F, nan, 2.0F} < floats{1.0F, nan, 3.0F});
  CHECK_FALSE(floats{nan} < floats{1.0F});
  CHECK_FALSE(floats{1.0F} < floats{nan});
}

/// All six answers of two vectors are those of two std::vectors of the same elements.
template <class T>
void compare_as_std(const std::vector<T>& a, const std::vector<T>& b) {
  const vmm::device_vector<T> x = a, y = b;
  const std::array<bool, 6> is = {x == y, x != y, x<y, x <= y, x> y, x >= y};
  const std::array<bool, 6> expected = {a == b, a != b, a<b, a <= b, a> b, a >= b};
  INFO(a.size() << " and " << b.size() << " elements");
  CHECK(is == expected);
}

TEST_CASE("order is lexicographical, as with std::vector", "[compare]") {
  const std::vector<host_ints> samples = {{}, {1}, {-1}, {1, 2}, {1, 2, 3}, {1, 3}, {2}, {1, -2, 3}, iota(3000), iota(3001)};
  for (const auto& a : samples)
    for (const auto& b : samples) compare_as_std(a, b);

  const std::vector<std::vector<unsigned char>> bytes = {{0x80}, {0x7f}, {0x7f, 0xff}, {}};
  for (const auto& a : bytes)
    for (const auto& b : bytes) compare_as_std(a, b);

  const std::vector<std::vector<double>> reals = {{-1.5}, {1.5}, {-1.5, 0.0}, {-1.5, -0.0}, {-2.5}};
  for (const auto& a : reals)
    for (const auto& b : reals) compare_as_std(a, b);
}

TEST_CASE("user types compare by their own operators", "[compare]") {
  const std::vector<std::vector<keyed>> samples = {{}, {{1, 5}}, {{1, 6}}, {{2, 0}}, {{1, 0}, {2, 0}}, {{1, 9}, {1, 0}}};
  for (const auto& a : samples)
    for (const auto& b : samples) compare_as_std(a, b);

  const vmm::device_vector<keyed> v = samples[4];
  CHECK(all_equal(v, std::vector<keyed>{{1, 7}, {2, 7}}));
  CHECK(all_different(v, std::vector<keyed>{{1, 0}, {3, 0}}));
  CHECK(all_equal(v, thrust::device_vector<keyed>(samples[4])));
}

}  // namespace
