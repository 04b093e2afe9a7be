// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How device_vectors come to be, replace each other, and change places.
#include "vector/vectors.hpp"

#include <array>

#include <thrust/host_vector.h>
#include <thrust/iterator/counting_iterator.h>

#include <deque>
#include <iterator>
#include <list>
#include <sstream>
#include <type_traits>

using vmm_test::contents;
using vmm_test::fixed;
using vmm_test::homes;
using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;

static_assert(std::is_nothrow_move_constructible_v<ints> && std::is_nothrow_move_assignable_v<ints>);
static_assert(std::is_nothrow_swappable_v<ints> && std::is_nothrow_destructible_v<ints>);
static_assert(!std::is_convertible_v<int, ints> && !std::is_convertible_v<vmm::options, ints> &&
              !std::is_convertible_v<vmm::stream_ref, ints>);
static_assert(std::is_convertible_v<thrust::device_allocator<int>, ints>);
static_assert(std::is_convertible_v<std::initializer_list<int>, ints> && std::is_convertible_v<host_ints, ints>);

namespace {

const thrust::device_allocator<int> alloc;

bool lives_in_range(const ints& v) { return v.statistics().reserved != 0; }

TEST_CASE("a default vector is empty and holds no memory", "[construct]") {
  const ints v, w = alloc;
  for (const ints* empty : {&v, &w}) {
    CHECK(empty->empty());
    CHECK(empty->size() == 0);
    CHECK(empty->capacity() == 0);
    CHECK(empty->data().get() == nullptr);
    CHECK(empty->begin() == empty->end());
    CHECK(empty->statistics().mapped == 0);
  }
}

TEST_CASE("n elements are value-initialised or copies of a value", "[construct]") {
  { const ints dirty(1000, -1); }
  CHECK(contents(ints(1000)) == host_ints(1000));
  CHECK(contents(ints(3, alloc)) == host_ints(3));
  CHECK(contents(ints(5, 3)) == host_ints(5, 3));
  CHECK(contents(ints(5u, 3)) == host_ints(5, 3));
  CHECK(contents(ints(std::size_t{5}, 3, alloc)) == host_ints(5, 3));
  CHECK(contents(ints(5l, 3l)) == host_ints(5, 3));
  CHECK(ints(0).empty());
  CHECK(ints(0, 7).data().get() == nullptr);
}

TEST_CASE("no_init takes memory only", "[construct]") {
  const ints v(1000, vmm::no_init);
  CHECK(v.size() == 1000);
  CHECK(v.capacity() == 1000);
}

TEST_CASE("lists of values", "[construct]") {
  const ints v = {3, 4}, w{5, 3}, x({1, 2, 3}, alloc), none{};
  CHECK(contents(v) == host_ints{3, 4});
  CHECK(contents(w) == host_ints{5, 3});
  CHECK(contents(x) == host_ints{1, 2, 3});
  CHECK(none.empty());
}

TEST_CASE("the element type is deduced", "[construct]") {
  const vmm::device_vector list{1, 2, 3};
  const vmm::device_vector fill(2, 7);
  const vmm::device_vector copy(list);
  static_assert(std::is_same_v<decltype(list), const ints> && std::is_same_v<decltype(fill), const ints> &&
                std::is_same_v<decltype(copy), const ints>);
  CHECK(contents(copy) == host_ints{1, 2, 3});
  CHECK(contents(fill) == host_ints{7, 7});
}

TEST_CASE("ranges of the host", "[construct]") {
  const host_ints source = iota(3000);
  const std::list<int> list(source.begin(), source.end());
  const std::deque<int> deque(source.begin(), source.end());
  const thrust::host_vector<int> thrust_host = source;
  CHECK(contents(ints(source.data(), source.data() + 3000)) == source);
  CHECK(contents(ints(source.begin(), source.end(), alloc)) == source);
  CHECK(contents(ints(list.begin(), list.end())) == source);
  CHECK(contents(ints(deque.begin(), deque.end())) == source);
  CHECK(contents(ints(source.rbegin(), source.rend())) == host_ints(source.rbegin(), source.rend()));
  CHECK(contents(ints(thrust_host.begin(), thrust_host.end())) == source);
  CHECK(ints(list.begin(), list.end()).capacity() == 3000);
  CHECK(ints(list.end(), list.end()).empty());
  CHECK(ints(static_cast<const int*>(nullptr), static_cast<const int*>(nullptr)).empty());
}

TEST_CASE("input iterators are read in one pass", "[construct]") {
  std::istringstream in("4 8 15 16 23 42 end");
  const ints v{std::istream_iterator<int>(in), std::istream_iterator<int>()};
  CHECK(contents(v) == host_ints{4, 8, 15, 16, 23, 42});
  CHECK(contents(ints(vmm_test::input_source<int>(0), vmm_test::input_source<int>(600000))) == iota(600000));
}

TEST_CASE("ranges of the device", "[construct]") {
  const ints source = {1, 2, 3, 4};
  CHECK(contents(ints(source.begin() + 1, source.end())) == host_ints{2, 3, 4});
  CHECK(contents(ints(source.data(), source.data() + 2)) == host_ints{1, 2});
  CHECK(contents(ints(thrust::counting_iterator<int>(0), thrust::counting_iterator<int>(3000))) == iota(3000));
}

TEST_CASE("options and streams", "[construct]") {
  const host_ints source = {1, 2, 3};
  const ints empty(fixed()), zeros(2, fixed()), fill(2, 7, fixed()), range(source.begin(), source.end(), fixed());
  CHECK(empty.statistics().mapped == 0);
  CHECK(contents(zeros) == host_ints(2));
  CHECK(contents(fill) == host_ints(2, 7));
  CHECK(contents(range) == source);
  for (const ints* v : {&zeros, &fill, &range}) CHECK(lives_in_range(*v));
  CHECK_FALSE(lives_in_range(ints(2)));

  ints streamed(vmm::default_stream()), placed(vmm::stream_ref(static_cast<CUstream_st*>(nullptr)), fixed());
  CHECK(streamed.stream() == vmm::default_stream());
  for (ints* v : {&streamed, &placed}) {
    *v = source;
    v->push_back(4);
    v->wait();
    CHECK(contents(*v) == host_ints{1, 2, 3, 4});
  }
  CHECK(lives_in_range(placed));
}

TEST_CASE("options, a stream or both stand behind every kind of contents", "[construct]") {
  const host_ints source = {1, 2, 3};
  const vmm::stream_ref stream = vmm::default_stream();
  const auto check = [&](const ints& v, const host_ints& expected, bool ranged) {
    v.wait();
    CHECK(v.size() == expected.size());
    if (!expected.empty() && expected.front() >= 0) CHECK(contents(v) == expected);
    CHECK(lives_in_range(v) == ranged);
    CHECK(v.stream() == stream);
  };
  const host_ints any(5, -1);  // unspecified
  check(ints(5, vmm::no_init, thrust::device_allocator<int>()), any, false);
  check(ints(5, vmm::no_init, fixed()), any, true);
  check(ints(5, vmm::no_init, stream), any, false);
  check(ints(5, vmm::no_init, stream, fixed()), any, true);
  check(ints(3, stream, fixed()), host_ints(3), true);
  check(ints(3, 4, stream, fixed()), host_ints(3, 4), true);
  check(ints({1, 2, 3}, fixed()), source, true);
  check(ints({1, 2, 3}, stream), source, false);
  check(ints({1, 2, 3}, stream, fixed()), source, true);
  check(ints(source, fixed()), source, true);
  check(ints(source, stream), source, false);
  check(ints(source, stream, fixed()), source, true);
  check(ints(source.begin(), source.end(), stream), source, false);
  check(ints(source.begin(), source.end(), stream, fixed()), source, true);
  const ints original(source.begin(), source.end());
  check(ints(original, fixed()), source, true);
  check(ints(original, stream), source, false);
  check(ints(original, stream, fixed()), source, true);
}

TEST_CASE("a copy has the elements and the options, not the room to spare", "[construct]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints source(home.options);
    source = {1, 2, 3};
    source.reserve(1000);
    ints copy = source;
    const ints same(source, alloc);
    CHECK(lives_in_range(copy) == home.options.fixed_address);
    if (!lives_in_range(copy)) CHECK(copy.capacity() == 3);
    copy[0] = 9;
    CHECK(contents(copy) == host_ints{9, 2, 3});
    CHECK(contents(source) == host_ints{1, 2, 3});
    CHECK(contents(same) == host_ints{1, 2, 3});
  }
  CHECK(ints(ints()).empty());
}

