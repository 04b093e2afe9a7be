// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What reads and writes of single elements by the host need.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

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
  stream_order_scope(engine::raw_vector& s, stream_ref stream) noexcept : raw_(s), before_(s.order().stream) { s.set_stream(stream); }
  stream_order_scope(const stream_order_scope&) = delete;
  ~stream_order_scope() { raw_.set_stream(before_); }

 private:
  engine::raw_vector& raw_;
  stream_ref before_;
};

[[noreturn]] inline void throw_no_element(std::size_t index, std::size_t size) {
  if (size == 0) throw std::out_of_range("vmm::device_uvector: no element to access, since there is none");
  throw std::out_of_range("vmm::device_uvector: no element " + std::to_string(index) + " among " + std::to_string(size));
}

}  // namespace vmm::detail
