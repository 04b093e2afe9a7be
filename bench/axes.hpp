// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Every size and count of the benchmarks, in one place. VMM_BENCH_SMALL=1 makes a run that takes seconds and proves that
/// each row works; its figures mean nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "driver/driver.hpp"
#include "backend/device_runtime.hpp"

namespace vmm_bench {

inline constexpr std::size_t KiB = std::size_t{1} << 10, MiB = KiB << 10, GiB = MiB << 10;

struct axes {
  std::size_t grow_to, grow_step;  // growth by steps; the first step is as long as the others; less on a smaller device
  std::size_t release;      // taken and given back before growth "after releases"; all but a twentieth where there is less
  std::size_t relocated;    // a full range that moves to a larger one
  std::size_t small_count;  // elements of a small vector
  std::size_t small_live;   // small vectors that live at once
  std::size_t ranges_live, range_size;  // vectors in ranges that live at once
  std::size_t temporary;                // a large vector that comes and goes
  std::size_t array;                    // the array that algorithms work on
  std::size_t sorted;                   // integers
  std::size_t large_count;              // integers for algorithms under a policy, at the most
  std::size_t inserted_into;            // integers
  std::size_t pushed;                   // elements pushed one by one
  std::size_t pushed_slowly;            // the same where each one is a kernel and a wait
  std::size_t round_robin;              // vectors that are pushed to in turn
  std::size_t appended;                 // bytes of one large append
  int calls;                            // on few elements, one behind the other
  int rounds;                           // repetitions; the report takes medians
  int placements;                       // the same where each takes memory anew to see what its place does
  int scattered;                        // the same where the driver takes sometimes more, sometimes less
  int heavy;                            // the same where one can take a second
  std::size_t doubled_from;             // the first size of growth by doubling; the last is grow_to
  double beside;                        // seconds of growth during which other launches are timed
  double settling;                      // seconds for each GiB of the device, in which the driver clears what was released
};

/// Growth ends at a quarter of the device's memory at the most: rivals that copy hold three times their data, while copies
/// are under way.
inline axes fitted(axes to) {
  vmm::engine::memory_info info;
  vmm::default_backend().get_driver().memory(0, info);
  while (info.total != 0 && to.grow_to > info.total / 4) to.grow_to /= 2, to.grow_step /= 2;
  to.relocated = (std::min)(to.relocated, to.grow_to);
  return to;
}

inline bool is_small() {
  static const bool small = std::getenv("VMM_BENCH_SMALL") != nullptr;  // asked for inside of what is timed
  return small;
}

inline const axes& sizes() {
  static const axes full = fitted({32 * GiB,
                                   GiB,
                                   512 * GiB,
                                   32 * GiB,
                                   1000,
                                   10000,
                                   2000,
                                   4 * MiB,
                                   8 * GiB,
                                   8 * GiB,
                                   std::size_t{1} << 28,
                                   1000000000,
                                   std::size_t{1} << 28,
                                   100000000,
                                   20000,
                                   1000,
                                   GiB,
                                   500,
                                   9,
                                   21,
                                   15,
                                   5,
                                   MiB,
                                   0.1,
                                   0.002});
  static const axes small{64 * MiB,
                          8 * MiB,
                          64 * MiB,
                          32 * MiB,
                          1000,
                          100,
                          20,
                          4 * MiB,
                          16 * MiB,
                          MiB,
                          std::size_t{1} << 16,
                          std::size_t{1} << 17,
                          std::size_t{1} << 16,
                          1000000,
                          2000,
                          100,
                          16 * MiB,
                          5,
                          2,
                          2,
                          2,
                          2,
                          MiB,
                          0.01,
                          0};
  return is_small() ? small : full;
}

}  // namespace vmm_bench
