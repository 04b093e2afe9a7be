// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A drop-in replacement for thrust::device_vector that grows by mapping memory behind its end.
///
/// Pointers, references and iterators are Thrust's own types, so every Thrust algorithm runs on it. As with Thrust, new
/// elements are value-initialised and a call returns when its work is done; a vector that is given a stream submits to it
/// and returns at once, except where the host reads an element. docs/reference.md compares member by member.
///
/// data() changes only while the vector lives in plain memory (up to options::small_limit), once when it leaves that, and
/// when a range is full that cannot be extended in place; never with options::fixed_address.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <thrust/device_vector.h>
#include <thrust/host_vector.h>

#include <vmm/config.hpp>
#include <vmm/detail/vector_core.hpp>
#include <vmm/device_uvector.hpp>

namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {

template <class T, class Alloc = thrust::device_allocator<T>>
class device_vector {
  static_assert(std::is_same_v<Alloc, thrust::device_allocator<T>>,
                "vmm::device_vector takes its memory from the machine: the allocator parameter is there for generic code, "
                "and only its default is accepted");
  static_assert(!std::is_const_v<T> && !std::is_volatile_v<T>, "vmm::device_vector<T>: T must not be const or volatile");
  using thrust_type = thrust::device_vector<T>;
  using core = typed::vector_core<T>;

  template <class Options>
  using require_options = std::enable_if_t<std::is_same_v<Options, options>, int>;  // so that {} never means options
  template <class Stream>
  using require_stream =
      std::enable_if_t<std::is_same_v<Stream, stream_ref> || std::is_same_v<Stream, CUstream_st*>, int>;
  template <class Integer>  // two integers mean (n, value)
  using require_integer = std::enable_if_t<std::is_integral_v<Integer> && std::is_convertible_v<Integer, T>, int>;
  template <class Tag>
  using require_no_init = std::enable_if_t<std::is_same_v<Tag, no_init_t>, int>;
  template <class It>
  using require_iterator = detail::require_iterator<It>;

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

  /// @name Construction. Takes no memory, and needs no driver, until there are elements.
  device_vector() : core_(storage_for(options{})) {}
  device_vector(const Alloc&) : device_vector() {}
  explicit device_vector(size_type n) : device_vector() { resize(n); }
  device_vector(size_type n, const Alloc&) : device_vector(n) {}
  device_vector(size_type n, const T& value) : device_vector() { resize(n, value); }
  device_vector(size_type n, const T& value, const Alloc&) : device_vector(n, value) {}
  device_vector(std::initializer_list<T> values) : device_vector() { append(values); }
  device_vector(std::initializer_list<T> values, const Alloc&) : device_vector(values) {}
  /// `n` elements of unspecified value; T must be trivially default constructible.
  template <class Tag, require_no_init<Tag> = 0>
  device_vector(size_type n, Tag) : device_vector() {
    resize(n, no_init);
  }
  /// A range of host or device; input iterators are read once. A pair of integers means (n, value).
  template <class It, class = require_iterator<It>>
  device_vector(It first, It last) : device_vector() {
    append(first, last);
  }
  template <class It, class = require_iterator<It>>
  device_vector(It first, It last, const Alloc&) : device_vector(first, last) {}
  template <class Integer, require_integer<Integer> = 0>
  device_vector(Integer n, Integer value) : device_vector(static_cast<size_type>(n), static_cast<T>(value)) {}

  /// @name Construction with options, and on a stream
  template <class Options, require_options<Options> = 0>
  explicit device_vector(const Options& o) : core_(storage_for(o)) {}
  template <class Options, require_options<Options> = 0>
  device_vector(size_type n, const Options& o) : device_vector(o) {
    resize(n);
  }
  template <class Options, require_options<Options> = 0>
  device_vector(size_type n, const T& value, const Options& o) : device_vector(o) {
    resize(n, value);
  }
  template <class It, class Options, class = require_iterator<It>, require_options<Options> = 0>
  device_vector(It first, It last, const Options& o) : device_vector(o) {
    append(first, last);
  }
  /// Calls submit to `stream` and return; reads of elements by the host wait. The stream must outlive the vector.
  template <class Stream, require_stream<Stream> = 0>
  explicit device_vector(Stream stream, const options& o = {})
      : core_(engine::storage(default_machine(), o, stream_ref(stream), false)) {}
  template <class Stream, require_stream<Stream> = 0>
  device_vector(size_type n, Stream stream, const options& o = {}) : device_vector(stream, o) {
    resize(n);
  }
  template <class Stream, require_stream<Stream> = 0>
  device_vector(size_type n, const T& value, Stream stream, const options& o = {}) : device_vector(stream, o) {
    resize(n, value);
  }

  /// @name Copies, moves, conversions
  device_vector(const device_vector& other) : core_(engine::storage::like(other.core_.bytes())) {
    reserve(other.size());
    append_from(other);
  }
  device_vector(const device_vector& other, const Alloc&) : device_vector(other) {}
  device_vector(device_vector&&) noexcept = default;
  device_vector(device_vector&& other, const Alloc&) noexcept : device_vector(std::move(other)) {}
  template <class U, class A>
  device_vector(const device_vector<U, A>& other) : device_vector(other.readable().begin(), other.end()) {}
  template <class U, class A>
  device_vector(const std::vector<U, A>& other) : device_vector(other.begin(), other.end()) {}
  /// From thrust::host_vector, device_vector and universal_vector.
  template <class U, class A>
  device_vector(const thrust::detail::vector_base<U, A>& other) : device_vector(other.begin(), other.end()) {}
  ~device_vector() = default;  ///< without a stream waits for the device, as cudaFree does; with one nobody waits

  device_vector& operator=(const device_vector& other) {
    if (this != &other) {
      const bool waits = core_.bytes().wait_for(other.core_.bytes());
      core_.assign_range(other.unshown(), other.unshown() + other.ssize());
      if (waits) wait();
    }
    return *this;
  }
  device_vector& operator=(device_vector&&) noexcept = default;
  template <class U, class A>
  device_vector& operator=(const device_vector<U, A>& other) {
    assign(other.readable().begin(), other.end());
    readable();  // `other` may go
    return *this;
  }
  template <class U, class A>
  device_vector& operator=(const std::vector<U, A>& other) {
    return assign(other.begin(), other.end()), *this;
  }
  template <class U, class A>
  device_vector& operator=(const thrust::detail::vector_base<U, A>& other) {
    return assign(other.begin(), other.end()), *this;
  }
  device_vector& operator=(std::initializer_list<T> values) { return assign(values), *this; }

  template <class U, class A>
  operator thrust::host_vector<U, A>() const {
    return thrust::host_vector<U, A>(readable().begin(), end());
  }
  template <class U, class A>
  operator thrust::device_vector<U, A>() const {
    return thrust::device_vector<U, A>(readable().begin(), end());
  }
  template <class U, class A>
  operator thrust::detail::vector_base<U, A>() const {
    return thrust::detail::vector_base<U, A>(readable().begin(), end());
  }

  void swap(device_vector& other) noexcept { std::swap(core_, other.core_); }
  friend void swap(device_vector& a, device_vector& b) noexcept { a.swap(b); }

  /// @name Room
  size_type size() const noexcept { return core_.size(); }
  bool empty() const noexcept { return core_.size() == 0; }
  static constexpr size_type max_size() noexcept { return core::max_size(); }
  size_type capacity() const noexcept { return core_.bytes().capacity() / sizeof(T); }
  /// Elements that the reserved addresses can hold: up to there data() stays, once the vector has a range.
  size_type reserved() const noexcept { return core_.bytes().reserved() / sizeof(T); }
  /// Maps what n elements need, and no more; asks the machine for nothing where they fit. Strong guarantee.
  void reserve(size_type n) { core_.reserve(n); }
  /// Returns whole blocks behind the elements to the device, and moves nothing once the vector has a range. The elements stay
  /// whatever is refused; if that is the last wait, the memory has gone all the same.
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
  device_vector(size_type n, thrust::default_init_t) : device_vector() { resize(n, thrust::default_init); }
  device_vector(size_type n, thrust::no_init_t) : device_vector(n, no_init) {}
  void resize(size_type n, thrust::default_init_t) {
    if constexpr (std::is_trivially_default_constructible_v<T>)
      resize(n, no_init);
    else
      resize(n);
  }
  void resize(size_type n, thrust::no_init_t) { resize(n, no_init); }
#endif

  /// @name Elements and iterators
  pointer data() { return pointer(shown()); }
  const_pointer data() const { return const_pointer(shown()); }
  iterator begin() { return iterator(data()); }
  iterator end() { return begin() + ssize(); }
  const_iterator begin() const { return const_iterator(data()); }
  const_iterator end() const { return begin() + ssize(); }
  const_iterator cbegin() const { return begin(); }
  const_iterator cend() const { return end(); }
  reverse_iterator rbegin() { return reverse_iterator(end()); }
  reverse_iterator rend() { return reverse_iterator(begin()); }
  const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
  const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }
  const_reverse_iterator crbegin() const { return rbegin(); }
  const_reverse_iterator crend() const { return rend(); }

  reference operator[](size_type i) { return *(readable().data() + static_cast<difference_type>(i)); }
  const_reference operator[](size_type i) const { return *(readable().data() + static_cast<difference_type>(i)); }
  reference at(size_type i) { return require_element(i), (*this)[i]; }
  const_reference at(size_type i) const { return require_element(i), (*this)[i]; }
  reference front() { return (*this)[0]; }
  const_reference front() const { return (*this)[0]; }
  reference back() { return (*this)[size() - 1]; }
  const_reference back() const { return (*this)[size() - 1]; }

  /// Pointer and size, for kernels.
  vmm::view<T> view() { return {shown(), size()}; }
  vmm::view<const T> view() const { return {shown(), size()}; }
  /// The same elements behind the door without Thrust, for .cpp code to grow and fill. Trivially copyable T.
  device_uvector<T>& uvector() noexcept { return core_.get_room(); }
  /// Sends staged elements to the device; complete on return, or with a stream in its order.
  void flush() const { core_.bytes().flush(); }

  /// @name Adding. Strong guarantee.
  /// Trivially copyable elements wait on the host for a large copy, until a member shows elements or where they are. Once
  /// one has, an element is on the device when push_back returns, until growth past the capacity, clear or assign.
  void push_back(const T& value) { core_.push(value); }
  void push_back(T&& value) {
    if constexpr (std::is_trivially_copyable_v<T>)
      core_.push(value);
    else
      append_moved(std::move(value));
  }
  /// One element that waits whatever was shown, until flush() or a member that shows elements. See vmm::back_inserter.
  void stage_back(const T& value) { core_.push(value, true); }
  void stage_back(T&& value) {
    if constexpr (std::is_trivially_copyable_v<T>)
      core_.push(value, true);
    else
      append_moved(std::move(value));
  }
  /// Its result shows where the element is: push_back is the quick one.
  template <class... Arguments>
  reference emplace_back(Arguments&&... arguments) {
    append_moved(T(std::forward<Arguments>(arguments)...));
    return back();
  }
  template <class It, class = require_iterator<It>>
  void append(It first, It last) {
    core_.template insert_range<typed::place::end>(size(), first, last);
  }
  void append(size_type n, const T& value) { append_fill(n, value); }
  void append(std::initializer_list<T> values) { append(values.begin(), values.end()); }

  /// Every insert answers where the first new element is. The elements behind `position` move up.
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
  iterator insert(const_iterator position, std::initializer_list<T> values) {
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

  /// @name Replacing. Basic guarantee; the elements stay if memory is refused, unless they come from input iterators.
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

  /// @name Place and figures
  allocator_type get_allocator() const { return allocator_type(); }
  int device() const noexcept { return core_.bytes().device(); }
  stream_ref stream() const noexcept { return core_.bytes().where().stream; }
  void wait() const { core_.bytes().wait(); }
  vmm::statistics statistics() const noexcept { return core_.bytes().statistics(); }

 private:
  template <class, class>
  friend class device_vector;
  friend struct vector_comparison;

  static engine::storage storage_for(const options& o) {
    return engine::storage(default_machine(), o, default_stream(), true);
  }
  T* shown() const {
    const engine::storage& s = core_.bytes();
    s.let_in_current_device();
    s.show();
    return core_.data();
  }
  /// For our own reading, which ends before the next push.
  const_iterator unshown() const {
    core_.bytes().let_in_current_device();
    return const_iterator(const_pointer(core_.data()));
  }
  difference_type ssize() const noexcept { return static_cast<difference_type>(size()); }
  size_type index(const_iterator i) const { return static_cast<size_type>(i - begin()); }
  iterator nth(size_type i) { return begin() + static_cast<difference_type>(i); }
  void require_element(size_type i) const {
    if (i >= size()) throw std::out_of_range("vmm::device_vector::at: no element of that index");
  }
  bool shrink_to(size_type n) noexcept {
    if (n > size()) return false;
    core_.truncate(n);
    return true;
  }
  /// Before Thrust reads elements in its own stream.
  device_vector& readable() { return const_cast<device_vector&>(std::as_const(*this).readable()); }
  const device_vector& readable() const {
    if (!core_.bytes().where().synchronous) wait();
    return *this;
  }
  void append_fill(size_type n, const T& value) { core_.template insert_fill<typed::place::end>(size(), n, value); }
  void append_moved(T&& value) { core_.template insert_moved<typed::place::end>(size(), std::move(value)); }
  void append_from(const device_vector& other) {
    core_.bytes().wait_for(other.core_.bytes());
    core_.template insert_range<typed::place::end>(0, other.unshown(), other.unshown() + other.ssize());
  }

  core core_;
};

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm

#include <vmm/detail/vector_compare.hpp>
