// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Equality and order of arithmetic elements in storage, by the library's own kernels.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include <vmm/engine/storage.hpp>

namespace vmm::detail {

/// Types that engine::scalar can name.
template <class T>
inline constexpr bool is_scalar =
    std::is_arithmetic_v<T> && (std::is_integral_v<T> ? sizeof(T) <= 8
                                                      : std::is_same_v<std::remove_cv_t<T>, float> ||
                                                            std::is_same_v<std::remove_cv_t<T>, double>);

template <class T>
constexpr engine::scalar scalar_of() noexcept {
  static_assert(is_scalar<T>, "vmm: device_uvector compares arithmetic elements only; for others use device_vector");
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? engine::scalar::float32 : engine::scalar::float64;
  } else {
    return sizeof(T) == 1   ? engine::scalar::bits8
           : sizeof(T) == 2 ? engine::scalar::bits16
           : sizeof(T) == 4 ? engine::scalar::bits32
                            : engine::scalar::bits64;
  }
}

/// Waits. -0 equals 0 and a NaN equals nothing, as for the elements themselves.
template <class T>
bool equal(const engine::storage& a, const engine::storage& b) {
  if (a.size() != b.size()) return false;
  a.wait_for(b);
  const std::size_t n = a.size() / sizeof(T);
  engine::storage aside = engine::storage::like(a);
  return a.mismatch(a.within_reach(b, a.size(), aside), n, scalar_of<T>(), engine::relation::equal) == n;
}

/// Lexicographical order. Waits.
template <class T>
bool less(const engine::storage& a, const engine::storage& b) {
  a.wait_for(b);
  const std::size_t bytes = a.size() < b.size() ? a.size() : b.size();
  const std::size_t n = bytes / sizeof(T);
  engine::storage aside = engine::storage::like(a);
  const std::size_t i = a.mismatch(a.within_reach(b, bytes, aside), n, scalar_of<T>(), engine::relation::equivalent);
  if (i == n) return a.size() < b.size();
  T x, y;
  a.copy_out(std::addressof(x), i * sizeof(T), sizeof(T));
  b.copy_out(std::addressof(y), i * sizeof(T), sizeof(T));
  a.wait();
  b.wait();
  return x < y;
}

}  // namespace vmm::detail
