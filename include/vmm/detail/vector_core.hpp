// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What device_vector does with its elements, counted in elements: add some, by whatever source, or put others in their place. The
/// class above adds names, overloads and Thrust's types.
///
/// What may throw leaves the elements as they were; the exceptions are those of element_buffer, and assign.
/// docs/guarantees.md says it for each operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/config.hpp>
#include <vmm/detail/element_access.hpp>
#include <vmm/detail/element_buffer.hpp>
#include <vmm/detail/element_life.hpp>
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/sources.hpp>
#include <vmm/detail/raw_vector.hpp>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

template <class T, class Alloc>
class vector_core : public element_buffer<T, Alloc> {
  using base = element_buffer<T, Alloc>;
  using base::none;
  using base::too_long;

 public:
  using base::address;
  using base::bytes;
  using base::checked;
  using base::data;
  using base::destroy_all;
  using base::element_buffer;
  using base::grow;
  using base::max_size;
  using base::size;
  using base::sum;
  using base::truncate;

  // -- adding one from the host. What is no more than bytes waits for a large copy unless someone may know where it is.
  void push(const T& value, bool force = false) {
    if constexpr (is_staged) {
      bytes().template push_back_fast<sizeof(T)>(std::addressof(value), force, [&] { return push_back_slow(value, force); });
    } else {
      insert_fill<place::end>(size(), 1, value);
    }
  }
  void push(T&& value, bool force = false) {
    if constexpr (is_staged)
      push(static_cast<const T&>(value), force);
    else
      insert_moved<place::end>(size(), std::move(value));
  }
  static constexpr bool is_staged = std::is_trivially_copyable_v<T> && !constructs_copies<Alloc, T> && !destroys<Alloc, T>;

  void append_default(std::size_t n) {
    if constexpr (is_plain && std::is_trivially_default_constructible_v<T> && !constructs_default<Alloc, T>)
      insert_fill<place::end>(size(), n, T());
    else
      this->template insert_gap<place::end>(size(), n,
                                            [&](std::size_t i) { this->get_life().construct_default(bytes(), i, n); });
  }
  void append_raw(std::size_t n) {
    this->template insert_gap<place::end>(size(), n, [](std::size_t) {});
  }
  template <place Where = place::anywhere>
  void insert_fill(std::size_t at, std::size_t n, const T& value) {
    if constexpr (is_plain) {
      const detail::byte_copy<T> copy(value);
      engine::insert_fill(bytes(), at * sizeof(T), copy.bytes, sizeof(T), checked(sum(size(), n)) / sizeof(T) - size());
    } else {
      if constexpr (!as_bytes<T> && !VMM_ON_CUDA && !constructs_copies<Alloc, T>)
        if (n == 1) return insert_moved<Where>(at, T(value));  // a copy that throws does so before anything grows
      with_own(value, [&](const T& x) {
        this->template insert_gap<Where>(at, n, [&](std::size_t i) { this->get_life().construct_fill(bytes(), i, n, x); });
      });
    }
  }
  template <place Where = place::anywhere>
  void insert_moved(std::size_t at, T&& value) {
    if (size() == max_size()) too_long();
    const std::size_t own = own_index(static_cast<const T*>(std::addressof(value)), 1);
    auto old = grow(size() + 1);  // before the value is moved from: it stays the caller's if no memory is left
    const auto insert = [&](T&& x) {
      this->template insert_gap<Where>(
          at, 1, [&](std::size_t i) { this->get_life().construct_from_host(bytes(), i, static_cast<T&&>(x)); });
    };
    if (own == none)
      insert(std::move(value));
    else
      with_own(std::move(data()[own]), [&](auto&& x) { insert(static_cast<T&&>(x)); });
  }

