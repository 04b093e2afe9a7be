// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Exchange with Thrust's containers and types, and the room that a vector has, takes and refuses.
#include "vector/vectors.hpp"

#include <thrust/device_vector.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/memory.h>
#include <thrust/reduce.h>
#include <thrust/universal_vector.h>

#include <limits>
#include <new>
#include <string>
#include <type_traits>

#if !VMM_ON_CUDA
#  include "driver/host/driver.hpp"
#endif

using vmm_test::contents;
using vmm_test::homes;
using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;

using floats = vmm::device_vector<float>;
using stock = vmm::stock_device_vector<int>;

static_assert(std::is_same_v<ints::value_type, int> && std::is_same_v<ints::size_type, std::size_t>);
static_assert(std::is_same_v<ints::difference_type, std::ptrdiff_t>);
static_assert(std::is_same_v<ints::allocator_type, thrust::device_allocator<int>>);
static_assert(std::is_same_v<ints::pointer, thrust::device_ptr<int>>);
static_assert(std::is_same_v<ints::const_pointer, thrust::device_ptr<const int>>);
static_assert(std::is_same_v<ints::reference, thrust::device_reference<int>>);
static_assert(std::is_same_v<ints::const_reference, thrust::device_reference<const int>>);
static_assert(std::is_same_v<ints::iterator, stock::iterator>);
static_assert(std::is_same_v<ints::const_iterator, stock::const_iterator>);
static_assert(std::is_same_v<ints::reverse_iterator, stock::reverse_iterator>);
static_assert(std::is_same_v<ints::const_reverse_iterator, stock::const_reverse_iterator>);
static_assert(std::is_same_v<ints, vmm::device_vector<int, thrust::device_allocator<int>>>);
static_assert(std::is_convertible_v<ints::pointer, ints::iterator>);
static_assert(!std::is_convertible_v<ints::iterator, ints::pointer> && !std::is_convertible_v<ints::pointer, int*>);

/// No function that takes one container in device memory gets a copy of another unseen; built with vmm::as_thrust, programs for
/// Thrust find what Thrust has.
#ifdef VMM_AS_THRUST
constexpr bool unseen = true;
#else
constexpr bool unseen = false;
#endif
static_assert(!std::is_convertible_v<const ints&, stock> && std::is_constructible_v<stock, const ints&>);
static_assert(std::is_convertible_v<const stock&, ints> == unseen && std::is_constructible_v<ints, const stock&>);
static_assert(std::is_convertible_v<const ints&, thrust::universal_vector<int>> == unseen);
static_assert(std::is_convertible_v<const thrust::universal_vector<int>&, ints> == unseen);
static_assert(std::is_convertible_v<const ints&, thrust::host_vector<int>> &&
              std::is_convertible_v<thrust::host_vector<int>, ints>);

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

TEST_CASE("host_vector, both ways", "[convert]") {
  const thrust::host_vector<int> source = iota(2000);
  ints v = source;
  CHECK(contents(v) == iota(2000));
  const thrust::host_vector<int> constructed = v, direct(v);
  thrust::host_vector<int> assigned(5, 1);
  assigned = v;
  CHECK(constructed == source);
  CHECK(direct == source);
  CHECK(assigned == source);
  v = thrust::host_vector<int>(3, 7);
  CHECK(contents(v) == host_ints(3, 7));
  assigned = ints();
  CHECK(assigned.empty());
}

TEST_CASE("thrust::device_vector, both ways", "[convert]") {
  const stock source = iota(2000);
  ints v(source);
  CHECK(contents(v) == iota(2000));
  const stock direct(v), cast = static_cast<stock>(v);
  stock assigned(5, 1);
  assigned = stock(v);
  CHECK(direct == source);
  CHECK(cast == source);
  CHECK(assigned == source);
  v = stock(3, 7);
  CHECK(contents(v) == host_ints(3, 7));
}

