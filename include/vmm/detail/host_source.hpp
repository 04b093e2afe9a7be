// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Reading elements from host iterators: at once where they lie side by side, otherwise in pieces of bounded size and in
/// one pass.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace vmm::detail {

template <class It>
using category_of = typename std::iterator_traits<It>::iterator_category;

template <class It, class = void>
struct is_iterator : std::false_type {};
template <class It>
struct is_iterator<It, std::void_t<category_of<It>>> : std::true_type {};

template <class It>
using require_iterator = std::enable_if_t<is_iterator<It>::value>;

template <class It>
inline constexpr bool is_forward = std::is_convertible_v<category_of<It>, std::forward_iterator_tag>;

/// Elements of exactly type T, side by side: pointers, and the iterators of std::vector.
template <class T, class It>
inline constexpr bool is_contiguous_host =
    std::is_same_v<It, T*> || std::is_same_v<It, const T*> ||
    (!std::is_same_v<T, bool> && (std::is_same_v<It, typename std::vector<T>::iterator> ||
                                  std::is_same_v<It, typename std::vector<T>::const_iterator>));

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
  std::size_t most = sizeof(T) < piece_bytes ? piece_bytes / sizeof(T) : 1;
  if constexpr (is_forward<It>) {
    const std::size_t n = static_cast<std::size_t>(std::distance(first, last));
    if (n < most) most = n;
  }
  piece<T> p(most);
  for (; first != last; ++first) {
    p.push_back(static_cast<T>(*first));
    if (p.full()) sink(p.data(), p.size()), p.clear();
  }
  if (p.size() != 0) sink(p.data(), p.size());
}

}  // namespace vmm::detail
