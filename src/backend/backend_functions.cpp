// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// The functions of <vmm/detail/backend.hpp>, and how figures are printed.
#include <ostream>

#include <vmm/detail/backend.hpp>

#include "backend/device_runtime.hpp"
#include "common/format_bytes.hpp"
#include "memory/host_block.hpp"

namespace vmm::engine {

int current_device(const device_runtime& backend) noexcept { return backend.get_driver().current_device(); }
capabilities describe(const device_runtime& backend, int device) { return backend.describe(device); }
vmm::statistics statistics_of(const device_runtime& backend) noexcept { return backend.statistics(); }
void trim(device_runtime& backend) noexcept {
  backend.trim(-1);
  backend.unpin();
}
void set_cache_limit(device_runtime& backend, std::size_t bytes) noexcept { backend.set_cache_limit(bytes); }
std::size_t cache_limit(const device_runtime& backend) noexcept { return backend.cache_limit(); }
void set_tail_limit(device_runtime& backend, std::size_t bytes) noexcept { backend.host_blocks().set_limit(bytes); }
std::size_t tail_limit(const device_runtime& backend) noexcept { return backend.host_blocks().limit(); }
void set_staging(device_runtime& backend, std::size_t buffer_bytes, std::size_t buffers) noexcept {
  backend.set_staging(buffer_bytes, buffers);
}
void* acquire_workspace(device_runtime& backend, const stream_order& order, std::size_t bytes, std::size_t alignment) {
  return backend.acquire_workspace(order, bytes, alignment);
}
void release_workspace(device_runtime& backend, void* address) noexcept { backend.release_workspace(address); }

}  // namespace vmm::engine

namespace vmm {

std::ostream& engine::operator<<(std::ostream& out, const capabilities& c) {
  out << "virtual memory " << (c.virtual_memory ? "yes" : "no: vectors allocate and copy") << ", memory "
      << format_bytes(c.total_memory).text << "\n";
  if (c.virtual_memory)
    out << "granularity " << format_bytes(c.granularity).text << ", largest block " << format_bytes(c.largest_block).text
        << "\n";
  if (!c.host_addressable) out << "tails in host memory " << (c.host_blocks ? "yes" : "no") << "\n";
  return out << "the host reads and writes it " << (c.host_addressable ? "in place" : "by copies") << "\n";
}

std::ostream& operator<<(std::ostream& out, const statistics& s) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(s.growth_time).count();
  return out << "mapped " << format_bytes(s.mapped).text << " (peak " << format_bytes(s.peak_mapped).text << ") in "
             << format_bytes(s.reserved).text << " of addresses, " << s.live << " live, " << format_bytes(s.cached).text
             << " cached, " << format_bytes(s.pinned).text << " pinned\n"
             << "growth " << s.growth_steps << " steps in " << micros << " us, " << s.relocations << " relocations\n"
             << "copied " << format_bytes(s.promoted_bytes).text << " by promotion, " << format_bytes(s.copied_bytes).text
             << " by other growth\n";
}

}  // namespace vmm