TEST_CASE("universal_vector, both ways", "[convert]") {
  using universal = thrust::universal_vector<int>;
  const universal source = iota(2000);
  ints v(source);
  CHECK(contents(v) == iota(2000));
  const universal direct(v), cast = static_cast<universal>(v);
  universal assigned(5, 1);
  assigned = universal(v);
  CHECK(direct == source);
  CHECK(cast == source);
  CHECK(assigned == source);
  v = thrust::universal_vector<int>(3, 7);
  CHECK(contents(v) == host_ints(3, 7));
}

TEST_CASE("std::vector, both ways", "[convert]") {
  const host_ints source = iota(2000);
  ints v = source;
  CHECK(contents(v) == source);
  CHECK(host_ints(v.begin(), v.end()) == source);
  host_ints copied(2000);
  thrust::copy(v.begin(), v.end(), copied.begin());
  CHECK(copied == source);
  v = host_ints{1, 2};
  CHECK(contents(v) == host_ints{1, 2});
  v = host_ints();
  CHECK(v.empty());
}

TEST_CASE("elements of another type are converted", "[convert]") {
  const floats v = {1.5F, -2.5F, 3.0F};
  const host_ints truncated = {1, -2, 3};
  ints whole = v;
  CHECK(contents(whole) == truncated);
  whole = {7};
  whole = v;
  CHECK(contents(whole) == truncated);
  CHECK(contents(ints(std::vector<float>{1.5F, -2.5F, 3.0F})) == truncated);
  CHECK(contents(ints(thrust::host_vector<float>(v))) == truncated);
  whole.insert(whole.begin() + 1, v.begin() + 2, v.end());
  CHECK(contents(whole) == host_ints{1, 3, -2, 3});
  const thrust::host_vector<int> host = v;
  CHECK(host_ints(host.begin(), host.end()) == truncated);
  CHECK(contents(floats(2, 3)) == std::vector<float>{3.0F, 3.0F});
}

TEST_CASE("raw pointers to the elements", "[convert]") {
  ints v = {1, 2, 3};
  const ints& constant = v;
  int* const address = v.data().get();
  CHECK(address != nullptr);
  CHECK(thrust::raw_pointer_cast(v.data()) == address);
  CHECK(thrust::raw_pointer_cast(constant.data()) == address);
  CHECK(thrust::raw_pointer_cast(&v[0]) == address);
  CHECK(thrust::raw_pointer_cast(&v[2]) == address + 2);
  CHECK(thrust::raw_pointer_cast(&*v.begin()) == address);
  CHECK(v.begin().base().get() == address);
  const ints::iterator from_pointer = v.data();
  CHECK(from_pointer == v.begin());
  CHECK(thrust::reduce(v.data(), v.data() + 3) == 6);
  CHECK(contents(ints(v.data() + 1, v.data() + 3)) == host_ints{2, 3});
}

TEST_CASE("below small_limit a vector grows as Thrust's does", "[capacity]") {
  ints v(1000);
  CHECK(v.capacity() == 1000);
  v.resize(1001);
  CHECK(v.capacity() == 2000);
  v.resize(5000, 1);
  CHECK(v.capacity() == 5000);
  v.push_back(1);
  CHECK(v.capacity() == 10000);

  ints reserved(1000);
  reserved.reserve(1001);
  CHECK(reserved.capacity() == 1001);
  reserved.reserve(10);
  CHECK(reserved.capacity() == 1001);
  CHECK(reserved.size() == 1000);

  ints pushed;
  host_ints capacities;
  for (int i = 0; i < 9; ++i) {
    pushed.push_back(i);
    capacities.push_back(static_cast<int>(pushed.capacity()));
  }
  CHECK(capacities == host_ints{1, 2, 4, 4, 8, 8, 8, 8, 16});
}

TEST_CASE("reserve makes room that growth then uses", "[capacity]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v(home.options);
    v = {1, 2, 3};
    v.reserve(4000);
    const int* const address = v.data().get();
    CHECK(v.capacity() >= 4000);
    CHECK(v.reserved() >= v.capacity());
    const std::size_t steps = v.statistics().growth_steps;
    v.resize(4000, 3);
    CHECK(v.data().get() == address);
    CHECK(v.statistics().growth_steps == steps);
    CHECK(contents(ints(v.begin(), v.begin() + 4)) == host_ints{1, 2, 3, 3});
  }
}

