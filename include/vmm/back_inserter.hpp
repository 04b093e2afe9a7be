// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// An output iterator for host algorithms that fill a device vector: std::copy(first, last, vmm::back_inserter(v)).
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>

namespace vmm {

/// An output iterator that adds what is assigned to it to a vector, by stage_back().
///
/// Trivially copyable elements are staged, even if the address of the vector is exposed: they are on the device after
/// flush(), or any member that exposes elements. The vector must outlive the iterator; growth does not invalidate it.
///
/// @tparam Vector device_vector, device_uvector, or a class with their stage_back()
template <class Vector>
class back_insert_iterator {
 public:
  /// @name Types
  /// @{

  /// As an output iterator has them.
  using iterator_category = std::output_iterator_tag;
  using value_type = void;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = void;
  using container_type = Vector;
  /// @}

  /// Adds to this vector.
  explicit back_insert_iterator(Vector& v) noexcept : vector_(&v) {}

  /// Adds one element, in amortised constant time.
  /// @note A pinned buffer that is full is copied in stream order; a wait for that is an exception, see push_back().
  /// @throws std::length_error beyond max_size() or options::limit
  /// @throws vmm::out_of_memory, vmm::error as stage_back() does; the elements are as they were
  back_insert_iterator& operator=(const typename Vector::value_type& value) {
    vector_->stage_back(value);
    return *this;
  }

  /// @overload
  /// Moves the element in.
  back_insert_iterator& operator=(typename Vector::value_type&& value) {
    vector_->stage_back(std::move(value));
    return *this;
  }

  /// @name No effect
  /// @{

  /// Returns the iterator itself, as an output iterator has to.
  back_insert_iterator& operator*() noexcept { return *this; }
  back_insert_iterator& operator++() noexcept { return *this; }
  back_insert_iterator& operator++(int) noexcept { return *this; }
  /// @}

 private:
  Vector* vector_;
};

/// An iterator that adds to `v`: `std::copy(first, last, vmm::back_inserter(v))`.
template <class Vector>
back_insert_iterator<Vector> back_inserter(Vector& v) noexcept {
  return back_insert_iterator<Vector>(v);
}

}  // namespace vmm
