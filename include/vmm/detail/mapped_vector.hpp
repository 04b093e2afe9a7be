// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// All members of device_vector for allocators that leave the memory to the library; <vmm/device_vector.hpp> gives it its name.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/config.hpp>
#include <vmm/detail/sources.hpp>
#include <vmm/detail/thrust.hpp>
#include <vmm/detail/vector_core.hpp>
#include <vmm/device_uvector.hpp>

#include <thrust/host_vector.h>

namespace vmm::detail {
inline namespace VMM_SYSTEM_NAMESPACE {

template <class T, class Alloc>
class mapped_vector {
  static_assert(!std::is_const_v<T> && !std::is_volatile_v<T>, "vmm::device_vector<T>: T must not be const or volatile");
  using thrust_type = stock_device_vector<T, Alloc>;
  using core = vector_core<T, Alloc>;
  using life = typename core::life;

  template <class... Where>
  using require_where = std::enable_if_t<is_where<Where...>, int>;
  template <class Integer>  // two integers mean (n, value)
  using require_integer = std::enable_if_t<std::is_integral_v<Integer> && std::is_convertible_v<Integer, T>, int>;
  template <class Tag>
  using require_no_init = std::enable_if_t<std::is_same_v<Tag, no_init_t>, int>;
  template <class It>
  using require_iterator = detail::require_iterator<It>;
  template <class Range>
  using require_range = std::enable_if_t<is_range_of_bytes<T, Range>, int>;
  template <class U, class A>  // into a program's own terms nothing is converted by itself; Thrust's own are left as they are
  using require_implicit = std::enable_if_t<VMM_DETAIL_IMPLICIT_BORDER || is_host_container<U, A>, int>;
  template <class U, class A>
  using require_explicit = std::enable_if_t<!(VMM_DETAIL_IMPLICIT_BORDER || is_host_container<U, A>), int>;

 public:
  using value_type = T;
  using allocator_type = Alloc;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using pointer = typename thrust_type::pointer;
  using const_pointer = typename thrust_type::const_pointer;
  using reference = typename thrust_type::reference;
  using const_reference = typename thrust_type::const_reference;
  using iterator = typename thrust_type::iterator;
  using const_iterator = typename thrust_type::const_iterator;
  using reverse_iterator = typename thrust_type::reverse_iterator;
  using const_reverse_iterator = typename thrust_type::const_reverse_iterator;

  /// @name Empty. Takes no memory, and needs no driver, until there are elements.
  mapped_vector() : core_(adopt_raw{}, life::by_default(), default_options(), default_stream(), alignof(T)) {}
  mapped_vector(const Alloc& alloc) : core_(adopt_raw{}, life(alloc), default_options(), default_stream(), alignof(T)) {}
  template <class Options, std::enable_if_t<std::is_same_v<Options, options>, int> = 0>  // so that {} never means options
  explicit mapped_vector(const Options& o) : mapped_vector(o, default_stream(), true) {}
  /// Calls submit to `stream` and return; reads of elements by the host wait. The stream must outlive the vector.
  template <class Stream, std::enable_if_t<is_stream<Stream>, int> = 0>
  explicit mapped_vector(const Stream& stream, const options& o = {}) : mapped_vector(o, stream_ref(stream), false) {}

  /// @name With elements, value-initialised unless said otherwise. An allocator may follow; or options, a stream, or both.
  explicit mapped_vector(size_type n) : mapped_vector() { resize(n); }
  mapped_vector(size_type n, const Alloc& alloc) : mapped_vector(alloc) { resize(n); }
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(size_type n, const Where&... where) : mapped_vector(where...) {
    resize(n);
  }
  mapped_vector(size_type n, const T& value) : mapped_vector() { resize(n, value); }
  mapped_vector(size_type n, const T& value, const Alloc& alloc) : mapped_vector(alloc) { resize(n, value); }
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(size_type n, const T& value, const Where&... where) : mapped_vector(where...) {
    resize(n, value);
  }
  template <class Integer, require_integer<Integer> = 0>
  mapped_vector(Integer n, Integer value) : mapped_vector(static_cast<size_type>(n), static_cast<T>(value)) {}
  /// `n` elements of unspecified value; T must be trivially default constructible.
  template <class Tag, require_no_init<Tag> = 0>
  mapped_vector(size_type n, Tag) : mapped_vector() { resize(n, no_init); }
  template <class Tag, require_no_init<Tag> = 0>
  mapped_vector(size_type n, Tag, const Alloc& alloc) : mapped_vector(alloc) { resize(n, no_init); }
  template <class Tag, class... Where, require_no_init<Tag> = 0, require_where<Where...> = 0>
  mapped_vector(size_type n, Tag, const Where&... where) : mapped_vector(where...) {
    resize(n, no_init);
  }
  mapped_vector(std::initializer_list<T> values) : mapped_vector() { append(values); }
  mapped_vector(std::initializer_list<T> values, const Alloc& alloc) : mapped_vector(alloc) { append(values); }
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(std::initializer_list<T> values, const Where&... where) : mapped_vector(where...) {
    append(values);
  }
  /// A range of host or device; input iterators are read once. A pair of integers means (n, value).
  template <class It, class = require_iterator<It>>
  mapped_vector(It first, It last) : mapped_vector() { append(first, last); }
  template <class It, class = require_iterator<It>>
  mapped_vector(It first, It last, const Alloc& alloc) : mapped_vector(alloc) { append(first, last); }
  template <class It, class... Where, class = require_iterator<It>, require_where<Where...> = 0>
  mapped_vector(It first, It last, const Where&... where) : mapped_vector(where...) {
    append(first, last);
  }

  /// @name Copies, moves, conversions
  mapped_vector(const mapped_vector& other) : mapped_vector(other, other.core_.get_life()) {}
  mapped_vector(const mapped_vector& other, const Alloc& alloc) : mapped_vector(other, life(alloc)) {}
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(const mapped_vector& other, const Where&... where) : mapped_vector(where...) {
    copy_from(other);
  }
  mapped_vector(mapped_vector&& other) noexcept : core_(std::move(other.core_)) {}
  mapped_vector(mapped_vector&& other, const Alloc& alloc) noexcept : core_(std::move(other.core_), life(alloc)) {}
  template <class U, class A>
  mapped_vector(const mapped_vector<U, A>& other) : mapped_vector(other.readable().begin(), other.end()) {}
  template <class U, class A>
  mapped_vector(const std::vector<U, A>& other) : mapped_vector(other.begin(), other.end()) {}
  template <class U, class A, class... Where, require_where<Where...> = 0>
  mapped_vector(const std::vector<U, A>& other, const Where&... where) : mapped_vector(other.begin(), other.end(), where...) {}
  /// From thrust::host_vector; explicit from thrust::device_vector and universal_vector.
  template <class U, class A, require_implicit<U, A> = 0>
  mapped_vector(const thrust::detail::vector_base<U, A>& other) : mapped_vector(other.begin(), other.end()) {}
  template <class U, class A, require_explicit<U, A> = 0>
  explicit mapped_vector(const thrust::detail::vector_base<U, A>& other) : mapped_vector(other.begin(), other.end()) {}
  ~mapped_vector() {}  ///< without a stream waits for the device, as cudaFree does; with one nothing waits

  mapped_vector& operator=(const mapped_vector& other) {
    if (this != &other) {
      const bool waits = engine::wait_for(core_.bytes(), other.core_.bytes());
      core_.copy_life(other.core_);
      core_.assign_range(other.unexposed(), other.unexposed() + other.ssize());
      if (waits) wait();
    }
    return *this;
  }
  mapped_vector& operator=(mapped_vector&& other) noexcept {
    core_ = std::move(other.core_);
    return *this;
  }
  template <class U, class A>
  mapped_vector& operator=(const mapped_vector<U, A>& other) {
    assign(other.readable().begin(), other.end());
    readable();  // `other` may go
    return *this;
  }
  template <class U, class A>
  mapped_vector& operator=(const std::vector<U, A>& other) {
    return assign(other.begin(), other.end()), *this;
  }
  template <class U, class A>
  mapped_vector& operator=(const thrust::detail::vector_base<U, A>& other) {
    return assign(other.begin(), other.end()), *this;
  }
  mapped_vector& operator=(std::initializer_list<T> values) { return assign(values), *this; }

  /// Into containers in device memory only where the program says so: a function that takes one must not get a copy unseen.
  template <class U, class A>
  operator thrust::host_vector<U, A>() const {
    return thrust::host_vector<U, A>(readable().begin(), end());
  }
  template <class U, class A>
  explicit operator stock_device_vector<U, A>() const {
    return stock_device_vector<U, A>(readable().begin(), end());
  }
  template <class U, class A>
  VMM_DETAIL_EXPLICIT_BORDER operator thrust::detail::vector_base<U, A>() const {
    return thrust::detail::vector_base<U, A>(readable().begin(), end());
  }

  void swap(mapped_vector& other) noexcept { core_.swap(other.core_); }
  friend void swap(mapped_vector& a, mapped_vector& b) noexcept { a.swap(b); }

  /// @name Capacity
  VMM_HOST_DEVICE size_type size() const noexcept { return core_.size(); }
  VMM_HOST_DEVICE bool empty() const noexcept { return core_.bytes().size() == 0; }
  static constexpr size_type max_size() noexcept { return core::max_size(); }
  size_type capacity() const noexcept { return core_.bytes().capacity() / sizeof(T); }
  /// Elements that the reserved addresses can hold: up to there data() stays, once the vector has a range.
  size_type reserved() const noexcept { return core_.bytes().reserved() / sizeof(T); }
  /// Maps what n elements need, and no more; asks the backend for nothing where they fit. Strong guarantee.
  void reserve(size_type n) { core_.reserve(n); }
  /// Returns whole blocks behind the elements to the device, and moves nothing once the vector has a range. Elements are
  /// preserved. If the final synchronisation fails, the memory has already been released.
  void shrink_to_fit() { core_.shrink_to_fit(); }

  void resize(size_type n) {
    if (!shrink_to(n)) core_.append_default(n - size());
  }
  void resize(size_type n, const T& value) {
    if (!shrink_to(n)) append_fill(n - size(), value);
  }
  template <class Tag, require_no_init<Tag> = 0>
  void resize(size_type n, Tag) {
    static_assert(std::is_trivially_default_constructible_v<T>, "vmm::no_init needs a trivially default constructible T");
    if (!shrink_to(n)) core_.append_raw(n - size());
  }
#if THRUST_VERSION >= 300100
  mapped_vector(size_type n, thrust::default_init_t) : mapped_vector() { resize(n, thrust::default_init); }
  mapped_vector(size_type n, thrust::no_init_t) : mapped_vector(n, no_init) {}
  void resize(size_type n, thrust::default_init_t) {
    if constexpr (std::is_trivially_default_constructible_v<T>)
      resize(n, no_init);
    else
      resize(n);
  }
  void resize(size_type n, thrust::no_init_t) { resize(n, no_init); }
#endif

  /// @name Elements and iterators. In device code, of a vector whose bytes are there, these are its pointer and its size alone.
  VMM_HOST_DEVICE pointer data() { return pointer(exposed()); }
  VMM_HOST_DEVICE const_pointer data() const { return const_pointer(exposed()); }
  VMM_HOST_DEVICE iterator begin() { return iterator(data()); }
  VMM_HOST_DEVICE iterator end() { return begin() + ssize(); }
  VMM_HOST_DEVICE const_iterator begin() const { return const_iterator(data()); }
  VMM_HOST_DEVICE const_iterator end() const { return begin() + ssize(); }
  VMM_HOST_DEVICE const_iterator cbegin() const { return begin(); }
  VMM_HOST_DEVICE const_iterator cend() const { return end(); }
  VMM_HOST_DEVICE reverse_iterator rbegin() { return reverse_iterator(end()); }
  VMM_HOST_DEVICE reverse_iterator rend() { return reverse_iterator(begin()); }
  VMM_HOST_DEVICE const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
  VMM_HOST_DEVICE const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }
  VMM_HOST_DEVICE const_reverse_iterator crbegin() const { return rbegin(); }
  VMM_HOST_DEVICE const_reverse_iterator crend() const { return rend(); }

  VMM_HOST_DEVICE reference operator[](size_type i) { return *(pointer(current()) + static_cast<difference_type>(i)); }
  VMM_HOST_DEVICE const_reference operator[](size_type i) const {
    return *(const_pointer(current()) + static_cast<difference_type>(i));
  }
  VMM_HOST_DEVICE reference front() { return (*this)[0]; }
  VMM_HOST_DEVICE const_reference front() const { return (*this)[0]; }
  VMM_HOST_DEVICE reference back() { return (*this)[size() - 1]; }
  VMM_HOST_DEVICE const_reference back() const { return (*this)[size() - 1]; }
  reference at(size_type i) { return require_element(i), (*this)[i]; }
  const_reference at(size_type i) const { return require_element(i), (*this)[i]; }

  /// Pointer and size, for kernels.
  VMM_HOST_DEVICE vmm::view<T> view() { return {exposed(), size()}; }
  VMM_HOST_DEVICE vmm::view<const T> view() const { return {exposed(), size()}; }
  /// The same elements through the interface without Thrust, for .cpp code to grow and fill. Trivially copyable T.
  template <class U = T, std::enable_if_t<std::is_trivially_copyable_v<U>, int> = 0>
  device_uvector<U>& uvector() noexcept { return core_.get_byte_vector(); }
  template <class U = T, std::enable_if_t<std::is_trivially_copyable_v<U>, int> = 0>
  const device_uvector<U>& uvector() const noexcept { return core_.get_byte_vector(); }
  /// Sends staged elements to the device; complete on return, or with a stream in its order.
  void flush() const { core_.bytes().flush(); }

  /// @name Adding. Strong guarantee.
  /// Trivially copyable elements wait on the host for a large copy, until a member shows elements or where they are. Once
  /// one has, an element is on the device when push_back returns, until growth past the capacity, clear or assign.
  void push_back(const T& value) { core_.push(value); }
  void push_back(T&& value) {
    if constexpr (core::is_staged)
      core_.push(value);
    else
      append_moved(std::move(value));
  }
  /// One element that waits even if the address is exposed, until flush() or a member that exposes elements. See vmm::back_inserter.
  void stage_back(const T& value) { core_.push(value, true); }
  void stage_back(T&& value) {
    if constexpr (core::is_staged)
      core_.push(value, true);
    else
      append_moved(std::move(value));
  }
  /// Returns a reference, which exposes the address; prefer push_back.
  template <class... Arguments>
  reference emplace_back(Arguments&&... arguments) {
    append_moved(T(std::forward<Arguments>(arguments)...));
    return back();
  }
  template <class It, class = require_iterator<It>>
  void append(It first, It last) {
    core_.template insert_range<place::end>(size(), first, last);
  }
  void append(size_type n, const T& value) { append_fill(n, value); }
  void append(std::initializer_list<T> values) { append(values.begin(), values.end()); }
  /// Trivially copyable elements that are contiguous, on the host or the device: spans, arrays, vectors, views.
  template <class Range, require_range<Range> = 0>
  void append(const Range& range) { append(std::data(range), std::data(range) + std::size(range)); }

  /// Every insert returns where the first new element is. The elements behind `position` move up.
  iterator insert(const_iterator position, const T& value) { return insert(position, size_type{1}, value); }
  iterator insert(const_iterator position, T&& value) {
    const size_type at = index(position);
    core_.insert_moved(at, std::move(value));
    return nth(at);
  }
  iterator insert(const_iterator position, size_type n, const T& value) {
    const size_type at = index(position);
    core_.insert_fill(at, n, value);
    return nth(at);
  }
  template <class It, class = require_iterator<It>>
  iterator insert(const_iterator position, It first, It last) {
    const size_type at = index(position);
    core_.insert_range(at, first, last);
    return nth(at);
  }
  template <class Integer, require_integer<Integer> = 0>
  iterator insert(const_iterator position, Integer n, Integer value) {
    return insert(position, static_cast<size_type>(n), static_cast<T>(value));
  }
#ifdef VMM_AS_THRUST  // Thrust has no such insert: braces that make one element do so here as well
  template <class U, std::enable_if_t<std::is_same_v<U, T>, int> = 0>
  iterator insert(const_iterator position, std::initializer_list<U> values) {
#else
  iterator insert(const_iterator position, std::initializer_list<T> values) {
#endif
    return insert(position, values.begin(), values.end());
  }

  /// @name Removing. Nothing is given back to the device.
  void pop_back() noexcept { core_.truncate(size() - 1); }
  void clear() noexcept { core_.destroy_all(); }
  iterator erase(const_iterator position) { return erase(position, position + 1); }
  iterator erase(const_iterator first, const_iterator last) {
    const size_type at = index(first);
    core_.erase(at, index(last));
    return nth(at);
  }

  /// @name Replacing. Basic guarantee; the elements stay if no memory is left, unless they come from input iterators.
  void assign(size_type n, const T& value) { core_.assign_fill(n, value); }
  template <class It, class = require_iterator<It>>
  void assign(It first, It last) {
    core_.assign_range(first, last);
  }
  template <class Integer, require_integer<Integer> = 0>
  void assign(Integer n, Integer value) {
    assign(static_cast<size_type>(n), static_cast<T>(value));
  }
  void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
  template <class Range, require_range<Range> = 0>
  void assign(const Range& range) { assign(std::data(range), std::data(range) + std::size(range)); }

  /// @name Place and figures
  allocator_type get_allocator() const { return core_.get_life().get_alloc(); }
  int device() const noexcept { return core_.bytes().device(); }
  stream_ref stream() const noexcept { return core_.bytes().order().stream; }
  void wait() const { core_.bytes().synchronize(); }
  vmm::statistics statistics() const noexcept { return core_.bytes().statistics(); }

 private:
  template <class, class>
  friend class mapped_vector;
  friend struct vector_comparison;

  mapped_vector(const options& o, stream_ref stream, bool synchronous)
      : core_(adopt_raw{}, life::by_default(), default_backend(), for_system(o), stream, synchronous, alignof(T)) {}
  /// Whatever options::backend is: where addresses are handed out as they are, nothing may wait elsewhere.
  static options for_system(options o) {
    if (!VMM_DETAIL_EXPOSES) o.staging = false;
    return o;
  }
  mapped_vector(const mapped_vector& other, const life& l) : core_(adopt_raw{}, l, raw_vector::like(other.core_.bytes())) { copy_from(other); }

  /// For whoever may keep it. On the host systems there is never anything to do before: elements are written where they belong.
  VMM_HOST_DEVICE T* exposed() const {
#if VMM_DETAIL_EXPOSES && !defined(__CUDA_ARCH__)
    core_.bytes().expose();
#endif
    return core_.address();
  }
  /// For a read or a write by the host in Thrust's own stream.
  VMM_HOST_DEVICE T* current() const {
#if VMM_DETAIL_EXPOSES && !defined(__CUDA_ARCH__)
    expose_and_wait();
#endif
    return core_.address();
  }
  void expose_and_wait() const {
    core_.bytes().expose();
    if (!core_.bytes().order().synchronous) wait();
  }
  /// For our own reading, which ends before the next push.
  const_iterator unexposed() const {
    core_.bytes().grant_access_to_current_device();
    return const_iterator(const_pointer(core_.data()));
  }
  VMM_HOST_DEVICE difference_type ssize() const noexcept { return static_cast<difference_type>(size()); }
  size_type index(const_iterator i) const { return static_cast<size_type>(i - begin()); }
  iterator nth(size_type i) { return begin() + static_cast<difference_type>(i); }
  void require_element(size_type i) const {
    if (i >= size())
      throw std::out_of_range("vmm::device_vector::at: index " + std::to_string(i) + " of " + std::to_string(size()) + " elements");
  }
  bool shrink_to(size_type n) noexcept {
    if (n > size()) return false;
    core_.truncate(n);
    return true;
  }
  /// Before Thrust reads elements in its own stream.
  const mapped_vector& readable() const {
    if (!core_.bytes().order().synchronous) wait();
    return *this;
  }
  void append_fill(size_type n, const T& value) { core_.template insert_fill<place::end>(size(), n, value); }
  void append_moved(T&& value) { core_.template insert_moved<place::end>(size(), std::move(value)); }
  void copy_from(const mapped_vector& other) {
    reserve(other.size());
    const bool waits = engine::wait_for(core_.bytes(), other.core_.bytes());
    core_.template insert_range<place::end>(0, other.unexposed(), other.unexposed() + other.ssize());
    if (waits) wait();
  }

  core core_;
};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm::detail
