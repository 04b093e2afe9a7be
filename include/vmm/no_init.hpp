// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// Tag: take memory, write nothing.
#pragma once

namespace vmm {

/// The type of vmm::no_init.
struct no_init_t {
  /// Explicit, so that `{}` is not taken for the tag.
  explicit no_init_t() = default;
};

/// Says that new elements stay as the memory was: `v.resize(n, vmm::no_init)`. The memory is taken, and nothing is
/// written.
inline constexpr no_init_t no_init{};

}  // namespace vmm