TEST_CASE("shrink_to_fit gives back what holds no elements", "[capacity]") {
  ints v = iota(1000);
  v.reserve(5000);
  v.shrink_to_fit();
  CHECK(v.capacity() == 1000);
  CHECK(v.statistics().mapped == 1000 * sizeof(int));
  const int* const address = v.data().get();
  v.shrink_to_fit();
  CHECK(v.data().get() == address);
  CHECK(contents(v) == iota(1000));

  const std::size_t granularity = vmm_test::bench().granularity;
  while (v.statistics().mapped < 8 * granularity) v.resize(v.size() + granularity / 8, vmm::no_init);
  const int* const in_range = v.data().get();
  v.resize(1000);
  CHECK(v.statistics().mapped >= 8 * granularity);
  v.shrink_to_fit();
  CHECK(v.data().get() == in_range);
  CHECK(v.statistics().mapped == granularity);
  CHECK(v.capacity() == granularity / sizeof(int));
  CHECK(contents(v) == iota(1000));
}

TEST_CASE("max_size is what a difference of iterators can express", "[capacity]") {
  CHECK(ints::max_size() == unlimited / 2 / sizeof(int));
  CHECK(vmm::device_vector<char>::max_size() == unlimited / 2);
  CHECK(vmm::device_vector<double>().max_size() == unlimited / 2 / sizeof(double));
}

TEST_CASE("more than max_size elements are a length_error", "[capacity]") {
  for (const auto& home : homes()) {
    for (const std::size_t n : {unlimited, unlimited / sizeof(int) + 2, ints::max_size() + 1}) {
      INFO(home << ", " << n);
      ints v(home.options);
      v = {1, 2, 3};
      CHECK_THROWS_AS(ints(n), std::length_error);
      CHECK_THROWS_AS(ints(n, 1), std::length_error);
      CHECK_THROWS_AS(ints(n, 1, home.options), std::length_error);
      CHECK_THROWS_AS(ints(n, vmm::no_init), std::length_error);
      CHECK_THROWS_AS(v.resize(n), std::length_error);
      CHECK_THROWS_AS(v.resize(n, 1), std::length_error);
      CHECK_THROWS_AS(v.resize(n, vmm::no_init), std::length_error);
      CHECK_THROWS_AS(v.reserve(n), std::length_error);
      CHECK_THROWS_AS(v.insert(v.begin(), n, 1), std::length_error);
      CHECK_THROWS_AS(v.append(n, 1), std::length_error);
      CHECK_THROWS_AS(v.append(unlimited - 2, 1), std::length_error);
      CHECK_THROWS_AS(v.append(ints::max_size() - 2, 1), std::length_error);
      CHECK_THROWS_AS(v.assign(n, 1), std::length_error);
      CHECK(contents(v) == host_ints{1, 2, 3});
    }
  }
  CHECK_THROWS_AS(ints(-1, 7), std::length_error);
  const thrust::counting_iterator<long long> first(0), last(std::numeric_limits<long long>::max());
  vmm::device_vector<long long> v = {1, 2, 3};
  CHECK_THROWS_AS(vmm::device_vector<long long>(first, last), std::length_error);
  CHECK_THROWS_AS(v.insert(v.begin(), first, last), std::length_error);
  CHECK_THROWS_AS(v.append(first, last), std::length_error);
  CHECK_THROWS_AS(v.assign(first, last), std::length_error);
  CHECK(contents(v) == std::vector<long long>{1, 2, 3});
}

