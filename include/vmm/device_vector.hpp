// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A drop-in replacement for thrust::device_vector that grows by mapping memory behind its end.
///
/// Pointers, references and iterators are Thrust's own types, so every Thrust algorithm runs on it. As with Thrust, new
/// elements are value-initialised and a call returns when its work is done; a vector that is given a stream submits to it
/// and returns at once, except where the host reads an element. docs/reference.md compares member by member.
///
/// data() changes only while the vector lives in direct memory (up to options::small_limit), once when it leaves that, and
/// when a range is full that cannot be extended in place; never with options::fixed_address.
///
/// Members are in detail/mapped_vector.hpp. With an allocator that brings memory of its own, see uses_mapped_memory, it is
/// Thrust's class.
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
using vector_for =
    std::conditional_t<uses_mapped_memory<Alloc>::value, mapped_vector<T, Alloc>, allocated_vector<T, Alloc>>;

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail

// In programs that are built with vmm::as_thrust it has the name of Thrust's class; the tag in its mangled name keeps objects
// that were built without from linking where a vector is in a signature.
#ifdef VMM_AS_THRUST
#  define VMM_DETAIL_DEVICE_VECTOR           \
    template <class T, class Alloc = device_allocator<T>> \
    class __attribute__((abi_tag("vmm"))) device_vector
THRUST_NAMESPACE_BEGIN
#else
#  define VMM_DETAIL_DEVICE_VECTOR   \
    template <class T, class Alloc>  \
    class device_vector
namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {
#endif

VMM_DETAIL_DEVICE_VECTOR : public ::vmm::detail::vector_for<T, Alloc> {
  using base = ::vmm::detail::vector_for<T, Alloc>;

 public:
  using base::base;
  device_vector() {}
  device_vector(std::initializer_list<T> values) : base(values) {}  // repeated: what the element type is deduced from
  device_vector(std::initializer_list<T> values, const Alloc& alloc) : base(values, alloc) {}
  device_vector(const device_vector& other) : base(static_cast<const base&>(other)) {}
  device_vector(device_vector&& other) noexcept(std::is_nothrow_move_constructible_v<base>)
      : base(static_cast<base&&>(other)) {}
  ~device_vector() {}

  device_vector& operator=(const device_vector& other) { return assigned(static_cast<const base&>(other)); }
  device_vector& operator=(device_vector&& other) noexcept(std::is_nothrow_move_assignable_v<base>) {
    return assigned(static_cast<base&&>(other));
  }
  device_vector& operator=(std::initializer_list<T> values) { return assigned(values); }
  template <class U, class A>
  device_vector& operator=(const device_vector<U, A>& other) {
    return assigned(static_cast<const ::vmm::detail::vector_for<U, A>&>(other));
  }
  template <class U, class A>
  device_vector& operator=(const ::std::vector<U, A>& other) {
    return assigned(other);
  }
  template <class U, class A>
  device_vector& operator=(const THRUST_NS_QUALIFIER::detail::vector_base<U, A>& other) {
    return assigned(other);
  }

  friend void swap(device_vector& a, device_vector& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }

 private:
  template <class Source>
  device_vector& assigned(Source&& source) {
    base::operator=(static_cast<Source&&>(source));
    return *this;
  }
};

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
