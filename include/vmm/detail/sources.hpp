// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What arguments of device_vector mean: what a pair of iterators can be read by, whether it may read the elements of the vector
/// that is being changed, and what a constructor is told last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/thrust.hpp>
#include <vmm/options.hpp>
#include <vmm/stream.hpp>

#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/iterator_traits.h>
#include <thrust/iterator/reverse_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/memory.h>
#include <thrust/type_traits/is_contiguous_iterator.h>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

template <class It>
inline constexpr bool is_random_access =
    std::is_convertible_v<typename thrust::iterator_traversal<It>::type, thrust::random_access_traversal_tag>;

/// The standard's adaptors are for the host alone, whatever they stand on.
template <class It>
inline constexpr bool is_standard_adaptor = false;
template <class It>
inline constexpr bool is_standard_adaptor<std::reverse_iterator<It>> = true;
template <class It>
inline constexpr bool is_standard_adaptor<std::move_iterator<It>> = true;

/// Kernels can read through it: random access, and its system is the device's or any.
template <class It>
inline constexpr bool is_device_source =
    is_random_access<It>&& std::is_convertible_v<typename thrust::iterator_system<It>::type, thrust::device_system_tag> &&
    !(VMM_ON_CUDA && is_standard_adaptor<It>);

/// Contiguous elements, by what Thrust knows of the iterator. It cannot be asked of the standard's adaptors over its own
/// iterators: that does not compile, see findings/thrust_std_reverse_iterator.sh.
template <class It>
constexpr bool find_contiguous() {
  if constexpr (is_standard_adaptor<It>)
    return false;
  else
    return thrust::is_contiguous_iterator_v<It>;
}
template <class It>
inline constexpr bool is_contiguous_for_thrust = find_contiguous<It>();

/// Contiguous elements of exactly T.
template <class T, class It>
constexpr bool is_own_kind() {
  if constexpr (detail::is_contiguous_host<T, It>)
    return true;
  else
    return is_contiguous_for_thrust<It> && std::is_same_v<value_of<It>, T>;
}

template <class It>
auto address_of(It it) {
  if constexpr (std::is_pointer_v<It>)
    return it;
  else
    return thrust::raw_pointer_cast(&*it);
}

/// The memory of a vector's elements.
struct memory_span {
  std::uintptr_t first, last;
};

/// Types whose values are no way to other elements.
template <class Value>
inline constexpr bool is_plain_value = std::is_arithmetic_v<Value> || std::is_enum_v<Value>;

/// Whether elements it[first], ..., it[last - 1] may lie in `own`. False only where that is certain: by their addresses, or since
/// the iterator reads no memory that a vector could have.
template <class It>
struct reader {
  static bool may_read(const It& it, std::ptrdiff_t first, std::ptrdiff_t last, memory_span own) {
    if (first == last || own.first == own.last) return false;
    if constexpr (std::is_pointer_v<It> || detail::is_contiguous_host<value_of<It>, It> || is_contiguous_for_thrust<It>) {
      const auto begin = reinterpret_cast<std::uintptr_t>(address_of(it));
      const auto bytes = static_cast<std::ptrdiff_t>(sizeof(value_of<It>));
      return begin + static_cast<std::uintptr_t>(first * bytes) < own.last &&
             own.first < begin + static_cast<std::uintptr_t>(last * bytes);
    } else {
      return true;
    }
  }
};

template <class Value, class... Rest>
struct reader<thrust::counting_iterator<Value, Rest...>> {
  static bool may_read(const thrust::counting_iterator<Value, Rest...>&, std::ptrdiff_t, std::ptrdiff_t, memory_span) {
    return !is_plain_value<Value>;
  }
};
template <class Value, class... Rest>
struct reader<thrust::constant_iterator<Value, Rest...>> {
  static bool may_read(const thrust::constant_iterator<Value, Rest...>&, std::ptrdiff_t, std::ptrdiff_t, memory_span) {
    return !is_plain_value<Value>;
  }
};
template <class Value, class... Rest>
struct reader<std::istream_iterator<Value, Rest...>> {
  static bool may_read(const std::istream_iterator<Value, Rest...>&, std::ptrdiff_t, std::ptrdiff_t, memory_span) {
    return false;
  }
};
/// Of adaptors the iterator below is asked, from its first element on: its end may not be one to look at.
template <class Adaptor, class It>
struct reverse_reader {
  static bool may_read(const Adaptor& it, std::ptrdiff_t first, std::ptrdiff_t last, memory_span own) {
    if (first == last) return false;
    if constexpr (is_random_access<It>)
      return reader<It>::may_read(it.base() - last, 0, last - first, own);
    else
      return true;
  }
};
template <class It>
struct reader<thrust::reverse_iterator<It>> : reverse_reader<thrust::reverse_iterator<It>, It> {};
template <class It>
struct reader<std::reverse_iterator<It>> : reverse_reader<std::reverse_iterator<It>, It> {};
template <class It>
struct reader<std::move_iterator<It>> {
  static bool may_read(const std::move_iterator<It>& it, std::ptrdiff_t first, std::ptrdiff_t last, memory_span own) {
    return reader<It>::may_read(it.base(), first, last, own);
  }
};
template <class... Its>
struct reader<thrust::zip_iterator<thrust::tuple<Its...>>> {
  using iterator = thrust::zip_iterator<thrust::tuple<Its...>>;
  static bool may_read(const iterator& it, std::ptrdiff_t first, std::ptrdiff_t last, memory_span own) {
    return any(it, first, last, own, std::index_sequence_for<Its...>());
  }

 private:
  template <std::size_t... Index>
  static bool any(const iterator& it, std::ptrdiff_t first, std::ptrdiff_t last, memory_span own,
                  std::index_sequence<Index...>) {
    return (reader<Its>::may_read(thrust::get<Index>(it.get_iterator_tuple()), first, last, own) || ...);
  }
};

/// @name What a constructor may be told last: options, a stream, or a stream and options
template <class Stream>
inline constexpr bool is_stream = std::is_convertible_v<const Stream&, stream_ref> && !std::is_same_v<Stream, std::nullptr_t>;
template <class... Where>
inline constexpr bool is_where = false;
template <class Where>
inline constexpr bool is_where<Where> = std::is_same_v<Where, options> || is_stream<Where>;
template <class Stream>
inline constexpr bool is_where<Stream, options> = is_stream<Stream>;
template <class... Where>
using require_where = std::enable_if_t<is_where<Where...>, int>;

/// Contiguous elements of exactly T, which are no more than their bytes. Asks T only when there is a range.
template <class T, class Range>
inline constexpr bool is_range_of_bytes = std::is_trivially_copyable_v<T>&& detail::is_contiguous_range<T, Range>;

/// Of Thrust's containers: elements on the host, by raw pointers.
template <class U, class A>
inline constexpr bool is_host_container = std::is_pointer_v<typename thrust::detail::vector_base<U, A>::pointer>;
/// Into a program's own terms nothing is converted by itself; Thrust's own are left as they are.
template <class U, class A>
using require_implicit = std::enable_if_t<VMM_DETAIL_IMPLICIT_BORDER || is_host_container<U, A>, int>;
template <class U, class A>
using require_explicit = std::enable_if_t<!(VMM_DETAIL_IMPLICIT_BORDER || is_host_container<U, A>), int>;

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
