// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The life of elements in device memory: construct, copy, move, destroy. As bytes wherever Thrust itself would copy
/// bytes; otherwise on the device by Thrust's algorithms, and on the host backend by the standard ones, which clean up
/// when a constructor throws.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/allocators.hpp>
#include <vmm/detail/element_access.hpp>
#include <vmm/detail/sources.hpp>
#include <vmm/detail/thrust_policy.hpp>
#include <vmm/detail/raw_vector.hpp>

#include <thrust/device_ptr.h>
#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/type_traits/is_trivially_relocatable.h>
#include <thrust/uninitialized_fill.h>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

using engine::raw_vector;

/// Elements may be moved to another place as bytes, and the old ones forgotten.
template <class T>
inline constexpr bool as_bytes = thrust::is_trivially_relocatable<T>::value;

/// Bytes also make a copy.
template <class T>
inline constexpr bool copies_as_bytes = as_bytes<T> &&
                                        (std::is_trivially_copyable_v<T> || std::is_trivially_copy_constructible_v<T>);

/// Elements that the host moves in place one by one, where each step may throw. What cannot be assigned is moved to temporary memory and
/// constructed again instead.
template <class T>
inline constexpr bool as_host_objects = !as_bytes<T> && !VMM_ON_CUDA && std::is_move_assignable_v<T> && std::is_swappable_v<T>;

/// Bytes make a copy for a vector whose allocator has no other idea of one.
template <class T, class Alloc>
inline constexpr bool copies_plainly = copies_as_bytes<T> && !constructs_copies<Alloc, T>;

/// Of these bytes can be copied.
template <class T, class It, class Alloc>
constexpr bool is_byte_source() {
  if constexpr (!copies_plainly<T, Alloc>)
    return false;
  else
    return is_own_kind<T, It>();
}

/// @name Kernels, in the order of `s`, with temporary memory. Nothing waits but for values.
#if VMM_ON_CUDA
template <class T>
auto policy(const raw_vector& s) {
#  ifdef __CUDACC__
  return streaming_policy(s.get_backend(), s.order().stream);
#  else
  static_assert(sizeof(T) == 0,
                "vmm::device_vector: this operation launches kernels, so with Thrust's CUDA system it needs nvcc; in a "
                ".cpp file use vmm::device_uvector, or compile with THRUST_DEVICE_SYSTEM set to CPP, OMP or TBB");
  return thrust::device;
#  endif
}
#else
template <class T>
auto policy(const raw_vector&) {
  return thrust::device;
}
#endif

/// @name What kernels do with one element
template <class T>
struct construct_value {
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(T& x) const { ::new (static_cast<void*>(&x)) T(); }
};
template <class T, class Alloc>
struct construct_value_by {
  mutable Alloc alloc;
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(T& x) const { alloc.construct(&x); }
};

template <class T>
struct destroy_element {
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(T& x) const { x.~T(); }
};
template <class T, class Alloc>
struct destroy_element_by {
  mutable Alloc alloc;
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(T& x) const { alloc.destroy(&x); }
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
template <class T, class It, class Alloc>
struct copy_element_by {
  T* to;
  It from;
  mutable Alloc alloc;
  VMM_DETAIL_NO_SIDE_CHECK
  VMM_HOST_DEVICE void operator()(std::size_t i) const {
    const T value = static_cast<T>(from[static_cast<std::ptrdiff_t>(i)]);
    alloc.construct(to + i, value);
  }
};

template <class T>
T* element_at(raw_vector& s, std::size_t index) noexcept {
  return reinterpret_cast<T*>(s.data()) + index;
}

/// Between places that do not overlap, by T alone. Strong guarantee on the host backend; kernels do not throw.
template <class T>
void relocate(raw_vector& s, T* to, T* from, std::size_t n) {
  if (n == 0) return;
  if constexpr (VMM_ON_CUDA) {
    engine::device_scope device(s);
    thrust::for_each_n(policy<T>(s), thrust::counting_iterator<std::size_t>(0), n, relocate_element<T>{to, from});
  } else {
    std::size_t i = 0;
    try {
      for (; i < n; ++i) ::new (static_cast<void*>(std::addressof(to[i]))) T(std::move_if_noexcept(from[i]));
    } catch (...) {
      while (i != 0) to[--i].~T();
      throw;
    }
    for (i = 0; i < n; ++i) from[i].~T();
  }
}

/// What a raw vector calls when elements must follow it to a new place; null where their bytes suffice.
template <class T>
constexpr engine::relocate_fn relocation() noexcept {
  if constexpr (as_bytes<T>)
    return nullptr;
  else
    return [](raw_vector& s, void* to, void* from, std::size_t bytes) {
      relocate(s, static_cast<T*>(to), static_cast<T*>(from), bytes / sizeof(T));
    };
}

/// Elements of one vector: their allocator's construct and destroy are called where it has them.
template <class T, class Alloc>
class element_life : private alloc_holder<Alloc> {
  using holder = alloc_holder<Alloc>;

