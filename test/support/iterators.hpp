// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Iterators to read from: of the input category, which are read once, and of the forward one, as often as one likes.
#pragma once

#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace vmm_test {

/// What `Read` finds at a position that goes forward.
template <class T, class At, class Read, class Category>
class source_iterator {
 public:
  using iterator_category = Category;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = T;
  explicit source_iterator(At at, Read read = {}) : at_(at), read_(read) {}
  T operator*() const { return static_cast<T>(read_(at_)); }
  source_iterator& operator++() { return ++at_, *this; }
  source_iterator operator++(int) { return source_iterator(at_++, read_); }
  friend bool operator==(const source_iterator& a, const source_iterator& b) { return a.at_ == b.at_; }
  friend bool operator!=(const source_iterator& a, const source_iterator& b) { return !(a == b); }

 private:
  At at_;
  Read read_;
};

struct source_error : std::runtime_error {
  source_error() : std::runtime_error("the source gave up") {}
};

/// @name Counts up, and throws instead of giving `bad`
struct number_unless_bad {
  int bad;
  number_unless_bad(int b = -1) : bad(b) {}
  int operator()(int at) const { return at == bad ? throw source_error() : at; }
};
template <class T>
using input_source = source_iterator<T, int, number_unless_bad, std::input_iterator_tag>;
template <class T>
using forward_source = source_iterator<T, int, number_unless_bad, std::forward_iterator_tag>;

/// @name Any iterator, read through a copy of it
struct element_there {
  template <class It>
  decltype(auto) operator()(const It& at) const {
    return *at;
  }
};
template <class It, class Category>
using only = source_iterator<typename std::iterator_traits<It>::value_type, It, element_there, Category>;
template <class It>
only<It, std::input_iterator_tag> input(It it) {
  return only<It, std::input_iterator_tag>(it);
}
template <class It>
only<It, std::forward_iterator_tag> forward(It it) {
  return only<It, std::forward_iterator_tag>(it);
}

}  // namespace vmm_test
