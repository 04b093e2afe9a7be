// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What a device_vector can hold: elements of every size and alignment, and elements that are more than their bytes.
#include "vector/vectors.hpp"

#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/pair.h>
#include <thrust/tuple.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

using vmm_test::contents;
using vmm_test::homes;
using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;

namespace {

template <std::size_t Size, std::size_t Alignment = 1>
struct alignas(Alignment) bytes {
  unsigned char data[Size];
  bytes() = default;
  explicit bytes(int seed) {
    for (std::size_t i = 0; i < Size; ++i) data[i] = static_cast<unsigned char>(seed * 37 + static_cast<int>(i));
  }
  friend bool operator==(const bytes& a, const bytes& b) { return std::memcmp(a.data, b.data, Size) == 0; }
};

TEMPLATE_TEST_CASE("trivially copyable elements of every size", "[types]", char, double, bytes<1>, bytes<3>, bytes<12>,
                   bytes<24>, bytes<48>, bytes<64>, (bytes<32, 32>), (bytes<64, 64>)) {
  using T = TestType;
  static_assert(std::is_trivially_copyable_v<T>);
  for (const auto& home : homes()) {
    INFO(home << ", " << sizeof(T) << " bytes");
    vmm::device_vector<T> v(home.options);
    std::vector<T> model;
    for (int i = 0; i < 40; ++i) {
      v.push_back(T(i));
      model.push_back(T(i));
    }
    v.insert(v.begin() + 3, 5, T(77));
    model.insert(model.begin() + 3, 5, T(77));
    const std::vector<T> part(model.begin(), model.begin() + 7);
    v.insert(v.begin() + 9, part.begin(), part.end());
    model.insert(model.begin() + 9, part.begin(), part.end());
    v.erase(v.begin() + 1, v.begin() + 4);
    model.erase(model.begin() + 1, model.begin() + 4);
    v.resize(90, T(5));
    model.resize(90, T(5));
    v.resize(1100);
    model.resize(1100, T());
    v[2] = T(9);
    model[2] = T(9);
    CHECK(contents(v) == model);
    CHECK(reinterpret_cast<std::uintptr_t>(v.data().get()) % alignof(T) == 0);
    const T read = v[2];
    CHECK(read == T(9));
    CHECK((v == model));
  }
}

TEST_CASE("bool takes a byte and is not packed", "[types]") {
  std::vector<bool> source(300);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = i % 3 == 0;
  vmm::device_vector<bool> v = source;
  const thrust::host_vector<bool> host = v;
  CHECK(std::vector<bool>(host.begin(), host.end()) == source);
  CHECK(v.capacity() == 300);
  CHECK(v.statistics().mapped == 300);
  CHECK(v[3] == true);
  CHECK(v[4] == false);
  v.resize(2);
  v[1] = true;
  v.resize(4);
  v.push_back(true);
  CHECK((v == std::vector<bool>{true, true, false, false, true}));
  CHECK(v == vmm::device_vector<bool>{true, true, false, false, true});
  CHECK(vmm::device_vector<bool>(3, true) != vmm::device_vector<bool>(3));
}

struct holder {
  int first, second;
};

TEST_CASE("pointers start as null pointers", "[types]") {
  using member = int holder::*;
  vmm::device_vector<member> members(5);
  members.push_back(&holder::second);
  members.resize(8);
  std::vector<member> expected(8, nullptr);
  expected[5] = &holder::second;
  CHECK(contents(members) == expected);

  int target = 0;
  vmm::device_vector<int*> pointers(3);
  pointers.push_back(&target);
  pointers.insert(pointers.begin(), 2, nullptr);
  CHECK(contents(pointers) == std::vector<int*>{nullptr, nullptr, nullptr, nullptr, nullptr, &target});
  CHECK(pointers.back() == &target);
}

TEST_CASE("thrust::pair and thrust::tuple", "[types]") {
  using pair = thrust::pair<int, float>;
  using tuple = thrust::tuple<int, float, char>;
  vmm::device_vector<pair> pairs(2, pair(1, 0.5F));
  pairs.push_back(thrust::make_pair(2, 1.5F));
  pairs.emplace_back(3, 2.5F);
  pairs.erase(pairs.begin());
  CHECK(contents(pairs) == std::vector<pair>{{1, 0.5F}, {2, 1.5F}, {3, 2.5F}});
  const pair second = pairs[1];
  CHECK(second.second == 1.5F);

  vmm::device_vector<tuple> tuples(1);
  tuples.insert(tuples.begin(), tuple(1, 0.5F, 'x'));
  CHECK(contents(tuples) == std::vector<tuple>{tuple(1, 0.5F, 'x'), tuple(0, 0.0F, '\0')});
}

/// Whether element i does not hold value i, or is not where its constructor left it.
template <class T>
struct is_wrong {
  const T* elements;
  const int* values;
  VMM_TEST_BOTH_SIDES bool operator()(std::size_t i) const {
    return elements[i].value != values[i] || !elements[i].is_in_place();
  }
};
template <class T>
bool holds(const vmm::device_vector<T>& v, const host_ints& expected) {
  const ints values = expected;
  if (v.size() != expected.size()) return false;
  const thrust::counting_iterator<std::size_t> first(0);
  return thrust::count_if(thrust::device, first, first + static_cast<std::ptrdiff_t>(v.size()),
                          is_wrong<T>{v.data().get(), values.data().get()}) == 0;
}

struct no_default {
  int value;
  VMM_TEST_BOTH_SIDES explicit no_default(int v) : value(v) {}
  VMM_TEST_BOTH_SIDES bool is_in_place() const { return true; }
};

TEST_CASE("elements without a default constructor", "[types]") {
  vmm::device_vector<no_default> v(2, no_default(4));
  v.push_back(no_default(5));
  v.emplace_back(6);
  v.resize(5, no_default(7));
  v.insert(v.begin(), 2, no_default(8));
  v.resize(6, no_default(0));
  v.assign(v.begin() + 1, v.end());
  CHECK(holds(v, {8, 4, 4, 5, 6}));
}

struct settings {
  int value = 7;
  double other = 0.5;
  VMM_TEST_BOTH_SIDES bool is_in_place() const { return other == 0.5; }
};

TEST_CASE("default member initialisers are heeded", "[types]") {
  vmm::device_vector<settings> v(3);
  v.resize(1000);
  CHECK(holds(v, host_ints(1000, 7)));
}

/// Knows its own address, so that a copy of its bytes is found out.
struct anchored {
  int value;
  const anchored* self;
  VMM_TEST_BOTH_SIDES anchored(int v = 3) : value(v), self(this) {}
  VMM_TEST_BOTH_SIDES anchored(const anchored& other) : value(other.value), self(this) {}
  VMM_TEST_BOTH_SIDES anchored& operator=(const anchored& other) { return value = other.value, *this; }
  VMM_TEST_BOTH_SIDES ~anchored() { self = nullptr; }
  VMM_TEST_BOTH_SIDES bool is_in_place() const { return self == this; }
};

TEST_CASE("elements that are more than their bytes", "[types]") {
  for (const auto& home : homes()) {
    INFO(home);
    vmm::device_vector<anchored> v(home.options);
    v.resize(2);
    v.push_back(anchored(5));
    v.append(40, anchored(6));
    v.emplace_back(v[2]);
    host_ints model = {3, 3, 5};
    model.resize(43, 6);
    model.push_back(5);
    CHECK(holds(v, model));
    v.insert(v.begin() + 1, 3, anchored(8));
    model.insert(model.begin() + 1, 3, 8);
    v.insert(v.begin() + 2, v.begin(), v.begin() + 2);
    model.insert(model.begin() + 2, {3, 8});
    v.erase(v.begin() + 4, v.begin() + 6);
    model.erase(model.begin() + 4, model.begin() + 6);
    v.shrink_to_fit();
    CHECK(holds(v, model));
    const vmm::device_vector<anchored> copy = v;
    CHECK(holds(copy, model));
    v.assign(2, anchored(1));
    v = copy;
    v.pop_back();
    model.pop_back();
    v.reserve(5000);
    CHECK(holds(v, model));
    const std::vector<anchored> host = {1, 2};
    v = host;
    CHECK(holds(v, {1, 2}));
  }
}

struct move_only {
  int value;
  const move_only* self;
  VMM_TEST_BOTH_SIDES move_only(int v = 3) : value(v), self(this) {}
  VMM_TEST_BOTH_SIDES move_only(move_only&& other) noexcept : value(other.value), self(this) { other.value = -1; }
  VMM_TEST_BOTH_SIDES ~move_only() { self = nullptr; }
  VMM_TEST_BOTH_SIDES bool is_in_place() const { return self == this; }
};

TEST_CASE("elements that can only be moved", "[types]") {
  vmm::device_vector<move_only> v(3);
  vmm::device_vector<move_only> w = std::move(v);
  CHECK(holds(w, {3, 3, 3}));
  CHECK(v.empty());
  v = std::move(w);
  swap(v, w);
  std::swap(v, w);
  v.push_back(move_only(4));
  v.emplace_back(5);
  v.reserve(300000);
  v.resize(6);
  v.insert(v.begin(), move_only(6));
  CHECK(holds(v, {6, 3, 3, 3, 4, 5, 3}));
  v.clear();
  CHECK(v.empty());
}

TEST_CASE("the room of trivially copyable elements can be lent", "[types]") {
  vmm::device_vector<int> v = {1, 2, 3};
  static_assert(std::is_same_v<decltype(v.uvector()), vmm::device_uvector<int>&>);
  vmm::device_uvector<int>& room = v.uvector();
  CHECK(room.data() == v.data().get());
  room.push_back(4);
  room.append(2, 9);
  room.wait();
  CHECK(contents(v) == host_ints{1, 2, 3, 4, 9, 9});
  v.resize(400000, 1);
  CHECK(room.size() == 400000);
  CHECK(room.data() == v.data().get());
  room.clear();
  CHECK(v.empty());
}

}  // namespace

