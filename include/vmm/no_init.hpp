// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Tag: take memory, write nothing.
#pragma once

namespace vmm {

struct no_init_t {
  explicit no_init_t() = default;
};
inline constexpr no_init_t no_init{};

}  // namespace vmm
