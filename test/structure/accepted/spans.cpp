// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Where a parameter is a span, of the standard library or of CUDA's, views and device_uvectors are arguments.
#include <type_traits>
#include <utility>

#include <vmm/device_uvector.hpp>
#include <vmm/view.hpp>

#include <cuda/std/span>
#if __cplusplus >= 202002L
#  include <ranges>
#  include <span>
#endif

namespace {

using vmm::view;

template <template <class, std::size_t> class Span, std::size_t Dynamic>
struct functions {
  static void of_ints(Span<int, Dynamic>) {}
  static void of_const_ints(Span<const int, Dynamic>) {}

  static void call(view<int> v, const view<int> c, view<const int> of_const, vmm::device_uvector<int>& u) {
    of_ints(v), of_ints(c), of_ints(view<int>(v)), of_ints(v.subview(0, 0)), of_ints(std::move(c)), of_ints(u),
        of_ints(u.view());
    of_const_ints(v), of_const_ints(c), of_const_ints(view<int>(v)), of_const_ints(std::move(c)), of_const_ints(u);
    of_const_ints(of_const), of_const_ints(view<const int>(of_const)), of_const_ints(std::as_const(u));
    Span<int, Dynamic> a(view<int>{}), b{view<int>{}}, d = view<int>{};
    a = v, b = view<int>{}, d = c;
    Span<const int, Dynamic> e(view<int>{}), f = view<const int>{};
    e = v, f = view<int>{}, e = of_const;
    Span deduced(u.view());
    static_assert(std::is_same_v<decltype(deduced), Span<int, Dynamic>>);
  }

  static_assert(!std::is_convertible_v<view<const int>, Span<int, Dynamic>>);
  static_assert(!std::is_convertible_v<view<int>, Span<char, Dynamic>>);
  static_assert(!std::is_convertible_v<const vmm::device_uvector<int>&, Span<int, Dynamic>>);
};
template struct functions<cuda::std::span, cuda::std::dynamic_extent>;

#if __cplusplus >= 202002L
template struct functions<std::span, std::dynamic_extent>;
static_assert(std::ranges::view<view<int>> && std::ranges::contiguous_range<view<const int>>);
static_assert(std::ranges::borrowed_range<view<int>> && std::ranges::sized_range<view<int>>);
static_assert(std::ranges::contiguous_range<vmm::device_uvector<int>> && !std::ranges::view<vmm::device_uvector<int>>);
#endif

}  // namespace
