// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the suites of growth share: vectors that do not move, with elements that can be recognised.
#pragma once

#include "vector/vectors.hpp"

#include <thrust/equal.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/sequence.h>

namespace vmm_test {

inline constexpr std::size_t mebi = std::size_t{1} << 20;

/// n elements from `first` on count up from 0.
inline void count_up(ints& v, std::size_t first, std::size_t n) {
  const auto begin = v.begin() + static_cast<std::ptrdiff_t>(first);
  thrust::sequence(begin, begin + static_cast<std::ptrdiff_t>(n));
}
inline bool counts_up(const ints& v, std::size_t first, std::size_t n) {
  const auto begin = v.begin() + static_cast<std::ptrdiff_t>(first);
  return thrust::equal(begin, begin + static_cast<std::ptrdiff_t>(n), thrust::counting_iterator<int>(0));
}

}  // namespace vmm_test
