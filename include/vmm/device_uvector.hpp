// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A growable device array without Thrust and without a CUDA header: the same type and the same symbols in a .cpp
/// compiled by g++ and in a .cu compiled for any architecture.
///
/// T is trivially copyable, and complete where a vector is constructed; elements come uninitialised. Work is submitted to one
/// stream and calls return at once, unless they say that they wait. Names that rmm::device_uvector also has mean the same,
/// but for what docs/reference.md lists. Growth maps more memory behind the end: see detail/raw_vector.hpp for when data() can change.
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
#include <vmm/detail/element.hpp>
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

template <class T>
class device_uvector {
  template <class Options>
  using require_options = std::enable_if_t<std::is_same_v<Options, options>, int>;  // so that {} never means options

  template <class Tag>
  using require_no_init = std::enable_if_t<std::is_same_v<Tag, no_init_t>, int>;

  template <class Range>
  using require_range = std::enable_if_t<detail::is_contiguous_range<T, Range> && !std::is_base_of_v<device_uvector, Range>, int>;

 public:
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

  /// @name Life
  /// Empty; takes no memory and needs no driver.
  device_uvector(detail::implicit_stream s = detail::implicit_stream(default_stream())) : device_uvector(s.stream) {}
  template <class Options, require_options<Options> = 0>
  explicit device_uvector(const Options& o, detail::implicit_stream s = detail::implicit_stream(default_stream()))
      : device_uvector(s.stream, o) {}
  explicit device_uvector(stream_ref stream, const options& o = {}) : raw_(make_raw(o, stream)) {}
  /// `n` elements, uninitialised.
  explicit device_uvector(size_type n, stream_ref stream = default_stream(), const options& o = {})
      : device_uvector(stream, o) {
    reserve(n);
    raw_.set_size(bytes(n));
  }
  template <class Options, require_options<Options> = 0>
  device_uvector(size_type n, const Options& o, detail::implicit_stream s = detail::implicit_stream(default_stream()))
      : device_uvector(n, s.stream, o) {}
  template <class Tag, require_no_init<Tag> = 0>
  device_uvector(size_type n, Tag, detail::implicit_stream s = detail::implicit_stream(default_stream()))
      : device_uvector(n, s.stream) {}
  /// A number there would be a stream, not the value that it looks like: resize(n, value) is meant.
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
  device_uvector(size_type n, Integer value, const options& o = {}) = delete;
  /// In the order of `stream`; waits for both streams where `other` has another one.
  device_uvector(const device_uvector& other, stream_ref stream) : raw_(engine::raw_vector::like(other.raw_)) {
    require_bytes();
    raw_.set_stream(stream);
    assign(other);
  }
  device_uvector(const device_uvector& other) : device_uvector(other, other.stream()) {}
  device_uvector(device_uvector&&) noexcept = default;
  device_uvector& operator=(const device_uvector& other) {
    if (this != &other) assign(other);
    return *this;
  }
  device_uvector& operator=(device_uvector&&) noexcept = default;
  /// Nothing waits: the memory is used again, or given back by a later call, once the stream is done.
  ~device_uvector() = default;
  void swap(device_uvector& other) noexcept { raw_.swap(other.raw_); }
  friend void swap(device_uvector& a, device_uvector& b) noexcept { a.swap(b); }

  /// @name Capacity
  size_type size() const noexcept { return raw_.size() / sizeof(T); }
  std::ptrdiff_t ssize() const noexcept { return static_cast<std::ptrdiff_t>(size()); }
  size_type size_bytes() const noexcept { return raw_.size(); }
  bool empty() const noexcept { return raw_.size() == 0; }
  bool is_empty() const noexcept { return empty(); }
  size_type capacity() const noexcept { return raw_.capacity() / sizeof(T); }  ///< fits without asking the backend
  size_type reserved() const noexcept { return raw_.reserved() / sizeof(T); }  ///< what the addresses can hold
  static constexpr size_type max_size() noexcept {
    return static_cast<size_type>((std::numeric_limits<std::ptrdiff_t>::max)()) / sizeof(T);
  }

