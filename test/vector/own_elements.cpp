// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A vector's own elements as the source of what is done to it, through every kind of iterator: right is what std::vector would
/// hold had the source been copied before.
#include "vector/vectors.hpp"

#include <vmm/detail/sources.hpp>

#include <thrust/host_vector.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/permutation_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/iterator/zip_iterator.h>

#include <algorithm>
#include <functional>

using vmm_test::forward;
using vmm_test::host_ints;
using vmm_test::input;
using vmm_test::ints;
using vmm_test::iota;

namespace {

struct same_int {
  template <class T>
  VMM_TEST_BOTH_SIDES T operator()(const T& x) const {
    return x;
  }
};
/// Reads the vector by its address, whatever the iterator below says.
struct looks_up {
  const int* first;
  VMM_TEST_BOTH_SIDES int operator()(int i) const { return first[i]; }
};
struct first_of_two {
  VMM_TEST_BOTH_SIDES int operator()(const thrust::tuple<int, int>& both) const { return thrust::get<0>(both); }
};

enum class change { insert_front, insert_middle, insert_end, append, assign };
constexpr change changes[] = {change::insert_front, change::insert_middle, change::insert_end, change::append, change::assign};
const char* name_of(change c) {
  const char* const names[] = {"insert in front", "insert in the middle", "insert at the end", "append", "assign"};
  return names[static_cast<int>(c)];
}

template <class Vector, class It>
void apply(change what, Vector& v, It first, It last) {
  const auto at = [&](std::size_t i) { return v.begin() + static_cast<std::ptrdiff_t>(i); };
  switch (what) {
    case change::insert_front:
      v.insert(at(0), first, last);
      break;
    case change::insert_middle:
      v.insert(at(v.size() / 2), first, last);
      break;
    case change::insert_end:
      v.insert(at(v.size()), first, last);
      break;
    case change::append:
      if constexpr (std::is_same_v<typename Vector::iterator, typename std::vector<typename Vector::value_type>::iterator>)
        v.insert(v.end(), first, last);
      else
        v.append(first, last);
      break;
    case change::assign:
      v.assign(first, last);
      break;
  }
}

template <class Vector>
std::vector<int> numbers_of(const Vector& v) {
  const thrust::host_vector<typename Vector::value_type> h = v;
  std::vector<int> out;
  for (const auto& x : h) out.push_back(x);
  return out;
}

/// `use(v, call)` calls `call(first, last)` with iterators over v's own elements; `model(r)` says what they stand for.
template <class T, class Use, class Model>
void check(const char* source, std::size_t n, Use use, Model model) {
  for (const bool room : {false, true})
    for (const bool fixed : {false, true})
      for (const change what : changes) {
        CAPTURE(source, n, room, fixed, name_of(what));
        vmm::options o;
        o.fixed_address = fixed;
        const host_ints values = iota(n, 1);
        vmm::device_vector<T> v(values.begin(), values.end(), o);
        if (room)
          v.reserve(8 * n + 100);
        else
          v.shrink_to_fit();
        host_ints expected = values;
        const host_ints copied = model(values);
        apply(what, expected, copied.begin(), copied.end());
        use(v, [&](auto first, auto last) { apply(what, v, first, last); });
        CHECK(numbers_of(v) == expected);
      }
}

host_ints reversed(host_ints r) { return std::reverse(r.begin(), r.end()), r; }
host_ints every(const host_ints& r) { return r; }
host_ints half(const host_ints& r) { return {r.begin() + 1, r.begin() + static_cast<std::ptrdiff_t>(1 + r.size() / 2)}; }

/// What any element can be read through.
template <class T>
void check_common(std::size_t n) {
  check<T>(
      "begin, end", n, [](auto& v, auto call) { call(v.begin(), v.end()); }, every);
  check<T>(
      "a part", n, [](auto& v, auto call) { call(v.begin() + 1, v.begin() + static_cast<std::ptrdiff_t>(1 + v.size() / 2)); },
      half);
  check<T>(
      "rbegin, rend", n, [](auto& v, auto call) { call(v.rbegin(), v.rend()); }, reversed);
  check<T>(
      "crbegin, crend", n, [](auto& v, auto call) { call(v.crbegin(), v.crend()); }, reversed);
  check<T>(
      "a permutation", n,
      [](auto& v, auto call) {
        const host_ints order = reversed(iota(v.size()));
        const ints indices(order.begin(), order.end());
        call(thrust::make_permutation_iterator(v.begin(), indices.begin()),
             thrust::make_permutation_iterator(v.begin(), indices.end()));
      },
      reversed);
  check<T>(
      "a functor without state", n,
      [](auto& v, auto call) {
        call(thrust::make_transform_iterator(v.rbegin(), same_int()), thrust::make_transform_iterator(v.rend(), same_int()));
      },
      reversed);
}

/// Iterators that are read on the host, element by element.
template <class T>
void check_host_iterators(std::size_t n) {
  check<T>(
      "std::reverse_iterator", n,
      [](auto& v, auto call) { call(std::make_reverse_iterator(v.end()), std::make_reverse_iterator(v.begin())); }, reversed);
  check<T>(
      "forward iterators", n, [](auto& v, auto call) { call(forward(v.begin()), forward(v.end())); }, every);
  check<T>(
      "input iterators", n, [](auto& v, auto call) { call(input(v.rbegin()), input(v.rend())); }, reversed);
}

TEST_CASE("elements that are bytes, a few", "[own_elements]") {
  for (const std::size_t n : {std::size_t(2), std::size_t(10)}) {
    check_common<int>(n);
    check_host_iterators<int>(n);
  }
}

TEST_CASE("elements that are bytes, many", "[own_elements]") {
  check_common<int>(700000);  // past a range's first block
  if (!VMM_ON_CUDA) check_host_iterators<int>(20000);
}

TEST_CASE("through a functor that holds an address", "[own_elements]") {
  for (const std::size_t n : {std::size_t(10), std::size_t(300000)})
    check<int>(
        "a functor with an address", n,
        [](auto& v, auto call) {
          const thrust::counting_iterator<int> first(0), last(static_cast<int>(v.size()));
          const looks_up f{v.data().get()};
          call(thrust::make_transform_iterator(first, f), thrust::make_transform_iterator(last, f));
        },
        every);
}

TEST_CASE("through a zip iterator", "[own_elements]") {
  check<int>(
      "zipped with another vector", 1000,
      [](auto& v, auto call) {
        const ints other(v.size(), 7);
        const auto first = thrust::make_zip_iterator(thrust::make_tuple(v.rbegin(), other.begin()));
        const auto last = thrust::make_zip_iterator(thrust::make_tuple(v.rend(), other.end()));
        call(thrust::make_transform_iterator(first, first_of_two()), thrust::make_transform_iterator(last, first_of_two()));
      },
      reversed);
}

#if !VMM_ON_CUDA
struct object {
  int* value;
  object(int i = 0) : value(new int(i)) {}
  object(const object& o) : value(new int(*o.value)) {}
  object& operator=(const object& o) { return *value = *o.value, *this; }
  ~object() { delete value; }
  operator int() const { return *value; }
};
struct unassignable {
  int* value;
  unassignable(int i = 0) : value(new int(i)) {}
  unassignable(const unassignable& o) : value(new int(*o.value)) {}
  unassignable& operator=(const unassignable&) = delete;
  ~unassignable() { delete value; }
  operator int() const { return *value; }
};

TEST_CASE("elements that are objects", "[own_elements]") {
  for (const std::size_t n : {std::size_t(2), std::size_t(7), std::size_t(200)}) {
    check_common<object>(n);
    check_host_iterators<object>(n);
    check_common<unassignable>(n);
    check_host_iterators<unassignable>(n);
  }
}

TEST_CASE("raw pointers to own elements", "[own_elements]") {
  check<int>(
      "pointers", 1000, [](auto& v, auto call) { call(v.data().get(), v.data().get() + v.size()); }, every);
  check<int>(
      "reverse pointers", 1000,
      [](auto& v, auto call) {
        int* const p = v.data().get();
        call(std::reverse_iterator<int*>(p + v.size()), std::reverse_iterator<int*>(p));
      },
      reversed);
  check<object>(
      "pointers to objects", 9, [](auto& v, auto call) { call(v.data().get(), v.data().get() + v.size()); }, every);
}
#endif

// -- which sources are copied first
using vmm::detail::memory_span;
template <class It>
bool may_read(It first, std::size_t n, const ints& v) {
  const auto begin = reinterpret_cast<std::uintptr_t>(v.data().get());
  return vmm::detail::reader<It>::may_read(first, 0, static_cast<std::ptrdiff_t>(n),
                                           memory_span{begin, begin + v.size() * sizeof(int)});
}

TEST_CASE("only what cannot read the vector skips the copy", "[own_elements]") {
  const ints v(100, 1), other(100, 2);
  const host_ints host(100, 3);
  CHECK_FALSE(may_read(thrust::counting_iterator<int>(0), 100, v));
  CHECK_FALSE(may_read(thrust::constant_iterator<int>(0), 100, v));
  CHECK_FALSE(may_read(other.begin(), 100, v));
  CHECK_FALSE(may_read(other.rbegin(), 100, v));
  CHECK_FALSE(may_read(host.data(), 100, v));
  CHECK_FALSE(may_read(host.begin(), 100, v));
  CHECK_FALSE(may_read(std::make_reverse_iterator(host.end()), 100, v));
  CHECK_FALSE(may_read(std::make_move_iterator(host.begin()), 100, v));
  CHECK_FALSE(may_read(thrust::make_reverse_iterator(host.end()), 100, v));
  CHECK_FALSE(
      may_read(thrust::make_zip_iterator(thrust::make_tuple(other.begin(), thrust::counting_iterator<int>(0))), 100, v));
  CHECK_FALSE(may_read(v.begin(), 0, v));

  CHECK(may_read(v.begin(), 100, v));
  CHECK(may_read(v.rbegin(), 100, v));
  CHECK(may_read(v.rbegin() + 99, 1, v));
  CHECK(may_read(v.data().get() + 99, 1, v));
  CHECK_FALSE(may_read(v.data().get() + 100, 1, v));
  CHECK_FALSE(may_read(v.rend(), 1, v));
  CHECK(may_read(thrust::device_pointer_cast(reinterpret_cast<const char*>(v.data().get())) + 399, 1, v));
  CHECK(may_read(thrust::make_transform_iterator(v.begin(), same_int()), 100, v));
  CHECK(may_read(thrust::make_transform_iterator(other.begin(), looks_up{nullptr}), 100, v));
  CHECK(may_read(thrust::make_transform_iterator(other.begin(), same_int()), 100, v));  // may know an address all the same
  CHECK(may_read(std::make_reverse_iterator(v.end()), 1, v));
  CHECK(may_read(thrust::make_permutation_iterator(other.begin(), other.begin()), 100, v));
  CHECK(may_read(thrust::make_zip_iterator(thrust::make_tuple(other.begin(), v.begin())), 100, v));
}

}  // namespace
