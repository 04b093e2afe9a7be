// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements of the vectors whose calls are refused, and iterators that bring such elements.
#pragma once

#include <cstddef>
#include <iterator>
#include <type_traits>

#include <vmm/config.hpp>

namespace vmm_test {

/// Elements that are bytes. Their number is their first four bytes, whatever else they have.
struct triple {
  int number, copy[2];
  VMM_HOST_DEVICE triple(int n = 0) : number(n), copy{n, n} {}  // value-initialised on the device
  VMM_HOST_DEVICE friend bool operator==(const triple& a, const triple& b) { return a.number == b.number; }
};
static_assert(sizeof(triple) == 12 && std::is_trivially_copyable_v<triple>);

inline int number_of(int n) { return n; }
inline int number_of(const triple& t) { return t.copy[0] == t.number && t.copy[1] == t.number ? t.number : -1; }

/// What a container may do with elements.
enum class kind {
  bytes,           ///< all by copies of bytes
  moved_as_bytes,  ///< constructed, copied and destroyed one by one; moved as bytes
  objects          ///< the host moves them, too, one by one
};
template <class T>
inline constexpr kind kind_of = kind::bytes;

/// Objects of T that live, where T counts them.
template <class T>
struct live_objects {
  static int count() { return 0; }
  static int errors() { return 0; }
};

/// Counts up from `value`; read once, or as often as one likes.
template <class T, class Category>
class counting_source {
 public:
  using iterator_category = Category;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = T;
  explicit counting_source(int value) : value_(value) {}
  T operator*() const { return T(value_); }
  counting_source& operator++() { return ++value_, *this; }
  counting_source operator++(int) { return counting_source(value_++); }
  friend bool operator==(const counting_source& a, const counting_source& b) { return a.value_ == b.value_; }
  friend bool operator!=(const counting_source& a, const counting_source& b) { return !(a == b); }

 private:
  int value_;
};
template <class T>
using input_source = counting_source<T, std::input_iterator_tag>;
template <class T>
using forward_source = counting_source<T, std::forward_iterator_tag>;

}  // namespace vmm_test
