// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the suites of engine::raw_vector share: growth, contents that can be recognised, and the refusal of each call.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/own_backend.hpp"
#include "support/refusals.hpp"

namespace vmm_test {

inline void grow(raw_vector& s, std::size_t bytes) { auto old = s.grow(bytes); }
inline void reserve(raw_vector& s, std::size_t bytes) { auto old = s.reserve(bytes); }

/// The first words of the numbering that all contents here follow.
inline const std::uint32_t* numbers(std::size_t bytes) {
  static std::vector<std::uint32_t> all;
  if (all.size() < bytes / 4) all = words(bytes / 2);
  return all.data();
}

/// Makes the size `bytes` and continues the numbering.
inline void extend_to(raw_vector& s, std::size_t bytes) {
  grow(s, bytes);
  const std::size_t before = s.size();
  write(s, before, numbers(bytes) + before / 4, bytes - before);
  s.set_size(bytes);
}

inline bool intact(const raw_vector& s) {
  std::vector<std::uint32_t> seen(s.size() / 4 + 1);
  copy_out(s, seen.data(), 0, s.size());
  s.synchronize();
  return s.size() == 0 || std::memcmp(seen.data(), numbers(s.size()), s.size()) == 0;
}

inline options tight() {  // every growth past 4 MiB needs more addresses
  options o;
  o.initial_reservation = 4_MiB;
  return o;
}

/// Leaves a cached range with exactly `bytes` mapped, and says where.
inline std::byte* leave(own_backend& m, std::size_t bytes, const options& o = {}, bool synchronous = true) {
  raw_vector s = m.make(o, synchronous);
  reserve(s, bytes);
  return s.data();
}

/// Storage beside a std::vector that is told the same. Every element has other bytes, and is pushed as containers do it.
template <std::size_t Bytes>
struct twin {
  explicit twin(raw_vector&& made) : s(std::move(made)) {}
  raw_vector s;
  std::vector<unsigned char> model;
  std::uint32_t next = 1;

  std::vector<unsigned char> fresh(std::size_t count) {
    std::vector<unsigned char> bytes(count * Bytes);
    for (unsigned char& b : bytes) b = static_cast<unsigned char>((next = next * 1664525 + 1013904223) >> 24);
    return bytes;
  }
  void put(const void* value, bool force) {
    s.template push_back_fast<Bytes>(value, force, [&] { return s.push_back_slow(value, Bytes, force); });
  }
  void push(std::size_t count = 1, bool force = true) {
    const std::vector<unsigned char> bytes = fresh(count);
    for (auto e = bytes.begin(); e != bytes.end(); e += Bytes) {
      put(&*e, force);
      model.insert(model.end(), e, e + Bytes);
    }
  }
  /// All or none, as the containers do it.
  void push_some(std::size_t count) {
    const std::vector<unsigned char> bytes = fresh(count);
    const std::size_t before = s.size();
    try {
      const auto old = s.grow(before + bytes.size());
      for (auto e = bytes.begin(); e != bytes.end(); e += Bytes) put(&*e, true);
    } catch (...) {
      s.set_size(before);
      throw;
    }
    model.insert(model.end(), bytes.begin(), bytes.end());
  }
  void cut(std::size_t count) {
    s.set_size(count * Bytes);
    model.resize(count * Bytes);
  }
  void exchange(twin& other) {
    s.swap(other.s);
    model.swap(other.model);
  }
  /// Flushes.
  bool same() const {
    std::vector<unsigned char> seen(s.size());
    copy_out(s, seen.data(), 0, s.size());
    s.synchronize();
    return seen == model;
  }
};

/// Refuses each call of each way, once or from then on. `refuse(way, refusal)` answers with the outcome.
template <class Ways, class Refuse>
void refuse_each_call(const Ways& ways, std::initializer_list<errc> codes, std::size_t most, Refuse refuse) {
  for (const auto& w : ways)
    for (errc code : codes)
      for (bool persistent : {false, true}) {
        INFO(w.name << ", " << vmm::to_string(code));
        const outcomes all = refuse_each_call(code, persistent, most, [&](const refusal& r) { return refuse(w, r); });
        CHECK(all.fired > 0);
        CHECK(all.threw > 0);
      }
}

/// Calls that took memory or addresses anew.
inline std::size_t taken_anew(const own_backend& m) {
  return m.counting.calls(verb::reserve) + m.counting.calls(verb::create) + m.counting.calls(verb::map) +
         m.counting.calls(verb::allocate);
}

}  // namespace vmm_test
