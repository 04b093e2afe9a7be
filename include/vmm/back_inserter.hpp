// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// An output iterator for host algorithms that fill a device vector: std::copy(first, last, vmm::back_inserter(v)).
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>

namespace vmm {

/// Elements of trivially copyable type wait on the host for a large copy, even if its address is exposed; they are on the
/// device after flush(), or any member that exposes elements.
template <class Vector>
class back_insert_iterator {
 public:
  using iterator_category = std::output_iterator_tag;
  using value_type = void;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = void;
  using container_type = Vector;

  explicit back_insert_iterator(Vector& v) noexcept : vector_(&v) {}
  back_insert_iterator& operator=(const typename Vector::value_type& value) {
    vector_->stage_back(value);
    return *this;
  }
  back_insert_iterator& operator=(typename Vector::value_type&& value) {
    vector_->stage_back(std::move(value));
    return *this;
  }
  back_insert_iterator& operator*() noexcept { return *this; }
  back_insert_iterator& operator++() noexcept { return *this; }
  back_insert_iterator& operator++(int) noexcept { return *this; }

 private:
  Vector* vector_;
};

template <class Vector>
back_insert_iterator<Vector> back_inserter(Vector& v) noexcept {
  return back_insert_iterator<Vector>(v);
}

}  // namespace vmm