#if !VMM_ON_CUDA
namespace {

using vmm_test::copied;
using vmm_test::copy_failed;
using vmm_test::moved;
using vmm_test::objects;

template <class T>
host_ints values_of(const vmm::device_vector<T>& v) {
  host_ints values;
  for (std::size_t i = 0; i < v.size(); ++i) values.push_back(v.data().get()[i].value);
  return values;
}

/// Lets the first, second, ... copy in `change` fail, until none does.
template <class T, class Change>
void fail_every_copy(bool strong, Change change) {
  for (const auto& home : homes()) {
    bool failed = true;
    for (int copies = 0; failed; ++copies) {
      INFO(home << ", copy " << copies << " fails");
      const host_ints before = {10, 11, 12, 13, 14, 15};
      objects().errors = 0;
      {
        vmm::device_vector<T> v(home.options);
        for (int i : before) v.emplace_back(i);
        v.shrink_to_fit();
        objects().copies_left = copies;
        failed = false;
        try {
          change(v);
        } catch (const copy_failed&) {
          failed = true;
        }
        objects().copies_left = -1;
        if (failed && strong) CHECK(values_of(v) == before);
      }
      CHECK(objects().errors == 0);
      CHECK(objects().alive.size() == 0);
      objects().alive.clear();
    }
  }
}

TEMPLATE_TEST_CASE("a copy constructor that throws leaks nothing", "[types]", copied, moved) {
  using T = TestType;
  using vector = vmm::device_vector<T>;
  const bool strong = std::is_nothrow_move_constructible_v<T>;
  SECTION("push_back") {
    fail_every_copy<T>(true, [](vector& v) { v.push_back(T(1)); });
  }
  SECTION("append") {
    fail_every_copy<T>(true, [](vector& v) { v.append(3, T(1)); });
  }
  SECTION("insert") {
    fail_every_copy<T>(strong, [](vector& v) { v.insert(v.begin() + 2, T(1)); });
  }
  SECTION("insert of copies") {
    fail_every_copy<T>(strong, [](vector& v) { v.insert(v.begin() + 2, 3, T(1)); });
  }
  SECTION("insert of a range of its own") {
    fail_every_copy<T>(strong, [](vector& v) { v.insert(v.begin() + 2, v.begin() + 1, v.begin() + 4); });
  }
  SECTION("insert of host elements") {
    fail_every_copy<T>(strong, [](vector& v) {
      const std::set<int> source = {1, 2, 3};
      v.insert(v.begin() + 2, source.begin(), source.end());
    });
  }
  SECTION("reserve") {
    fail_every_copy<T>(true, [](vector& v) { v.reserve(100); });
  }
  SECTION("resize") {
    fail_every_copy<T>(true, [](vector& v) { v.resize(20, T(1)); });
  }
  SECTION("shrink_to_fit") {
    fail_every_copy<T>(true, [](vector& v) {
      v.reserve(6);
      v.shrink_to_fit();
    });
  }
  SECTION("erase") {
    fail_every_copy<T>(strong, [](vector& v) { v.erase(v.begin() + 1, v.begin() + 3); });
  }
  SECTION("copy") {
    fail_every_copy<T>(true, [](vector& v) { const vector copy = v; });
  }
  SECTION("construction") {
    fail_every_copy<T>(true, [](vector&) { const vector filled(5, T(1)); });
  }
  SECTION("assign") {
    fail_every_copy<T>(false, [](vector& v) { v.assign(4, T(1)); });
  }
  SECTION("assign of a part of itself") {
    fail_every_copy<T>(false, [](vector& v) { v.assign(v.begin() + 2, v.end()); });
  }
}

TEST_CASE("own elements that are more than their bytes can be added by a plain reference", "[types]") {
  const std::string text(60, 'x');
  for (const auto& home : homes()) {
    INFO(home);
    vmm::device_vector<std::string> v(home.options);
    for (int i = 0; i < 9; ++i) v.push_back(text + std::to_string(i));
    v.shrink_to_fit();
    for (int i = 0; i < 9; ++i) v.push_back(v.data().get()[1]);
    for (std::size_t i = 9; i < v.size(); ++i) CHECK(v.data().get()[i] == text + "1");
    v.insert(v.begin(), v.data().get()[4]);
    CHECK(v.data().get()[0] == text + "4");
    v.assign(3, v.data().get()[8]);
    CHECK(v.size() == 3);
    CHECK(v.data().get()[2] == text + "7");
  }
}

}  // namespace
#endif

