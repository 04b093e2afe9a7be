// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The life of elements in device memory: construct, copy, move, destroy. As bytes wherever Thrust itself would copy
/// bytes; otherwise on the device by Thrust's algorithms, and on the host machine by the standard ones, which clean up
/// when a constructor throws.
#pragma once

#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <thrust/device_ptr.h>
#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/iterator_traits.h>
#include <thrust/memory.h>
#include <thrust/type_traits/is_contiguous_iterator.h>
#include <thrust/type_traits/is_trivially_relocatable.h>
#include <thrust/uninitialized_copy.h>
#include <thrust/uninitialized_fill.h>

#include <vmm/config.hpp>
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/thrust_policy.hpp>
#include <vmm/engine/storage.hpp>

namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {
namespace typed {

using engine::storage;

/// Elements may be moved to another place as bytes, and the old ones forgotten.
template <class T>
inline constexpr bool as_bytes = thrust::is_trivially_relocatable<T>::value;

/// Bytes also make a copy.
template <class T>
inline constexpr bool copies_as_bytes =
    as_bytes<T> && (std::is_trivially_copyable_v<T> || std::is_trivially_copy_constructible_v<T>);

/// Elements that the host moves in place one by one, where each step may throw. What cannot be assigned is set aside and
/// constructed again instead.
template <class T>
inline constexpr bool as_host_objects =
    !as_bytes<T> && !VMM_ON_CUDA && std::is_move_assignable_v<T> && std::is_swappable_v<T>;

/// @name Sources
template <class It>
using value_of = std::remove_cv_t<typename std::iterator_traits<It>::value_type>;

template <class It>
inline constexpr bool is_random_access =
    std::is_convertible_v<typename thrust::iterator_traversal<It>::type, thrust::random_access_traversal_tag>;

/// Kernels can read through it: random access, and its system is the device's or any.
template <class It>
inline constexpr bool is_device_source =
    is_random_access<It> && std::is_convertible_v<typename thrust::iterator_system<It>::type, thrust::device_system_tag>;

/// Elements of exactly T, side by side.
template <class T, class It>
constexpr bool is_own_kind() {
  if constexpr (detail::is_contiguous_host<T, It>)
    return true;
  else
    return thrust::is_contiguous_iterator_v<It> && std::is_same_v<value_of<It>, T>;
}

/// Of these bytes can be copied.
template <class T, class It>
constexpr bool is_byte_source() {
  if constexpr (!copies_as_bytes<T>)
    return false;
  else
    return is_own_kind<T, It>();
}

template <class It>
auto address_of(It it) {
  if constexpr (std::is_pointer_v<It>)
    return it;
  else
    return thrust::raw_pointer_cast(&*it);
}

/// @name Kernels, in the order of `s`, with scratch memory. Nothing waits but for values.
#if VMM_ON_CUDA
template <class T>
auto policy(const storage& s) {
#  ifdef __CUDACC__
  return streaming_policy(s.get_machine(), s.where().stream);
#  else
  static_assert(sizeof(T) == 0,
                "vmm::device_vector: this operation launches kernels, so with Thrust's CUDA system it needs nvcc; in a "
                ".cpp file use vmm::device_uvector, or compile with THRUST_DEVICE_SYSTEM set to CPP, OMP or TBB");
  return thrust::device;
#  endif
}
#else
template <class T>
auto policy(const storage&) {
  return thrust::device;
}
#endif

template <class T>
struct construct_value {
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(T& x) const {
    ::new (static_cast<void*>(&x)) T();
  }
};

template <class T>
struct destroy_element {
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(T& x) const { x.~T(); }
};

template <class T>
struct relocate_element {
  T* to;
  T* from;
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(std::size_t i) const {
    ::new (static_cast<void*>(to + i)) T(static_cast<T&&>(from[i]));
    from[i].~T();
  }
};

/// Constructs a copy at to[i] from an element behind any random-access iterator.
template <class T, class It>
struct copy_element {
  T* to;
  It from;
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(std::size_t i) const {
    ::new (static_cast<void*>(to + i)) T(static_cast<T>(from[static_cast<std::ptrdiff_t>(i)]));
  }
};

template <class T>
T* at(storage& s, std::size_t index) noexcept {
  return reinterpret_cast<T*>(s.data()) + index;
}

/// On the host machine, `make(place, i)` for each of n places; if one throws, those before it are destroyed again. The
/// standard's algorithms for this call each other unqualified, and elements that name Thrust would find Thrust's.
template <class T, class Make>
void construct_each(T* to, std::size_t n, Make make) {
  std::size_t i = 0;
  try {
    for (; i < n; ++i) make(static_cast<void*>(std::addressof(to[i])), i);
  } catch (...) {
    while (i != 0) to[--i].~T();
    throw;
  }
}

template <class T>
void construct_default(storage& s, std::size_t first, std::size_t n) {
  if (n == 0) return;
  if constexpr (copies_as_bytes<T> && std::is_trivially_default_constructible_v<T>) {
    const T value = T();
    s.fill(first * sizeof(T), std::addressof(value), sizeof(T), n);
  } else if constexpr (VMM_ON_CUDA) {
    engine::device_scope device(s);
    thrust::for_each_n(policy<T>(s), at<T>(s, first), n, construct_value<T>{});
  } else {
    construct_each(at<T>(s, first), n, [](void* p, std::size_t) { ::new (p) T(); });
  }
}

template <class T>
void construct_fill(storage& s, std::size_t first, std::size_t n, const T& value) {
  if (n == 0) return;
  if constexpr (copies_as_bytes<T>) {
    s.fill(first * sizeof(T), std::addressof(value), sizeof(T), n);
  } else if constexpr (VMM_ON_CUDA) {
    engine::device_scope device(s);
    thrust::uninitialized_fill_n(policy<T>(s), at<T>(s, first), n, value);
  } else {
    construct_each(at<T>(s, first), n, [&](void* p, std::size_t) { ::new (p) T(value); });
  }
}

/// Anywhere on the device of `s`, in its order.
template <class T>
void destroy(const storage& s, T* first, std::size_t n) noexcept {
  if constexpr (!std::is_trivially_destructible_v<T>) {
    if (n == 0) return;
    if constexpr (VMM_ON_CUDA) {
      try {
        engine::device_scope device(s);
        thrust::for_each_n(policy<T>(s), first, n, destroy_element<T>{});
      } catch (...) {  // the device is lost, and the elements with it
      }
    } else {
      for (std::size_t i = 0; i < n; ++i) first[i].~T();
    }
  }
}

template <class T>
void destroy(storage& s, std::size_t first, std::size_t n) noexcept {
  if constexpr (!std::is_trivially_destructible_v<T>)  // so nothing is staged, and at() throws nothing
    if (n != 0) destroy(s, at<T>(s, first), n);
}

/// Between places that do not overlap. Strong guarantee on the host machine; kernels do not throw.
template <class T>
void relocate(storage& s, T* to, T* from, std::size_t n) {
  if (n == 0) return;
  if constexpr (VMM_ON_CUDA) {
    engine::device_scope device(s);
    thrust::for_each_n(policy<T>(s), thrust::counting_iterator<std::size_t>(0), n, relocate_element<T>{to, from});
  } else {
    construct_each(to, n, [&](void* p, std::size_t i) { ::new (p) T(std::move_if_noexcept(from[i])); });
    for (std::size_t i = 0; i < n; ++i) from[i].~T();
  }
}

/// What storage calls when elements must follow it to a new place; null where their bytes suffice.
template <class T>
constexpr engine::relocate_fn relocation() noexcept {
  if constexpr (as_bytes<T>)
    return nullptr;
  else
    return [](storage& s, void* to, void* from, std::size_t bytes) {
      relocate(s, static_cast<T*>(to), static_cast<T*>(from), bytes / sizeof(T));
    };
}

/// From random-access iterators that the device can read.
template <class T, class It>
void construct_copy(storage& s, std::size_t first, It source, std::size_t n) {
  if (n == 0) return;
  if constexpr (is_byte_source<T, It>()) {
    s.write(first * sizeof(T), address_of(source), n * sizeof(T));
  } else if constexpr (!std::is_pointer_v<It> && is_own_kind<T, It>()) {  // not Thrust's references: T may take anything
    construct_copy<T>(s, first, static_cast<const T*>(address_of(source)), n);
  } else if constexpr (VMM_ON_CUDA) {
    engine::device_scope device(s);
    thrust::for_each_n(policy<T>(s), thrust::counting_iterator<std::size_t>(0), n,
                       copy_element<T, It>{at<T>(s, first), source});
  } else if constexpr (as_bytes<T>) {
    thrust::for_each_n(policy<T>(s), thrust::counting_iterator<std::size_t>(0), n,
                       copy_element<T, It>{at<T>(s, first), source});
  } else {
    construct_each(at<T>(s, first), n, [&](void* p, std::size_t i) {
      ::new (p) T(static_cast<T>(source[static_cast<std::ptrdiff_t>(i)]));
    });
  }
}

/// From elements side by side in host memory.
template <class T>
void construct_from_host(storage& s, std::size_t first, const T* source, std::size_t n) {
  if (n == 0) return;
  if constexpr (copies_as_bytes<T>) {
    s.write(first * sizeof(T), source, n * sizeof(T));
  } else if constexpr (VMM_ON_CUDA) {  // their bytes first, then copies of them on the device
    storage bytes = storage::aside(s, n * sizeof(T));
    bytes.write(0, source, n * sizeof(T));
    construct_copy<T>(s, first, static_cast<const T*>(at<T>(bytes, 0)), n);
  } else {
    construct_each(at<T>(s, first), n, [&](void* p, std::size_t i) { ::new (p) T(source[i]); });
  }
}

/// A host object that is moved in.
template <class T>
void construct_from_host(storage& s, std::size_t first, T&& value) {
  alignas(T) unsigned char pageable[sizeof(T)];  // the caller's memory may be pinned, and would be read later
  if constexpr (copies_as_bytes<T> || std::is_trivially_copyable_v<T>) {
    std::memcpy(pageable, std::addressof(value), sizeof(T));
    s.write(first * sizeof(T), pageable, sizeof(T));
  } else if constexpr (VMM_ON_CUDA) {
    storage bytes = storage::aside(s, sizeof(T));
    std::memcpy(pageable, std::addressof(value), sizeof(T));
    bytes.write(0, pageable, sizeof(T));
    relocate(s, at<T>(s, first), at<T>(bytes, 0), 1);
  } else {
    ::new (static_cast<void*>(at<T>(s, first))) T(std::move(value));
  }
}

}  // namespace typed
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm
