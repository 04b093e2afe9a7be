// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// vmm::device_uvector: a growable device array without Thrust and without a CUDA header.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/config.hpp>
#include <vmm/detail/element_access.hpp>
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/detail/raw_vector.hpp>
#include <vmm/error.hpp>
#include <vmm/memory.hpp>
#include <vmm/no_init.hpp>
#include <vmm/options.hpp>
#include <vmm/statistics.hpp>
#include <vmm/stream.hpp>
#include <vmm/view.hpp>

namespace vmm {
namespace detail {
struct raw_access;
}
inline namespace VMM_BACKEND_NAMESPACE {

/// A growable array in device memory: raw pointers, uninitialised elements, work in the order of one stream.
///
/// The same type and the same symbols in a .cpp that g++ compiles and in a .cu for any architecture. Names that
/// rmm::device_uvector has as well mean the same, but for what docs/reference.md lists.
///
/// Unless a member says otherwise:
/// - **Waiting.** Work is submitted to stream(), and the call returns at once. In a stream that is being captured, a
///   call that has to wait, copies from or to pageable memory, takes direct memory or copies elements to grow, throws
///   vmm::error with errc::capturing. The uvector() of a device_vector without a stream waits as that one does, and so
///   does a copy of it.
/// - **Failure.** A call that throws leaves the elements and size() as they were (strong guarantee). Memory may have grown
///   before: then capacity(), and with it data(), may be others.
/// - **Growth.** Past capacity() more memory is mapped behind the elements, which costs what is added. Elements are
///   copied only while the vector lives in direct memory, up to options::small_limit, and once when it leaves that.
/// - **Invalidation.** Growth changes data(), and invalidates iterators, pointers, references and views, where elements
///   are copied as just said, and where the range of addresses is full and cannot be extended in place; never with
///   options::fixed_address. Other changes invalidate what points to elements that are removed or replaced.
/// - **Complexity.** Constant, or linear in the elements that are added, read or written.
/// - **Staging.** Pushed elements may wait in pinned host memory. Members that expose elements or use them send them
///   first, in the order of stream(), and may therefore throw vmm::error; never for a vector that was not pushed to.
/// - **Threads.** Several threads may call const members of one vector; everything else on one vector is for one thread
///   at a time.
///
/// @tparam T trivially copyable, and complete where a vector is constructed; a class may have a member whose T it
///   completes later
template <class T>
class device_uvector {
  template <class Options>
  using require_options = std::enable_if_t<std::is_same_v<Options, options>, int>;  // so that {} never means options

  template <class Range>
  using require_range =
      std::enable_if_t<detail::is_contiguous_range<T, Range> && !std::is_base_of_v<device_uvector, Range>, int>;

 public:
  /// @name Types
  /// @{

  /// As in std::vector; pointers and iterators are raw device pointers.
  using value_type = T;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = T&;
  using const_reference = const T&;
  using pointer = T*;
  using const_pointer = const T*;
  using iterator = T*;
  using const_iterator = const T*;
  using reverse_iterator = std::reverse_iterator<iterator>;
  using const_reverse_iterator = std::reverse_iterator<const_iterator>;
  /// @}

  // -- life ----------------------------------------------------------------------------------------------------------

  /// Empty, on the default stream of the translation unit. Takes no memory and needs no driver.
  device_uvector(detail::implicit_stream s = detail::implicit_stream(default_stream())) : device_uvector(s.stream) {}

  /// Empty, with options, on the default stream of the translation unit.
  /// @throws std::invalid_argument for options outside of their range
  template <class Options, require_options<Options> = 0>
  explicit device_uvector(const Options& o, detail::implicit_stream s = detail::implicit_stream(default_stream()))
      : device_uvector(s.stream, o) {}

  /// Empty, on a stream, which must outlive the vector. The memory will be on the device that is current now, unless
  /// options::device names another one.
  /// @throws std::invalid_argument for options outside of their range
  explicit device_uvector(stream_ref stream, const options& o = {}) : raw_(make_raw(o, stream)) {}

  /// `n` elements, uninitialised. Nothing is left behind where it throws.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws std::invalid_argument for options outside of their range
  /// @throws vmm::out_of_memory where the device has too little
  /// @throws vmm::error where the backend fails otherwise, or options ask for what the device does not support
  explicit device_uvector(size_type n, stream_ref stream = default_stream(), const options& o = {})
      : device_uvector(stream, o) {
    reserve(n);
    raw_.set_size(bytes(n));
  }

  /// @overload
  template <class Options, require_options<Options> = 0>
  device_uvector(size_type n, const Options& o, detail::implicit_stream s = detail::implicit_stream(default_stream()))
      : device_uvector(n, s.stream, o) {}

  /// @overload
  /// Says the same as `(n)`, as device_vector spells it: elements are uninitialised in any case.
  template <class Tag, detail::require_no_init<Tag> = 0>
  device_uvector(size_type n, Tag, detail::implicit_stream s = detail::implicit_stream(default_stream()))
      : device_uvector(n, s.stream) {}

  /// Deleted: a number in second place would be a stream, not the value that it looks like. Use resize(n, value).
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
  device_uvector(size_type n, Integer value, const options& o = {}) = delete;  // no values here: resize(n, value)

  /// A copy in the order of `stream`, with the options and the device of `other`.
  /// @note Waits for both streams where `other` has another one.
  /// @throws vmm::out_of_memory where the device has too little
  /// @throws vmm::error where the backend fails otherwise
  device_uvector(const device_uvector& other, stream_ref stream) : raw_(engine::raw_vector::like(other.raw_)) {
    require_bytes();
    raw_.set_stream(stream);
    assign(other);
  }

  /// A copy in the order of the stream of `other`, with its options and its device. Waits as `other` does.
  /// @throws vmm::out_of_memory where the device has too little
  /// @throws vmm::error where the backend fails otherwise
  device_uvector(const device_uvector& other) : device_uvector(other, other.stream()) {}

  /// Takes the memory of the other vector in constant time, without asking the backend. The other one is empty, and
  /// keeps its options, device and stream. Pointers and iterators follow their elements.
  device_uvector(device_uvector&&) noexcept = default;

  /// Replaces the elements with copies, as assign(const device_uvector&) does. Keeps its own options, device and
  /// stream.
  /// @throws std::length_error beyond options::limit
  /// @throws vmm::out_of_memory where the device has too little
  /// @throws vmm::error where the backend fails otherwise; if the last wait fails, the elements have been replaced
  device_uvector& operator=(const device_uvector& other) {
    if (this != &other) assign(other);
    return *this;
  }

  /// Releases its own memory as the destructor does, and takes that of the other vector with its options, device and
  /// stream, in constant time. Assigning a vector to itself keeps its elements.
  device_uvector& operator=(device_uvector&&) noexcept = default;

  /// Returns at once: the memory is used again, or given back by a later call, when the stream has reached this point.
  /// Waits for options::devices, and where no event can be recorded, as in a capture.
  ~device_uvector() = default;

  /// Exchanges memory, options, devices and streams in constant time, without asking the backend. Pointers and
  /// iterators follow their elements.
  void swap(device_uvector& other) noexcept { raw_.swap(other.raw_); }

  /// Exchanges two vectors, see the member function.
  friend void swap(device_uvector& a, device_uvector& b) noexcept { a.swap(b); }

  // -- capacity ------------------------------------------------------------------------------------------------------

  /// The number of elements, those that are still staged included.
  size_type size() const noexcept { return raw_.size() / sizeof(T); }

  /// The number of elements as a signed number.
  std::ptrdiff_t ssize() const noexcept { return static_cast<std::ptrdiff_t>(size()); }

  /// The size of all elements in bytes.
  size_type size_bytes() const noexcept { return raw_.size(); }

  /// Whether there are no elements.
  bool empty() const noexcept { return raw_.size() == 0; }

  /// The same as empty(), as rmm::device_uvector spells it.
  bool is_empty() const noexcept { return empty(); }

  /// Elements that fit without asking the backend for memory.
  size_type capacity() const noexcept { return raw_.capacity() / sizeof(T); }

  /// Elements that the reserved addresses can hold: up to there data() stays. In direct memory, the capacity.
  size_type reserved() const noexcept { return raw_.reserved() / sizeof(T); }

  /// The most elements that any vector can have; options::limit may allow fewer.
  static constexpr size_type max_size() noexcept {
    return static_cast<size_type>((std::numeric_limits<std::ptrdiff_t>::max)()) / sizeof(T);
  }

  /// Maps what `n` elements need, rounded up to the granularity and no more; does nothing where they fit.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory where the device has too little, after everything that is kept for reuse has been
  ///   released
  /// @throws vmm::error with errc::out_of_addresses where the range is full and may not move; with errc::not_supported
  ///   where options ask for what the device does not support; with errc::capturing where in a capture direct memory is
  ///   taken, or elements would have to be copied; or where the backend fails otherwise
  void reserve(size_type n) { auto old = raw_.reserve(bytes(n)); }

  /// Changes the number of elements. New ones are uninitialised. Growth maps by options::step_factor beyond what is
  /// needed; a smaller size keeps the memory, and never throws.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  void resize(size_type n) {
    auto old = raw_.grow(bytes(n));
    if (n > size()) raw_.flush();
    raw_.set_size(bytes(n));
  }

  /// @overload
  /// Says the same as resize(n), as device_vector spells it.
  template <class Tag, detail::require_no_init<Tag> = 0>
  void resize(size_type n, Tag) {
    resize(n);
  }

  /// Changes the number of elements. New ones are copies of `value`, which may be an element of this vector.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  void resize(size_type n, const T& value) {
    if (bytes(n) <= raw_.size()) return raw_.set_size(bytes(n));
    engine::insert_fill(raw_, raw_.size(), std::addressof(value), sizeof(T), n - size());
  }

