// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A pointer and a size, trivially copyable, for kernels and for functions that only look at elements.
/// It owns nothing, and is invalidated by whatever invalidates the pointer. A parameter of type std::span or cuda::std::span
/// takes one.
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

#if defined(__cpp_lib_span) && defined(__cpp_lib_concepts)
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<vmm::view<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_view<vmm::view<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<vmm::detail::range_of<T>> = true;
#endif

namespace vmm {

template <class T>
class view {
  template <class Span>
  using require_span = std::enable_if_t<std::is_constructible_v<Span, T*, std::size_t> &&
                                            !std::is_convertible_v<detail::range_of<T>, Span>,
                                        int>;

 public:
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

  VMM_HOST_DEVICE constexpr view() noexcept : data_(nullptr), size_(0) {}
  VMM_HOST_DEVICE constexpr view(T* data, size_type size) noexcept : data_(data), size_(size) {}

  /// view<T> to view<const T>.
  template <class U, class = std::enable_if_t<std::is_convertible_v<U (*)[], T (*)[]>>>
  VMM_HOST_DEVICE constexpr view(const view<U>& other) noexcept : data_(other.data()), size_(other.size()) {}

  /// Converts a temporary view to a span of another library, whose own constructor takes only ranges that it knows to be borrowed.
  /// (A pointer, since cppcheck reads no other default here: findings/cppcheck_template_parameter_default.sh.)
  VMM_DETAIL_NO_SIDE_CHECK
  template <template <class, std::size_t> class Span, require_span<Span<T, static_cast<std::size_t>(-1)>>* = nullptr>
  VMM_HOST_DEVICE constexpr operator Span<T, static_cast<std::size_t>(-1)>() const&& noexcept {
    return Span<T, static_cast<std::size_t>(-1)>(data_, size_);
  }

  VMM_HOST_DEVICE constexpr T* data() const noexcept { return data_; }
  VMM_HOST_DEVICE constexpr size_type size() const noexcept { return size_; }
  VMM_HOST_DEVICE constexpr size_type size_bytes() const noexcept { return size_ * sizeof(T); }
  VMM_HOST_DEVICE constexpr bool empty() const noexcept { return size_ == 0; }
  VMM_HOST_DEVICE constexpr T* begin() const noexcept { return data_; }
  VMM_HOST_DEVICE constexpr T* end() const noexcept { return data_ + size_; }

  /// Unchecked; only where the memory can be reached: in kernels, and anywhere on the host backend.
  VMM_HOST_DEVICE constexpr T& operator[](size_type i) const noexcept { return data_[i]; }

  VMM_HOST_DEVICE constexpr view subview(size_type offset, size_type count) const noexcept {
    return view(data_ + offset, count);
  }

 private:
  T* data_;
  size_type size_;
};

}  // namespace vmm
