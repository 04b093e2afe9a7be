// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/device_runtime.hpp>

#include <algorithm>
#include <ostream>
#include <string>

#include <vmm/engine/range_cache.hpp>
#include <vmm/engine/pinned_buffer_pool.hpp>
#include <vmm/error.hpp>
#include <vmm/memory.hpp>

#include "workspace_registry.hpp"
#include "sizes.hpp"

namespace vmm::engine {
namespace {

const char* advice(errc code) noexcept {
  switch (code) {
    case errc::no_driver: return "install NVIDIA's driver, or compile with THRUST_DEVICE_SYSTEM set to CPP, OMP or TBB";
    case errc::no_device: return "choose another with cudaSetDevice or options::device; nvidia-smi lists them";
    default: return "see the reason in parentheses";
  }
}

}  // namespace

device_runtime::device_runtime(driver& d)
    : driver_(d),
      cached_ranges_(std::make_unique<range_cache>(d)),
      pinned_buffers_(std::make_unique<pinned_buffer_pool>(d)),
      workspaces_(std::make_unique<workspace_registry>(*this)) {}
device_runtime::~device_runtime() = default;

capabilities device_runtime::describe(int device) const {
  if (device < 0) device = (std::max)(driver_.current_device(), 0);
  capabilities c;
  if (const status s = driver_.describe(device, c); !s.ok())
    throw error(s.code, "vmm: device " + std::to_string(device) + " cannot be used: " + to_string(s.code) + " (" + s.call +
                            ": " + s.reason + "); " + advice(s.code));
  return c;
}

void device_runtime::throw_error(const status& s, const char* action, std::size_t bytes, int device, std::size_t mapped) const {
  if (s.code == errc::out_of_memory) {
    memory_info info;
    driver_.memory(device, info);
    throw out_of_memory(bytes, mapped, info.free);
  }
  std::string message = "vmm: " + std::string(action) + " " + format_bytes(bytes).text + " on device " + std::to_string(device) +
                        " was refused: " + to_string(s.code) + " (" + s.call + ": " + s.reason + ")";
  if (s.code == errc::out_of_addresses)
    message += "; look at the limit of the process (ulimit -v), or ask for less with options::initial_reservation";
  throw error(s.code, message);
}

void device_runtime::trim(int device) noexcept {
  cached_ranges_->trim(device);
  driver_.trim(device);
}

void* device_runtime::acquire_workspace(const stream_order& order, std::size_t bytes) { return workspaces_->acquire(order, bytes); }
void device_runtime::release_workspace(void* address) noexcept { workspaces_->release(address); }

void device_runtime::unpin() noexcept { pinned_buffers_->trim(); }
void device_runtime::set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept {
  pinned_buffers_->configure(buffer_bytes, buffers);
}
void device_runtime::set_cache_limit(std::size_t bytes) noexcept { cached_ranges_->set_limit(bytes); }
std::size_t device_runtime::cache_limit() const noexcept { return cached_ranges_->limit(); }

void device_runtime::count_mapped(std::ptrdiff_t change) noexcept {
  const std::size_t now = mapped_.fetch_add(static_cast<std::size_t>(change)) + static_cast<std::size_t>(change);
  std::size_t peak = peak_.load(std::memory_order_relaxed);
  while (change > 0 && now > peak && !peak_.compare_exchange_weak(peak, now)) {
  }
}

void device_runtime::count_step(std::chrono::nanoseconds spent) noexcept {
  steps_.fetch_add(1);
  time_.fetch_add(spent.count());
}

vmm::statistics device_runtime::statistics() const noexcept {
  vmm::statistics s;
  s.live = live_.load();
  s.reserved = reserved_.load();
  s.mapped = mapped_.load();
  s.peak_mapped = peak_.load();
  s.cached = cached_ranges_->cached();
  s.pinned = pinned_buffers_->pinned();
  s.growth_steps = steps_.load();
  s.relocations = relocations_.load();
  s.promoted_bytes = promoted_.load();
  s.copied_bytes = copied_.load();
  s.growth_time = std::chrono::nanoseconds(time_.load());
  return s;
}

}  // namespace vmm::engine

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
