// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// What a device can do.
#pragma once

#include <cstddef>
#include <iosfwd>

/// What stands below the containers; programs name no more of it than what functions of vmm return.
namespace vmm::engine {

/// What a device can do, found out by trying. query_capabilities() returns it. Sizes in bytes.
struct capabilities {
  /// Ranges can be reserved and mapped. Without it vectors live in direct memory alone, and allocate and copy as
  /// Thrust's do; options::fixed_address and options::devices fail with errc::not_supported.
  bool virtual_memory = false;

  /// The host can read and write the memory through the same pointer.
  bool host_addressable = false;

  /// Blocks of the host's memory can be mapped at a vector's addresses, and elsewhere for the CPU: vectors that are looked at
  /// between pushes then end in such a block.
  bool host_blocks = false;

  /// The unit of reserving and mapping; 0 without virtual memory.
  std::size_t granularity = 0;

  /// The most physical memory that can be created at once.
  std::size_t largest_block = 0;

  /// All memory of the device, free or not. A request beyond it fails at once.
  std::size_t total_memory = 0;

  /// The temporary device memory that kernels of the library take.
  std::size_t workspace_bytes = 0;
};

/// Prints several lines, sizes in binary units.
std::ostream& operator<<(std::ostream& out, const capabilities& c);

}  // namespace vmm::engine