TEST_CASE("a move takes the memory and leaves an empty vector to go on with", "[construct]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints source(home.options);
    source = iota(100);
    const int* const address = source.data().get();
    ints target = std::move(source);
    CHECK(target.data().get() == address);
    CHECK(contents(target) == iota(100));
    CHECK(source.empty());
    CHECK(source.data().get() == nullptr);
    source.push_back(5);
    CHECK(contents(source) == host_ints{5});
    const ints last(std::move(target), alloc);
    CHECK(contents(last) == iota(100));
  }
}

TEST_CASE("a std::vector that grows moves its device_vectors", "[construct]") {
  std::vector<ints> all;
  std::vector<const int*> addresses;
  for (int i = 0; i < 20; ++i) {
    all.emplace_back(10, i);
    addresses.push_back(all.back().data().get());
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].data().get() == addresses[i]);
    CHECK(contents(all[i]) == host_ints(10, static_cast<int>(i)));
  }
}

TEST_CASE("copy assignment", "[assign]") {
  for (const auto& home : homes()) {
    INFO(home);
    const ints longer = iota(100), shorter = {7, 8};
    ints v(home.options);
    CHECK(&(v = longer) == &v);
    CHECK(contents(v) == iota(100));
    const int* const address = v.data().get();
    const std::size_t capacity = v.capacity();
    v = shorter;
    CHECK(contents(v) == host_ints{7, 8});
    CHECK(v.data().get() == address);
    CHECK(v.capacity() == capacity);
    ints& same = v;
    v = same;
    CHECK(contents(v) == host_ints{7, 8});
    v = ints();
    CHECK(v.empty());
    CHECK(contents(longer) == iota(100));
  }
}

