// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What a device can do.
#pragma once

#include <cstddef>
#include <iosfwd>

namespace vmm::engine {

struct capabilities {
  bool virtual_memory = false;      ///< ranges can be reserved and mapped; without it there is direct memory alone
  bool host_addressable = false;    ///< the host can read and write the memory through the same pointer
  std::size_t granularity = 0;      ///< in bytes, of which reserving and mapping take multiples; 0 without virtual memory
  std::size_t largest_block = 0;    ///< in bytes, of physical memory that can be created at once
  std::size_t total_memory = 0;     ///< in bytes, of the device, whoever holds it
  std::size_t workspace_bytes = 0;  ///< of temporary device memory that kernels of the library take
};

/// Several lines, sizes in binary units.
std::ostream& operator<<(std::ostream& out, const capabilities& c);

}  // namespace vmm::engine
