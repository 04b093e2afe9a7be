// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector: which element types it takes and when it has to know them, and the names that it shares with RMM's.
#include <vmm/fwd.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <vmm/device_uvector.hpp>

#include "support/catch.hpp"
#include "support/backends.hpp"

using vmm::device_uvector;
using vmm::stream_ref;

// -- a member whose element type is completed later
namespace {

struct later;
struct holder {
  device_uvector<later> elements;
  std::vector<device_uvector<later>> more;
  holder();
  ~holder();
  holder(holder&&) noexcept = default;
  holder& operator=(holder&&) noexcept = default;
};
void exchange(holder& a, holder& b) {
  swap(a.elements, b.elements);
  a.elements.swap(b.elements);
  device_uvector<later> moved = std::move(a.elements);
  a.elements = std::move(moved);
}
static_assert(sizeof(device_uvector<later>) == sizeof(device_uvector<std::string>));

struct later {
  int x = 0;
};
holder::holder() = default;
holder::~holder() = default;

/// Named, moved and destroyed for any type: device_vector holds one for those that are more than bytes.
[[maybe_unused]] void any_type(device_uvector<std::string>& a, device_uvector<std::string>& b) {
  swap(a, b);
  a = std::move(b);
  device_uvector<std::string> moved = std::move(a);
}

// -- element types of each kind
struct plain_struct {
  int a;
  double b;
};
enum plain_enum { one };
enum class scoped_enum : std::uint16_t { one };
struct with_array {
  char text[13];
};
struct without_default {
  explicit without_default(int i) : x(i) {}
  int x;
};
struct with_const_member {
  const int x;
};
struct const_with_default {
  const int x = 3;
};
struct alignas(64) over_aligned {
  int x;
};
class with_private_member {
 public:
  explicit with_private_member(int i) : x_(i) {}
  int get() const { return x_; }

 private:
  int x_;
};
struct only_moved {
  explicit only_moved(int i) : x(i) {}
  only_moved(const only_moved&) = delete;
  only_moved(only_moved&&) = default;
  int x;
};
union either {
  int x;
  float y;
};
struct empty_struct {};

static_assert(std::is_trivially_copyable_v<with_const_member> && !std::is_copy_assignable_v<with_const_member>);
static_assert(std::is_trivially_copyable_v<only_moved>);

template <class T>
struct own_allocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = own_allocator<U>;
  };
};

template <class T>
T round_trip(const T& value) {
  device_uvector<T> v;
  v.push_back(value);
  v.append(&value, &value + 1);
  v.resize(3, value);
  v.assign(3, value);
  v.set_element(1, value);
  device_uvector<T> copy = v;
  REQUIRE(copy.size() == 3);
  REQUIRE(copy.to_vector().size() == 3);
  return copy.element(1);
}

}  // namespace

template class vmm::device_uvector<later>;
template class vmm::device_uvector<plain_struct>;
template class vmm::device_uvector<plain_enum>;
template class vmm::device_uvector<scoped_enum>;
template class vmm::device_uvector<const char*>;
template class vmm::device_uvector<void (*)(int)>;
template class vmm::device_uvector<int plain_struct::*>;
template class vmm::device_uvector<long double>;
template class vmm::device_uvector<with_array>;
template class vmm::device_uvector<without_default>;
template class vmm::device_uvector<with_const_member>;
template class vmm::device_uvector<const_with_default>;
template class vmm::device_uvector<over_aligned>;
template class vmm::device_uvector<with_private_member>;
template class vmm::device_uvector<only_moved>;
template class vmm::device_uvector<either>;
template class vmm::device_uvector<empty_struct>;
template class vmm::view<with_const_member>;
template class vmm::view<const over_aligned>;

TEST_CASE("the element type of a member may be completed later", "[types]") {
  holder a, b;
  a.elements.push_back(later{7});
  a.more.emplace_back(std::size_t{3});
  exchange(a, b);
  CHECK(a.elements.size() == 1);
  CHECK(a.elements.element(0).x == 7);
  b = std::move(a);
  CHECK(b.elements.size() == 1);
  CHECK(b.more[0].size() == 3);
}

