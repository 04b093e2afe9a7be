// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Memory for elements of one vector, and what moves them: a gap is opened and filled, or closed.
///
/// What may throw leaves the elements as they were. The exceptions are std::vector's: insert and erase before the end where
/// moving or copying an element throws; the vector is then valid, with other elements. Two are the backend's: a last wait that is
/// refused finds erase done, and an insert that nothing can undo leaves other elements.
#pragma once

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/element_life.hpp>
#include <vmm/device_uvector.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/detail/raw_vector.hpp>

namespace vmm::detail {

struct raw_access {
  template <class Vector>
  VMM_HOST_DEVICE static engine::raw_vector& raw_of(Vector& v) noexcept {
    return v.raw_;
  }
  template <class Vector>
  VMM_HOST_DEVICE static const engine::raw_vector& raw_of(const Vector& v) noexcept {
    return v.raw_;
  }
  template <class Vector, class... Arguments>
  static Vector make(Arguments&&... arguments) {
    return Vector(adopt_raw{}, std::forward<Arguments>(arguments)...);
  }
};

inline namespace VMM_SYSTEM_NAMESPACE {

/// Whether new elements may go before others. At the end nothing has to be moved, so T need not be assignable.
enum class place { end, anywhere };

template <class T>
void reverse_by_swaps(T* first, T* last) {
  using std::swap;
  for (; first + 1 < last; ++first) swap(*first, *--last);
}
/// Makes [middle, last) come first. The standard's algorithms for this call each other unqualified, and would find Thrust's.
template <class T>
void rotate_by_swaps(T* first, T* middle, T* last) {
  if (first == middle) return;
  reverse_by_swaps(first, middle);
  reverse_by_swaps(middle, last);
  reverse_by_swaps(first, last);
}

template <class T, class Alloc>
class element_buffer : protected element_life<T, Alloc> {  // a base, since it may be empty
 public:
  using byte_vector = device_uvector<T>;
  using life = element_life<T, Alloc>;

  /// `arguments` make the raw vector.
  template <class... Arguments>
  element_buffer(adopt_raw, const life& l, Arguments&&... arguments)
      : life(l), bytes_(raw_access::make<byte_vector>(std::forward<Arguments>(arguments)...)) {}
  element_buffer(element_buffer&& other) noexcept : life(other.get_life()), bytes_(std::move(other.bytes_)) {}
  element_buffer(element_buffer&& other, const life& l) noexcept : life(l), bytes_(std::move(other.bytes_)) {}
  element_buffer& operator=(element_buffer&& other) noexcept {
    if (this != &other) {
      if constexpr (!ends_trivially<T, Alloc>) truncate(0);
      bytes_ = std::move(other.bytes_);
      if constexpr (propagates_on_move<Alloc>) life::operator=(other.get_life());
    }
    return *this;
  }
  ~element_buffer() {
    if constexpr (!ends_trivially<T, Alloc>) truncate(0);
  }
  void swap(element_buffer& other) noexcept {
    bytes_.swap(other.bytes_);
    if constexpr (propagates_on_swap<Alloc>) std::swap<life>(*this, other);
  }

  byte_vector& get_byte_vector() noexcept { return bytes_; }
  const byte_vector& get_byte_vector() const noexcept { return bytes_; }
  VMM_HOST_DEVICE raw_vector& bytes() noexcept { return raw_access::raw_of(bytes_); }
  VMM_HOST_DEVICE const raw_vector& bytes() const noexcept { return raw_access::raw_of(bytes_); }
  const life& get_life() const noexcept { return *this; }
  void copy_life(const element_buffer& other) {
    if constexpr (propagates_on_copy<Alloc>) life::operator=(other.get_life());
  }
  T* data() const { return reinterpret_cast<T*>(bytes().data()); }
  /// Without what is staged.
  VMM_HOST_DEVICE T* address() const noexcept { return reinterpret_cast<T*>(bytes().address()); }
  VMM_HOST_DEVICE std::size_t size() const noexcept { return bytes().size() / sizeof(T); }
  static constexpr std::size_t max_size() noexcept {
    return static_cast<std::size_t>((std::numeric_limits<std::ptrdiff_t>::max)()) / sizeof(T);
  }

  // -- capacity
  [[nodiscard]] engine::deferred_release grow(std::size_t n) { return bytes().grow(checked(n), relocation<T>()); }
  void reserve(std::size_t n) {
    if (checked(n) <= bytes().capacity()) return;
    auto old = bytes().reserve(checked(n), relocation<T>());
    bytes().synchronize_if_blocking();
  }
  void shrink_to_fit() {
    bytes().shrink_to_fit(relocation<T>());
    bytes().synchronize_if_blocking();
  }

  // -- adding. `construct(index)` makes n elements from there on.
  template <place Where, class Construct>
  void insert_gap(std::size_t at, std::size_t n, Construct construct) {
    if (n == 0) return;
    if (n > max_size() - size()) too_long();
    const auto complete = [&](std::size_t offset) {
      construct(offset / sizeof(T));
      try {
        bytes().synchronize_if_blocking();
      } catch (...) {
        get_life().destroy(bytes(), offset / sizeof(T), n);
        throw;
      }
    };
    if constexpr (as_bytes<T>) {
      engine::insert_gap(bytes(), at * sizeof(T), n * sizeof(T), complete);
    } else {
      const std::size_t before = size();
      auto old = grow(before + n);
      bytes().flush();
      if constexpr (as_host_objects<T>) {
        construct(before);
        bytes().set_size((before + n) * sizeof(T));
        if constexpr (Where == place::anywhere) rotate_by_swaps(data() + at, data() + before, data() + size());
      } else {
        open_gap(at, n, complete);
      }
    }
  }

  // -- removing
  void erase(std::size_t first, std::size_t last) {
    if (first == last) return;
    if constexpr (as_bytes<T> && ends_trivially<T, Alloc>) {
      engine::erase(bytes(), first * sizeof(T), last * sizeof(T));
    } else {
      close_gap(first, last);
      bytes().synchronize_if_blocking();
    }
  }
  void truncate(std::size_t n) noexcept {
    get_life().destroy(bytes(), n, size() - n);
    bytes().set_size(n * sizeof(T));
  }
  void destroy_all() noexcept {
    truncate(0);
    bytes().hide();
  }

  static std::size_t checked(std::size_t n) {
    if (n > max_size()) too_long();
    return n * sizeof(T);
  }

  static std::size_t sum(std::size_t a, std::size_t b) {
    if (b > max_size() - a) too_long();
    return a + b;
  }

 protected:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[noreturn]] static void too_long() { throw std::length_error("vmm::device_vector: more elements than max_size()"); }

  /// Removes [first, last). Does not wait.
  void close_gap(std::size_t first, std::size_t last) {
    const std::size_t tail = size() - last, n = last - first;
    if (n == 0) return;
    if (tail == 0) return truncate(first);
    if constexpr (as_host_objects<T>) {
      for (std::size_t i = 0; i < tail; ++i) data()[first + i] = std::move(data()[last + i]);
      return truncate(first + tail);
    } else if constexpr (as_bytes<T>) {  // destroyed elsewhere, once the tail has moved: all of it may be refused until then
      const engine::temporary_memory gone(bytes().get_backend(), bytes().order(), n * sizeof(T), alignof(T));
      engine::copy_out(bytes(), gone.data(), first * sizeof(T), n * sizeof(T));
      engine::move_within(bytes(), first * sizeof(T), last * sizeof(T), tail * sizeof(T));
      get_life().destroy(bytes(), reinterpret_cast<T*>(gone.data()), n);
    } else {
      raw_vector temporary = raw_vector::temporary_copy(bytes(), tail * sizeof(T));
      relocate(bytes(), element_at<T>(temporary, 0), data() + last, tail);
      bytes().set_size(last * sizeof(T));  // what is in temporary memory belongs to nobody until it is back
      truncate(first);
      restore(first, temporary, tail);
    }
    bytes().set_size((first + tail) * sizeof(T));
  }

  /// On the device, where moves do not throw, or not assignable. Waits while what was done can be undone.
  template <class Complete>
  void open_gap(std::size_t at, std::size_t n, const Complete& complete) {
    const std::size_t tail = size() - at;
    if (tail == 0) {
      complete(at * sizeof(T));
      bytes().set_size((at + n) * sizeof(T));
    } else {
      raw_vector temporary = raw_vector::temporary_copy(bytes(), tail * sizeof(T));
      relocate(bytes(), element_at<T>(temporary, 0), data() + at, tail);
      bytes().set_size(at * sizeof(T));
      try {
        complete(at * sizeof(T));
      } catch (...) {
        restore(at, temporary, tail);
        bytes().set_size((at + tail) * sizeof(T));
        throw;
      }
      bytes().set_size((at + n) * sizeof(T));
      restore(at + n, temporary, tail);
      bytes().set_size((at + n + tail) * sizeof(T));
      bytes().synchronize_if_blocking();
    }
  }
  /// Elements that were moved to temporary memory, to `at`; destroyed where they cannot come back.
  void restore(std::size_t at, raw_vector& temporary, std::size_t n) {
    try {
      relocate(bytes(), data() + at, element_at<T>(temporary, 0), n);
    } catch (...) {
      get_life().destroy(bytes(), element_at<T>(temporary, 0), n);
      throw;
    }
  }

  byte_vector bytes_;
};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
