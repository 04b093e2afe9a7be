// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L6. The functions of <vmm/algorithm.hpp>, which says what they do.
#pragma once

#include <cstddef>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/algorithm_dispatch.hpp>
#include <vmm/stream.hpp>
#include <vmm/view.hpp>

namespace vmm {
/// Thrust calls algorithms by unqualified names, with elements, functors and policies that may be of namespace vmm. A namespace
/// that vmm looks into, but that is none of theirs, keeps it from finding these.
namespace algorithms {}
using namespace algorithms;

namespace algorithms {
inline namespace VMM_SYSTEM_NAMESPACE {
inline namespace VMM_STREAM_NAMESPACE {

/// @name fill
template <class It, class T, detail::require_iterator_argument<It> = 0>
void fill(It first, It last, const T& value) {
  detail::dispatch<It>::fill(detail::no_policy(), first, last, value);
}
template <class Policy, class It, class T, detail::require_policy<Policy> = 0>
void fill(const Policy& policy, It first, It last, const T& value) {
  detail::dispatch<It>::fill(policy, first, last, value);
}
template <class T>
void fill(view<T> to, const detail::same<T>& value) {
  vmm::fill(to.begin(), to.end(), value);
}
template <class Policy, class T, detail::require_policy<Policy> = 0>
void fill(const Policy& policy, view<T> to, const detail::same<T>& value) {
  vmm::fill(policy, to.begin(), to.end(), value);
}

/// @name reduce. The type of `init` is the type of the result. Waits.
/// `op`: vmm::plus, vmm::minimum, vmm::maximum and std::plus by the library's kernels.
template <class It, class T, class Operation, detail::require_iterator_argument<It> = 0>
T reduce(It first, It last, T init, Operation op) {
  return detail::dispatch<It>::reduce(detail::no_policy(), first, last, init, op);
}
template <class It, class T, detail::require_iterator_argument<It> = 0>
T reduce(It first, It last, T init) {
  return vmm::reduce(first, last, init, plus<T>());
}
template <class It, detail::require_iterator_argument<It> = 0>
detail::value_of<It> reduce(It first, It last) {
  return vmm::reduce(first, last, detail::value_of<It>{});
}
template <class Policy, class It, class T, class Operation, detail::require_policy<Policy> = 0>
T reduce(const Policy& policy, It first, It last, T init, Operation op) {
  return detail::dispatch<It>::reduce(policy, first, last, init, op);
}
template <class Policy, class It, class T, detail::require_policy<Policy> = 0, detail::require_iterator_argument<It> = 0>
T reduce(const Policy& policy, It first, It last, T init) {
  return vmm::reduce(policy, first, last, init, plus<T>());
}
template <class Policy, class It, detail::require_policy<Policy> = 0, detail::require_iterator_argument<It> = 0>
detail::value_of<It> reduce(const Policy& policy, It first, It last) {
  return vmm::reduce(policy, first, last, detail::value_of<It>{});
}
template <class U, class... Rest>
auto reduce(view<U> of, Rest... rest) {
  return vmm::reduce(of.begin(), of.end(), rest...);
}
template <class Policy, class U, class... Rest, detail::require_policy<Policy> = 0>
auto reduce(const Policy& policy, view<U> of, Rest... rest) {
  return vmm::reduce(policy, of.begin(), of.end(), rest...);
}

/// @name reduce_into. The value stays on the device, at `result`; with a stream nothing waits, and a capture records it.
template <class It, class Result, class Operation = plus<detail::value_of<Result>>, detail::require_iterator_argument<It> = 0>
void reduce_into(It first, It last, Result result, detail::same<detail::value_of<Result>> init = {}, Operation op = {}) {
  detail::dispatch<It>::reduce_into(detail::no_policy(), first, last, result, init, op);
}
template <class Policy, class It, class Result, class Operation = plus<detail::value_of<Result>>, detail::require_policy<Policy> = 0,
          detail::require_iterator_argument<It> = 0>
void reduce_into(const Policy& policy, It first, It last, Result result, detail::same<detail::value_of<Result>> init = {},
                 Operation op = {}) {
  detail::dispatch<It>::reduce_into(policy, first, last, result, init, op);
}
template <class U, class Result, class... Rest>
void reduce_into(view<U> of, Result result, Rest... rest) {
  vmm::reduce_into(of.begin(), of.end(), result, rest...);
}
template <class Policy, class U, class Result, class... Rest, detail::require_policy<Policy> = 0>
void reduce_into(const Policy& policy, view<U> of, Result result, Rest... rest) {
  vmm::reduce_into(policy, of.begin(), of.end(), result, rest...);
}

/// @name count of the elements that equal `value`. Waits.
template <class It, class T, detail::require_iterator_argument<It> = 0>
std::ptrdiff_t count(It first, It last, const T& value) {
  return detail::dispatch<It>::count(detail::no_policy(), first, last, value);
}
template <class Policy, class It, class T, detail::require_policy<Policy> = 0>
std::ptrdiff_t count(const Policy& policy, It first, It last, const T& value) {
  return detail::dispatch<It>::count(policy, first, last, value);
}
template <class U, class T>
std::ptrdiff_t count(view<U> of, const T& value) {
  return vmm::count(of.begin(), of.end(), value);
}
template <class Policy, class U, class T, detail::require_policy<Policy> = 0>
std::ptrdiff_t count(const Policy& policy, view<U> of, const T& value) {
  return vmm::count(policy, of.begin(), of.end(), value);
}

/// @name minmax: the smallest element and the largest, in one pass. Waits. Of an empty range: the largest value of the type
/// and the lowest, infinities for floating ones, which change nothing where results are combined.
template <class It, detail::require_iterator_argument<It> = 0>
std::pair<detail::value_of<It>, detail::value_of<It>> minmax(It first, It last) {
  return detail::dispatch<It>::minmax(detail::no_policy(), first, last);
}
template <class Policy, class It, detail::require_policy<Policy> = 0>
std::pair<detail::value_of<It>, detail::value_of<It>> minmax(const Policy& policy, It first, It last) {
  return detail::dispatch<It>::minmax(policy, first, last);
}
template <class U>
auto minmax(view<U> of) {
  return vmm::minmax(of.begin(), of.end());
}
template <class Policy, class U, detail::require_policy<Policy> = 0>
auto minmax(const Policy& policy, view<U> of) {
  return vmm::minmax(policy, of.begin(), of.end());
}

/// @name equal: whether [first, last) and as many elements from `other` are equal one by one. Waits.
template <class It, class Other, detail::require_iterator_argument<It> = 0>
bool equal(It first, It last, Other other) {
  return detail::dispatch<It, Other>::equal(detail::no_policy(), first, last, other);
}
template <class Policy, class It, class Other, detail::require_policy<Policy> = 0>
bool equal(const Policy& policy, It first, It last, Other other) {
  return detail::dispatch<It, Other>::equal(policy, first, last, other);
}
template <class U, class It, detail::require_iterator_argument<It> = 0>
bool equal(view<U> a, It b) {
  return vmm::equal(a.begin(), a.end(), b);
}
template <class Policy, class U, class It, detail::require_policy<Policy> = 0, detail::require_iterator_argument<It> = 0>
bool equal(const Policy& policy, view<U> a, It b) {
  return vmm::equal(policy, a.begin(), a.end(), b);
}
template <class U, class Other>
bool equal(view<U> a, view<Other> b) {
  return a.size() == b.size() && vmm::equal(a.begin(), a.end(), b.begin());
}
template <class Policy, class U, class Other, detail::require_policy<Policy> = 0>
bool equal(const Policy& policy, view<U> a, view<Other> b) {
  return a.size() == b.size() && vmm::equal(policy, a.begin(), a.end(), b.begin());
}

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace algorithms
}  // namespace vmm