#if !VMM_ON_CUDA
TEST_CASE("vectors of vectors", "[types]") {
  using row = vmm::device_vector<int>;
  vmm::device_vector<row> rows(2);
  for (int i = 0; i < 100; ++i) rows.push_back(row(3, i));
  rows.insert(rows.begin() + 1, row{7, 8});
  rows.erase(rows.begin());
  CHECK(rows.size() == 102);
  CHECK(rows.data().get()[0] == row{7, 8});
  CHECK(rows.data().get()[101] == row(3, 99));
  const vmm::device_vector<row> copy = rows;
  CHECK(copy.data().get()[0] == row{7, 8});
}

namespace {
/// Shared by every copy; moved as bytes, but not copied so.
struct counted_handle {
  int* count;
  explicit counted_handle(int* c) : count(c) { ++*count; }
  counted_handle(const counted_handle& other) : count(other.count) { ++*count; }
  counted_handle& operator=(const counted_handle&) = default;
  ~counted_handle() { --*count; }
};
/// Takes anything, also a reference that belongs to Thrust.
struct greedy {
  int value = 0;
  bool from_thrust = false;
  greedy() = default;
  greedy(const greedy& other) : value(other.value), from_thrust(other.from_thrust) {}
  greedy& operator=(const greedy&) = default;
  template <class Other, class = std::enable_if_t<!std::is_same_v<std::decay_t<Other>, greedy>>>
  greedy(Other&&) : from_thrust(true) {}
};
}  // namespace