  /// What the iterators say when the call begins, also where they say what this vector holds.
  template <place Where = place::anywhere, class It>
  void insert_range(std::size_t at, It first, It last) {
    if constexpr (is_byte_source<T, It, Alloc>() || is_device_source<It>) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      if constexpr (is_own_kind<T, It>()) {
        insert_known<Where>(at, first, n);
      } else if (stays_readable<Where>(at, n, first)) {
        this->template insert_gap<Where>(at, n, [&](std::size_t i) { this->get_life().construct_copy(bytes(), i, first, n); });
      } else {
        insert_copies<Where>(at, copied(first, last));
      }
    } else if constexpr (detail::is_forward<It>) {
      const std::size_t n = static_cast<std::size_t>(std::distance(first, last));
      if (stays_readable<Where>(at, n, first))
        this->template insert_gap<Where>(at, n, [&](std::size_t i) { construct_pieces(i, first, last); });
      else
        insert_copies<Where>(at, copied(first, last));
    } else if ((Where == place::end || at == size()) && (as_bytes<T> || !may_read(first, 1))) {
      append_pieces(first, last);
    } else {  // of unknown length: copied first, so that the tail moves once
      insert_copies<Where>(at, copied(first, last));
    }
  }

  // -- replacing. Nothing is lost when there is no memory, nor when a copy of contiguous bytes fails. Input iterators, of
  // which nobody knows how many there are, come after the old elements are gone, unless they may read these.
  void assign_fill(std::size_t n, const T& value) {
    if constexpr (is_plain) {
      const detail::byte_copy<T> copy(value);
      engine::assign_fill(bytes(), copy.bytes, sizeof(T), checked(n) / sizeof(T));
    } else {
      with_own(value, [&](const T& x) {
        auto old = grow(n);
        replace(n, [&](std::size_t i) { this->get_life().construct_fill(bytes(), i, n, x); });
      });
    }
  }
  template <class It>
  void assign_range(It first, It last) {
    if constexpr (is_plain && is_own_kind<T, It>()) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      engine::assign(bytes(), n != 0 ? address_of(first) : nullptr, checked(n));
    } else if constexpr (is_byte_source<T, It, Alloc>() || is_device_source<It>) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      if (const std::size_t own = own_index(first, n); own != none) return keep(own, n);
      if (may_read(first, static_cast<std::ptrdiff_t>(n))) return assign_copies(copied(first, last));
      auto old = grow(n);
      replace(n, [&](std::size_t i) { this->get_life().construct_copy(bytes(), i, first, n); });
    } else if (may_read(first, distance_of(first, last))) {
      assign_copies(copied(first, last));
    } else if constexpr (detail::is_forward<It>) {
      const std::size_t n = static_cast<std::size_t>(std::distance(first, last));
      auto old = grow(n);
      replace(n, [&](std::size_t i) { construct_pieces(i, first, last); });
    } else {
      destroy_all();
      append_pieces(first, last);
    }
  }

 private:
  /// All that is done with them is done to their bytes.
  static constexpr bool is_plain = copies_plainly<T, Alloc> && ends_trivially<T, Alloc>;

  std::size_t push_back_slow(const T& value, bool force) {
    if (size() == max_size()) too_long();
    const byte_copy<T> copy(value);  // growth may move what `value` is part of
    return bytes().push_back_slow(copy.bytes, sizeof(T), force);
  }

  // -- sources that may read this vector's own elements
  template <class It>
  static std::ptrdiff_t distance_of(const It& first, const It& last) {
    if constexpr (detail::is_forward<It>)
      return std::distance(first, last);
    else
      return 1;  // of input iterators nobody knows
  }
  template <class It>
  bool may_read(const It& first, std::ptrdiff_t n) const {
    const auto begin = reinterpret_cast<std::uintptr_t>(address());
    return reader<It>::may_read(first, 0, n, {begin, begin + bytes().size()});
  }
  /// Whether `first` reads the same while n elements come in at `at`. Bytes that are only moved elsewhere, as a whole, stay
  /// where they were until the call ends.
  template <place Where, class It>
  bool stays_readable(std::size_t at, std::size_t n, const It& first) const {
    const bool nothing_moves =
        (Where == place::end || at == size()) && (as_bytes<T> || n <= bytes().capacity() / sizeof(T) - size());
    return nothing_moves || !may_read(first, static_cast<std::ptrdiff_t>(n));
  }
  /// A temporary copy, in this vector's order.
  template <class It>
  vector_core copied(It first, It last) const {
    vector_core copy(adopt_raw{}, this->get_life(), raw_vector::temporary_copy(bytes(), 0));
    if constexpr (is_byte_source<T, It, Alloc>() || is_device_source<It>) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      copy.reserve_raw(n);
      copy.template insert_gap<place::end>(0, n,
                                           [&](std::size_t i) { this->get_life().construct_copy(copy.bytes(), i, first, n); });
    } else {
      if constexpr (detail::is_forward<It>) copy.reserve_raw(static_cast<std::size_t>(std::distance(first, last)));
      copy.append_pieces(first, last);
    }
    return copy;
  }
  void reserve_raw(std::size_t n) { auto none_yet = bytes().reserve(checked(n), relocation<T>()); }
  template <place Where>
  void insert_copies(std::size_t at, vector_core&& copy) {
    const std::size_t n = copy.size();
    this->template insert_gap<Where>(at, n, [&](std::size_t i) { take(i, copy, n); });
  }
  void assign_copies(vector_core&& copy) {
    const std::size_t n = copy.size();
    auto old = grow(n);
    replace(n, [&](std::size_t i) { take(i, copy, n); });
  }
  /// Its elements, into raw memory from `at` on.
  void take(std::size_t at, vector_core& copy, std::size_t n) {
    if constexpr (as_bytes<T>) {
      engine::write(bytes(), at * sizeof(T), copy.address(), n * sizeof(T));
    } else {
      relocate(bytes(), data() + at, copy.data(), n);
    }
    copy.bytes().set_size(0);  // moved out
  }

  /// Where [first, first + n) starts in this vector, if those are its own elements.
  template <class It>
  std::size_t own_index(It first, std::size_t n) const {
    if constexpr (is_own_kind<T, It>()) {
      if (n == 0 || size() == 0) return none;
      const T* const p = address_of(first);
      const auto distance = reinterpret_cast<std::uintptr_t>(p) - reinterpret_cast<std::uintptr_t>(data());
      if (distance < size() * sizeof(T)) return distance / sizeof(T);
    }
    return none;
  }
  /// n elements by `construct` instead of all that there are; bytes are written over the old ones. Where the wait fails,
  /// it is done all the same. pre: there is space.
  template <class Construct>
  void replace(std::size_t n, Construct construct) {
    if constexpr (copies_as_bytes<T> && ends_trivially<T, Alloc>)
      bytes().flush();
    else
      destroy_all();
    if (n != 0) construct(0);
    bytes().set_size(n * sizeof(T));
    bytes().hide();
    if constexpr (!as_host_objects<T>) bytes().synchronize_if_blocking();
  }
  /// Nothing but the n elements from `first` on.
  void keep(std::size_t first, std::size_t n) {
    this->close_gap(0, first);
    truncate(n);
    bytes().synchronize_if_blocking();  // where that fails, it is done all the same
  }

  template <place Where = place::anywhere, class It>
  void insert_known(std::size_t at, It first, std::size_t n) {
    if constexpr (is_plain) {
      engine::insert(bytes(), at * sizeof(T), n != 0 ? address_of(first) : nullptr, checked(sum(size(), n)) - bytes().size());
    } else if (const std::size_t own = own_index(first, n); own == none) {
      this->template insert_gap<Where>(at, n, [&](std::size_t i) { this->get_life().construct_copy(bytes(), i, first, n); });
    } else if (Where == place::end || at == size()) {  // growth may move what is read
      this->template insert_gap<Where>(
          at, n, [&](std::size_t i) { this->get_life().construct_copy(bytes(), i, static_cast<const T*>(data()) + own, n); });
    } else if constexpr (Where == place::anywhere) {  // the gap moves what is read
      insert_copies<Where>(at, copied(first, first + static_cast<std::ptrdiff_t>(n)));
    }
  }

  /// Calls `use` with a value that stays while elements move: on the host backend it may be one of them.
  template <class Value, class Use>
  void with_own(Value&& value, Use use) {
    if constexpr (VMM_ON_CUDA) {
      use(std::forward<Value>(value));
    } else {
      T own(std::forward<Value>(value));
      use(std::forward<Value>(own));
    }
  }

  /// Into raw memory from `at` on; what is constructed is destroyed again if the source throws.
  template <class It>
  void construct_pieces(std::size_t at, It first, It last) {
    std::size_t done = 0;
    try {
      detail::for_each_piece<T>(first, last, [&](const T* p, std::size_t n) {
        this->get_life().construct_from_host(bytes(), at + done, p, n);
        done += n;
      });
    } catch (...) {
      this->get_life().destroy(bytes(), at, done);
      throw;
    }
  }
  /// While the vector is small growth moves it: what was replaced is kept until all is read.
  template <class It>
  void append_pieces(It first, It last) {
    const std::size_t before = size();
    std::vector<engine::deferred_release> replaced;
    try {
      detail::for_each_piece<T>(first, last, [&](const T* p, std::size_t n) {
        const T* const here = address();
        auto old = grow(sum(size(), n));
        if (address() != here) replaced.push_back(std::move(old));
        this->template insert_gap<place::end>(size(), n,
                                              [&](std::size_t i) { this->get_life().construct_from_host(bytes(), i, p, n); });
      });
    } catch (...) {
      truncate(before);
      throw;
    }
  }
};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
