// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// How one vector grows and where it lives. Every field has a default that suits most programs.
#pragma once

#include <cstddef>
#include <limits>

#include <vmm/device_list.hpp>

namespace vmm {

namespace engine {
class device_runtime;
}

/// How one vector grows and where it lives. Sizes in bytes.
///
/// Given at construction, which throws std::invalid_argument for values outside of their range. Copies and moves of a
/// vector take them along; copy assignment keeps the target's.
struct options {
  /// data() keeps its value as long as the vector holds memory. Takes at least the granularity (2 MiB), even for one
  /// element, and small_limit has no effect. Growth in a range that is full and cannot be extended in place throws
  /// vmm::error with errc::out_of_addresses; where the device has no virtual memory management every growth throws
  /// errc::not_supported.
  bool fixed_address = false;

  /// The largest direct allocation of the vector. Growth beyond it moves the elements into an address range of the
  /// vector's own, once.
  std::size_t small_limit = std::size_t{1} << 20;

  /// Addresses to reserve at the first mapping; 0: the device's memory, less while many ranges are live.
  std::size_t initial_reservation = 0;

  /// The most that elements may take. Growth past it throws std::length_error; what is mapped is this, rounded up to
  /// the granularity.
  std::size_t limit = (std::numeric_limits<std::size_t>::max)();

  /// One growth step maps this fraction, 0 to 1, of what is mapped, but not less than minimum_step.
  double step_factor = 0.125;

  /// The least that one growth step maps; 0: 2 MiB at first, doubling up to 32 MiB.
  std::size_t minimum_step = 0;

  /// Elements that the host pushes one by one wait for a large copy, see device_vector::push_back; false: each goes at
  /// once.
  bool staging = true;

  /// The device that holds the memory. -1: the one that is current when a vector without a stream first takes memory,
  /// until it has given all back; for a vector with a stream the one that is current when it is constructed.
  int device = -1;

  /// Further devices that may access the memory; granted again at every growth, and waited for when memory is given
  /// back. A vector with further devices has a range from the first element on, since direct memory cannot be granted.
  /// (A device_vector also grants access to a device that is current while it exposes its address, where that can reach
  /// the memory.)
  device_list devices;

  /// Null: the backend that the translation unit was compiled for. Tests put a failing one here.
  engine::device_runtime* backend = nullptr;
};

}  // namespace vmm