  /// Gives back the memory behind the elements. In a range the elements stay where they are, and at most one block is
  /// copied; in direct memory they move. An empty vector gives back everything, but for its addresses with
  /// options::fixed_address.
  /// @note Waits for the stream where mapped memory is given back. Invalidates all pointers and iterators in direct
  ///   memory, none in a range.
  /// @throws vmm::out_of_memory where the smaller block does not fit beside the old one
  /// @throws vmm::error with errc::capturing where elements would have to be copied in a capture, before anything is given
  ///   back, or where the backend fails. Elements are preserved. If the final synchronisation fails, the memory has already been released. docs/guarantees.md has the
  ///   one case in which elements have moved
  void shrink_to_fit() { raw_.shrink_to_fit(); }

  /// Where the elements end in the host's memory, as those of a vector do that is looked at between pushes, device memory takes its
  /// place, at the same address; kernels then read all of it at full speed. Elsewhere nothing happens.
  /// @note Waits for the device where there is such memory. Invalidates nothing.
  /// @throws vmm::out_of_memory where the device has no memory for it
  /// @throws vmm::error with errc::capturing in a capture, or where the backend fails. Elements are preserved
  void to_device() { raw_.to_device(); }

  /// Removes all elements in constant time, and keeps the memory. Invalidates all pointers, iterators and views.
  void clear() noexcept { raw_.set_size(0), raw_.hide(); }

