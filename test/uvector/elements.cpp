// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector: adding, changing, reading and comparing elements of every kind.
#include <vmm/device_uvector.hpp>

#include <cstdint>
#include <deque>
#include <iterator>
#include <limits>
#include <list>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "support/catch.hpp"
#include "support/iterators.hpp"
#include "support/own_backend.hpp"

using namespace vmm_test;
using vmm::device_uvector;
using vmm::options;
using vmm::stream_ref;

namespace {

struct triple {
  std::int32_t a, b, c;
  explicit triple(std::int32_t i = 0) : a(i), b(i + 1), c(-i) {}
  friend bool operator==(const triple& x, const triple& y) { return x.a == y.a && x.b == y.b && x.c == y.c; }
};
static_assert(sizeof(triple) == 12);

struct alignas(64) wide {
  std::int32_t value;
  explicit wide(std::int32_t i = 0) : value(i) {}
  friend bool operator==(const wide& x, const wide& y) { return x.value == y.value; }
};

template <class T>
T nth(std::size_t i) {
  return static_cast<T>(static_cast<std::int32_t>(i % 101));
}

template <class T>
std::vector<T> numbered(std::size_t n, std::size_t first = 0) {
  std::vector<T> v;
  for (std::size_t i = 0; i < n; ++i) v.push_back(nth<T>(first + i));
  return v;
}

template <class T>
bool holds(const device_uvector<T>& v, const std::vector<T>& expected) {
  return v.to_vector() == expected;
}

}  // namespace

TEMPLATE_TEST_CASE("elements are pushed, read, written and popped", "[elements]", int, double, unsigned char, bool, triple,
                   wide) {
  device_uvector<TestType> v;
  for (std::size_t i = 0; i < 300; ++i) {
    if (i % 2 == 0)
      v.push_back(nth<TestType>(i));
    else
      v.emplace_back(nth<TestType>(i));
  }
  CHECK(v.size() == 300);
  CHECK(holds(v, numbered<TestType>(300)));
  CHECK(v.element(7) == nth<TestType>(7));
  CHECK(v.at(299) == nth<TestType>(299));
  CHECK(v.front_element() == nth<TestType>(0));
  CHECK(v.back_element() == nth<TestType>(299));
  CHECK_THROWS_AS(v.at(300), std::out_of_range);
  CHECK_THROWS_AS(v.at(static_cast<std::size_t>(-1)), std::out_of_range);
  CHECK(reinterpret_cast<std::uintptr_t>(v.data()) % alignof(TestType) == 0);

  v.set_element(7, nth<TestType>(1));
  v.set_element_async(8, nth<TestType>(0), v.stream());
  v.set_element(10, nth<TestType>(2), v.stream());
  CHECK(v.element(10) == nth<TestType>(2));
  CHECK(v.element(6) == nth<TestType>(6));
  CHECK(v.element(7) == nth<TestType>(1));
  CHECK(v.element(8) == nth<TestType>(0));
  CHECK(v.element(9) == nth<TestType>(9));
  v.pop_back();
  CHECK(v.size() == 299);
  CHECK(v.back_element() == nth<TestType>(298));
  v.clear();
  CHECK(v.empty());
  CHECK(v.capacity() >= 300);
}

TEST_CASE("an element can be set to zero bytes", "[elements]") {
  device_uvector<double> v;
  v.append({1.0, 2.0, 3.0});
  v.set_element_to_zero_async(1, v.stream());
  CHECK(holds(v, {1.0, 0.0, 3.0}));
}

TEMPLATE_TEST_CASE("sizes change, with values for the new elements or without", "[elements]", int, double, unsigned char, bool,
                   triple, wide) {
  device_uvector<TestType> v;
  v.resize(100, nth<TestType>(3));
  v.resize(50);
  v.resize(1000, nth<TestType>(4));
  std::vector<TestType> expected(50, nth<TestType>(3));
  expected.resize(1000, nth<TestType>(4));
  CHECK(holds(v, expected));
  v.resize(70, nth<TestType>(9));
  expected.resize(70);
  CHECK(holds(v, expected));
  v.resize(70, nth<TestType>(9));
  CHECK(holds(v, expected));
  v.fill(nth<TestType>(5));
  CHECK(holds(v, std::vector<TestType>(70, nth<TestType>(5))));
  const std::size_t many = 3_MiB / sizeof(TestType);
  v.resize(many, nth<TestType>(6));
  CHECK(v.element(69) == nth<TestType>(5));
  CHECK(v.element(70) == nth<TestType>(6));
  CHECK(v.back_element() == nth<TestType>(6));
  v.resize(0);
  CHECK(v.empty());
}