 public:
  explicit element_life(const Alloc& alloc) : holder(alloc) {}
  using holder::get_alloc;

  static element_life by_default() {
    if constexpr (is_thrusts_memory<Alloc>)
      return element_life();
    else
      return element_life(Alloc());
  }

  void construct_default(raw_vector& s, std::size_t first, std::size_t n) const {
    if (n == 0) return;
    if constexpr (constructs_default<Alloc, T>) {
      if constexpr (in_parallel) {
        for_each(s, first, n, construct_value_by<T, Alloc>{get_alloc()});
      } else {
        Alloc alloc = get_alloc();
        construct_each(element_at<T>(s, first), n, [&](T* p, std::size_t) { alloc.construct(p); });
      }
    } else if constexpr (copies_as_bytes<T> && std::is_trivially_default_constructible_v<T>) {
      const T value = T();
      engine::fill(s, first * sizeof(T), std::addressof(value), sizeof(T), n);
    } else if constexpr (VMM_ON_CUDA) {
      for_each(s, first, n, construct_value<T>{});
    } else {
      construct_each(element_at<T>(s, first), n, [](T* p, std::size_t) { ::new (static_cast<void*>(p)) T(); });
    }
  }

  void construct_fill(raw_vector& s, std::size_t first, std::size_t n, const T& value) const {
    if (n == 0) return;
    if constexpr (copies_plainly<T, Alloc>) {
      engine::fill(s, first * sizeof(T), std::addressof(value), sizeof(T), n);
    } else if constexpr (constructs_copies<Alloc, T>) {
      construct_copy(s, first, thrust::constant_iterator<T>(value), n);
    } else if constexpr (VMM_ON_CUDA) {
      engine::device_scope device(s);
      thrust::uninitialized_fill_n(policy<T>(s), element_at<T>(s, first), n, value);
    } else {
      construct_each(element_at<T>(s, first), n, [&](T* p, std::size_t) { ::new (static_cast<void*>(p)) T(value); });
    }
  }

  /// From random-access iterators that the device can read.
  template <class It>
  void construct_copy(raw_vector& s, std::size_t first, It source, std::size_t n) const {
    if (n == 0) return;
    if constexpr (is_byte_source<T, It, Alloc>()) {
      engine::write(s, first * sizeof(T), address_of(source), n * sizeof(T));
    } else if constexpr (!std::is_pointer_v<It> && is_own_kind<T, It>()) {  // not Thrust's references: T may take anything
      construct_copy(s, first, static_cast<const T*>(address_of(source)), n);
    } else if constexpr (in_parallel) {
      engine::device_scope device(s);
      const thrust::counting_iterator<std::size_t> all(0);
      if constexpr (constructs_copies<Alloc, T>)
        thrust::for_each_n(policy<T>(s), all, n, copy_element_by<T, It, Alloc>{element_at<T>(s, first), source, get_alloc()});
      else
        thrust::for_each_n(policy<T>(s), all, n, copy_element<T, It>{element_at<T>(s, first), source});
    } else {
      construct_each_copy(element_at<T>(s, first), n,
                          [&](std::size_t i) -> decltype(auto) { return source[static_cast<std::ptrdiff_t>(i)]; });
    }
  }

