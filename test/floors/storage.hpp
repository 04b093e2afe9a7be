// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the suites of engine::storage share: storage on a machine of its own, and contents that can be recognised.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include <vmm/engine/machine.hpp>
#include <vmm/engine/range_cache.hpp>
#include <vmm/engine/storage.hpp>

#include "support/test_drivers.hpp"

namespace vmm_test {

using vmm::options;
using vmm::engine::storage;
using hints = hint_driver::answer;

/// A machine of its own: whatever is asked of it is counted, may fail, and finds its neighbours as told.
struct own_machine {
  explicit own_machine(hints answer = hints::granted, driver& d = machine().get_driver()) : placing(d, answer) {}
  hint_driver placing;
  counting_driver counting{placing};
  failing_driver failing{counting};
  vmm::engine::machine value{failing};

  /// Nothing is held once no vector is left and what is kept for the next ones was given back.
  bool balanced() {
    value.trim(-1);
    return counting.balanced() && value.warm_ranges().cached() == 0;
  }
  storage make(const options& o = {}, bool synchronous = true) {
    return storage(value, o, vmm::default_stream(), synchronous);
  }
};

inline void grow(storage& s, std::size_t bytes) { auto old = s.grow(bytes); }
inline void reserve(storage& s, std::size_t bytes) { auto old = s.reserve(bytes); }

/// The first words of the numbering that all contents here follow.
inline const std::uint32_t* numbers(std::size_t bytes) {
  static std::vector<std::uint32_t> all;
  if (all.size() < bytes / 4) all = words(bytes / 2);
  return all.data();
}

/// Makes the size `bytes` and continues the numbering.
inline void extend_to(storage& s, std::size_t bytes) {
  grow(s, bytes);
  const std::size_t before = s.size();
  s.write(before, numbers(bytes) + before / 4, bytes - before);
  s.set_size(bytes);
}

inline bool intact(const storage& s) {
  std::vector<std::uint32_t> seen(s.size() / 4 + 1);
  s.copy_out(seen.data(), 0, s.size());
  s.wait();
  return s.size() == 0 || std::memcmp(seen.data(), numbers(s.size()), s.size()) == 0;
}

inline options fixed() {
  options o;
  o.fixed_address = true;
  return o;
}

inline options tight() {  // every growth past 4 MiB needs more addresses
  options o;
  o.initial_reservation = 4_MiB;
  return o;
}

/// Leaves a warm range with exactly `bytes` mapped, and says where.
inline std::byte* leave(own_machine& m, std::size_t bytes, const options& o = {}, bool synchronous = true) {
  storage s = m.make(o, synchronous);
  reserve(s, bytes);
  return s.data();
}

/// Calls that took memory or addresses anew.
inline std::size_t taken_anew(const own_machine& m) {
  return m.counting.calls(verb::reserve) + m.counting.calls(verb::create) + m.counting.calls(verb::map) +
         m.counting.calls(verb::allocate);
}

}  // namespace vmm_test
