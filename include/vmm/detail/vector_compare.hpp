// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Comparisons of device_vector: among themselves, with Thrust's vectors and with std::vector, in both orders. Elements are
/// compared where they are when both sides are on the device, otherwise on the host.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

#include <vmm/config.hpp>
#include <vmm/detail/element_access.hpp>
#include <vmm/detail/element_life.hpp>
#include <vmm/detail/mapped_vector.hpp>
#include <vmm/detail/thrust.hpp>
#include <vmm/detail/raw_vector.hpp>

#include <thrust/equal.h>
#include <thrust/host_vector.h>
#include <thrust/mismatch.h>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

/// The ways to compare; a struct, so that mapped_vector can befriend it.
struct vector_comparison {
  template <class T, class A>
  static const engine::raw_vector& raw_of(const mapped_vector<T, A>& v) {
    return v.core_.bytes();
  }

  template <class T, class A, class U, class B>
  static bool equal(const mapped_vector<T, A>& a, const mapped_vector<U, B>& b) {
    if (a.size() != b.size()) return false;
    if constexpr (std::is_same_v<T, U> && detail::is_scalar<T>) {
      return detail::equal<T>(raw_of(a), raw_of(b));
    } else {
      engine::wait_for(raw_of(a), raw_of(b));
      engine::raw_vector temporary = engine::raw_vector::like(raw_of(a));
      const void* const elements = engine::within_reach(raw_of(a), raw_of(b), b.size() * sizeof(U), temporary);
      return equal_on_device<U>(a, static_cast<const U*>(elements));
    }
  }

  /// `b` is a range of a Thrust vector, or of std::vector.
  template <class U, class T, class A, class It>
  static bool equal_to_range(const mapped_vector<T, A>& a, It first, std::size_t n) {
    if (a.size() != n) return false;
    if (n == 0) return true;
    if constexpr (is_device_source<It> && is_contiguous_for_thrust<It>) {
      return equal_on_device<U>(a, static_cast<const U*>(address_of(first)));
    } else if constexpr (copies_as_bytes<T>) {
      std::allocator<T> host;
      const auto free = [&](T* p) { host.deallocate(p, n); };
      const std::unique_ptr<T, decltype(free)> copy(host.allocate(n), free);
      engine::copy_out(raw_of(a), copy.get(), 0, n * sizeof(T));
      raw_of(a).synchronize();
      return equal_in_turn(copy.get(), first, n);
    } else {
      const thrust::host_vector<T> copy(a.begin(), a.end());
      return equal_in_turn(copy.begin(), first, n);
    }
  }

  template <class T, class A>
  static bool less(const mapped_vector<T, A>& a, const mapped_vector<T, A>& b) {
    if constexpr (detail::is_scalar<T>) {
      return detail::less<T>(raw_of(a), raw_of(b));
    } else {
      engine::device_scope device(raw_of(a));
      engine::wait_for(raw_of(a), raw_of(b));
      engine::raw_vector temporary = engine::raw_vector::like(raw_of(a));
      const std::size_t n = a.size() < b.size() ? a.size() : b.size();
      const T* const x = reinterpret_cast<const T*>(raw_of(a).data());
      const T* const y = static_cast<const T*>(engine::within_reach(raw_of(a), raw_of(b), n * sizeof(T), temporary));
      const auto order = policy<T>(raw_of(a));
      const std::size_t i = static_cast<std::size_t>(thrust::mismatch(order, x, x + n, y, functors::equivalent_to{}).first - x);
      if (i == n) return a.size() < b.size();
      return thrust::equal(order, x + i, x + i + 1, y + i, functors::less_than{});
    }
  }

 private:
  template <class A, class B>
  static bool equal_in_turn(A a, B b, std::size_t n) {
    for (; n != 0; --n, ++a, ++b)
      if (!(*a == *b)) return false;
    return true;
  }

  template <class U, class T, class A>
  static bool equal_on_device(const mapped_vector<T, A>& a, const U* b) {
    engine::device_scope device(raw_of(a));
    const T* const first = reinterpret_cast<const T*>(raw_of(a).data());
    return thrust::equal(policy<T>(raw_of(a)), first, first + a.size(), b, functors::equal_to{});
  }
};

/// Whether both have as many elements, and equal ones. Waits for both. @throws vmm::error
template <class T, class A, class U, class B>
bool operator==(const mapped_vector<T, A>& a, const mapped_vector<U, B>& b) {
  return vector_comparison::equal(a, b);
}
/// The same, with a vector of another kind.
template <class T, class A, class U, class B>
bool operator==(const mapped_vector<T, A>& a, const thrust::detail::vector_base<U, B>& b) {
  return vector_comparison::equal_to_range<U>(a, b.begin(), b.size());
}
/// The same, with a vector of another kind.
template <class T, class A, class U, class B>
bool operator==(const thrust::detail::vector_base<U, B>& a, const mapped_vector<T, A>& b) {
  return b == a;
}
/// The same, with a vector of another kind.
template <class T, class A, class U, class B>
bool operator==(const mapped_vector<T, A>& a, const std::vector<U, B>& b) {
  return vector_comparison::equal_to_range<U>(a, b.begin(), b.size());
}
/// The same, with a vector of another kind.
template <class T, class A, class U, class B>
bool operator==(const std::vector<U, B>& a, const mapped_vector<T, A>& b) {
  return b == a;
}

/// As `==`.
template <class T, class A, class U, class B>
bool operator!=(const mapped_vector<T, A>& a, const mapped_vector<U, B>& b) {
  return !(a == b);
}
/// As `==`.
template <class T, class A, class U, class B>
bool operator!=(const mapped_vector<T, A>& a, const thrust::detail::vector_base<U, B>& b) {
  return !(a == b);
}
/// As `==`.
template <class T, class A, class U, class B>
bool operator!=(const thrust::detail::vector_base<U, B>& a, const mapped_vector<T, A>& b) {
  return !(b == a);
}
/// As `==`.
template <class T, class A, class U, class B>
bool operator!=(const mapped_vector<T, A>& a, const std::vector<U, B>& b) {
  return !(a == b);
}
/// As `==`.
template <class T, class A, class U, class B>
bool operator!=(const std::vector<U, B>& a, const mapped_vector<T, A>& b) {
  return !(b == a);
}

/// Lexicographical order, by `<` of the elements. Waits for both. @throws vmm::error
template <class T, class A>
bool operator<(const mapped_vector<T, A>& a, const mapped_vector<T, A>& b) {
  return vector_comparison::less(a, b);
}
/// As `<`.
template <class T, class A>
bool operator>(const mapped_vector<T, A>& a, const mapped_vector<T, A>& b) {
  return b < a;
}
/// As `<`.
template <class T, class A>
bool operator<=(const mapped_vector<T, A>& a, const mapped_vector<T, A>& b) {
  return !(b < a);
}
/// As `<`.
template <class T, class A>
bool operator>=(const mapped_vector<T, A>& a, const mapped_vector<T, A>& b) {
  return !(a < b);
}

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
