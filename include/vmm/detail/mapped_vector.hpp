// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// All members of vmm::device_vector for allocators that leave the memory to the library; <vmm/device_vector.hpp> gives
/// it its name.
#pragma once

#include <cstddef>
#include <initializer_list>
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

/// The members of vmm::device_vector for allocators that leave the memory to the library.
///
/// Unless a member says otherwise:
/// - **Waiting.** Without a stream a call is done on return, as with Thrust. With one, work is submitted to stream()
///   and the call returns at once. In a stream that is being captured, a call that has to wait, copies from or to
///   pageable memory, takes direct memory or copies elements to grow, throws vmm::error with errc::capturing.
/// - **Failure.** A call that throws leaves the elements and size() as they were (strong guarantee). Memory may have grown
///   before: then capacity(), and with it data(), may be others. What the element's own functions and iterators throw is passed on, with the guarantees of
///   std::vector.
/// - **Growth.** Past capacity() more memory is mapped behind the elements, which costs what is added. Elements are
///   copied or moved only while the vector lives in direct memory, up to options::small_limit, and once when it leaves
///   that; those that are not trivially relocatable also when their range is full.
/// - **Invalidation.** Growth changes data(), and invalidates iterators, pointers, references and views, only in direct
///   memory, once when it leaves that, and where the range of addresses is full and cannot be extended in place; never
///   with options::fixed_address. Other changes invalidate what points to elements that are removed, replaced or moved.
/// - **Complexity.** Constant, or linear in the elements that are added, destroyed, moved, read or written.
/// - **Staging.** Pushed elements may wait in pinned host memory. Members that expose elements or use them send them
///   first, and may therefore throw vmm::error.
/// - **Threads.** Several threads may call const members of one vector; everything else on one vector is for one thread
///   at a time.
///
/// Vectors compare with `==` and `!=` with themselves, Thrust's vectors and std::vector, and lexicographically among
/// themselves; a comparison waits.
///
/// @tparam T any type that Thrust takes, but neither const nor volatile
/// @tparam Alloc one for which uses_mapped_memory holds: its `construct` and `destroy` are called where it has them,
///   its memory is not used
template <class T, class Alloc>
class mapped_vector {
  static_assert(!std::is_const_v<T> && !std::is_volatile_v<T>, "vmm::device_vector<T>: T must not be const or volatile");
  using thrust_type = stock_device_vector<T, Alloc>;
  using core = vector_core<T, Alloc>;
  using life = typename core::life;

  template <class Integer>  // two integers mean (n, value)
  using require_integer = std::enable_if_t<std::is_integral_v<Integer> && std::is_convertible_v<Integer, T>, int>;
  template <class Range>
  using require_range = std::enable_if_t<is_range_of_bytes<T, Range>, int>;

 public:
  /// @name Types
  /// @{

  /// As in thrust::device_vector, whose pointer, reference and iterator types these are.
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
  /// @}

  // -- empty ---------------------------------------------------------------------------------------------------------

  /// Empty, without a stream. Takes no memory, and needs no driver, until there are elements.
  mapped_vector() : core_(adopt_raw{}, life::by_default(), default_options(), default_stream(), alignof(T)) {}

  /// @overload
  mapped_vector(const Alloc& alloc) : core_(adopt_raw{}, life(alloc), default_options(), default_stream(), alignof(T)) {}

  /// Empty, with options, without a stream.
  /// @throws std::invalid_argument for options outside of their range
  template <class Options, std::enable_if_t<std::is_same_v<Options, options>, int> = 0>  // so that {} never means options
  explicit mapped_vector(const Options& o) : mapped_vector(o, default_stream(), true) {}

  /// Empty, on a stream: calls submit to it and return, except where the host reads elements. The stream must outlive
  /// the vector. The memory will be on the device that is current now, unless options::device names another one.
  /// @throws std::invalid_argument for options outside of their range
  template <class Stream, std::enable_if_t<is_stream<Stream>, int> = 0>
  explicit mapped_vector(const Stream& stream, const options& o = {}) : mapped_vector(o, stream_ref(stream), false) {}

  // -- with elements. Nothing is left behind where these throw ---------------------------------------------------------