TEMPLATE_TEST_CASE("elements are appended from host memory and host iterators", "[elements]", int, double, unsigned char, bool,
                   triple, wide) {
  const std::vector<TestType> source = numbered<TestType>(500);
  const std::list<TestType> list(source.begin(), source.end());
  const std::deque<TestType> deque(source.begin(), source.end());
  device_uvector<TestType> v;
  v.append(list.begin(), list.end());
  v.append(deque.begin(), deque.end());
  v.append(source.cbegin(), source.cend());
  v.append(source.rbegin(), source.rend());
  v.append(list.begin(), list.begin());
  v.append({nth<TestType>(1), nth<TestType>(2)});
  v.append(3, nth<TestType>(7));
  v.append(0, nth<TestType>(8));

  std::vector<TestType> expected;
  for (int i = 0; i < 3; ++i) expected.insert(expected.end(), source.begin(), source.end());
  expected.insert(expected.end(), source.rbegin(), source.rend());
  expected.insert(expected.end(), {nth<TestType>(1), nth<TestType>(2)});
  expected.insert(expected.end(), 3, nth<TestType>(7));
  CHECK(holds(v, expected));

  v.assign(list.begin(), list.end());
  CHECK(holds(v, source));
  v.assign({nth<TestType>(4)});
  CHECK(holds(v, {nth<TestType>(4)}));
  v.assign(5, nth<TestType>(6));
  CHECK(holds(v, std::vector<TestType>(5, nth<TestType>(6))));
}

TEMPLATE_TEST_CASE("elements are appended from device memory", "[elements]", int, double, unsigned char, bool, triple, wide) {
  const std::vector<TestType> a = numbered<TestType>(200), b = numbered<TestType>(300, 50);
  device_uvector<TestType> v, w;
  v.append(a.cbegin(), a.cend());
  w.append(b.cbegin(), b.cend());
  v.append(std::as_const(w).data(), std::as_const(w).data() + 100);
  v.append(w.view());
  v.append(w.view().subview(10, 20));
  std::vector<TestType> expected = a;
  expected.insert(expected.end(), b.begin(), b.begin() + 100);
  expected.insert(expected.end(), b.begin(), b.end());
  expected.insert(expected.end(), b.begin() + 10, b.begin() + 30);
  CHECK(holds(v, expected));
  v.assign(std::as_const(w));
  CHECK(holds(v, b));
  v.assign(w.view().subview(3, 4));
  CHECK(holds(v, std::vector<TestType>(b.begin() + 3, b.begin() + 7)));
}

TEST_CASE("pointers to elements that could be changed are sources as well", "[elements]") {
  int array[] = {1, 2, 3};
  std::vector<int> source{4, 5};
  device_uvector<int> v, w;
  v.append(array, array + 3);
  v.append(source.begin(), source.end());
  w.append(v.data(), v.data() + 5);
  w.append(v.begin(), v.end());
  CHECK(holds(w, {1, 2, 3, 4, 5, 1, 2, 3, 4, 5}));
}

TEST_CASE("a vector's own elements are sources, whatever the growth does to them", "[elements]") {
  own_backend crowded(hints::refused);
  options o = crowded.with();
  o.initial_reservation = 4_MiB;
  device_uvector<int> v(vmm::default_stream(), o);  // plain, promoted, then moved to larger ranges
  v.append({3, 1, 4, 1, 5, 9, 2});
  std::vector<int> expected{3, 1, 4, 1, 5, 9, 2};
  while (v.size() < 5000000) {
    v.append(std::as_const(v).begin(), std::as_const(v).end());
    const std::vector<int> once = expected;
    expected.insert(expected.end(), once.begin(), once.end());
  }
  CHECK(v.statistics().promoted_bytes > 0);
  CHECK(v.statistics().relocations > 0);
  CHECK(holds(v, expected));
  const int last = v.back_element();
  v.append(std::as_const(v).end() - 1, std::as_const(v).end());
  CHECK(v.back_element() == last);
  CHECK(v.size() == expected.size() + 1);
}

TEST_CASE("numbers and zeros are a count and a value, not pointers", "[elements]") {
  device_uvector<int> v;
  v.append(3, 0);
  v.append(0, 0);
  v.append(2, 9);
  CHECK(holds(v, {0, 0, 0, 9, 9}));
  v.assign(2, 0);
  CHECK(holds(v, {0, 0}));
  v.assign(0, 0);
  CHECK(v.empty());
  v.assign({0, 0, 5});
  CHECK(holds(v, {0, 0, 5}));
  device_uvector<double> d;
  d.append(3, 0);
  d.resize(5, 0);
  d.append({0, 2});
  CHECK(holds(d, {0, 0, 0, 0, 0, 0, 2}));
  device_uvector<unsigned char> c;
  c.assign(4, 0);
  c.resize(5, 1);
  CHECK(holds(c, {0, 0, 0, 0, 1}));
}

TEST_CASE("an input iterator is read once, in pieces", "[elements]") {
  std::ostringstream text;
  for (int i = 0; i < 300000; ++i) text << i << ' ';
  std::istringstream in(text.str());
  device_uvector<int> v;
  v.push_back(-1);
  v.append(std::istream_iterator<int>(in), std::istream_iterator<int>());
  REQUIRE(v.size() == 300001);
  const std::vector<int> seen = v.to_vector();
  int wrong = 0;
  for (int i = -1; i < 300000; ++i) wrong += seen[static_cast<std::size_t>(i + 1)] != i;
  CHECK(wrong == 0);
}

