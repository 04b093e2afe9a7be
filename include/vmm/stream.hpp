// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// A CUDA stream by its handle, without a CUDA header. The stream must outlive every vector that uses it. The
/// per-thread default stream is another one in another thread: wait() before such a vector changes hands.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <vmm/config.hpp>

struct CUstream_st;  // what a cudaStream_t points to

/// @def VMM_STREAM_NAMESPACE
/// The inline namespace of code that depends on the translation unit's default stream.
#if defined(CUDA_API_PER_THREAD_DEFAULT_STREAM) || defined(__CUDA_API_PER_THREAD_DEFAULT_STREAM)
#  define VMM_STREAM_NAMESPACE per_thread_default_stream
#else
#  define VMM_STREAM_NAMESPACE legacy_default_stream
#endif

namespace vmm {

/// The stream that Thrust would use: the legacy one, or the calling thread's where
/// CUDA_API_PER_THREAD_DEFAULT_STREAM is defined. Internal linkage, so that each translation unit keeps its own choice.
static inline CUstream_st* default_stream() noexcept {
#if defined(CUDA_API_PER_THREAD_DEFAULT_STREAM) || defined(__CUDA_API_PER_THREAD_DEFAULT_STREAM)
  return reinterpret_cast<CUstream_st*>(2);
#else
  return reinterpret_cast<CUstream_st*>(1);
#endif
}

namespace detail {

template <class Stream, std::enable_if_t<std::is_convertible_v<const Stream&, CUstream_st*>, int> = 0>
CUstream_st* handle_of(const Stream& stream, int) noexcept {
  return static_cast<CUstream_st*>(stream);
}
template <class Stream, std::enable_if_t<std::is_same_v<decltype(std::declval<const Stream&>().get()), CUstream_st*>, int> = 0>
CUstream_st* handle_of(const Stream& stream, long) noexcept {
  return stream.get();
}

template <class Stream, class = void>
struct hands_out_handle : std::false_type {};
template <class Stream>
struct hands_out_handle<Stream, std::void_t<decltype(std::declval<const Stream&>().get())>>
    : std::is_same<decltype(std::declval<const Stream&>().get()), CUstream_st*> {};
template <class Stream, class = void>
struct has_handle_as_value : std::false_type {};
template <class Stream>
struct has_handle_as_value<Stream, std::void_t<decltype(std::declval<const Stream&>().value())>>
    : std::is_same<decltype(std::declval<const Stream&>().value()), CUstream_st*> {};

/// Somebody's class for a stream that is not owned: made from a handle, and hands it out again. Smart pointers are
/// none.
template <class Stream, bool = hands_out_handle<Stream>::value || has_handle_as_value<Stream>::value>
inline constexpr bool is_stream_class = false;
template <class Stream>
inline constexpr bool is_stream_class<Stream, true> =
    std::is_trivially_copyable_v<Stream>&& std::is_convertible_v<CUstream_st*, Stream>;

}  // namespace detail

/// Refers to a stream, which it does not own.
///
/// Converts from cudaStream_t, of which the null handle means the default stream, from classes that convert to that,
/// and from those that return it by get(), as cuda::stream_ref does; and back to all of these. On the host backend
/// every stream is the program's order. In an overload set of cudaStream_t and cuda::stream_ref it needs get(): neither
/// is nearer.
class stream_ref {
  template <class Stream>
  using require_stream_class = std::enable_if_t<!std::is_same_v<Stream, stream_ref> && detail::is_stream_class<Stream>, int>;
  template <class Stream>
  using require_stream = std::enable_if_t<std::is_class_v<Stream> && !std::is_same_v<Stream, stream_ref>,
                                          decltype(detail::handle_of(std::declval<const Stream&>(), 0))>;

 public:
  /// The stream of a handle; null is default_stream(). Always inline: what null means is this translation unit's
  /// choice.
  VMM_DETAIL_ALWAYS_INLINE stream_ref(CUstream_st* handle) noexcept : handle_(handle != nullptr ? handle : default_stream()) {}

  /// The stream of an object of another library.
  /// @tparam Stream a class that converts to cudaStream_t, or returns it by get()
  template <class Stream, require_stream<Stream> = nullptr>
  VMM_DETAIL_ALWAYS_INLINE stream_ref(const Stream& stream) noexcept : stream_ref(detail::handle_of(stream, 0)) {}

  /// Deleted: default_stream() says what is meant.
  stream_ref(std::nullptr_t) = delete;  // a literal 0 is rather a number in the wrong place

  /// The handle, a cudaStream_t; never null.
  CUstream_st* get() const noexcept { return handle_; }

  /// The same as get(), as rmm::cuda_stream_view spells it.
  CUstream_st* value() const noexcept { return handle_; }

  /// The handle, where a cudaStream_t is asked for.
  operator CUstream_st*() const noexcept { return handle_; }

  /// The stream as an object of another library.
  /// @tparam Stream a trivially copyable class that is made from a handle and returns it by get() or value(), as
  ///   cuda::stream_ref and rmm::cuda_stream_view do
  template <class Stream, require_stream_class<Stream> = 0>
  operator Stream() const noexcept {
    return handle_;
  }

  /// @name Comparison
  /// @{

  /// By handle, also with handles and with streams of other libraries.
  friend bool operator==(stream_ref a, stream_ref b) noexcept { return a.handle_ == b.handle_; }
  friend bool operator==(stream_ref a, CUstream_st* b) noexcept { return a == stream_ref(b); }
  friend bool operator==(CUstream_st* a, stream_ref b) noexcept { return b == a; }
  friend bool operator!=(stream_ref a, stream_ref b) noexcept { return !(a == b); }
  friend bool operator!=(stream_ref a, CUstream_st* b) noexcept { return !(a == b); }
  friend bool operator!=(CUstream_st* a, stream_ref b) noexcept { return !(b == a); }
  template <class Stream, require_stream_class<Stream> = 0>
  friend bool operator==(stream_ref a, const Stream& b) noexcept {
    return a == stream_ref(b);
  }
  template <class Stream, require_stream_class<Stream> = 0>
  friend bool operator==(const Stream& a, stream_ref b) noexcept {
    return b == stream_ref(a);
  }
  template <class Stream, require_stream_class<Stream> = 0>
  friend bool operator!=(stream_ref a, const Stream& b) noexcept {
    return !(a == stream_ref(b));
  }
  template <class Stream, require_stream_class<Stream> = 0>
  friend bool operator!=(const Stream& a, stream_ref b) noexcept {
    return !(b == stream_ref(a));
  }
  /// @}

 private:
  CUstream_st* handle_;
};

namespace detail {

/// A default argument that is evaluated where the constructor is called, so that each translation unit keeps its
/// stream.
struct implicit_stream {
  explicit implicit_stream(stream_ref s) noexcept : stream(s) {}
  stream_ref stream;
};

}  // namespace detail
}  // namespace vmm