  /// reserve(n) in the order of another stream, which becomes the vector's, also where it throws.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as reserve(n) does
  void reserve(size_type n, stream_ref stream) { set_stream(stream), reserve(n); }

  /// resize(n) in the order of another stream, which becomes the vector's, also where it throws.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as reserve(n) does
  void resize(size_type n, stream_ref stream) { set_stream(stream), resize(n); }

  /// shrink_to_fit() in the order of another stream, which becomes the vector's, also where it throws.
  /// @throws vmm::out_of_memory, vmm::error as shrink_to_fit() does
  void shrink_to_fit(stream_ref stream) { set_stream(stream), shrink_to_fit(); }

  // -- adding and removing -------------------------------------------------------------------------------------------

  /// Adds one element, in amortised constant time. It is staged: on the device after flush(), or any member that
  /// exposes elements. `value` may be an element of this vector where the host can read that.
  /// @note A pinned buffer that is full is copied in stream order. The call waits for that only in a capture, and where no
  ///   event can be recorded. A vector that is flushed after every few pushes ends in host memory that kernels see: when that
  ///   is full, the call waits for the device, all streams of it, and turns it into device memory. vmm::set_tail_limit(0)
  ///   keeps vectors from it.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does; with errc::capturing where it cannot be staged in a
  ///   capture
  void push_back(const T& value) {
    raw_.template push_back_fast<sizeof(T)>(std::addressof(value), true, [&] { return push_back_slow(value); });
  }

