// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A library in source form that knows Thrust alone, as its users find it: every way in which a vector is part of an interface.
#pragma once

#include <cstddef>
#include <type_traits>

#include <thrust/version.h>

THRUST_NAMESPACE_BEGIN
template <typename T, typename Alloc>
class device_vector;
THRUST_NAMESPACE_END

#include <thrust/device_vector.h>
#include <thrust/host_vector.h>

namespace library {

/// Keeps an address.
struct plan {
  const float* data;
  explicit plan(const thrust::device_vector<float>& v) : data(thrust::raw_pointer_cast(v.data())) {}
};

/// Changes what it is given.
template <class T>
std::size_t grow(thrust::device_vector<T>& v) {
  v.push_back(T(1));
  return v.size();
}

/// Any container of two parameters.
template <template <class, class> class V, class T, class A>
std::size_t size_of(const V<T, A>& v) {
  return v.size();
}

/// A trait by partial specialisation.
template <class>
struct is_device : std::false_type {};
template <class T, class A>
struct is_device<thrust::device_vector<T, A>> : std::true_type {};

/// Overloads.
inline int which(const thrust::device_vector<int>&) { return 1; }
inline int which(const thrust::host_vector<int>&) { return 2; }

/// A friend, a base, a member.
class owner {
  template <class, class>
  friend class thrust::device_vector;
  thrust::device_vector<int> elements_;

 public:
  explicit owner(std::size_t n) : elements_(n, 3) {}
  thrust::device_vector<int>& elements() { return elements_; }
};
struct derived : thrust::device_vector<double> {
  using thrust::device_vector<double>::device_vector;
  double first() const { return (*this)[0]; }
};

/// In another file.
std::size_t elsewhere(thrust::device_vector<int>& v);

}  // namespace library
