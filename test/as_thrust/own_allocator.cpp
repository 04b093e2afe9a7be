// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A client with an allocator of its own, which counts what it holds against a budget and derives a vector from Thrust's: it
/// goes on as with Thrust, beside vectors that grow by mapping.
#include <thrust/device_malloc_allocator.h>
#include <thrust/device_vector.h>
#include <thrust/fill.h>
#include <thrust/host_vector.h>
#include <thrust/transform_reduce.h>

#include "support/catch.hpp"

#include <cstddef>
#include <new>

namespace client {

struct budget {
  std::size_t held = 0;
};
inline budget& the_budget() {
  static budget b;
  return b;
}

template <class T>
class limited_allocator : public thrust::device_malloc_allocator<T> {
  using base = thrust::device_malloc_allocator<T>;

 public:
  template <class U>
  struct rebind {
    using other = limited_allocator<U>;
  };
  typename base::pointer allocate(std::size_t n) {
    budget& b = the_budget();
    if (b.held + n * sizeof(T) > 4096) throw std::bad_alloc();
    const auto p = base::allocate(n);
    b.held += n * sizeof(T);
    return p;
  }
  void deallocate(typename base::pointer p, std::size_t n) {
    the_budget().held -= n * sizeof(T);
    base::deallocate(p, n);
  }
};

template <class T>
class buffer : public thrust::device_vector<T, limited_allocator<T>> {
  using base = thrust::device_vector<T, limited_allocator<T>>;

 public:
  using base::base;
  T* raw() { return thrust::raw_pointer_cast(this->data()); }
};

template <class T>
double sum(const thrust::device_vector<T, limited_allocator<T>>& v) {
  return thrust::reduce(v.begin(), v.end(), 0.0);
}

}  // namespace client

namespace {

TEST_CASE("an allocator of the client's is asked for memory, as with Thrust", "[as_thrust]") {
  {
    client::buffer<float> b(100, 1.5F);
    CHECK(client::the_budget().held == 400);
    b.resize(150);
    CHECK(client::the_budget().held == 800);  // Thrust doubles
    CHECK(client::sum(b) == 150.0);
    CHECK(b.raw() != nullptr);
    CHECK_THROWS_AS(b.resize(2000), std::bad_alloc);
    CHECK(b.size() == 150);
    const thrust::host_vector<float> h = b;
    CHECK(h[99] == 1.5F);
    thrust::device_vector<float> mapped(b.begin(), b.end());
    CHECK(mapped == b);
    mapped.push_back(2.F);
    b = mapped;
    CHECK(b.size() == 151);
  }
  CHECK(client::the_budget().held == 0);
}

}  // namespace
