// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Equality and order of arithmetic elements in storage, by the library's own kernels.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include <vmm/detail/element_types.hpp>
#include <vmm/detail/storage.hpp>

namespace vmm::detail {

/// Waits. -0 equals 0 and a NaN equals nothing, as for the elements themselves.
template <class T>
bool equal(const engine::storage& a, const engine::storage& b) {
  if (a.size() != b.size()) return false;
  a.wait_for(b);
  const std::size_t n = a.size() / sizeof(T);
  engine::storage temporary = engine::storage::like(a);
  return a.mismatch(a.within_reach(b, a.size(), temporary), n, scalar_of<T>(), engine::relation::equal) == n;
}

/// Lexicographical order. Waits.
template <class T>
bool less(const engine::storage& a, const engine::storage& b) {
  a.wait_for(b);
  const std::size_t bytes = a.size() < b.size() ? a.size() : b.size();
  const std::size_t n = bytes / sizeof(T);
  engine::storage temporary = engine::storage::like(a);
  const std::size_t i = a.mismatch(a.within_reach(b, bytes, temporary), n, scalar_of<T>(), engine::relation::equivalent);
  if (i == n) return a.size() < b.size();
  T x, y;
  a.copy_out(std::addressof(x), i * sizeof(T), sizeof(T));
  b.copy_out(std::addressof(y), i * sizeof(T), sizeof(T));
  a.synchronize();
  b.synchronize();
  return x < y;
}

}  // namespace vmm::detail