  /// Maps what `n` elements need, and no more. Strong guarantee.
  void reserve(size_type n) { auto old = raw_.reserve(bytes(n)); }
  /// New elements are uninitialised. Strong guarantee.
  void resize(size_type n) {
    auto old = raw_.grow(bytes(n));
    if (n > size()) raw_.flush();
    raw_.set_size(bytes(n));
  }
  template <class Tag, require_no_init<Tag> = 0>
  void resize(size_type n, Tag) {
    resize(n);
  }
  void resize(size_type n, const T& value) {
    if (bytes(n) <= raw_.size()) return raw_.set_size(bytes(n));
    engine::insert_fill(raw_, raw_.size(), std::addressof(value), sizeof(T), n - size());
  }
  /// Waits for the stream if memory is given back.
  void shrink_to_fit() { raw_.shrink_to_fit(); }
  void clear() noexcept { raw_.set_size(0), raw_.hide(); }

  /// @name The same in the order of another stream, which becomes the vector's
  void reserve(size_type n, stream_ref stream) { set_stream(stream), reserve(n); }
  void resize(size_type n, stream_ref stream) { set_stream(stream), resize(n); }
  void shrink_to_fit(stream_ref stream) { set_stream(stream), shrink_to_fit(); }

  /// @name Adding and removing. Strong guarantee.
  /// Staged: the element is on the device after flush(), or any member that exposes elements.
  void push_back(const T& value) {
    raw_.template push_back_fast<sizeof(T)>(std::addressof(value), true, [&] { return push_back_slow(value); });
  }
  void stage_back(const T& value) { push_back(value); }  ///< see vmm::back_inserter
  template <class... Arguments>
  void emplace_back(Arguments&&... arguments) {
    push_back(T(std::forward<Arguments>(arguments)...));
  }
  void pop_back() noexcept { raw_.set_size(raw_.size() - sizeof(T)); }
  /// From host or device memory; may be this vector's own. Pinned memory must not be modified until the copy has completed.
  void append(const T* first, const T* last) {
    engine::insert(raw_, raw_.size(), first, static_cast<size_type>(last - first) * sizeof(T));
  }
  void append(vmm::view<const T> source) { append(source.begin(), source.end()); }
  /// Spans, std::array, std::string, arrays and vectors of elements of exactly this type, in one copy.
  template <class Range, require_range<Range> = 0>
  void append(const Range& source) {
    append(std::data(source), std::data(source) + std::size(source));
  }
  /// Waits for both streams where they are not the same.
  void append(const device_uvector& other) {
    const bool waits = engine::wait_for(raw_, other.raw_);
    append(other.view());
    if (waits) raw_.synchronize();
  }
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>  // so that 0 is not a pointer
  void append(Integer n, const T& value) {
    resize(sum(size(), static_cast<size_type>(n)), value);
  }
  void append(std::initializer_list<T> values) { append(values.begin(), values.end()); }
  /// Host iterators, read in one pass; staged where elements are not contiguous. On the host backend they may read the
  /// vector's own elements. Strong guarantee.
  template <class It, class = detail::require_iterator<It>>
  void append(It first, It last) {
    if constexpr (detail::is_contiguous_host<T, It>) {
      const T* const source = detail::address_of_first<T>(first, last);
      append(source, source + (last - first));
    } else {
      append_each(first, last);
    }
  }
  /// @name Replacing. The source may be some of the old elements. If it throws, these are preserved, except where the source is
  /// not contiguous: then fewer or other elements may be left.
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
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
  void assign(Integer n, const T& value) {
    const detail::byte_copy<T> copy(value);
    engine::assign_fill(raw_, copy.bytes, sizeof(T), bytes(static_cast<size_type>(n)) / sizeof(T));
  }
  void assign(vmm::view<const T> source) { assign(source.begin(), source.end()); }
  template <class Range, require_range<Range> = 0>
  void assign(const Range& source) {
    replace(std::data(source), std::size(source));
  }
  void assign(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
  /// Waits for both streams where they are not the same.
  void assign(const device_uvector& other) {
    if (this == &other) return;
    const bool waits = engine::wait_for(raw_, other.raw_);
    reserve(other.size());
    assign(other.view());
    if (waits) raw_.synchronize();
  }

  /// @name Elements. std::out_of_range where there is none of that index, but for element_ptr.
  /// Waits for the vector's stream, or the one that is given; that one does not become the vector's.
  T element(size_type i, stream_ref stream) const {
    require_element(i);
    alignas(T) unsigned char value[sizeof(T)];
    raw_.read(value, i * sizeof(T), sizeof(T), stream);
    return static_cast<T&&>(*static_cast<T*>(static_cast<void*>(value)));
  }
  T element(size_type i) const { return element(i, stream()); }
  T at(size_type i) const { return element(i); }
  T front_element() const { return element(0); }
  T front_element(stream_ref stream) const { return element(0, stream); }
  T back_element() const { return element(size() - 1); }
  T back_element(stream_ref stream) const { return element(size() - 1, stream); }
  T* element_ptr(size_type i) { return data() + i; }
  const T* element_ptr(size_type i) const { return data() + i; }
  /// Waits where a stream is given.
  void set_element(size_type i, const T& value, stream_ref stream) { write_element(i, value, stream, true); }
  void set_element(size_type i, const T& value) { write_element(i, value, stream(), false); }
  void set_element_async(size_type i, const T& value, stream_ref stream) { write_element(i, value, stream, false); }
  void set_element_to_zero_async(size_type i, stream_ref stream) {
    require_element(i);
    const unsigned char zero = 0;
    const detail::stream_order_scope order(raw_, stream);
    engine::fill(raw_, i * sizeof(T), &zero, 1, sizeof(T));
    raw_.synchronize_if_blocking();
  }
  void fill(const T& value) { fill_from(0, value); }

  /// @name Reading all of it
  /// `to` is host or device memory for `count` elements. Returns at once only if it is device or pinned memory.
  void copy_to(T* to, size_type first, size_type count) const {
    engine::copy_out(raw_, to, first * sizeof(T), count * sizeof(T));
    raw_.synchronize_if_blocking();
  }
  void copy_to(T* to) const { copy_to(to, 0, size()); }
  /// Waits.
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

  /// @name Addresses. They flush. Device memory: not to be read through on the host, unless the backend is the host.
  T* data() { return reinterpret_cast<T*>(raw_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(raw_.data()); }
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
  vmm::view<T> view() { return {data(), size()}; }
  vmm::view<const T> view() const { return {data(), size()}; }

  /// @name Order and place
  stream_ref stream() const noexcept { return raw_.order().stream; }
  /// For everything from here on. Staged elements are copied on the old stream, which is not waited for.
  void set_stream(stream_ref stream) noexcept { raw_.set_stream(stream); }
  /// Until everything that was submitted to the stream is done.
  void wait() const { raw_.synchronize(); }
  /// Submits staged elements to the stream.
  void flush() const { raw_.flush(); }
  int device() const noexcept { return raw_.device(); }
  vmm::statistics statistics() const noexcept { return raw_.statistics(); }

  /// @name Comparison, for the arithmetic types. Waits.
  friend bool operator==(const device_uvector& a, const device_uvector& b) {
    return detail::equal<T>(a.raw_, b.raw_);
  }
  friend bool operator!=(const device_uvector& a, const device_uvector& b) { return !(a == b); }
  friend bool operator<(const device_uvector& a, const device_uvector& b) {
    return detail::less<T>(a.raw_, b.raw_);
  }
  friend bool operator>(const device_uvector& a, const device_uvector& b) { return b < a; }
  friend bool operator<=(const device_uvector& a, const device_uvector& b) { return !(b < a); }
  friend bool operator>=(const device_uvector& a, const device_uvector& b) { return !(a < b); }

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
    if (i >= size()) detail::throw_no_element(i, size());
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

#define VMM_DETAIL_ARITHMETIC_TYPES(X) \
  X(bool) X(char) X(signed char) X(unsigned char) X(wchar_t) X(char16_t) X(char32_t) \
  X(short) X(unsigned short) X(int) X(unsigned) X(long) X(unsigned long) X(long long) X(unsigned long long) \
  X(float) X(double)

#ifndef VMM_DETAIL_INSTANTIATING
#  define VMM_DETAIL_DECLARE(T) extern template class device_uvector<T>;
VMM_DETAIL_ARITHMETIC_TYPES(VMM_DETAIL_DECLARE)
#  undef VMM_DETAIL_DECLARE
#endif

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
