// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// A pointer and a size, for kernels and for functions that only look at elements.
#pragma once

#include <cstddef>
#include <type_traits>

#if __cplusplus >= 202002L && __has_include(<span>)
#  include <span>
#endif

#include <vmm/config.hpp>

namespace vmm {
template <class T>
class view;

namespace detail {
/// What a span's constructor for ranges asks of a view, to find out whether it takes one that is a temporary.
template <class T>
struct range_of {
  VMM_HOST_DEVICE T* data() const noexcept;
  VMM_HOST_DEVICE std::size_t size() const noexcept;
  VMM_HOST_DEVICE T* begin() const noexcept;
  VMM_HOST_DEVICE T* end() const noexcept;
};
}  // namespace detail
}  // namespace vmm

/// @cond
#if defined(__cpp_lib_span) && defined(__cpp_lib_concepts)
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<vmm::view<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_view<vmm::view<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<vmm::detail::range_of<T>> = true;
#endif
/// @endcond

namespace vmm {

/// A pointer and a size, trivially copyable, for kernels and for functions that only look at elements.
///
/// It owns nothing, and is invalidated by what invalidates the pointer: growth that moves the vector, and members that
/// remove or replace elements. An argument where a parameter is a std::span or a cuda::std::span; in C++20 a
/// std::ranges::view and a borrowed range. Every member is for host and device, constant in time, and asks the backend
/// for nothing.
///
/// @tparam T the element type; const where elements are only read
template <class T>
class view {
  template <class Span>
  using require_span =
      std::enable_if_t<std::is_constructible_v<Span, T*, std::size_t> && !std::is_convertible_v<detail::range_of<T>, Span>,
                       int>;

 public:
  /// @name Types
  /// @{

  /// As in std::span, with raw pointers.
  using element_type = T;
  using value_type = std::remove_cv_t<T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using pointer = T*;
  using const_pointer = const T*;
  using reference = T&;
  using const_reference = const T&;
  using iterator = T*;
  using const_iterator = const T*;
  /// @}

  /// Empty.
  VMM_HOST_DEVICE constexpr view() noexcept : data_(nullptr), size_(0) {}

  /// Of `size` elements from `data` on, in memory of the host or of a device.
  VMM_HOST_DEVICE constexpr view(T* data, size_type size) noexcept : data_(data), size_(size) {}

  /// A view of the same elements with more const: view<T> to view<const T>.
  template <class U, class = std::enable_if_t<std::is_convertible_v<U (*)[], T (*)[]>>>
  VMM_HOST_DEVICE constexpr view(const view<U>& other) noexcept : data_(other.data()), size_(other.size()) {}

  /// Converts a temporary view to a span of another library, whose own constructor takes only ranges that it knows to
  /// be borrowed. (A pointer, since cppcheck reads no other default here:
  /// findings/cppcheck_template_parameter_default.sh.)
  VMM_DETAIL_NO_SIDE_CHECK
  template <template <class, std::size_t> class Span, require_span<Span<T, static_cast<std::size_t>(-1)>>* = nullptr>
  VMM_HOST_DEVICE constexpr operator Span<T, static_cast<std::size_t>(-1)>() const&& noexcept {
    return Span<T, static_cast<std::size_t>(-1)>(data_, size_);
  }

  /// The address of the first element.
  VMM_HOST_DEVICE constexpr T* data() const noexcept { return data_; }

  /// The number of elements.
  VMM_HOST_DEVICE constexpr size_type size() const noexcept { return size_; }

  /// The size of all elements in bytes.
  VMM_HOST_DEVICE constexpr size_type size_bytes() const noexcept { return size_ * sizeof(T); }

  /// Whether there are no elements.
  VMM_HOST_DEVICE constexpr bool empty() const noexcept { return size_ == 0; }

  /// A raw pointer to the first element.
  VMM_HOST_DEVICE constexpr T* begin() const noexcept { return data_; }

  /// A raw pointer behind the last element.
  VMM_HOST_DEVICE constexpr T* end() const noexcept { return data_ + size_; }

  /// One element, unchecked; only where the memory can be reached: in kernels, and anywhere on the host backend.
  VMM_HOST_DEVICE constexpr T& operator[](size_type i) const noexcept { return data_[i]; }

  /// A view of `count` elements from index `offset` on, unchecked.
  VMM_HOST_DEVICE constexpr view subview(size_type offset, size_type count) const noexcept {
    return view(data_ + offset, count);
  }

 private:
  T* data_;
  size_type size_;
};

}  // namespace vmm
