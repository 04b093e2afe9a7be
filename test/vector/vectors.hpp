// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the suites of vmm::device_vector share: reading a vector back, the places where it can live, sources, and
/// elements that keep count.
#pragma once

#include "support/backends.hpp"
#include "support/catch.hpp"
#include "support/iterators.hpp"
#include "support/numbers.hpp"
#include "support/options.hpp"

#include <vmm/device_vector.hpp>

#include <thrust/copy.h>
#include <thrust/device_ptr.h>

#include <cstddef>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#ifdef __CUDACC__
#  define VMM_TEST_BOTH_SIDES __host__ __device__
#else
#  define VMM_TEST_BOTH_SIDES
#endif

namespace vmm_test {

using ints = vmm::device_vector<int>;

/// The elements as they lie behind data(): neither the vector's iterators nor its conversions are trusted.
template <class Vector>
auto contents(const Vector& v) {
  using T = typename Vector::value_type;
  std::vector<T> out(v.size());
  const thrust::device_ptr<const T> first(v.data().get());
  thrust::copy(first, first + static_cast<std::ptrdiff_t>(v.size()), out.begin());
  return out;
}

/// In direct memory; there and, after the first few elements, in a range; always in a range.
inline std::vector<home> homes() {
  vmm::options promoted;
  promoted.small_limit = 40;
  return {{"direct memory", {}}, {"promoted past 40 bytes", promoted}, {"fixed address", fixed()}};
}

#if !VMM_ON_CUDA
/// Every object that lives, and how often something died that did not; copies throw when `copies_left` is used up.
struct registry {
  std::mutex mutex;
  std::set<const void*> alive;
  int errors = 0;
  int copies_left = -1;
};
inline registry& objects() {
  static registry r;
  return r;
}

struct copy_failed {};

struct tracked_base {
  int value;
  explicit tracked_base(int v) : value(v) { enter(); }
  tracked_base(const tracked_base& other) : value(other.value) {
    {
      const std::lock_guard lock(objects().mutex);
      objects().errors += objects().alive.count(&other) != 1;
      if (objects().copies_left == 0) throw copy_failed();
      --objects().copies_left;
    }
    enter();
  }
  struct moving {};
  tracked_base(tracked_base& other, moving) noexcept : value(other.value) { enter(); }
  ~tracked_base() {
    const std::lock_guard lock(objects().mutex);
    objects().errors += objects().alive.erase(this) != 1;
  }
  void enter() {
    const std::lock_guard lock(objects().mutex);
    objects().errors += !objects().alive.insert(this).second;
  }
};

struct copied : tracked_base {
  copied(int v = 0) : tracked_base(v) {}
  copied(const copied&) = default;
};
struct moved : tracked_base {
  moved(int v = 0) : tracked_base(v) {}
  moved(const moved&) = default;
  moved(moved&& other) noexcept : tracked_base(other, moving{}) {}
};
#endif

}  // namespace vmm_test
