// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Which constructors of device_vector an argument means.
#pragma once

#include <cstddef>
#include <type_traits>

#include <vmm/config.hpp>
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/thrust.hpp>
#include <vmm/options.hpp>
#include <vmm/stream.hpp>

namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {
namespace typed {

/// @name What a constructor may be told last: options, a stream, or a stream and options
template <class Stream>
inline constexpr bool is_stream = std::is_convertible_v<const Stream&, stream_ref> && !std::is_same_v<Stream, std::nullptr_t>;
template <class... Where>
inline constexpr bool is_where = false;
template <class Where>
inline constexpr bool is_where<Where> = std::is_same_v<Where, options> || is_stream<Where>;
template <class Stream>
inline constexpr bool is_where<Stream, options> = is_stream<Stream>;

/// Contiguous elements of exactly T, which are no more than their bytes. Asks T only when there is a range.
template <class T, class Range>
inline constexpr bool is_range_of_bytes = std::is_trivially_copyable_v<T> && detail::is_contiguous_range<T, Range>;

/// Of Thrust's containers: elements on the host, by raw pointers.
template <class U, class A>
inline constexpr bool is_host_container = std::is_pointer_v<typename thrust::detail::vector_base<U, A>::pointer>;

}  // namespace typed
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm
