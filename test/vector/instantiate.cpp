// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements whose type is completed after the vector was named, explicit instantiation for every kind of element, and elements
/// of any alignment.
#include "vector/vectors.hpp"

#include <thrust/host_vector.h>
#include <thrust/pair.h>
#include <thrust/tuple.h>

#include <cstdint>
#include <type_traits>
#include <utility>

using vmm_test::contents;
using vmm_test::homes;

namespace vmm_instantiate {

struct later;
struct holder {
  vmm::device_vector<later> elements;
  vmm::device_uvector<later>* room = nullptr;
  holder();
  holder(holder&&) noexcept;
  holder& operator=(holder&&) noexcept;
  ~holder();
  std::size_t add(int i);
};
struct tree {  // of itself
  vmm::device_vector<tree> branches;
};

struct later {
  int value = 0;
};
holder::holder() = default;
holder::holder(holder&&) noexcept = default;
holder& holder::operator=(holder&&) noexcept = default;
holder::~holder() = default;
std::size_t holder::add(int i) { return elements.push_back(later{i}), elements.size(); }

struct plain {
  int a[3];
};
enum class letter : char { a, b };
struct counted {
  int value;
  VMM_TEST_BOTH_SIDES counted(int v = 5) : value(v) {}
  VMM_TEST_BOTH_SIDES counted(const counted& o) : value(o.value) {}
  VMM_TEST_BOTH_SIDES counted& operator=(const counted& o) { return value = o.value, *this; }
  VMM_TEST_BOTH_SIDES ~counted() {}
};
struct no_default {
  int value;
  VMM_TEST_BOTH_SIDES explicit no_default(int v) : value(v) {}
};
template <std::size_t A>
struct alignas(A) wide {
  char c;
  int n;
};

}  // namespace vmm_instantiate

using vmm_instantiate::counted;
using vmm_instantiate::letter;
using vmm_instantiate::no_default;
using vmm_instantiate::plain;
using vmm_instantiate::wide;

template class vmm::device_vector<int>;
template class vmm::device_vector<bool>;
template class vmm::device_vector<const char*>;
template class vmm::device_vector<letter>;
template class vmm::device_vector<plain>;
template class vmm::device_vector<std::pair<int, float>>;
template class vmm::device_vector<thrust::pair<int, float>>;
template class vmm::device_vector<thrust::tuple<int, char>>;
template class vmm::device_vector<counted>;
template class vmm::device_vector<no_default>;
template class vmm::device_vector<wide<512>>;
// The members, all of them: what a program may ask of a vector of such elements.
template class vmm::detail::mapped_vector<unsigned short, thrust::device_allocator<unsigned short>>;
template class vmm::detail::mapped_vector<bool, thrust::device_allocator<bool>>;
template class vmm::detail::mapped_vector<letter, thrust::device_allocator<letter>>;
template class vmm::detail::mapped_vector<plain, thrust::device_allocator<plain>>;
template class vmm::detail::mapped_vector<std::pair<int, float>, thrust::device_allocator<std::pair<int, float>>>;
template class vmm::detail::mapped_vector<counted, thrust::device_allocator<counted>>;

namespace {

TEST_CASE("a member whose elements are defined later", "[instantiate]") {
  vmm_instantiate::holder h;
  CHECK(h.add(3) == 1);
  CHECK(h.add(4) == 2);
  vmm_instantiate::holder moved = std::move(h);
  CHECK(moved.add(5) == 3);
  CHECK(h.elements.empty());  // NOLINT: moved from
#if !VMM_ON_CUDA
  vmm_instantiate::tree t;
  t.branches.push_back({});
  t.branches.push_back({});
  const vmm_instantiate::tree copy = t;
  CHECK(copy.branches.size() == 2);
#endif
}

template <class T>
void use_aligned() {
  for (const auto& home : vmm_test::homes()) {
    INFO(home << ", alignment " << alignof(T));
    for (const std::size_t n : {std::size_t(1), std::size_t(3), std::size_t(100)}) {
      vmm::device_vector<T> v(n, T{1, 2}, home.options);
      const auto aligned = [&] { return reinterpret_cast<std::uintptr_t>(v.data().get()) % alignof(T) == 0; };
      CHECK(aligned());
      for (int i = 0; i < 5; ++i) v.push_back(T{3, i});
      CHECK(aligned());
      v.insert(v.begin(), v.rbegin(), v.rend());
      v.erase(v.begin() + 1);
      CHECK(aligned());
      v.shrink_to_fit();
      CHECK(aligned());
      const vmm::device_vector<T> copy = v;
      CHECK(reinterpret_cast<std::uintptr_t>(copy.data().get()) % alignof(T) == 0);
      REQUIRE(v.size() == 2 * (n + 5) - 1);
      const auto h = contents(copy);
      CHECK(h.front().n == 4);
      CHECK(h[1].n == 2);
      CHECK(h.back().n == 4);
    }
  }
}

TEST_CASE("elements of any alignment", "[instantiate]") {
  use_aligned<wide<256>>();
  use_aligned<wide<512>>();
  use_aligned<wide<4096>>();
  use_aligned<wide<65536>>();
}

}  // namespace
