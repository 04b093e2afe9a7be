// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Reading elements from host iterators: at once where they are contiguous, otherwise in pieces of bounded size and in
/// one pass.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <vmm/no_init.hpp>

namespace vmm::detail {

template <class It>
using value_of = std::remove_cv_t<typename std::iterator_traits<It>::value_type>;
template <class It>
using category_of = typename std::iterator_traits<It>::iterator_category;

template <class It, class = void>
struct is_iterator : std::false_type {};
template <class It>
struct is_iterator<It, std::void_t<category_of<It>>> : std::true_type {};

template <class It>
using require_iterator = std::enable_if_t<is_iterator<It>::value>;
/// So that braces never mean the tag.
template <class Tag>
using require_no_init = std::enable_if_t<std::is_same_v<Tag, no_init_t>, int>;

template <class It>
inline constexpr bool is_forward = std::is_convertible_v<category_of<It>, std::forward_iterator_tag>;

/// @name Whether elements of exactly type T are contiguous, and where. By the iterator's concept; in C++17 the iterators of
/// the standard library have none and are known by name, whatever the allocator, in debug mode too. Iterators over device memory
/// whose references are objects never are.
template <class It, class = void>
struct pointer_by_concept {
  using type = void;
};
template <class Concept>
inline constexpr bool is_contiguous_concept = std::is_convertible_v<Concept, std::random_access_iterator_tag> &&
                                              !std::is_same_v<Concept, std::random_access_iterator_tag>;  // what else is more
#if defined(__cpp_lib_concepts)
template <std::contiguous_iterator It>
struct pointer_by_concept<It> {
  using type = std::remove_reference_t<std::iter_reference_t<It>>*;
};
#else
template <class It>
struct pointer_by_concept<It, std::enable_if_t<std::is_lvalue_reference_v<typename std::iterator_traits<It>::reference> &&
                                               is_contiguous_concept<typename It::iterator_concept>>> {
  using type = std::remove_reference_t<typename std::iterator_traits<It>::reference>*;
};
#endif

template <class It>
struct pointer_below : pointer_by_concept<It> {};
template <class T>
struct pointer_below<T*> {
  using type = T*;
};
template <class It>
using pointer_below_t = typename pointer_below<It>::type;
#ifdef __GLIBCXX__
template <class Pointer, class Container>
struct pointer_below<__gnu_cxx::__normal_iterator<Pointer, Container>> : pointer_below<Pointer> {};
#  ifdef _GLIBCXX_DEBUG
template <class It, class Container, class Category>
struct pointer_below<__gnu_debug::_Safe_iterator<It, Container, Category>> : pointer_below<It> {};
#  endif
#endif
#ifdef _LIBCPP_VERSION
template <class Pointer>
struct pointer_below<std::__wrap_iter<Pointer>> : pointer_below<Pointer> {};
#endif

template <class T, class Pointer>
inline constexpr bool points_to = std::is_same_v<Pointer, T*> || std::is_same_v<Pointer, const T*>;

template <class T, class It>
inline constexpr bool is_contiguous_host = points_to<T, pointer_below_t<It>>;

/// Of [first, last), which may be empty.
template <class T, class It>
const T* address_of_first(It first, It last) {
  if constexpr (std::is_pointer_v<It>)
    return first;
  else
    return first == last ? nullptr : std::addressof(*first);
}

/// std::data and std::size of a range say that much: of spans, arrays, strings, and vectors with any allocator.
template <class T, class Range, class = void>
inline constexpr bool is_contiguous_range = false;
template <class T, class Range>
inline constexpr bool is_contiguous_range<
    T, Range,
    std::void_t<decltype(std::size(std::declval<const Range&>())), decltype(std::data(std::declval<const Range&>()))>> =
    points_to<T, decltype(std::data(std::declval<const Range&>()))>;

/// At most this many bytes of elements are held on the host at a time.
inline constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// Elements constructed one after the other in host memory of their own.
template <class T>
class piece {
 public:
  explicit piece(std::size_t capacity) : data_(std::allocator<T>().allocate(capacity)), capacity_(capacity) {}
  piece(const piece&) = delete;
  ~piece() {
    clear();
    std::allocator<T>().deallocate(data_, capacity_);
  }
  template <class Value>
  void push_back(Value&& value) {
    ::new (static_cast<void*>(data_ + size_)) T(static_cast<Value&&>(value));
    ++size_;
  }
  void clear() noexcept {
    for (; size_ != 0; --size_) data_[size_ - 1].~T();
  }
  const T* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool full() const noexcept { return size_ == capacity_; }

 private:
  T* data_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

/// Calls `sink(const T* elements, std::size_t count)` until [first, last) is read; the elements are gone on return of
/// each call.
template <class T, class It, class Sink>
void for_each_piece(It first, It last, Sink&& sink) {
  if (first == last) return;
  std::size_t maximum = sizeof(T) < piece_bytes ? piece_bytes / sizeof(T) : 1;
  if constexpr (is_forward<It>) {
    const std::size_t n = static_cast<std::size_t>(std::distance(first, last));
    if (n < maximum) maximum = n;
  }
  piece<T> p(maximum);
  for (; first != last; ++first) {
    p.push_back(static_cast<T>(*first));
    if (p.full()) sink(p.data(), p.size()), p.clear();
  }
  if (p.size() != 0) sink(p.data(), p.size());
}

}  // namespace vmm::detail