THRUST_PROCLAIM_TRIVIALLY_RELOCATABLE(counted_handle)

TEST_CASE("what may be moved as bytes is still copied by its constructor", "[types]") {
  int count = 0;
  {
    vmm::device_vector<counted_handle> v(3, counted_handle(&count));
    CHECK(count == 3);
    vmm::device_vector<counted_handle> w = v;
    CHECK(count == 6);
    for (int i = 0; i < 100; ++i) w.push_back(w.data().get()[0]);
    CHECK(count == 106);
    w.insert(w.begin() + 1, v.begin(), v.end());
    w.erase(w.begin());
    CHECK(count == 108);
  }
  CHECK(count == 0);
}

TEST_CASE("copies are made from elements, not from Thrust's references to them", "[types]") {
  vmm::device_vector<greedy> v(3);
  v.data().get()[1].value = 7;
  const vmm::device_vector<greedy> w = v;
  CHECK(w.data().get()[1].value == 7);
  CHECK_FALSE(w.data().get()[1].from_thrust);
}

TEST_CASE("a value that could not be pushed stays the caller's", "[types]") {
  vmm::options o;
  o.limit = 2 * sizeof(void*);
  vmm::device_vector<std::unique_ptr<int>> v(o);
  v.push_back(std::make_unique<int>(1));
  v.push_back(std::make_unique<int>(2));
  auto third = std::make_unique<int>(3);
  CHECK_THROWS_AS(v.push_back(std::move(third)), std::length_error);
  REQUIRE(third != nullptr);
  CHECK(*third == 3);
  CHECK(v.size() == 2);
}
#endif
