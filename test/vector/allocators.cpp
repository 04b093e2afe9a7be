// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The second template parameter: allocators that say how elements are made, and allocators that bring memory.
#include "vector/vectors.hpp"

#include <thrust/count.h>
#include <thrust/device_malloc_allocator.h>
#include <thrust/host_vector.h>
#include <thrust/mr/allocator.h>
#include <thrust/sort.h>
#include <thrust/universal_allocator.h>

#include <type_traits>

using vmm_test::contents;
using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;

namespace {

/// The usual one that leaves elements as they are.
template <class T>
struct uninitialised : thrust::device_malloc_allocator<T> {
  template <class U>
  struct rebind {
    using other = uninitialised<U>;
  };
  VMM_TEST_BOTH_SIDES void construct(T*) {}
};

/// Says what new elements are: `fresh` where nothing is given, else one more than that. Its own state counts.
template <class T>
struct marking : thrust::device_allocator<T> {
  template <class U>
  struct rebind {
    using other = marking<U>;
  };
  int fresh = 7;
  marking() = default;
  explicit marking(int f) : fresh(f) {}
  VMM_TEST_BOTH_SIDES void construct(T* p) { *p = T(fresh); }
  template <class U>
  VMM_TEST_BOTH_SIDES void construct(T* p, const U& x) {
    *p = static_cast<T>(x + 1);
  }
};

/// Elements leave a trace where they end.
template <class T>
struct wiping : thrust::device_malloc_allocator<T> {
  template <class U>
  struct rebind {
    using other = wiping<U>;
  };
  VMM_TEST_BOTH_SIDES void destroy(T* p) { *p = T(-1); }
};

/// Memory of its own, from Thrust's allocator; counts what it is asked for.
inline int& taken() {
  static int n = 0;
  return n;
}
template <class T>
struct counted : thrust::device_malloc_allocator<T> {
  using base = thrust::device_malloc_allocator<T>;
  template <class U>
  struct rebind {
    using other = counted<U>;
  };
  typename base::pointer allocate(std::size_t n) { return ++taken(), base::allocate(n); }
  void deallocate(typename base::pointer p, std::size_t n) { --taken(), base::deallocate(p, n); }
};
template <class T>
using resource =
    thrust::mr::stateless_resource_allocator<T, thrust::device_ptr_memory_resource<thrust::device_memory_resource>>;
template <class T>
struct with_policy : thrust::device_malloc_allocator<T> {
  using system_type = thrust::device_system_tag;
  system_type system() const { return {}; }
};

template <class A>
constexpr bool mapped = vmm::uses_mapped_memory<A>::value;
static_assert(mapped<thrust::device_allocator<int>> && mapped<thrust::device_malloc_allocator<int>>);
static_assert(mapped<uninitialised<int>> && mapped<marking<int>> && mapped<wiping<int>> && mapped<resource<int>>);
static_assert(!mapped<counted<int>> && !mapped<with_policy<int>> && !mapped<thrust::universal_allocator<int>>);

template <class V>
constexpr bool is_mapped = std::is_same_v<decltype(std::declval<const V&>().reserved()), std::size_t>;
static_assert(is_mapped<vmm::device_vector<int, marking<int>>>);
static_assert(std::is_base_of_v<vmm::stock_device_vector<int, counted<int>>, vmm::device_vector<int, counted<int>>>);
static_assert(sizeof(vmm::device_vector<int, uninitialised<int>>) == sizeof(ints));

TEST_CASE("an allocator that leaves elements uninitialised lives in mapped memory", "[allocators]") {
  vmm::device_vector<int, uninitialised<int>> v(1000000);
  CHECK(v.reserved() > v.capacity());
  v.resize(2000000);
  CHECK(v.size() == 2000000);
  v[5] = 3;
  CHECK(v[5] == 3);
  v.assign(4, 9);
  CHECK(contents(v) == host_ints(4, 9));
  v.push_back(1);
  v.resize(4);
  v.resize(5);  // nothing is written: the bytes of the element that was there
  CHECK(contents(v) == host_ints{9, 9, 9, 9, 1});
}

TEST_CASE("construct of the allocator makes elements", "[allocators]") {
  using vector = vmm::device_vector<int, marking<int>>;
  vector v(3);
  CHECK(contents(v) == host_ints(3, 7));
  v.resize(5, 1);
  CHECK(contents(v) == host_ints{7, 7, 7, 2, 2});
  v.push_back(10);
  CHECK(v.back() == 11);
  v.emplace_back(20);
  CHECK(v.back() == 21);
  const ints source = {100, 200};
  v.insert(v.begin() + 1, source.begin(), source.end());
  CHECK(contents(v) == host_ints{7, 101, 201, 7, 7, 2, 2, 11, 21});
  v.assign(source.begin(), source.end());
  CHECK(contents(v) == host_ints{101, 201});
  const vector copy = v;
  CHECK(contents(copy) == host_ints{102, 202});
  const vector ranged(source.begin(), source.end(), marking<int>(1));
  CHECK(contents(ranged) == host_ints{101, 201});
}

TEST_CASE("the state of an allocator goes along", "[allocators]") {
  using vector = vmm::device_vector<int, marking<int>>;
  vector v(2, marking<int>(40));
  CHECK(contents(v) == host_ints(2, 40));
  CHECK(v.get_allocator().fresh == 40);
  vector moved = std::move(v);
  moved.resize(3);
  CHECK(moved[2] == 40);
  vector other(1, marking<int>(50));
  swap(moved, other);
  CHECK(moved.get_allocator().fresh == 50);
  CHECK(other.get_allocator().fresh == 40);
  moved = std::move(other);
  CHECK(moved.get_allocator().fresh == 40);
  const vector copy(moved, marking<int>(60));
  CHECK(copy.get_allocator().fresh == 60);
  CHECK(copy.size() == 3);
}

TEST_CASE("destroy of the allocator ends elements", "[allocators]") {
  vmm::device_vector<int, wiping<int>> v(4, 8);
  for (int i = 0; i < 4; ++i) v.push_back(i);
  const thrust::device_ptr<int> first(v.data().get());
  v.pop_back();
  CHECK(first[7] == -1);
  v.erase(v.begin(), v.begin() + 2);
  CHECK(contents(v) == host_ints{8, 8, 0, 1, 2});
  v.clear();
  CHECK(first[0] == -1);
  CHECK(first[4] == -1);
}

TEST_CASE("an allocator with memory of its own is Thrust's vector", "[allocators]") {
  using vector = vmm::device_vector<int, counted<int>>;
  {
    vector v(3, 2);
    CHECK(taken() == 1);
    v.push_back(1);
    thrust::sort(v.begin(), v.end());
    CHECK(v[0] == 1);
    v = vector(5, 9);
    CHECK(v.size() == 5);
    v = {4, 5, 6};
    CHECK(contents(v) == host_ints{4, 5, 6});
    vector copy = v, moved = std::move(v);
    CHECK(copy == moved);
    swap(copy, moved);
    const thrust::host_vector<int> host = copy;
    vector back = host;
    back = host;
    back = std::vector<int>{1};
    CHECK(back.size() == 1);
    vmm::stock_device_vector<int, counted<int>>& base = copy;  // fits where a program takes Thrust's
    CHECK(base.size() == 3);
  }
  CHECK(taken() == 0);
}

TEST_CASE("between memory that is mapped and memory that is not", "[allocators]") {
  using owning = vmm::device_vector<int, counted<int>>;
  const ints v = {1, 2, 3};
  owning o(v);
  CHECK(contents(o) == host_ints{1, 2, 3});
  ints w(o);
  CHECK(w == v);
  CHECK(w == o);
  CHECK(o == w);
  CHECK_FALSE(o != w);
  o = ints{4};
  CHECK(o.size() == 1);
  w = o;
  CHECK(contents(w) == host_ints{4});
  const vmm::device_vector<float, uninitialised<float>> f = v;
  CHECK(f[2] == 3.0F);
  CHECK(f == v);
  const vmm::device_vector<float, thrust::universal_allocator<float>> u(v);
  CHECK(u[0] == 1.0F);
}

}  // namespace