  /// `n` elements, value-initialised.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  explicit mapped_vector(size_type n) : mapped_vector() { resize(n); }

  /// @overload
  mapped_vector(size_type n, const Alloc& alloc) : mapped_vector(alloc) { resize(n); }

  /// @overload
  /// @param where options, a stream, or a stream and options
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(size_type n, const Where&... where) : mapped_vector(where...) {
    resize(n);
  }

  /// `n` copies of `value`.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  mapped_vector(size_type n, const T& value) : mapped_vector() { resize(n, value); }

  /// @overload
  mapped_vector(size_type n, const T& value, const Alloc& alloc) : mapped_vector(alloc) { resize(n, value); }

  /// @overload
  /// @param where options, a stream, or a stream and options
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(size_type n, const T& value, const Where&... where) : mapped_vector(where...) {
    resize(n, value);
  }

  /// @overload
  /// Two integers mean a number and a value, not two iterators.
  template <class Integer, require_integer<Integer> = 0>
  mapped_vector(Integer n, Integer value) : mapped_vector(static_cast<size_type>(n), static_cast<T>(value)) {}

  /// `n` elements of unspecified value. T must be trivially default constructible.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  template <class Tag, require_no_init<Tag> = 0>
  mapped_vector(size_type n, Tag) : mapped_vector() {
    resize(n, no_init);
  }

  /// @overload
  template <class Tag, require_no_init<Tag> = 0>
  mapped_vector(size_type n, Tag, const Alloc& alloc) : mapped_vector(alloc) {
    resize(n, no_init);
  }

  /// @overload
  /// @param where options, a stream, or a stream and options
  template <class Tag, class... Where, require_no_init<Tag> = 0, require_where<Where...> = 0>
  mapped_vector(size_type n, Tag, const Where&... where) : mapped_vector(where...) {
    resize(n, no_init);
  }

  /// Copies of a list in braces.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  mapped_vector(std::initializer_list<T> values) : mapped_vector() { append(values); }

  /// @overload
  mapped_vector(std::initializer_list<T> values, const Alloc& alloc) : mapped_vector(alloc) { append(values); }

  /// @overload
  /// @param where options, a stream, or a stream and options
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(std::initializer_list<T> values, const Where&... where) : mapped_vector(where...) {
    append(values);
  }

  /// Copies of what iterators of the host or the device give, as append(first, last) reads it.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  template <class It, class = require_iterator<It>>
  mapped_vector(It first, It last) : mapped_vector() {
    append(first, last);
  }

  /// @overload
  template <class It, class = require_iterator<It>>
  mapped_vector(It first, It last, const Alloc& alloc) : mapped_vector(alloc) {
    append(first, last);
  }

  /// @overload
  /// @param where options, a stream, or a stream and options
  template <class It, class... Where, class = require_iterator<It>, require_where<Where...> = 0>
  mapped_vector(It first, It last, const Where&... where) : mapped_vector(where...) {
    append(first, last);
  }

  // -- copies, moves, conversions ------------------------------------------------------------------------------------

  /// A copy, with the options, the device, the stream and the allocator of `other`.
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  mapped_vector(const mapped_vector& other) : mapped_vector(other, other.core_.get_life()) {}

  /// @overload
  /// With another allocator.
  mapped_vector(const mapped_vector& other, const Alloc& alloc) : mapped_vector(other, life(alloc)) {}

  /// A copy with options and a stream of its own.
  /// @note Waits for both streams where they are not the same.
  /// @param where options, a stream, or a stream and options
  /// @throws std::length_error beyond options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  template <class... Where, require_where<Where...> = 0>
  mapped_vector(const mapped_vector& other, const Where&... where) : mapped_vector(where...) {
    copy_from(other);
  }

  /// Takes the memory of `other` in constant time, without asking the backend. `other` is empty, and keeps its options,
  /// device and stream. Pointers and iterators follow their elements.
  mapped_vector(mapped_vector&& other) noexcept : core_(std::move(other.core_)) {}

  /// @overload
  /// With another allocator; the memory moves all the same, since it is not the allocator's.
  mapped_vector(mapped_vector&& other, const Alloc& alloc) noexcept : core_(std::move(other.core_), life(alloc)) {}

