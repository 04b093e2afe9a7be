// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Element types and containers for model.hpp, and sequences out of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/device_uvector.hpp>
#if !VMM_ON_CUDA
#  include <vmm/device_vector.hpp>
#endif

#include "model/model.hpp"

namespace vmm_test {

template <std::size_t Bytes, std::size_t Alignment>
struct alignas(Alignment) bytes_type {
  unsigned char byte[Bytes];
  friend bool operator==(const bytes_type& a, const bytes_type& b) { return std::memcmp(a.byte, b.byte, Bytes) == 0; }
  friend bool operator!=(const bytes_type& a, const bytes_type& b) { return !(a == b); }
};

/// More than its bytes: owns memory, so that what is lost or destroyed twice shows under a sanitizer.
struct owner {
  explicit owner(unsigned number = 0) : value(new unsigned(number)) {}
  owner(const owner& other) : value(new unsigned(*other.value)) {}
  owner(owner&& other) noexcept : value(std::exchange(other.value, nullptr)) {}
  owner& operator=(owner other) noexcept { return std::swap(value, other.value), *this; }
  ~owner() { delete value; }
  friend bool operator==(const owner& a, const owner& b) { return *a.value == *b.value; }
  friend bool operator!=(const owner& a, const owner& b) { return !(a == b); }
  unsigned* value;
};

template <class T>
T made_of(unsigned number) {
  if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, owner>) {
    return T(static_cast<std::conditional_t<std::is_arithmetic_v<T>, T, unsigned>>(number));
  } else {
    T x;
    for (std::size_t i = 0; i < sizeof x.byte; ++i) x.byte[i] = static_cast<unsigned char>(number * 31 + i);
    return x;
  }
}

template <class T>
struct uvector_kind {
  using vector = vmm::device_uvector<T>;
  static T value(unsigned number) { return made_of<T>(number); }
  static std::vector<T> contents(const vector& v) { return v.to_vector(); }
  static T element(const vector& v, std::size_t i) { return v.element(i); }
  static void set(vector& v, std::size_t i, const T& x) { v.set_element(i, x); }
  template <class Add>
  static void add(Add) {}
};

#if !VMM_ON_CUDA
template <class T>
struct vector_kind {
  using vector = vmm::device_vector<T>;
  static T value(unsigned number) { return made_of<T>(number); }
  static std::vector<T> contents(const vector& v) { return std::vector<T>(v.begin(), v.end()); }
  static T element(const vector& v, std::size_t i) { return v[i]; }
  static void set(vector& v, std::size_t i, const T& x) { v[i] = x; }
  template <class Add>
  static void add(Add more) {
    using M = std::vector<T>;
    const auto at = [](auto& v, std::size_t i) { return v.begin() + static_cast<std::ptrdiff_t>(i); };
    more("insert", [=](vector& v, M& m, step s) {
      const std::size_t i = s.a % (m.size() + 1);
      v.insert(at(v, i), value(s.b)), m.insert(at(m, i), value(s.b));
    });
    more("insert several", [=](vector& v, M& m, step s) {
      const std::size_t i = s.a % (m.size() + 1), n = s.b % 40;
      const T x = value(s.b);
      v.insert(at(v, i), n, x), m.insert(at(m, i), n, x);
    });
    more("erase", [=](vector& v, M& m, step s) {
      if (m.empty()) return;
      const std::size_t i = s.a % m.size(), n = s.b % (m.size() - i) % 50;
      v.erase(at(v, i), at(v, i + n)), m.erase(at(m, i), at(m, i + n));
    });
    more("emplace_back", [](vector& v, M& m, step s) { v.emplace_back(value(s.a)), m.push_back(value(s.a)); });
  }
};
#endif

/// Six bytes are a step.
inline steps steps_from(const unsigned char* bytes, std::size_t size) {
  steps all(size / 6);
  for (std::size_t i = 0; i < all.size(); ++i, bytes += 6)
    all[i] = {bytes[0], bytes[1], static_cast<std::uint16_t>(bytes[2] | bytes[3] << 8),
              static_cast<std::uint16_t>(bytes[4] | bytes[5] << 8)};
  return all;
}

}  // namespace vmm_test