  /// From contiguous elements in host memory.
  void construct_from_host(raw_vector& s, std::size_t first, const T* source, std::size_t n) const {
    if (n == 0) return;
    if constexpr (copies_plainly<T, Alloc>) {
      engine::write(s, first * sizeof(T), source, n * sizeof(T));
    } else if constexpr (VMM_ON_CUDA) {  // their bytes first, then copies of them on the device
      raw_vector bytes = raw_vector::temporary_copy(s, n * sizeof(T));
      engine::write(bytes, 0, source, n * sizeof(T));
      construct_copy(s, first, static_cast<const T*>(element_at<T>(bytes, 0)), n);
    } else {
      construct_each_copy(element_at<T>(s, first), n, [&](std::size_t i) -> const T& { return source[i]; });
    }
  }

  /// A host object that is moved in; by T alone.
  void construct_from_host(raw_vector& s, std::size_t first, T&& value) const {
    if constexpr (constructs_copies<Alloc, T>) {
      construct_from_host(s, first, std::addressof(value), 1);
    } else if constexpr (VMM_ON_CUDA || copies_as_bytes<T> || std::is_trivially_copyable_v<T>) {
      const byte_copy<T> pageable(value);  // the caller's memory may be pinned, and would be read later
      if constexpr (copies_as_bytes<T> || std::is_trivially_copyable_v<T>) {
        engine::write(s, first * sizeof(T), pageable.bytes, sizeof(T));
      } else {
        raw_vector bytes = raw_vector::temporary_copy(s, sizeof(T));
        engine::write(bytes, 0, pageable.bytes, sizeof(T));
        relocate(s, element_at<T>(s, first), element_at<T>(bytes, 0), 1);
      }
    } else {
      ::new (static_cast<void*>(element_at<T>(s, first))) T(std::move(value));
    }
  }

  /// Anywhere on the device of `s`, in its order.
  void destroy(const raw_vector& s, T* first, std::size_t n) const noexcept {
    if constexpr (!ends_trivially<T, Alloc>) {
      if (n == 0) return;
      if constexpr (VMM_ON_CUDA) {
        try {
          engine::device_scope device(s);
          if constexpr (destroys<Alloc, T>)
            thrust::for_each_n(policy<T>(s), first, n, destroy_element_by<T, Alloc>{get_alloc()});
          else
            thrust::for_each_n(policy<T>(s), first, n, destroy_element<T>{});
        } catch (...) {  // the device is lost, and the elements with it
        }
      } else if constexpr (destroys<Alloc, T>) {
        Alloc alloc = get_alloc();
        for (std::size_t i = 0; i < n; ++i) alloc.destroy(std::addressof(first[i]));
      } else {
        for (std::size_t i = 0; i < n; ++i) first[i].~T();
      }
    }
  }
  void destroy(raw_vector& s, std::size_t first, std::size_t n) const noexcept {
    if constexpr (!ends_trivially<T, Alloc>)  // such elements are never staged
      if (n != 0) destroy(s, reinterpret_cast<T*>(s.address()) + first, n);
  }

 private:
  element_life() = default;

  /// By Thrust's algorithms: on the device, and on the host backend what is no more than bytes.
  static constexpr bool in_parallel = VMM_ON_CUDA || as_bytes<T>;

  template <class Function>
  static void for_each(raw_vector& s, std::size_t first, std::size_t n, Function function) {
    engine::device_scope device(s);
    thrust::for_each_n(policy<T>(s), element_at<T>(s, first), n, function);
  }

  /// On the host backend, `make(place, i)` for each of n places; if one throws, those before it are destroyed again. The
  /// standard's algorithms for this call each other unqualified, and elements that name Thrust would find Thrust's.
  template <class Make>
  void construct_each(T* to, std::size_t n, Make make) const {
    std::size_t i = 0;
    try {
      for (; i < n; ++i) make(std::addressof(to[i]), i);
    } catch (...) {
      if constexpr (destroys<Alloc, T>) {
        Alloc alloc = get_alloc();
        while (i != 0) alloc.destroy(std::addressof(to[--i]));
      } else {
        while (i != 0) to[--i].~T();
      }
      throw;
    }
  }
  template <class Source>
  void construct_each_copy(T* to, std::size_t n, Source source) const {
    if constexpr (constructs_copies<Alloc, T>) {
      Alloc alloc = get_alloc();
      construct_each(to, n, [&](T* p, std::size_t i) { alloc.construct(p, static_cast<const T&>(source(i))); });
    } else {
      construct_each(to, n, [&](T* p, std::size_t i) { ::new (static_cast<void*>(p)) T(static_cast<T>(source(i))); });
    }
  }
};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
