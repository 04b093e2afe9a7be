// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The end of a range in a block of the host's memory: where it is put, and how it turns into device memory. Kernels reach it at
/// the vector's addresses, the CPU at its own.
#pragma once

#include <cstddef>

#include "vector/buffer.hpp"

namespace vmm::engine {

/// A range and who uses it.
struct tail_context {
  const buffer_owner& owner;
  const access_set& access;
  const capabilities& device;
  address_range& range;
  std::size_t size;        ///< bytes of elements
  std::size_t beside = 0;  ///< answers how much device memory was held beside the range on the way
};

/// Puts a block of the host where the elements end: behind all that is mapped, or in place of memory that is mapped there, which
/// waits for readers. errc::out_of_memory where the host has none to give. Fails with everything as it was, but for
/// address_range::incomplete(). pre: there is none yet.
status place_tail(tail_context& t);

/// Device memory takes its place, together with the small blocks before it where growth would have mapped them at once. Waits for
/// readers. Fails as place_tail. pre: there is one.
status turn_tail(tail_context& t);

}  // namespace vmm::engine
