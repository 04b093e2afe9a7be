// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements of the vectors whose calls are refused.
#pragma once

#include <type_traits>

#include <vmm/config.hpp>

namespace vmm_test {

/// Elements that are bytes. Their number is their first four bytes, whatever else they have.
struct triple {
  int number, copy[2];
  VMM_HOST_DEVICE triple(int n = 0) : number(n), copy{n, n} {}  // value-initialised on the device
  VMM_HOST_DEVICE friend bool operator==(const triple& a, const triple& b) { return a.number == b.number; }
};
static_assert(sizeof(triple) == 12 && std::is_trivially_copyable_v<triple>);

inline int number_of(int n) { return n; }
inline int number_of(const triple& t) { return t.copy[0] == t.number && t.copy[1] == t.number ? t.number : -1; }

/// What a container may do with elements.
enum class kind {
  bytes,           ///< all by copies of bytes
  moved_as_bytes,  ///< constructed, copied and destroyed one by one; moved as bytes
  objects          ///< the host moves them, too, one by one
};
template <class T>
inline constexpr kind kind_of = kind::bytes;

/// Objects of T that live, where T counts them.
template <class T>
struct live_objects {
  static int count() { return 0; }
  static int errors() { return 0; }
};

}  // namespace vmm_test
