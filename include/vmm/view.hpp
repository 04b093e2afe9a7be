// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A pointer and a size, trivially copyable, for kernels and for functions that only look at elements.
/// It owns nothing, and is invalidated by whatever invalidates the pointer.
#pragma once

#include <cstddef>
#include <type_traits>

#include <vmm/config.hpp>

namespace vmm {

template <class T>
class view {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using pointer = T*;
  using reference = T&;
  using iterator = T*;

  VMM_HOST_DEVICE constexpr view() noexcept : data_(nullptr), size_(0) {}
  VMM_HOST_DEVICE constexpr view(T* data, size_type size) noexcept : data_(data), size_(size) {}

  /// view<T> to view<const T>.
  template <class U, class = std::enable_if_t<std::is_convertible_v<U (*)[], T (*)[]>>>
  VMM_HOST_DEVICE constexpr view(const view<U>& other) noexcept : data_(other.data()), size_(other.size()) {}

  VMM_HOST_DEVICE constexpr T* data() const noexcept { return data_; }
  VMM_HOST_DEVICE constexpr size_type size() const noexcept { return size_; }
  VMM_HOST_DEVICE constexpr size_type size_bytes() const noexcept { return size_ * sizeof(T); }
  VMM_HOST_DEVICE constexpr bool empty() const noexcept { return size_ == 0; }
  VMM_HOST_DEVICE constexpr T* begin() const noexcept { return data_; }
  VMM_HOST_DEVICE constexpr T* end() const noexcept { return data_ + size_; }

  /// Unchecked; only where the memory can be reached: in kernels, and anywhere on the host machine.
  VMM_HOST_DEVICE constexpr T& operator[](size_type i) const noexcept { return data_[i]; }

  VMM_HOST_DEVICE constexpr view subview(size_type offset, size_type count) const noexcept {
    return view(data_ + offset, count);
  }

 private:
  T* data_;
  size_type size_;
};

}  // namespace vmm
