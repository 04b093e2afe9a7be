// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Which allocators of Thrust's a device_vector maps memory for, and what these do with elements.
#pragma once

#include <type_traits>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/thrust.hpp>

#include <thrust/device_allocator.h>
#include <thrust/device_malloc_allocator.h>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

/// The class that a member function belongs to, which may be a base of the one that it was named by.
template <class Member>
struct class_of {
  using type = void;
};
template <class Class, class Function>
struct class_of<Function Class::*> {
  using type = Class;
};

template <class Class>
inline constexpr bool is_thrusts_memory = false;
template <class T>
inline constexpr bool is_thrusts_memory<thrust::device_malloc_allocator<T>> = true;
template <class T>
inline constexpr bool is_thrusts_memory<thrust::device_allocator<T>> = true;
template <class T>
inline constexpr bool
    is_thrusts_memory<thrust::mr::allocator<T, thrust::device_ptr_memory_resource<thrust::device_memory_resource>>> = true;

/// Memory is neither taken nor given back by functions of the allocator's own, and kernels go where Thrust sends them.
template <class Alloc, class = void>
inline constexpr bool has_thrusts_memory = false;
template <class Alloc>
inline constexpr bool has_thrusts_memory<Alloc, std::void_t<decltype(&Alloc::allocate), decltype(&Alloc::deallocate)>> =
    is_thrusts_memory<typename class_of<decltype(&Alloc::allocate)>::type>&&
        is_thrusts_memory<typename class_of<decltype(&Alloc::deallocate)>::type>;

template <class Alloc, class = void>
inline constexpr bool has_system = false;
template <class Alloc>
inline constexpr bool has_system<Alloc, std::void_t<typename Alloc::system_type>> = true;

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail

namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {

/// Whether the elements of device_vector<T, Alloc> live in mapped memory: with Thrust's default, and with allocators that derive
/// from it or from thrust::device_malloc_allocator and bring no more than construct and destroy. Others bring memory, or an
/// execution policy: device_vector is then Thrust's class. To be specialised where that guess is wrong.
template <class Alloc>
struct uses_mapped_memory : std::bool_constant<detail::has_thrusts_memory<Alloc> && !detail::has_system<Alloc>> {};
template <class T>
struct uses_mapped_memory<thrust::device_allocator<T>> : std::true_type {};
template <class T>
struct uses_mapped_memory<thrust::device_malloc_allocator<T>> : std::true_type {};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

/// @name What an allocator does in place of the element's own constructors and destructor
template <class Alloc, class T, class = void>
inline constexpr bool constructs_default = false;
template <class Alloc, class T>
inline constexpr bool
    constructs_default<Alloc, T, std::void_t<decltype(std::declval<Alloc&>().construct(std::declval<T*>()))>> = true;

template <class Alloc, class T, class = void>
inline constexpr bool constructs_copies = false;
template <class Alloc, class T>
inline constexpr bool constructs_copies<
    Alloc, T, std::void_t<decltype(std::declval<Alloc&>().construct(std::declval<T*>(), std::declval<const T&>()))>> = true;

template <class Alloc, class T, class = void>
inline constexpr bool destroys = false;
template <class Alloc, class T>
inline constexpr bool destroys<Alloc, T, std::void_t<decltype(std::declval<Alloc&>().destroy(std::declval<T*>()))>> = true;

/// Elements whose end makes no difference.
template <class T, class Alloc>
inline constexpr bool ends_trivially = std::is_trivially_destructible_v<T> && !destroys<Alloc, T>;

/// @name Whether it goes along with what changes hands. The memory always may: it is not the allocator's.
template <class Alloc, class = void>
inline constexpr bool propagates_on_copy = false;
template <class Alloc>
inline constexpr bool propagates_on_copy<Alloc, std::enable_if_t<Alloc::propagate_on_container_copy_assignment::value>> = true;
template <class Alloc, class = void>
inline constexpr bool propagates_on_move = false;
template <class Alloc>
inline constexpr bool propagates_on_move<Alloc, std::enable_if_t<Alloc::propagate_on_container_move_assignment::value>> = true;
template <class Alloc, class = void>
inline constexpr bool propagates_on_swap = false;
template <class Alloc>
inline constexpr bool propagates_on_swap<Alloc, std::enable_if_t<Alloc::propagate_on_container_swap::value>> = true;

/// Thrust's own, of which one is as good as another, are not kept; others take no space where they have no state.
template <class Alloc, bool = is_thrusts_memory<Alloc>, bool = std::is_empty_v<Alloc> && !std::is_final_v<Alloc>>
class alloc_holder {
 public:
  explicit alloc_holder(const Alloc& alloc) : alloc_(alloc) {}
  const Alloc& get_alloc() const noexcept { return alloc_; }

 private:
  Alloc alloc_;
};
template <class Alloc>
class alloc_holder<Alloc, false, true> : private Alloc {
 public:
  explicit alloc_holder(const Alloc& alloc) : Alloc(alloc) {}
  const Alloc& get_alloc() const noexcept { return *this; }
};
template <class Alloc, bool IsEmpty>
class alloc_holder<Alloc, true, IsEmpty> {
 public:
  alloc_holder() noexcept = default;
  explicit alloc_holder(const Alloc&) noexcept {}
  Alloc get_alloc() const { return Alloc(); }
};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