TEST_CASE("values are converted on the way in", "[elements]") {
  const std::list<int> source{1, 2, 3};
  const short shorts[] = {4, 5};
  device_uvector<double> v;
  v.append(source.begin(), source.end());
  v.append(shorts, shorts + 2);
  CHECK(holds(v, {1.0, 2.0, 3.0, 4.0, 5.0}));
}

TEST_CASE("a source that throws leaves the elements as they were", "[elements]") {
  for (int last : {0, 5, 400000}) {  // before, in, and after the first piece
    device_uvector<int> v;
    v.append({1, 2, 3});
    CHECK_THROWS_AS(v.append(input_source<int>(0, last), input_source<int>(last + 1)), std::runtime_error);
    CHECK(holds(v, {1, 2, 3}));
    CHECK_THROWS_AS(v.append(forward_source<int>(0, last), forward_source<int>(last + 1)), std::runtime_error);
    CHECK(holds(v, {1, 2, 3}));
    v.push_back(4);
    CHECK(holds(v, {1, 2, 3, 4}));
  }
}

TEST_CASE("elements are copied out to host and device memory", "[elements]") {
  const std::vector<int> a = numbered<int>(1000);
  device_uvector<int> v, w(100);
  v.append(a.cbegin(), a.cend());
  std::vector<int> out(1000, -1);
  v.copy_to(out.data());
  v.wait();
  CHECK(out == a);
  out.assign(10, -1);
  v.copy_to(out.data(), 33, 5);
  v.wait();
  CHECK(out == std::vector<int>{33, 34, 35, 36, 37, -1, -1, -1, -1, -1});
  v.copy_to(w.data(), 500, 100);
  v.wait();
  CHECK(holds(w, std::vector<int>(a.begin() + 500, a.begin() + 600)));
  v.copy_to(nullptr, 0, 0);
}

TEST_CASE("views and iterators span the elements", "[elements]") {
  device_uvector<int> v;
  v.append({5, 6, 7});
  const device_uvector<int>& c = v;
  CHECK(v.view().data() == v.data());
  CHECK(c.view().size() == 3);
  CHECK(v.view().size_bytes() == 12);
  CHECK(v.end() - v.begin() == 3);
  CHECK(c.cend() - c.cbegin() == 3);
  CHECK(v.rend() - v.rbegin() == 3);
  CHECK(c.rbegin().base() == c.end());
  const vmm::view<const int> read_only = v.view();
  CHECK(read_only.subview(1, 2).data() == v.data() + 1);
  if (bench().properties.host_addressable) {
    CHECK(*v.begin() == 5);
    CHECK(*c.rbegin() == 7);
    CHECK(v.view()[1] == 6);
  }
}

TEMPLATE_TEST_CASE("vectors are compared as sequences", "[elements]", int, double, unsigned char, bool, signed char,
                   unsigned long, float, short) {
  using vector = device_uvector<TestType>;
  const auto of = [](std::initializer_list<int> values) {
    vector v;
    for (int x : values) v.push_back(static_cast<TestType>(x));
    return v;
  };
  const std::vector<vector> ascending = [&] {
    std::vector<vector> all;
    all.push_back(of({}));
    all.push_back(of({0}));
    all.push_back(of({0, 0}));
    all.push_back(of({0, 1}));
    all.push_back(of({0, 1, 0}));
    all.push_back(of({1}));
    all.push_back(of({1, 0}));
    return all;
  }();
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const vector &a = ascending[i], &b = ascending[j];
      INFO(i << " and " << j);
      CHECK((a == b) == (i == j));
      CHECK((a != b) == (i != j));
      CHECK((a < b) == (i < j));
      CHECK((a > b) == (i > j));
      CHECK((a <= b) == (i <= j));
      CHECK((a >= b) == (i >= j));
    }
}

TEST_CASE("order follows the sign, and equality follows ==", "[elements]") {
  device_uvector<int> minus, plus;
  minus.append(1000, 5), plus.append(1000, 5);
  CHECK(minus == plus);
  minus.set_element(999, -1), plus.set_element(999, 1);
  CHECK(minus < plus);
  CHECK(minus != plus);
  CHECK_FALSE(plus < minus);

  const double nan = std::numeric_limits<double>::quiet_NaN();
  device_uvector<double> a, b;
  a.append({0.0, 1.0}), b.append({-0.0, 1.0});
  CHECK(a == b);
  CHECK_FALSE(a < b);
  CHECK_FALSE(b < a);
  a.push_back(nan), b.push_back(nan);
  CHECK(a != b);
  CHECK_FALSE(a == a);
  CHECK_FALSE(a < b);
  a.push_back(1.0), b.push_back(2.0);
  CHECK(a < b);  // a NaN is neither less nor greater: the next pair decides
  CHECK_FALSE(b < a);
}

TEST_CASE("own elements can be assigned", "[elements]") {
  device_uvector<int> v;
  v.append({0, 1, 2, 3, 4, 5, 6, 7});
  v.assign(v.data() + 2, v.data() + 7);
  CHECK((v.to_vector() == std::vector<int>{2, 3, 4, 5, 6}));
  v.assign(v.view().subview(1, 2));
  CHECK((v.to_vector() == std::vector<int>{3, 4}));
}
