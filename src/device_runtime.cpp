// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/device_runtime.hpp>

#include <algorithm>
#include <ostream>
#include <string>

#include <vmm/engine/range_cache.hpp>
#include <vmm/engine/staging.hpp>
#include <vmm/error.hpp>
#include <vmm/memory.hpp>

#include "scratch_lender.hpp"
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
      warm_(std::make_unique<range_cache>(d)),
      staging_(std::make_unique<staging>(d)),
      scratch_(std::make_unique<scratch_lender>(*this)) {}
device_runtime::~device_runtime() = default;

capabilities device_runtime::describe(int device) const {
  if (device < 0) device = (std::max)(driver_.current_device(), 0);
  capabilities c;
  if (const status s = driver_.describe(device, c); !s.ok())
    throw error(s.code, "vmm: device " + std::to_string(device) + " cannot be used: " + to_string(s.code) + " (" + s.call +
                            ": " + s.reason + "); " + advice(s.code));
  return c;
}

void device_runtime::raise(const status& s, const char* action, std::size_t bytes, int device, std::size_t mapped) const {
  if (s.code == errc::out_of_memory) {
    memory_info info;
    driver_.memory(device, info);
    throw out_of_memory(bytes, mapped, info.free);
  }
  std::string message = "vmm: " + std::string(action) + " " + human(bytes).text + " on device " + std::to_string(device) +
                        " was refused: " + to_string(s.code) + " (" + s.call + ": " + s.reason + ")";
  if (s.code == errc::out_of_addresses)
    message += "; look at the limit of the process (ulimit -v), or ask for less with options::initial_reservation";
  throw error(s.code, message);
}

void device_runtime::trim(int device) noexcept {
  warm_->trim(device);
  driver_.trim(device);
}

void* device_runtime::lend(const stream_order& order, std::size_t bytes) { return scratch_->lend(order, bytes); }
void device_runtime::take_back(void* address) noexcept { scratch_->take_back(address); }

void device_runtime::unpin() noexcept { staging_->trim(); }
void device_runtime::set_staging(std::size_t buffer_bytes, std::size_t buffers) noexcept {
  staging_->configure(buffer_bytes, buffers);
}
void device_runtime::set_cache_limit(std::size_t bytes) noexcept { warm_->set_limit(bytes); }
std::size_t device_runtime::cache_limit() const noexcept { return warm_->limit(); }

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
  s.cached = warm_->cached();
  s.pinned = staging_->pinned();
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
      << human(c.total_memory).text << "\n";
  if (c.virtual_memory)
    out << "granule " << human(c.granularity).text << ", largest block " << human(c.largest_block).text << "\n";
  return out << "the host reads and writes it " << (c.host_addressable ? "in place" : "by copies") << "\n";
}

std::ostream& operator<<(std::ostream& out, const statistics& s) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(s.growth_time).count();
  return out << "mapped " << human(s.mapped).text << " (peak " << human(s.peak_mapped).text << ") in "
             << human(s.reserved).text << " of addresses, " << s.live << " live, " << human(s.cached).text << " cached, "
             << human(s.pinned).text << " pinned\n"
             << "growth " << s.growth_steps << " steps in " << micros << " us, " << s.relocations << " relocations\n"
             << "copied " << human(s.promoted_bytes).text << " by promotion, " << human(s.copied_bytes).text
             << " by other growth\n";
}

}  // namespace vmm