  /// The same as push_back(), as device_vector spells it. See vmm::back_inserter.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as push_back() does
  void stage_back(const T& value) { push_back(value); }

  /// push_back() of an element that is made from the arguments. Returns nothing, since a reference would expose the
  /// element.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as push_back() does, and what the constructor throws
  template <class... Arguments>
  void emplace_back(Arguments&&... arguments) {
    push_back(T(std::forward<Arguments>(arguments)...));
  }

  /// Removes the last element in constant time, and keeps the memory.
  /// @pre the vector is not empty
  void pop_back() noexcept { raw_.set_size(raw_.size() - sizeof(T)); }

  /// Adds copies of elements in host or device memory, which may be this vector's own.
  /// @note Pinned and device memory must not be modified until the copy on stream() has completed; pageable memory has
  ///   been read on return.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  void append(const T* first, const T* last) {
    engine::insert(raw_, raw_.size(), first, static_cast<size_type>(last - first) * sizeof(T));
  }

  /// @overload
  void append(vmm::view<const T> source) { append(source.begin(), source.end()); }

  /// @overload
  /// Takes spans, std::array, std::string, arrays and vectors of elements of exactly this type, in one copy. An array
  /// of `char` brings its closing 0 along.
  template <class Range, require_range<Range> = 0>
  void append(const Range& source) {
    append(std::data(source), std::data(source) + std::size(source));
  }

  /// Adds copies of the elements of another vector, or of this one.
  /// @note Waits for both streams where they are not the same.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does; if the last wait fails, the elements have been added
  void append(const device_uvector& other) {
    const bool waits = engine::wait_for(raw_, other.raw_);
    append(other.view());
    if (waits) raw_.synchronize();
  }

  /// Adds `n` copies of `value`.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>  // so that 0 is not a pointer
  void append(Integer n, const T& value) {
    resize(sum(size(), static_cast<size_type>(n)), value);
  }

  /// Adds a list in braces, in one copy.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as append(first, last) does
  void append(std::initializer_list<T> values) { append(values.begin(), values.end()); }

  /// Adds what host iterators give, read in one pass: in one copy where they are contiguous, otherwise converted to T
  /// one by one and staged. On the host backend they may read this vector's own elements.
  /// @throws std::length_error, vmm::out_of_memory, vmm::error as push_back() does, and what the iterators throw
  template <class It, class = detail::require_iterator<It>>
  void append(It first, It last) {
    if constexpr (detail::is_contiguous_host<T, It>) {
      const T* const source = detail::address_of_first<T>(first, last);
      append(source, source + (last - first));
    } else {
      append_each(first, last);
    }
  }

  // -- replacing. Invalidates all pointers, iterators and views, also where data() stays -------------------------------

  /// Replaces the elements with what host or device pointers or host iterators give, as append(first, last) reads it.
  /// They may read the old elements: pointers always, other iterators on the host backend.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does, and what the iterators throw. Elements are preserved
  ///   where the source is contiguous; otherwise fewer or other elements may be left (basic guarantee)
  template <class It, class = detail::require_iterator<It>>
  void assign(It first, It last) {
    if constexpr (detail::is_contiguous_host<T, It>) {
      replace(detail::address_of_first<T>(first, last), static_cast<size_type>(last - first));
    } else if constexpr (VMM_ON_CUDA) {
      if constexpr (detail::is_forward<It>) {
        auto old = raw_.grow(bytes(static_cast<size_type>(std::distance(first, last))));
      }
      clear();
      append_each(first, last);
    } else {  // the host can read the old elements, so they stay until all are read
      device_uvector read(detail::adopt_raw{}, engine::raw_vector::temporary_copy(raw_, 0));
      read.append_each(first, last);
      replace(read.data(), read.size());
    }
  }

  /// Replaces the elements with `n` copies of `value`.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
  void assign(Integer n, const T& value) {
    const detail::byte_copy<T> copy(value);
    engine::assign_fill(raw_, copy.bytes, sizeof(T), bytes(static_cast<size_type>(n)) / sizeof(T));
  }

  /// Replaces the elements with those of a view, which may be a part of them.
  /// @note The source must not be modified until the copy on stream() has completed, unless it is pageable host memory.
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does
  void assign(vmm::view<const T> source) { assign(source.begin(), source.end()); }

  /// @overload
  /// Takes the ranges that append(const Range&) takes.
  template <class Range, require_range<Range> = 0>
  void assign(const Range& source) {
    replace(std::data(source), std::size(source));
  }

  /// @overload
  void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }

  /// Replaces the elements with copies of those of another vector, for which it reserves exactly what they need.
  /// @note Waits for both streams where they are not the same.
  /// @throws std::length_error beyond options::limit
  /// @throws vmm::out_of_memory, vmm::error as reserve() does; if the last wait fails, the elements have been replaced
  void assign(const device_uvector& other) {
    if (this == &other) return;
    const bool waits = engine::wait_for(raw_, other.raw_);
    reserve(other.size());
    assign(other.view());
    if (waits) raw_.synchronize();
  }

  // -- single elements -----------------------------------------------------------------------------------------------

  /// Reads one element, in the order of `stream`, which does not become the vector's: the caller orders the two
  /// streams.
  /// @note Waits for `stream`.
  /// @throws std::out_of_range, with the index and the size, where there is no such element
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture
  T element(size_type i, stream_ref stream) const {
    require_element(i);
    alignas(T) unsigned char value[sizeof(T)];
    raw_.read(value, i * sizeof(T), sizeof(T), stream);
    return static_cast<T&&>(*static_cast<T*>(static_cast<void*>(value)));
  }

  /// @overload
  /// In the order of stream(), for which it waits.
  T element(size_type i) const { return element(i, stream()); }

  /// The same as element(i). Waits.
  /// @throws std::out_of_range, vmm::error as element() does
  T at(size_type i) const { return element(i); }

  /// Reads the first element. Waits for stream().
  /// @throws std::out_of_range, vmm::error as element() does
  T front_element() const { return element(0); }

  /// @overload
  /// Waits for `stream`.
  T front_element(stream_ref stream) const { return element(0, stream); }

  /// Reads the last element. Waits for stream().
  /// @throws std::out_of_range, vmm::error as element() does
  T back_element() const { return element(size() - 1); }

  /// @overload
  /// Waits for `stream`.
  T back_element(stream_ref stream) const { return element(size() - 1, stream); }

  /// The device address of one element, unchecked.
  /// @throws vmm::error as data() does
  T* element_ptr(size_type i) { return data() + i; }

  /// @overload
  const T* element_ptr(size_type i) const { return data() + i; }

  /// Writes one element in the order of `stream`, which does not become the vector's: the caller orders the two
  /// streams.
  /// @note Waits for `stream`.
  /// @throws std::out_of_range, with the index and the size, where there is no such element
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture; if the wait fails, the element
  ///   has been written
  void set_element(size_type i, const T& value, stream_ref stream) { write_element(i, value, stream, true); }

  /// Writes one element in the order of stream(). Nothing waits; `value` is copied before the call returns.
  /// @throws std::out_of_range, with the index and the size, where there is no such element
  /// @throws vmm::error where the backend fails
  void set_element(size_type i, const T& value) { write_element(i, value, stream(), false); }

  /// Writes one element in the order of `stream`, which does not become the vector's: the caller orders the two
  /// streams. Nothing waits; `value` is copied before the call returns, and may be a temporary.
  /// @throws std::out_of_range, with the index and the size, where there is no such element
  /// @throws vmm::error where the backend fails
  void set_element_async(size_type i, const T& value, stream_ref stream) { write_element(i, value, stream, false); }

  /// Sets the bytes of one element to 0 in the order of `stream`, as set_element_async() writes it.
  /// @throws std::out_of_range, vmm::error as set_element_async() does
  void set_element_to_zero_async(size_type i, stream_ref stream) {
    require_element(i);
    const unsigned char zero = 0;
    const detail::stream_order_scope order(raw_, stream);
    engine::fill(raw_, i * sizeof(T), &zero, 1, sizeof(T));
    raw_.synchronize_if_blocking();
  }

  /// Sets all elements to `value`.
  /// @throws vmm::error where the backend fails
  void fill(const T& value) { fill_from(0, value); }

  // -- all of it -----------------------------------------------------------------------------------------------------

  /// Copies `count` elements from index `first` on to host or device memory.
  /// @note Returns at once only if `to` is device or pinned memory; this must not be used until the copy on stream()
  ///   has completed.
  /// @pre `first + count <= size()`, which is not checked
  /// @throws vmm::error where the backend fails
  void copy_to(T* to, size_type first, size_type count) const {
    engine::copy_out(raw_, to, first * sizeof(T), count * sizeof(T));
    raw_.synchronize_if_blocking();
  }

  /// @overload
  /// Copies all elements.
  void copy_to(T* to) const { copy_to(to, 0, size()); }

  /// The elements in host memory. Waits for stream().
  /// @throws std::bad_alloc where the host has too little memory
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture
  template <class Alloc = std::allocator<T>>  // a template, so that the library holds no std::vector of its own build
  std::vector<T, Alloc> to_vector() const {
    if constexpr (std::is_default_constructible_v<T> && std::is_copy_assignable_v<T> && !std::is_same_v<T, bool>) {
      std::vector<T, Alloc> out(size());
      copy_to(out.data());
      raw_.synchronize();
      return out;
    } else {  // no elements to copy over: std::vector<bool> packs them, other types have to be copied from somewhere
      std::allocator<T> host;
      const size_type n = size();
      const auto free = [&](T* p) { host.deallocate(p, n); };
      const std::unique_ptr<T, decltype(free)> elements(host.allocate(n), free);
      copy_to(elements.get());
      raw_.synchronize();
      return std::vector<T, Alloc>(elements.get(), elements.get() + n);
    }
  }

  // -- addresses -----------------------------------------------------------------------------------------------------

  /// The device address of the first element; null before memory is taken. Sends staged elements in the order of
  /// stream(), without a wait; elements that are pushed later are there after the next flush(). The host may read
  /// through it on the host backend only.
  /// @throws vmm::error where sending staged elements fails; never for a vector that was not pushed to
  T* data() { return reinterpret_cast<T*>(raw_.data()); }

  /// @overload
  const T* data() const { return reinterpret_cast<const T*>(raw_.data()); }

  /// @name Iterators
  /// @{

  /// Device pointers, which send staged elements as data() does, and throw what it throws.
  iterator begin() { return data(); }
  iterator end() { return data() + size(); }
  const_iterator begin() const { return data(); }
  const_iterator end() const { return data() + size(); }
  const_iterator cbegin() const { return begin(); }
  const_iterator cend() const { return end(); }
  reverse_iterator rbegin() { return reverse_iterator(end()); }
  reverse_iterator rend() { return reverse_iterator(begin()); }
  const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
  const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }
  const_reverse_iterator crbegin() const { return rbegin(); }
  const_reverse_iterator crend() const { return rend(); }
  /// @}

  /// Pointer and size, for kernels. Sends staged elements as data() does.
  /// @throws vmm::error as data() does
  vmm::view<T> view() { return {data(), size()}; }

  /// @overload
  vmm::view<const T> view() const { return {data(), size()}; }

  // -- order and place -----------------------------------------------------------------------------------------------

  /// The stream to which the vector's work is submitted.
  stream_ref stream() const noexcept { return raw_.order().stream; }

  /// Changes the stream of everything from here on. Staged elements are sent on the old stream, which is not waited
  /// for: the caller orders the two streams. The new one must outlive the vector.
  void set_stream(stream_ref stream) noexcept { raw_.set_stream(stream); }

  /// Waits until all work that was submitted to stream() is done, staged elements included.
  /// @throws vmm::error where that work or the wait fails, or with errc::capturing in a capture
  void wait() const { raw_.synchronize(); }

  /// Sends staged elements in the order of stream(). Nothing waits.
  /// @throws vmm::error where the backend fails; the elements stay staged
  void flush() const { raw_.flush(); }

  /// The number of the device that holds the memory, or would if it were taken now; -1 where there is none.
  int device() const noexcept { return raw_.device(); }

  /// What growth has cost this vector. Asks the backend for nothing.
  vmm::statistics statistics() const noexcept { return raw_.statistics(); }

  // -- comparison ----------------------------------------------------------------------------------------------------

  /// @name Comparison
  /// @{

  /// By the elements: equality, and lexicographical order. For arithmetic T only; -0 equals 0, and a NaN equals
  /// nothing.
  /// @note Waits for both streams. Linear.
  /// @throws vmm::out_of_memory where temporary memory is missing
  /// @throws vmm::error where the backend fails, or with errc::capturing in a capture
  friend bool operator==(const device_uvector& a, const device_uvector& b) { return detail::equal<T>(a.raw_, b.raw_); }
  friend bool operator!=(const device_uvector& a, const device_uvector& b) { return !(a == b); }
  friend bool operator<(const device_uvector& a, const device_uvector& b) { return detail::less<T>(a.raw_, b.raw_); }
  friend bool operator>(const device_uvector& a, const device_uvector& b) { return b < a; }
  friend bool operator<=(const device_uvector& a, const device_uvector& b) { return !(b < a); }
  friend bool operator>=(const device_uvector& a, const device_uvector& b) { return !(a < b); }
  /// @}

 private:
  friend struct detail::raw_access;
  template <class... Arguments>
  explicit device_uvector(detail::adopt_raw, Arguments&&... arguments) : raw_(std::forward<Arguments>(arguments)...) {}
  /// What is asked of T, and when: a class may have a member of an incomplete T.
  static void require_bytes() noexcept {
    static_assert(std::is_trivially_copyable_v<T>, "vmm::device_uvector moves elements as bytes: T must be trivially copyable");
    static_assert(!std::is_const_v<T> && !std::is_volatile_v<T>, "vmm::device_uvector<T>: T must not be const or volatile");
  }
  static engine::raw_vector make_raw(const options& o, stream_ref stream) {
    require_bytes();
    return engine::raw_vector(default_backend(), o, stream, false, alignof(T));
  }

  static size_type bytes(size_type n) {
    if (n > max_size()) throw std::length_error("vmm::device_uvector: more elements than max_size()");
    return n * sizeof(T);
  }
  static size_type sum(size_type a, size_type b) {
    if (b > (std::numeric_limits<size_type>::max)() - a)
      throw std::length_error("vmm::device_uvector: more elements than max_size()");
    return a + b;
  }
  size_type push_back_slow(const T& value) {
    const detail::byte_copy<T> copy(value);
    return raw_.push_back_slow(copy.bytes, sizeof(T), true);
  }
  /// What growth replaces stays until all is read, since it may be what the iterators read.
  template <class It>
  void append_each(It first, It last) {
    const size_type before = raw_.size();
    std::vector<engine::deferred_release> old;
    try {
      if constexpr (detail::is_forward<It>)
        old.push_back(raw_.grow(bytes(sum(size(), static_cast<size_type>(std::distance(first, last))))));
      for (; first != last; ++first) {
        const T value = static_cast<T>(*first);
        if (raw_.capacity() - raw_.size() < sizeof(T)) old.push_back(raw_.grow(sum(raw_.size(), sizeof(T))));
        push_back(value);
      }
    } catch (...) {
      raw_.set_size(before);
      throw;
    }
  }
  void replace(const T* source, size_type count) { engine::assign(raw_, source, bytes(count)); }
  void require_element(size_type i) const {
    if (i >= size()) detail::throw_no_element("vmm::device_uvector", i, size());
  }
  void write_element(size_type i, const T& value, stream_ref stream, bool waits) {
    require_element(i);
    const detail::byte_copy<T> copy(value);
    const detail::stream_order_scope order(raw_, stream);
    engine::write(raw_, i * sizeof(T), copy.bytes, sizeof(T));
    waits ? raw_.synchronize() : raw_.synchronize_if_blocking();
  }
  void fill_from(size_type first, const T& value) {
    engine::fill(raw_, first * sizeof(T), std::addressof(value), sizeof(T), size() - first);
    raw_.synchronize_if_blocking();
  }

  engine::raw_vector raw_;
};

/// @cond
// clang-format off
#define VMM_DETAIL_ARITHMETIC_TYPES(X) \
  X(bool) X(char) X(signed char) X(unsigned char) X(wchar_t) X(char16_t) X(char32_t) \
  X(short) X(unsigned short) X(int) X(unsigned) X(long) X(unsigned long) X(long long) X(unsigned long long) \
  X(float) X(double)
// clang-format on

#ifndef VMM_DETAIL_INSTANTIATING
#  define VMM_DETAIL_DECLARE(T) extern template class device_uvector<T>;
VMM_DETAIL_ARITHMETIC_TYPES(VMM_DETAIL_DECLARE)
#  undef VMM_DETAIL_DECLARE
#endif
/// @endcond

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
