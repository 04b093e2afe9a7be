// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// fill, reduce, count, minmax and equal on device memory, with the arguments of their namesakes in Thrust.
///
/// From any .cpp file: views and raw pointers, which mean device memory here, to arithmetic elements (fill: trivially copyable
/// ones), by kernels that the library brings along. Anything else, that is other iterators, types and functors, is done by
/// Thrust in the library's temporary memory; that takes nvcc, or one of Thrust's host systems and <vmm/execution_policy.hpp>.
///
/// Each may be given a policy first: a stream, in whose order it is submitted without a wait; or vmm::par. Without one it runs
/// on the default stream and is done on return. What returns a value waits for it; what waits throws errc::capturing in a
/// capture, and has recorded nothing. Work runs on the current device, which must reach the memory: null and foreign pointers
/// cannot be detected. A refusal of the library's own launch is a vmm::error of this call; what Thrust throws is passed on.
///
/// Floating sums are tree-shaped: they differ from a loop's by rounding, less than the loop does itself, and are the same in
/// each run with the same count, device and alignment to 16 bytes. Where minima or maxima meet a NaN the result is unspecified.
#pragma once

#include <cstddef>
#include <utility>

#include <vmm/config.hpp>
#include <vmm/detail/algorithm_dispatch.hpp>
#include <vmm/stream.hpp>
#include <vmm/view.hpp>

#ifdef __CUDACC__
#  include <vmm/detail/thrust_algorithms.hpp>
#endif

namespace vmm {
/// Thrust calls algorithms by unqualified names, with elements, functors and policies that may be of namespace vmm. A namespace
/// that vmm looks into, but that is none of theirs, keeps it from finding these.
namespace algorithms {}
using namespace algorithms;

namespace algorithms {
inline namespace VMM_SYSTEM_NAMESPACE {
inline namespace VMM_STREAM_NAMESPACE {

/// @name fill
/// @{

/// Writes `value` to each element of a range of device memory. With a stream it is submitted and returns at once; without a
/// policy it is done on return. Linear in the bytes.
/// @throws vmm::error where the library's launch fails; what Thrust throws where Thrust does it
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
/// @}

/// @name reduce
/// @{

/// Returns `init` combined with each element, in the type of `init`; left out, it is a value-initialised element. Waits, whatever
/// the policy. vmm::plus, which is the operation if none is given, vmm::minimum, vmm::maximum and std::plus have kernels
/// of the library; others are done by Thrust. Integer sums wrap around.
/// @throws vmm::error with errc::capturing in a stream that is being captured; where the library's launch fails
/// @throws vmm::out_of_memory where there is no temporary memory; what Thrust throws where Thrust does it
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
/// @}

/// @name reduce_into
/// @{

/// As reduce, but the value stays on the device, at `result`, which points to device memory. With a stream nothing waits, and a
/// capture records it. Only what the library has kernels for.
/// @throws vmm::error where the library's launch fails, and where it has to wait in a capture
/// @throws vmm::out_of_memory where there is no temporary memory
template <class It, class Result, class Operation = plus<detail::value_of<Result>>, detail::require_iterator_argument<It> = 0>
void reduce_into(It first, It last, Result result, detail::same<detail::value_of<Result>> init = {}, Operation op = {}) {
  detail::dispatch<It>::reduce_into(detail::no_policy(), first, last, result, init, op);
}
template <class Policy, class It, class Result, class Operation = plus<detail::value_of<Result>>,
          detail::require_policy<Policy> = 0, detail::require_iterator_argument<It> = 0>
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
/// @}

/// @name count
/// @{

/// Returns how many elements equal `value`. Waits, whatever the policy.
/// @throws vmm::error with errc::capturing in a stream that is being captured; where the library's launch fails
/// @throws vmm::out_of_memory where there is no temporary memory; what Thrust throws where Thrust does it
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
/// @}

/// @name minmax
/// @{

/// Returns the smallest element and the largest, found in one pass. Of an empty range: the largest value of the type and the lowest,
/// infinities for floating ones, which change nothing where results are combined. Waits, whatever the policy.
/// @throws vmm::error with errc::capturing in a stream that is being captured; where the library's launch fails
/// @throws vmm::out_of_memory where there is no temporary memory; what Thrust throws where Thrust does it
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
/// @}

/// @name equal
/// @{

/// Returns whether [first, last) and as many elements from `other` are equal one by one; of two views, whether their sizes are equal
/// as well. Waits, whatever the policy.
/// @throws vmm::error with errc::capturing in a stream that is being captured; where the library's launch fails
/// @throws vmm::out_of_memory where there is no temporary memory; what Thrust throws where Thrust does it
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
/// @}

}  // namespace VMM_STREAM_NAMESPACE
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace algorithms
}  // namespace vmm
