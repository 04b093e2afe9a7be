// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/memory.hpp>

#include <ostream>

#include "sizes.hpp"

namespace vmm {

std::ostream& engine::operator<<(std::ostream& out, const capabilities& c) {
  out << "virtual memory " << (c.virtual_memory ? "yes" : "no: vectors allocate and copy") << ", memory "
      << format_bytes(c.total_memory).text << "\n";
  if (c.virtual_memory)
    out << "granularity " << format_bytes(c.granularity).text << ", largest block " << format_bytes(c.largest_block).text << "\n";
  return out << "the host reads and writes it " << (c.host_addressable ? "in place" : "by copies") << "\n";
}

std::ostream& operator<<(std::ostream& out, const statistics& s) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(s.growth_time).count();
  return out << "mapped " << format_bytes(s.mapped).text << " (peak " << format_bytes(s.peak_mapped).text << ") in "
             << format_bytes(s.reserved).text << " of addresses, " << s.live << " live, " << format_bytes(s.cached).text << " cached, "
             << format_bytes(s.pinned).text << " pinned\n"
             << "growth " << s.growth_steps << " steps in " << micros << " us, " << s.relocations << " relocations\n"
             << "copied " << format_bytes(s.promoted_bytes).text << " by promotion, " << format_bytes(s.copied_bytes).text
             << " by other growth\n";
}

}  // namespace vmm