TEST_CASE("options::limit is the most that a vector takes", "[capacity]") {
  vmm::options small;
  small.limit = 4000;
  ints v(small);
  v = iota(999);
  v.push_back(999);
  CHECK_THROWS_AS(v.push_back(1000), std::length_error);
  CHECK_THROWS_AS(v.resize(1001), std::length_error);
  CHECK(contents(v) == iota(1000));

  for (auto home : homes()) {
    INFO(home);
    home.options.limit = 2 * vmm_test::bench().granularity;
    const std::size_t most = home.options.limit / sizeof(int);
    ints w(home.options);
    w.resize(most - 1, 1);
    w.push_back(2);
    CHECK_THROWS_AS(w.push_back(3), std::length_error);
    CHECK_THROWS_AS(w.append(most, 3), std::length_error);
    CHECK(w.size() == most);
    CHECK(w.back() == 2);
    CHECK(w.statistics().mapped <= home.options.limit);
  }
}

/// Everything that takes room refuses to take that of n elements, says what was asked, and leaves the vector alone.
void refuse(ints& v, std::size_t n) {
  const host_ints before = contents(v);
  const int* const address = v.data().get();
  const std::size_t capacity = v.capacity(), mapped = v.statistics().mapped;
  CHECK_THROWS_AS(v.resize(n), std::bad_alloc);
  CHECK_THROWS_AS(v.reserve(n), vmm::out_of_memory);
  CHECK_THROWS_AS(v.insert(v.begin() + 1, n, 7), vmm::out_of_memory);
  CHECK_THROWS_AS(v.append(n, 7), vmm::out_of_memory);
  CHECK_THROWS_AS(v.assign(n, 7), vmm::out_of_memory);
  try {
    v.resize(n, vmm::no_init);
    FAIL("there was room for them");
  } catch (const vmm::out_of_memory& e) {
    CHECK(e.requested() >= (n - capacity) * sizeof(int));
    CHECK(e.requested() <= n * sizeof(int) + (std::size_t{4} << 20));
    CHECK(e.mapped() == mapped);
    CHECK(e.free() > 0);
    CHECK(std::string(e.what()).size() > 20);
  }
  CHECK(v.data().get() == address);
  CHECK(v.capacity() == capacity);
  CHECK(v.statistics().mapped == mapped);
  CHECK(contents(v) == before);
  v.push_back(5);
  CHECK(v.back() == 5);
}

TEST_CASE("more than the device has is out_of_memory, and changes nothing", "[capacity]") {
  vmm_test::bench bench;
  vmm::engine::memory_info memory;
  REQUIRE(bench.driver.memory(0, memory).ok());
  const std::size_t n = memory.total / sizeof(int) + (std::size_t{16} << 20);
  CHECK_THROWS_AS(ints(n), vmm::out_of_memory);
  for (const auto& home : homes()) {
    SECTION(home.name) {
      ints v(home.options);
      v = iota(50);
      refuse(v, n);
      refuse(v, ints::max_size() - 100);
    }
  }
}

#if !VMM_ON_CUDA
TEST_CASE("a device that fills up while a vector grows", "[capacity]") {
  vmm::engine::host_driver driver(std::size_t{4} << 20, std::size_t{64} << 10);
  vmm::engine::device_runtime backend(driver);
  for (auto home : homes()) {
    home.options.backend = &backend;
    SECTION(home.name) {
      ints v(home.options);
      CHECK_THROWS_AS(
          [&] {
            while (true) v.append(10000, 3);
          }(),
          vmm::out_of_memory);
      CHECK(v.size() > 500000);
      const bool intact = contents(v) == host_ints(v.size(), 3);
      CHECK(intact);
      v.resize(20);
      v = iota(20);
      v.shrink_to_fit();
      refuse(v, std::size_t{2} << 20);
      const vmm_test::forward_source<int> first(0), last(2 << 20);
      CHECK_THROWS_AS(v.insert(v.begin(), first, last), vmm::out_of_memory);
      CHECK(v.size() == 21);
      CHECK_THROWS_AS(v.assign(first, last), vmm::out_of_memory);
      CHECK(v.size() == 21);
    }
  }
  CHECK(backend.statistics().mapped == 0);
  CHECK(backend.statistics().reserved == 0);
}
#endif

}  // namespace
