// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// Numbers of devices, in an array of its own: a standard container would be laid out differently where a program is
/// compiled with its checks on (-D_GLIBCXX_DEBUG), and the library is not.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace vmm {

/// Up to 64 numbers of devices, for options::devices.
///
/// Takes what is pushed, a list in braces, or any range of integers. The numbers are checked when memory is taken.
class device_list {
  template <class Range>
  using require_range = std::enable_if_t<!std::is_same_v<Range, device_list> &&
                                         std::is_integral_v<std::decay_t<decltype(*std::begin(std::declval<const Range&>()))>>>;

 public:
  /// @name Types
  /// @{

  /// As in std::vector<int>, but for iterators that are const.
  using value_type = int;
  using size_type = std::size_t;
  using const_iterator = const int*;
  using iterator = const_iterator;
  /// @}

  /// Empty.
  device_list() noexcept = default;

  /// The numbers of a list in braces.
  /// @throws std::length_error beyond max_size()
  device_list(std::initializer_list<int> devices) { append(devices); }

  /// The numbers of a range of integers, such as a std::vector<int>.
  /// @throws std::length_error beyond max_size()
  template <class Range, class = require_range<Range>>
  device_list(const Range& devices) {
    append(devices);
  }

  /// The first number.
  const_iterator begin() const noexcept { return devices_; }

  /// Behind the last number.
  const_iterator end() const noexcept { return devices_ + size_; }

  /// The numbers as an array, in host memory.
  const int* data() const noexcept { return devices_; }

  /// How many numbers there are.
  size_type size() const noexcept { return size_; }

  /// Whether there are none.
  bool empty() const noexcept { return size_ == 0; }

  /// The most that a list can hold: 64.
  static constexpr size_type max_size() noexcept { return 64; }

  /// One number, unchecked.
  int operator[](size_type i) const noexcept { return devices_[i]; }

  /// Adds a number behind the others.
  /// @throws std::length_error beyond max_size(); the list is as it was
  void push_back(int device) {
    if (size_ == max_size()) throw std::length_error("vmm::device_list: more than 64 devices");
    devices_[size_++] = device;
  }

  /// Removes all numbers.
  void clear() noexcept { size_ = 0; }

  /// Whether the numbers are the same, in the same order.
  friend bool operator==(const device_list& a, const device_list& b) noexcept {
    for (size_type i = 0; i < a.size_ && i < b.size_; ++i)
      if (a.devices_[i] != b.devices_[i]) return false;
    return a.size_ == b.size_;
  }

  /// Whether the numbers or their order differ.
  friend bool operator!=(const device_list& a, const device_list& b) noexcept { return !(a == b); }

 private:
  template <class Range>
  void append(const Range& devices) {
    for (const auto device : devices) push_back(static_cast<int>(device));
  }

  size_type size_ = 0;
  int devices_[64] = {};
};

}  // namespace vmm