  /// Converts the elements of a vector of another element type or allocator.
  /// @note Waits for the stream of `other`.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  template <class U, class A>
  mapped_vector(const mapped_vector<U, A>& other) : mapped_vector(other.readable().begin(), other.end()) {}

  /// Copies, and where needed converts, the elements of a std::vector.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  template <class U, class A>
  mapped_vector(const std::vector<U, A>& other) : mapped_vector(other.begin(), other.end()) {}

  /// @overload
  /// @param where options, a stream, or a stream and options
  template <class U, class A, class... Where, require_where<Where...> = 0>
  mapped_vector(const std::vector<U, A>& other, const Where&... where) : mapped_vector(other.begin(), other.end(), where...) {}

  /// Copies, and where needed converts, the elements of a thrust::host_vector.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  template <class U, class A, require_implicit<U, A> = 0>
  mapped_vector(const thrust::detail::vector_base<U, A>& other) : mapped_vector(other.begin(), other.end()) {}

  /// Copies the elements of Thrust's own vectors in device or universal memory. Explicit, so that no function gets a
  /// copy unseen; implicit with vmm::as_thrust.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  template <class U, class A, require_explicit<U, A> = 0>
  explicit mapped_vector(const thrust::detail::vector_base<U, A>& other) : mapped_vector(other.begin(), other.end()) {}

  /// Destroys the elements and gives the memory back; never throws. Without a stream it waits for the device, as
  /// cudaFree does. With one it waits only for options::devices: the memory is used again when the stream has reached
  /// this point.
  ~mapped_vector() {}

  /// Replaces the elements with copies. Keeps its own options, device and stream.
  /// @note Waits for both streams where they are not the same.
  /// @throws std::length_error beyond options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does; if the last wait fails, the elements have been replaced
  mapped_vector& operator=(const mapped_vector& other) {
    if (this != &other) {
      const bool waits = engine::wait_for(core_.bytes(), other.core_.bytes());
      core_.copy_life(other.core_);
      core_.assign_range(other.unexposed(), other.unexposed() + other.ssize());
      if (waits) wait();
    }
    return *this;
  }

  /// Destroys its own elements and releases their memory as the destructor does, and takes the memory of `other` with
  /// its options, device and stream. Assigning a vector to itself keeps its elements.
  mapped_vector& operator=(mapped_vector&& other) noexcept {
    core_ = std::move(other.core_);
    return *this;
  }

  /// Replaces the elements with converted ones of a vector of another element type or allocator. Waits, so that `other`
  /// may be destroyed.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign(first, last) does
  template <class U, class A>
  mapped_vector& operator=(const mapped_vector<U, A>& other) {
    assign(other.readable().begin(), other.end());
    readable();  // `other` may go
    return *this;
  }

  /// Replaces the elements with those of a std::vector.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign(first, last) does
  template <class U, class A>
  mapped_vector& operator=(const std::vector<U, A>& other) {
    return assign(other.begin(), other.end()), *this;
  }

  /// Replaces the elements with those of one of Thrust's vectors.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign(first, last) does
  template <class U, class A>
  mapped_vector& operator=(const thrust::detail::vector_base<U, A>& other) {
    return assign(other.begin(), other.end()), *this;
  }

  /// Replaces the elements with those of a list in braces.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as assign(first, last) does
  mapped_vector& operator=(std::initializer_list<T> values) { return assign(values), *this; }

  /// A copy in host memory. Waits.
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture
  template <class U, class A>
  operator thrust::host_vector<U, A>() const {
    return thrust::host_vector<U, A>(readable().begin(), end());
  }

  /// A copy in a vector of Thrust's own. Waits. Explicit, so that no function that takes one gets a copy unseen.
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture, and what Thrust throws
  template <class U, class A>
  explicit operator stock_device_vector<U, A>() const {
    return stock_device_vector<U, A>(readable().begin(), end());
  }

  /// @overload
  /// The base class of Thrust's vectors; implicit with vmm::as_thrust.
  template <class U, class A>
  VMM_DETAIL_EXPLICIT_BORDER operator thrust::detail::vector_base<U, A>() const {
    return thrust::detail::vector_base<U, A>(readable().begin(), end());
  }