TEST_CASE("ranges whose elements lie side by side are taken as a whole", "[assign]") {
  const std::array<int, 2> pair = {3, 4};
  const int plain[] = {5, 6};
  const host_ints source = {1, 2};
  ints v;
  v.append(source);
  v.append(pair);
  v.append(plain);
  v.append(v.view());
  CHECK(contents(v) == host_ints{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6});
  v.assign(std::as_const(v).view().subview(2, 3));
  CHECK(contents(v) == host_ints{3, 4, 5});
  v.assign(pair);
  CHECK(contents(v) == host_ints{3, 4});
  CHECK(std::as_const(v).uvector().size() == 2);
}

TEST_CASE("assignment from lists and other containers", "[assign]") {
  ints v(3, 1);
  CHECK(&(v = {4, 5}) == &v);
  CHECK(contents(v) == host_ints{4, 5});
  v = {};
  CHECK(v.empty());
  v = iota(1000);
  CHECK(contents(v) == iota(1000));
  v = thrust::host_vector<int>(5, 2);
  CHECK(contents(v) == host_ints(5, 2));
}

TEST_CASE("move assignment takes the memory and gives back its own", "[assign]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints source(home.options), v(500, 1);
    source = iota(100);
    const int* const address = source.data().get();
    const std::size_t mapped = vmm::query_statistics().mapped, own = v.statistics().mapped;
    CHECK(&(v = std::move(source)) == &v);
    CHECK(v.data().get() == address);
    CHECK(contents(v) == iota(100));
    CHECK(source.empty());
    CHECK(vmm::query_statistics().mapped == mapped - own);
    source = {1, 2};
    CHECK(contents(source) == host_ints{1, 2});
    ints& same = v;
    v = std::move(same);
    CHECK(contents(v) == iota(100));
    CHECK(v.data().get() == address);
  }
}

TEST_CASE("swap exchanges everything and copies nothing", "[swap]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints a(home.options), b = {7, 8};
    a = iota(100);
    const int *const in_a = a.data().get(), *const in_b = b.data().get();
    const auto fifth = a.begin() + 5;
    a.swap(b);
    CHECK(contents(a) == host_ints{7, 8});
    CHECK(contents(b) == iota(100));
    CHECK(*fifth == 5);
    CHECK(fifth - b.begin() == 5);
    swap(a, b);
    CHECK(a.data().get() == in_a);
    std::swap(a, b);
    CHECK(a.data().get() == in_b);
    CHECK(b.data().get() == in_a);
    CHECK(lives_in_range(b) == (std::string(home.name) != "direct memory"));
    a.swap(a);
    std::swap(b, b);
    CHECK(contents(a) == host_ints{7, 8});
    CHECK(contents(b) == iota(100));
    ints empty;
    empty.swap(b);
    CHECK(b.empty());
    CHECK(contents(empty) == iota(100));
  }
}

}  // namespace