TEST_CASE("trivially copyable elements of every kind go in and come out", "[types]") {
  static const char* const text = "abc";
  CHECK(round_trip(text) == text);
  CHECK(round_trip(one) == one);
  CHECK(round_trip(scoped_enum::one) == scoped_enum::one);
  CHECK(round_trip(true));
  CHECK(round_trip(with_array{"hello"}).text[4] == 'o');
  CHECK(round_trip(without_default(5)).x == 5);
  CHECK(round_trip(with_const_member{6}).x == 6);
  CHECK(round_trip(const_with_default{}).x == 3);
  CHECK(round_trip(over_aligned{8}).x == 8);
  CHECK(round_trip(with_private_member(9)).get() == 9);
  CHECK(round_trip(plain_struct{1, 2}).b == 2);
  device_uvector<only_moved> v;
  v.push_back(only_moved(1));
  v.emplace_back(2);
  CHECK(v.element(1).x == 2);
}

TEST_CASE("a std::vector of any allocator takes the elements", "[types]") {
  device_uvector<int> v;
  v.append({1, 2, 3});
  const std::vector<int, own_allocator<int>> mine = v.to_vector<own_allocator<int>>();
  CHECK(std::vector<int>(mine.begin(), mine.end()) == v.to_vector());
  device_uvector<bool> flags;
  flags.append({true, false, true});
  CHECK(flags.to_vector() == std::vector<bool>{true, false, true});
}

// -- names of rmm::device_uvector
TEST_CASE("access to an element that is not there throws, and says which", "[types]") {
  device_uvector<int> v, none;
  v.append({1, 2, 3});
  const stream_ref s = v.stream();
  for (std::size_t i : {std::size_t{3}, std::size_t{1000}, static_cast<std::size_t>(-1)}) {
    CHECK_THROWS_AS(v.element(i), std::out_of_range);
    CHECK_THROWS_AS(v.element(i, s), std::out_of_range);
    CHECK_THROWS_AS(v.at(i), std::out_of_range);
    CHECK_THROWS_AS(v.set_element(i, 1), std::out_of_range);
    CHECK_THROWS_AS(v.set_element(i, 1, s), std::out_of_range);
    CHECK_THROWS_AS(v.set_element_async(i, 1, s), std::out_of_range);
    CHECK_THROWS_AS(v.set_element_to_zero_async(i, s), std::out_of_range);
  }
  v.reserve(100);
  CHECK_THROWS_AS(v.set_element(3, 1), std::out_of_range);
  CHECK_THROWS_AS(none.front_element(), std::out_of_range);
  CHECK_THROWS_AS(none.front_element(s), std::out_of_range);
  CHECK_THROWS_AS(none.back_element(), std::out_of_range);
  CHECK_THROWS_AS(none.back_element(s), std::out_of_range);
  CHECK(v.to_vector() == std::vector<int>{1, 2, 3});
  try {
    v.element(7);
  } catch (const std::out_of_range& e) {
    const std::string words = e.what();
    CHECK(words.find("7") != std::string::npos);
    CHECK(words.find("3") != std::string::npos);
  }
}

TEST_CASE("an element that is written in another stream leaves the vector its own", "[types]") {
  const stream_ref first = vmm_test::legacy, second = vmm_test::per_thread;
  device_uvector<int> v(3, first);
  v.assign(3, 4);
  v.wait();
  v.set_element(0, 5, second);
  v.set_element_async(1, 6, second);
  v.set_element_to_zero_async(2, second);
  CHECK(v.element(2, second) == 0);
  CHECK_THROWS_AS(v.set_element(3, 5, second), std::out_of_range);
  CHECK(v.stream() == first);
  CHECK(v.to_vector() == std::vector<int>{5, 6, 0});
  v.resize(4, second);
  CHECK(v.stream() == second);
}