  /// Exchanges memory, options, devices and streams in constant time, without asking the backend. Pointers and
  /// iterators follow their elements.
  void swap(mapped_vector& other) noexcept { core_.swap(other.core_); }

  /// Exchanges two vectors, see the member function.
  friend void swap(mapped_vector& a, mapped_vector& b) noexcept { a.swap(b); }

  // -- capacity ------------------------------------------------------------------------------------------------------

  /// The number of elements, those that are still staged included. For host and device.
  VMM_HOST_DEVICE size_type size() const noexcept { return core_.size(); }

  /// Whether there are no elements. For host and device.
  VMM_HOST_DEVICE bool empty() const noexcept { return core_.bytes().size() == 0; }

  /// The most elements that any vector can have; options::limit may allow fewer.
  static constexpr size_type max_size() noexcept { return core::max_size(); }

  /// Elements that fit without asking the backend for memory.
  size_type capacity() const noexcept { return core_.bytes().capacity() / sizeof(T); }

  /// Elements that the reserved addresses can hold: up to there data() stays. In direct memory, the capacity.
  size_type reserved() const noexcept { return core_.bytes().reserved() / sizeof(T); }

  /// Maps what `n` elements need, rounded up to the granularity and no more; does nothing where they fit.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory where the device has too little, after everything that is kept for reuse has been
  ///   released
  /// @throws vmm::error with errc::out_of_addresses where the range is full and may not move; with errc::not_supported
  ///   where options ask for what the device does not support; with errc::capturing where in a capture direct memory is
  ///   taken, or elements would have to be copied; or where the backend fails otherwise
  void reserve(size_type n) { core_.reserve(n); }

  /// Gives back the memory behind the elements. In a range the elements stay where they are, and at most one block is
  /// copied; in direct memory they move. An empty vector gives back everything, but for its addresses with
  /// options::fixed_address.
  /// @note Waits for readers of what is given back. Invalidates all pointers and iterators in direct memory, none in a
  ///   range.
  /// @throws vmm::out_of_memory where the smaller block does not fit beside the old one
  /// @throws vmm::error with errc::capturing where elements would have to be copied in a capture, before anything is given
  ///   back, or where the backend fails. Elements are preserved. If the final synchronisation fails, the memory has already been released. docs/guarantees.md has the
  ///   one case in which elements have moved
  void shrink_to_fit() { core_.shrink_to_fit(); }

  /// Where the elements end in the host's memory, as those of a vector do that is looked at between pushes, device memory takes its
  /// place, at the same address; kernels then read all of it at full speed. Elsewhere nothing happens.
  /// @note Waits for the device where there is such memory. Invalidates nothing.
  /// @throws vmm::out_of_memory where the device has no memory for it
  /// @throws vmm::error with errc::capturing in a capture, or where the backend fails. Elements are preserved
  void to_device() { core_.bytes().to_device(); }

  /// Changes the number of elements. New ones are value-initialised. A smaller size keeps the memory, and never throws
  /// or waits.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  void resize(size_type n) {
    if (!shrink_to(n)) core_.append_default(n - size());
  }

  /// @overload
  /// New elements are copies of `value`.
  void resize(size_type n, const T& value) {
    if (!shrink_to(n)) append_fill(n - size(), value);
  }

  /// @overload
  /// New elements have unspecified values. T must be trivially default constructible.
  template <class Tag, require_no_init<Tag> = 0>
  void resize(size_type n, Tag) {
    static_assert(std::is_trivially_default_constructible_v<T>, "vmm::no_init needs a trivially default constructible T");
    if (!shrink_to(n)) core_.append_raw(n - size());
  }

#if THRUST_VERSION >= 300100
  /// `n` elements, default-initialised. With Thrust 3.1 or later, whose tag it takes.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  mapped_vector(size_type n, thrust::default_init_t) : mapped_vector() { resize(n, thrust::default_init); }

  /// As with vmm::no_init. With Thrust 3.1 or later, whose tag it takes.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as mapped_vector(size_type) does
  mapped_vector(size_type n, thrust::no_init_t) : mapped_vector(n, no_init) {}

  /// @overload
  /// New elements are default-initialised. With Thrust 3.1 or later, whose tag it takes.
  void resize(size_type n, thrust::default_init_t) {
    if constexpr (std::is_trivially_default_constructible_v<T>)
      resize(n, no_init);
    else
      resize(n);
  }

  /// @overload
  /// As with vmm::no_init. With Thrust 3.1 or later, whose tag it takes.
  void resize(size_type n, thrust::no_init_t) { resize(n, no_init); }
