// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers in no order, the same in every run.
#pragma once

#include <cstddef>
#include <cstdint>

#include <vmm/config.hpp>

namespace vmm_bench {

struct scrambled {
  VMM_HOST_DEVICE int operator()(std::size_t i) const {
    std::uint64_t x = i * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
    x ^= x >> 29, x *= 0xbf58476d1ce4e5b9u, x ^= x >> 32;
    return static_cast<int>(x & 0x7fffffff);
  }
};

}  // namespace vmm_bench
