// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstring>

#include "kernels.hpp"

namespace vmm::kernels::host {

/// Doubles what is written until it fills a cache's share, then repeats that.
void fill(void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count) noexcept {
  if (count == 0) return;
  auto* out = static_cast<unsigned char*>(to);
  if (pattern_bytes == 1) {
    std::memset(out, *static_cast<const unsigned char*>(pattern), count);
    return;
  }
  constexpr std::size_t share = std::size_t{16} << 10;
  const std::size_t total = pattern_bytes * count;
  std::memcpy(out, pattern, pattern_bytes);
  std::size_t chunk = pattern_bytes;
  while (chunk < share && chunk < total) {
    const std::size_t next = (std::min)(chunk, total - chunk);
    std::memcpy(out + chunk, out, next);
    chunk += next;
  }
  for (std::size_t done = chunk; done < total; done += chunk) std::memcpy(out + done, out, (std::min)(chunk, total - done));
}

}  // namespace vmm::kernels::host