#endif

  // -- elements and iterators. In device code, of a vector whose bytes are there, these are its pointer and its size alone

  /// The address of the first element; null before memory is taken. Exposes it: staged elements are sent, and from now
  /// on an element is on the device when push_back() returns. The device that is current may use the memory from now
  /// on, where it can reach it.
  /// @note Without a stream it waits for staged elements; with one nothing waits.
  /// @throws vmm::error where sending staged elements fails; on the host systems never
  VMM_HOST_DEVICE pointer data() { return pointer(exposed()); }

  /// @overload
  VMM_HOST_DEVICE const_pointer data() const { return const_pointer(exposed()); }

  /// @name Iterators
  /// @{

  /// Iterators of Thrust's types. They expose the address as data() does, and throw what it throws.
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
  /// @}

  /// Refers to one element, unchecked, by Thrust's proxy. Exposes the address as data() does, and waits for stream(),
  /// since Thrust reads and writes by way of the proxy in a stream of its own; each such access waits as well.
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture
  VMM_HOST_DEVICE reference operator[](size_type i) { return *(pointer(current()) + static_cast<difference_type>(i)); }

  /// @overload
  VMM_HOST_DEVICE const_reference operator[](size_type i) const {
    return *(const_pointer(current()) + static_cast<difference_type>(i));
  }

  /// Refers to the first element, as operator[] does.
  /// @pre the vector is not empty
  /// @throws vmm::error as operator[] does
  VMM_HOST_DEVICE reference front() { return (*this)[0]; }

  /// @overload
  VMM_HOST_DEVICE const_reference front() const { return (*this)[0]; }

  /// Refers to the last element, as operator[] does.
  /// @pre the vector is not empty
  /// @throws vmm::error as operator[] does
  VMM_HOST_DEVICE reference back() { return (*this)[size() - 1]; }

  /// @overload
  VMM_HOST_DEVICE const_reference back() const { return (*this)[size() - 1]; }

  /// Refers to one element, as operator[] does.
  /// @throws std::out_of_range, with the index and the size, where there is no such element
  /// @throws vmm::error as operator[] does
  reference at(size_type i) { return require_element(i), (*this)[i]; }

  /// @overload
  const_reference at(size_type i) const { return require_element(i), (*this)[i]; }

  /// Pointer and size, for kernels. Exposes the address as data() does.
  /// @throws vmm::error as data() does
  VMM_HOST_DEVICE vmm::view<T> view() { return {exposed(), size()}; }

  /// @overload
  VMM_HOST_DEVICE vmm::view<const T> view() const { return {exposed(), size()}; }

  /// The same elements as a vmm::device_uvector, for .cpp code to grow and fill; for trivially copyable T. It is this
  /// vector under another type, and lives as long; moving from it or to it moves the elements.
  template <class U = T, std::enable_if_t<std::is_trivially_copyable_v<U>, int> = 0>
  device_uvector<U>& uvector() noexcept {
    return core_.get_byte_vector();
  }

  /// @overload
  template <class U = T, std::enable_if_t<std::is_trivially_copyable_v<U>, int> = 0>
  const device_uvector<U>& uvector() const noexcept {
    return core_.get_byte_vector();
  }

  /// Sends staged elements to the device: complete on return, or with a stream in its order.
  /// @throws vmm::error where the backend fails; the elements stay staged
  void flush() const { core_.bytes().flush(); }

  // -- adding --------------------------------------------------------------------------------------------------------

  /// Adds one element, in amortised constant time. A trivially copyable one is staged, until a member exposes elements
  /// or where they are. Once one has, an element is on the device when push_back() returns, until growth past the
  /// capacity, clear(), assign(), or a shrink_to_fit() that moves the elements.
  /// @note A pinned buffer that is full is copied in stream order. The call waits for that only in a capture, and where no
  ///   event can be recorded. A vector that is looked at between pushes ends in host memory that kernels see, 2 to 8 MiB: when
  ///   that is full, the call waits for the device, all streams of it, and turns it into device memory; so does a push to a
  ///   place that had an element before, now and then. vmm::set_tail_limit(0) keeps vectors from it.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does; with errc::capturing where it cannot be staged in a
  ///   capture
  void push_back(const T& value) { core_.push(value); }

  /// @overload
  /// Moves `value` in. It is still the caller's if no memory is left.
  void push_back(T&& value) { core_.push(std::move(value)); }

  /// Adds one element that is staged even if the address is exposed, until flush() or a member that exposes elements.
  /// See vmm::back_inserter.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as push_back() does
  void stage_back(const T& value) { core_.push(value, true); }

  /// @overload
  void stage_back(T&& value) { core_.push(std::move(value), true); }

  /// Adds an element that is made from the arguments. Returns a reference, so it exposes the address and waits; prefer
  /// push_back().
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as push_back() does; vmm::error also where the element
  ///   is there, and referring to it fails
  template <class... Arguments>
  reference emplace_back(Arguments&&... arguments) {
    core_.template insert_moved<place::end>(size(), T(std::forward<Arguments>(arguments)...));
    return back();
  }

  /// Adds copies of what iterators of the host or the device give, also of this vector's own elements. Input iterators
  /// and lists are read once, through at most 1 MiB of host memory. Raw pointers count as host memory, but where
  /// elements are copied as bytes they may point to either.
  /// @note With a stream, pinned and device memory must not be modified until the copy on stream() has completed.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  template <class It, class = require_iterator<It>>
  void append(It first, It last) {
    core_.template insert_range<place::end>(size(), first, last);
  }

  /// Adds `n` copies of `value`.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as append(first, last) does
  void append(size_type n, const T& value) { append_fill(n, value); }

  /// Adds copies of a list in braces.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as append(first, last) does
  void append(std::initializer_list<T> values) { append(values.begin(), values.end()); }

  /// Adds copies of trivially copyable elements of exactly this type that are contiguous, on the host or the device:
  /// spans, arrays, vectors, views.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as append(first, last) does
  template <class Range, require_range<Range> = 0>
  void append(const Range& range) {
    append(std::data(range), std::data(range) + std::size(range));
  }

  /// Inserts before `position`, in time linear in what is inserted and in the elements behind it, which move up.
  /// @return where the first new element is
  /// @note Invalidates what points to `position` or behind it, and what growth invalidates. Exposes the address.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does. Elements are preserved, unless moving them back fails as
  ///   well: then there are size() valid elements. So it is where an element's own function throws, but at the end
  ///   (basic guarantee)
  iterator insert(const_iterator position, const T& value) { return insert(position, size_type{1}, value); }

  /// @overload
  /// Moves `value` in. It is still the caller's if no memory is left.
  iterator insert(const_iterator position, T&& value) {
    const size_type at = index(position);
    core_.insert_moved(at, std::move(value));
    return nth(at);
  }

  /// @overload
  /// Inserts `n` copies.
  iterator insert(const_iterator position, size_type n, const T& value) {
    const size_type at = index(position);
    core_.insert_fill(at, n, value);
    return nth(at);
  }

  /// @overload
  /// Inserts what iterators of the host or the device give. They may read this vector's own elements: each gives what
  /// it gave before the call.
  template <class It, class = require_iterator<It>>
  iterator insert(const_iterator position, It first, It last) {
    const size_type at = index(position);
    core_.insert_range(at, first, last);
    return nth(at);
  }

  /// @overload
  /// Two integers mean a number and a value, not two iterators.
  template <class Integer, require_integer<Integer> = 0>
  iterator insert(const_iterator position, Integer n, Integer value) {
    return insert(position, static_cast<size_type>(n), static_cast<T>(value));
  }

  /// @overload
  /// Inserts a list in braces.
