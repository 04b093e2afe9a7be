// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// vmm::device_vector: a drop-in replacement for thrust::device_vector that grows by mapping memory behind its end.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/config.hpp>
#include <vmm/detail/allocators.hpp>
#include <vmm/detail/mapped_vector.hpp>
#include <vmm/detail/thrust.hpp>
#include <vmm/detail/vector_compare.hpp>
#include <vmm/fwd.hpp>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

/// @cond
/// Thrust's class, and what turns mapped vectors into it.
template <class T, class Alloc>
class allocated_vector : public stock_device_vector<T, Alloc> {
  using base = stock_device_vector<T, Alloc>;

 public:
  using base::base;
  using base::operator=;
  allocated_vector() = default;
  template <class U, class A>
  VMM_DETAIL_EXPLICIT_BORDER allocated_vector(const mapped_vector<U, A>& other) : base(other.begin(), other.end()) {}
  template <class U, class A>
  allocated_vector& operator=(const mapped_vector<U, A>& other) {
    this->assign(other.begin(), other.end());
    return *this;
  }
};

template <class T, class Alloc>
using vector_for = std::conditional_t<uses_mapped_memory<Alloc>::value, mapped_vector<T, Alloc>, allocated_vector<T, Alloc>>;
/// @endcond

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail

// In programs that are built with vmm::as_thrust it has the name of Thrust's class; the tag in its mangled name keeps objects
// that were built without from linking where a vector is in a signature.
#ifdef VMM_AS_THRUST
#  define VMM_DETAIL_DEVICE_VECTOR                        \
    template <class T, class Alloc = device_allocator<T>> \
    class __attribute__((abi_tag("vmm"))) device_vector
THRUST_NAMESPACE_BEGIN
#else
/// @cond
#  define VMM_DETAIL_DEVICE_VECTOR  \
    template <class T, class Alloc> \
    class device_vector
/// @endcond
namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {
#endif

/// A drop-in replacement for thrust::device_vector that grows by mapping memory behind its end.
///
/// Pointers, references and iterators are Thrust's own types, so every algorithm of Thrust runs on it. As with Thrust,
/// new elements are value-initialised and a call is done on return; a vector that is given a stream submits to it and
/// returns at once, except where the host reads an element. docs/reference.md compares it with Thrust's member by
/// member.
///
/// data() changes only while the vector lives in direct memory, up to options::small_limit, once when it leaves that,
/// and when its range of addresses is full and cannot be extended in place; never with options::fixed_address, which
/// belongs to the memory: moves and swap() take it along.
///
/// What holds for all members, and the members, are in the API reference at the base class, `members::mapped_vector`. With
/// an allocator that brings memory of its own, see uses_mapped_memory, the base class is Thrust's vector instead. In
/// programs that are built with vmm::as_thrust this class is thrust::device_vector, and vmm::device_vector is another
/// name for it.
///
/// @tparam T any type that Thrust takes
/// @tparam Alloc thrust::device_allocator<T> unless said
VMM_DETAIL_DEVICE_VECTOR : public ::vmm::detail::vector_for<T, Alloc> {
  using base = ::vmm::detail::vector_for<T, Alloc>;

 public:
  using base::base;

  /// Empty. Takes no memory, and needs no driver, until there are elements. All other constructors of the base class
  /// are there as well.
  device_vector() {}

  /// Copies of a list in braces, from which the element type can be deduced.
  /// @throws std::length_error beyond max_size()
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  device_vector(std::initializer_list<T> values) : base(values) {}  // repeated: what the element type is deduced from

  /// @overload
  device_vector(std::initializer_list<T> values, const Alloc& alloc) : base(values, alloc) {}

  /// A copy, with the options, the device, the stream and the allocator of `other`.
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  device_vector(const device_vector& other) : base(static_cast<const base&>(other)) {}

  /// Takes the memory of `other` in constant time, without asking the backend. `other` is empty, and keeps its options,
  /// device and stream. Pointers and iterators follow their elements.
  device_vector(device_vector && other) noexcept(std::is_nothrow_move_constructible_v<base>)
      : base(static_cast<base&&>(other)) {}

  /// Destroys the elements and gives the memory back; never throws. Without a stream it waits for the device, as
  /// cudaFree does; with one only for options::devices.
  ~device_vector() {}

  /// Replaces the elements with copies. Keeps its own options, device and stream.
  /// @note Waits for both streams where they are not the same.
  /// @throws std::length_error beyond options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does; if the last wait fails, the elements have been replaced
  device_vector& operator=(const device_vector& other) { return assigned(static_cast<const base&>(other)); }

  /// Releases its own memory as the destructor does, and takes the memory of `other` with its options, device and
  /// stream. Assigning a vector to itself keeps its elements.
  device_vector& operator=(device_vector&& other) noexcept(std::is_nothrow_move_assignable_v<base>) {
    return assigned(static_cast<base&&>(other));
  }

  /// Replaces the elements with those of a list in braces.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign() does
  device_vector& operator=(std::initializer_list<T> values) { return assigned(values); }

  /// Replaces the elements with converted ones of a vector of another element type or allocator. Waits, so that `other`
  /// may be destroyed.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign() does
  template <class U, class A>
  device_vector& operator=(const device_vector<U, A>& other) {
    return assigned(static_cast<const ::vmm::detail::vector_for<U, A>&>(other));
  }

  /// Replaces the elements with those of a std::vector.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign() does
  template <class U, class A>
  device_vector& operator=(const ::std::vector<U, A>& other) {
    return assigned(other);
  }

  /// Replaces the elements with those of one of Thrust's vectors.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign() does
  template <class U, class A>
  device_vector& operator=(const THRUST_NS_QUALIFIER::detail::vector_base<U, A>& other) {
    return assigned(other);
  }

  /// Exchanges memory, options, devices and streams in constant time. Pointers and iterators follow their elements.
  friend void swap(device_vector & a, device_vector & b) noexcept(noexcept(a.swap(b))) { a.swap(b); }

 private:
  template <class Source>
  device_vector& assigned(Source && source) {
    base::operator=(static_cast<Source&&>(source));
    return *this;
  }
};

/// Deduces the element type from the value: `device_vector v(n, 1.5f)`.
template <class T>
device_vector(std::size_t, const T&) -> device_vector<T>;

#ifdef VMM_AS_THRUST
THRUST_NAMESPACE_END
namespace vmm {
using thrust::device_vector;
}
#else
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm
#endif
