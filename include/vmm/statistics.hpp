// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// What growth cost, for one vector and for the process. Sizes in bytes.
#pragma once

#include <chrono>
#include <cstddef>
#include <iosfwd>

namespace vmm {

/// What growth has cost: of one vector by its statistics(), of the process by query_statistics(). Sizes in bytes.
struct statistics {
  std::size_t live = 0;            ///< vectors that hold memory
  std::size_t reserved = 0;        ///< addresses of vectors; what is cached has its own, and counts nowhere
  std::size_t mapped = 0;          ///< physical memory held by vectors, small allocations included
  std::size_t peak_mapped = 0;     ///< the most that `mapped` has been
  std::size_t cached = 0;          ///< beside `mapped`: left by destroyed vectors for the next ones; of the process only
  std::size_t pinned = 0;          ///< host memory of pinned buffers and of tails; of the process only
  std::size_t growth_steps = 0;    ///< times that memory was added
  std::size_t relocations = 0;     ///< times that data() changed with elements behind it, without copying them
  std::size_t promoted_bytes = 0;  ///< copied when a small vector moved into its range; at most small_limit each
  std::size_t copied_bytes = 0;    ///< copied by any other growth: between small allocations, or of types that
                                   ///< are not trivially relocatable when their range is full
  std::chrono::nanoseconds growth_time{0};  ///< spent adding memory
};

/// Prints several lines, sizes in binary units.
std::ostream& operator<<(std::ostream& out, const statistics& s);

}  // namespace vmm