#ifdef VMM_AS_THRUST  // Thrust has no such insert: braces that make one element do so here as well
  template <class U, std::enable_if_t<std::is_same_v<U, T>, int> = 0>
  iterator insert(const_iterator position, std::initializer_list<U> values) {
#else
  iterator insert(const_iterator position, std::initializer_list<T> values) {
#endif
    return insert(position, values.begin(), values.end());
  }

  // -- removing. The memory is kept ------------------------------------------------------------------------------------

  /// Removes the last element. Nothing waits.
  /// @pre the vector is not empty
  void pop_back() noexcept { core_.truncate(size() - 1); }

  /// Removes all elements. Nothing waits. Invalidates all pointers, iterators, references and views.
  void clear() noexcept { core_.destroy_all(); }

  /// Removes one element. Those behind it move down in place, in one pass.
  /// @return where the element behind it is now
  /// @note Invalidates what points to `position` or behind it. Exposes the address.
  /// @throws vmm::error where the backend fails; if the last wait fails, the element has been removed. Where moving an
  ///   element throws, there are size() valid elements (basic guarantee)
  iterator erase(const_iterator position) { return erase(position, position + 1); }

  /// @overload
  /// Removes the elements from `first` up to, but without, `last`.
  iterator erase(const_iterator first, const_iterator last) {
    const size_type at = index(first);
    core_.erase(at, index(last));
    return nth(at);
  }

  // -- replacing. Invalidates all pointers, iterators, references and views, also where data() stays ---------------------

  /// Replaces the elements with `n` copies of `value`.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does. Elements are preserved; if the last wait fails, they have been
  ///   replaced. Where an element's own function throws, there are size() valid elements (basic guarantee)
  void assign(size_type n, const T& value) { core_.assign_fill(n, value); }

  /// @overload
  /// With what iterators of the host or the device give, also of the old elements. Of iterators that are not contiguous, the
  /// elements are preserved where memory or addresses are missing, of input iterators not even then: otherwise there are
  /// size() valid elements (basic guarantee).
  template <class It, class = require_iterator<It>>
  void assign(It first, It last) {
    core_.assign_range(first, last);
  }

  /// @overload
  /// Two integers mean a number and a value, not two iterators.
  template <class Integer, require_integer<Integer> = 0>
  void assign(Integer n, Integer value) {
    assign(static_cast<size_type>(n), static_cast<T>(value));
  }

  /// @overload
  void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }

  /// @overload
  /// Takes the ranges that append(const Range&) takes.
  template <class Range, require_range<Range> = 0>
  void assign(const Range& range) {
    assign(std::data(range), std::data(range) + std::size(range));
  }

  // -- place and figures ---------------------------------------------------------------------------------------------

  /// A copy of the allocator.
  allocator_type get_allocator() const { return core_.get_life().get_alloc(); }

  /// The number of the device that holds the memory, or would if it were taken now; -1 where there is none.
  int device() const noexcept { return core_.bytes().device(); }

  /// The stream to which the vector's work is submitted; the default stream where none was given.
  stream_ref stream() const noexcept { return core_.bytes().order().stream; }

  /// Waits until all work that was submitted to stream() is done, staged elements included.
  /// @throws vmm::error where that work or the wait fails, or with errc::capturing in a capture
  void wait() const { core_.bytes().synchronize(); }

  /// What growth has cost this vector. Asks the backend for nothing.
  vmm::statistics statistics() const noexcept { return core_.bytes().statistics(); }

 private:
  template <class, class>
  friend class mapped_vector;
  friend struct vector_comparison;

  mapped_vector(const options& o, stream_ref stream, bool synchronous)
      : core_(adopt_raw{}, life::by_default(), default_backend(), for_system(o), stream, synchronous, alignof(T)) {}
  /// With any options::backend: where addresses are handed out as they are, nothing may be staged.
  static options for_system(options o) {
    if (!VMM_DETAIL_EXPOSES) o.staging = false;
    return o;
  }
  mapped_vector(const mapped_vector& other, const life& l) : core_(adopt_raw{}, l, raw_vector::like(other.core_.bytes())) {
    copy_from(other);
  }

  /// For callers that may keep it. On the host systems there is never anything to do before: elements are written where
  /// they belong.
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
    if (i >= size()) throw_no_element("vmm::device_vector", i, size());
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
