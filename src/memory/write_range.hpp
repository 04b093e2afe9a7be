// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>

namespace vmm::engine {

/// The host may write the bytes of a vector from its size up to `end`, at `begin` + their offset.
struct write_range {
  std::uintptr_t begin = 0;
  std::size_t end = 0;  ///< 0: nowhere
};

}  // namespace vmm::engine
