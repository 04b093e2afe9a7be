// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements of a raw vector: what reads and writes of one by the host need, and comparisons of arithmetic ones by the library's kernels.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include <vmm/detail/element_types.hpp>
#include <vmm/detail/raw_vector.hpp>
#include <vmm/stream.hpp>

namespace vmm::detail {

/// Tag: arguments for the raw vector follow.
struct adopt_raw {};

/// Stays while its source moves. Asks for no assignment.
template <class T>
struct byte_copy {
  explicit byte_copy(const T& value) noexcept { std::memcpy(bytes, std::addressof(value), sizeof(T)); }
  alignas(T) unsigned char bytes[sizeof(T)];
};

/// Work of its scope is submitted to another stream than the vector's.
class stream_order_scope {
 public:
  stream_order_scope(engine::raw_vector& s, stream_ref stream) noexcept : raw_(s), before_(s.order().stream) {
    s.set_stream(stream);
  }
  stream_order_scope(const stream_order_scope&) = delete;
  ~stream_order_scope() { raw_.set_stream(before_); }

 private:
  engine::raw_vector& raw_;
  stream_ref before_;
};

[[noreturn]] inline void throw_no_element(const std::string& who, std::size_t index, std::size_t size) {
  if (size == 0) throw std::out_of_range(who + ": no element to access, since there is none");
  throw std::out_of_range(who + ": index " + std::to_string(index) + " of " + std::to_string(size) + " elements");
}

/// @name Equality and order of arithmetic elements
/// Waits. -0 equals 0 and a NaN equals nothing, as for the elements themselves.
template <class T>
bool equal(const engine::raw_vector& a, const engine::raw_vector& b) {
  if (a.size() != b.size()) return false;
  engine::wait_for(a, b);
  const std::size_t n = a.size() / sizeof(T);
  engine::raw_vector temporary = engine::raw_vector::like(a);
  return engine::mismatch(a, engine::within_reach(a, b, a.size(), temporary), n, scalar_of<T>(), engine::relation::equal) == n;
}

/// Lexicographical order. Waits.
template <class T>
bool less(const engine::raw_vector& a, const engine::raw_vector& b) {
  engine::wait_for(a, b);
  const std::size_t bytes = a.size() < b.size() ? a.size() : b.size();
  const std::size_t n = bytes / sizeof(T);
  engine::raw_vector temporary = engine::raw_vector::like(a);
  const std::size_t i =
      engine::mismatch(a, engine::within_reach(a, b, bytes, temporary), n, scalar_of<T>(), engine::relation::equivalent);
  if (i == n) return a.size() < b.size();
  T x, y;
  engine::copy_out(a, std::addressof(x), i * sizeof(T), sizeof(T));
  engine::copy_out(b, std::addressof(y), i * sizeof(T), sizeof(T));
  a.synchronize();
  b.synchronize();
  return x < y;
}

}  // namespace vmm::detail
