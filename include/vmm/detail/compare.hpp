// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Equality and order of arithmetic elements in raw vectors, by the library's own kernels.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include <vmm/detail/scalar.hpp>
#include <vmm/detail/raw_vector.hpp>

namespace vmm::detail {

/// Waits. -0 equals 0 and a NaN equals nothing, as for the elements themselves.
template <class T>
bool equal(const engine::raw_vector& a, const engine::raw_vector& b) {
  if (a.size() != b.size()) return false;
  engine::wait_for(a, b);
  const std::size_t n = a.size() / sizeof(T);
  engine::raw_vector temporary = engine::raw_vector::like(a);
  return engine::mismatch(a, engine::within_reach(a, b, a.size(), temporary), n, scalar_of<T>(), engine::relation::equal) == n;
}

/// Lexicographical order. Waits.
template <class T>
bool less(const engine::raw_vector& a, const engine::raw_vector& b) {
  engine::wait_for(a, b);
  const std::size_t bytes = a.size() < b.size() ? a.size() : b.size();
  const std::size_t n = bytes / sizeof(T);
  engine::raw_vector temporary = engine::raw_vector::like(a);
  const std::size_t i = engine::mismatch(a, engine::within_reach(a, b, bytes, temporary), n, scalar_of<T>(), engine::relation::equivalent);
  if (i == n) return a.size() < b.size();
  T x, y;
  engine::copy_out(a, std::addressof(x), i * sizeof(T), sizeof(T));
  engine::copy_out(b, std::addressof(y), i * sizeof(T), sizeof(T));
  a.synchronize();
  b.synchronize();
  return x < y;
}

}  // namespace vmm::detail
