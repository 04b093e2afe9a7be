// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Sizes for people.
#pragma once

#include <cstddef>
#include <cstdio>

namespace vmm {

struct format_bytes {
  explicit format_bytes(std::size_t bytes) noexcept {
    static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = static_cast<double>(bytes);
    unsigned u = 0;
    while (value >= 1023.995 && u + 1 < sizeof units / sizeof *units) value /= 1024.0, ++u;
    std::snprintf(text, sizeof text, u == 0 ? "%.0f %s" : "%.2f %s", value, units[u]);
  }
  char text[24];
};

}  // namespace vmm
