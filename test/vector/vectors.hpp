// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the suites of vmm::device_vector share: reading a vector back, the places where it can live, sources, and
/// elements that keep count.
#pragma once

#include "support/catch.hpp"
#include "support/backends.hpp"

#include <vmm/device_vector.hpp>

#include <thrust/copy.h>
#include <thrust/device_ptr.h>

#include <cstddef>
#include <iterator>
#include <mutex>
#include <numeric>
#include <ostream>
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
using host_ints = std::vector<int>;

/// The elements as they lie behind data(): neither the vector's iterators nor its conversions are trusted.
template <class Vector>
auto contents(const Vector& v) {
  using T = typename Vector::value_type;
  std::vector<T> out(v.size());
  const thrust::device_ptr<const T> first(v.data().get());
  thrust::copy(first, first + static_cast<std::ptrdiff_t>(v.size()), out.begin());
  return out;
}

/// first, first + 1, ... : n of them.
inline host_ints iota(std::size_t n, int first = 0) {
  host_ints values(n);
  std::iota(values.begin(), values.end(), first);
  return values;
}

/// Where a vector can live: in direct memory; there and, after the first few elements, in a range; always in a range.
struct home {
  const char* name;
  vmm::options options;
};
inline std::vector<home> homes() {
  vmm::options promoted, fixed;
  promoted.small_limit = 40;
  fixed.fixed_address = true;
  return {{"direct memory", {}}, {"promoted past 40 bytes", promoted}, {"fixed address", fixed}};
}
inline std::ostream& operator<<(std::ostream& out, const home& h) { return out << h.name; }

struct source_error : std::runtime_error {
  source_error() : std::runtime_error("the source gave up") {}
};

/// Counts up from `value`, and throws instead of giving `bad`.
template <class Category>
class numbers {
 public:
  using iterator_category = Category;
  using value_type = int;
  using difference_type = std::ptrdiff_t;
  using pointer = const int*;
  using reference = int;

  explicit numbers(int value, int bad = -1) : value_(value), bad_(bad) {}
  int operator*() const {
    if (value_ == bad_) throw source_error();
    return value_;
  }
  numbers& operator++() { return ++value_, *this; }
  numbers operator++(int) { return numbers(value_++, bad_); }
  friend bool operator==(const numbers& a, const numbers& b) { return a.value_ == b.value_; }
  friend bool operator!=(const numbers& a, const numbers& b) { return !(a == b); }

 private:
  int value_, bad_;
};
using input_numbers = numbers<std::input_iterator_tag>;
using forward_numbers = numbers<std::forward_iterator_tag>;

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
