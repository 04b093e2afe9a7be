// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/memory_pool.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "memory/access_set.hpp"
#include "memory/address_range.hpp"
#include "memory/growth.hpp"
#include "memory/host_block.hpp"
#include "memory/range_cache.hpp"
#include "memory/shared_options.hpp"
#include <vmm/error.hpp>

#include "common/format_bytes.hpp"

namespace vmm::engine {
namespace {

const char* advice(errc code) noexcept {
  switch (code) {
    case errc::no_driver:
      return "install NVIDIA's driver, or compile with THRUST_DEVICE_SYSTEM set to CPP, OMP or TBB";
    case errc::no_device:
      return "choose another with cudaSetDevice or options::device; nvidia-smi lists them";
    default:
      return "see the reason in parentheses";
  }
}

}  // namespace

memory_pool::memory_pool(driver& d)
    : driver_(d), host_blocks_(std::make_unique<host_block_pool>(d)), cached_ranges_(std::make_unique<range_cache>(d)) {}
memory_pool::~memory_pool() = default;

capabilities memory_pool::describe(int device) const {
  if (device < 0) device = (std::max)(driver_.current_device(), 0);
  capabilities c;
  if (const status s = driver_.describe(device, c); !s.ok())
    throw error(s.code, "vmm: device " + std::to_string(device) + " cannot be used: " + to_string(s.code) + " (" + s.call +
                            ": " + s.reason + "); " + advice(s.code));
  return c;
}

void memory_pool::require_alignment(std::size_t alignment, int device, const capabilities& c) const {
  if (!c.virtual_memory || alignment <= c.granularity) return;
  throw error(errc::invalid_argument, "vmm: elements are aligned to " + std::string(format_bytes(alignment).text) +
                                          ", device " + std::to_string(device) + " aligns its mapped memory to " +
                                          format_bytes(c.granularity).text + " and not to more");
}

void memory_pool::throw_error(const status& s, const char* action, std::size_t bytes, int device, std::size_t held) const {
  if (s.code == errc::out_of_memory) {
    memory_info info;
    driver_.memory(device, info);
    throw out_of_memory(bytes, held, info.free);
  }
  std::string message = "vmm: " + std::string(action) + " " + format_bytes(bytes).text + " on device " +
                        std::to_string(device) + " was refused: " + to_string(s.code) + " (" + s.call + ": " + s.reason + ")";
  if (s.code == errc::out_of_addresses)
    message += "; look at the limit of the process (ulimit -v), or ask for less with options::initial_reservation";
  throw error(s.code, message);
}

void memory_pool::set_cache_limit(std::size_t bytes) noexcept { cached_ranges_->set_limit(bytes); }
std::size_t memory_pool::cache_limit() const noexcept { return cached_ranges_->limit(); }

// -- ranges ------------------------------------------------------------------------------------------------------------

std::size_t memory_pool::addresses_for(const range_request& request, const capabilities& c) const noexcept {
  const options& o = value_of(request.options);
  const std::size_t ranges = live_ranges() + cached_ranges_->ranges();
  const std::size_t wanted =
      o.initial_reservation != 0
          ? o.initial_reservation
          : (std::min)(growth::reservation(c.total_memory, ranges, request.bytes, c.granularity), o.limit);
  return growth::round_up((std::max)(wanted, growth::round_up(request.bytes, c.granularity)), c.granularity);
}

address_range memory_pool::acquire_range(const range_request& request, const capabilities& c) {
  const options& o = value_of(request.options);
  const growth::rule rule = growth::rule_of(o, c);
  const std::size_t minimum = growth::round_up(request.bytes, c.granularity);
  const std::size_t target = request.exact ? minimum : growth::target(0, request.bytes, o.limit, rule);
  const std::size_t addresses = addresses_for(request, c);
  range_cache::request fits{minimum, target, addresses, addresses};
  if (o.initial_reservation == 0) fits.maximum_reserved = growth::unlimited;
  if (o.initial_reservation == 0 && !o.fixed_address)  // more than a new range would get is not asked of an old one
    fits.minimum_reserved = (std::min)(addresses, (std::max)(minimum, last_reservation_.load(std::memory_order_relaxed)));
  if (!request.exact && request.options == nullptr) fits.maximum_mapped = growth::maximum_mapped(request.bytes, rule);
  address_range r = cached_ranges_->acquire(request.order, request.options != nullptr ? &o : nullptr, fits);
  if (r) return r;
  r = reserve(addresses, request, c);
  map_until(r, (std::min)(target, r.reserved()), minimum, request, c);
  return r;
}

address_range memory_pool::reserve(std::size_t target, const range_request& request, const capabilities& c) {
  const std::size_t minimum = growth::round_up(request.bytes, c.granularity);
  target = (std::max)(minimum, growth::round_up(target, c.granularity));
  for (bool halved = false;; halved = true) {
    address_range out;
    status s = address_range::reserve(driver_, target, out);
    if (s.code == errc::out_of_addresses && cached_ranges_->ranges() != 0 &&  // they hold addresses as well
        target < smallest_failed_reservation_.load(std::memory_order_relaxed)) {
      trim(-1);
      s = address_range::reserve(driver_, target, out);
      if (!s.ok()) smallest_failed_reservation_.store(target, std::memory_order_relaxed);
    }
    if (s.ok()) return last_reservation_.store(halved ? target : growth::unlimited, std::memory_order_relaxed), std::move(out);
    if (target == minimum || s.code != errc::out_of_addresses)
      throw_error(s, "reserving", target, request.order.device, request.held);
    target = (std::max)(minimum, growth::round_up(target / 2, c.granularity));
  }
}

void memory_pool::map_until(address_range& r, std::size_t target, std::size_t minimum, const range_request& request,
                            const capabilities& c) {
  const growth::rule rule = growth::rule_of(value_of(request.options), c);
  const int device = request.order.device;
  const std::vector<int> devices = request.access.with_owner(device);
  struct rollback {
    address_range& range;
    std::size_t keep;
    ~rollback() { range.unmap_back(keep); }
  } undo{r, r.mapped()};
  const std::size_t asked = minimum - undo.keep;
  bool trimmed = false;
  while (r.mapped() < target) {
    block b;
    status s = block::create(driver_, device, growth::next_block(target - r.mapped(), rule), b);
    if (s.ok()) s = r.map_back(b, devices);
    if (s.ok()) continue;
    if (s.code != errc::out_of_memory) {
      if (s.code == errc::no_device || s.code == errc::invalid_argument)
        for (const int d : devices) {  // one that does not exist is named
          if (d < 0) throw error(s.code, "vmm: options::devices names device " + std::to_string(d) + ", which cannot be");
          if (d != device) describe(d);
        }
      throw_error(s, "mapping", asked, device, request.held);
    }
    if (!trimmed) {
      trim(device);
      trimmed = true;
      continue;
    }
    const std::size_t needed = minimum > r.mapped() ? minimum - r.mapped() : 0;
    if (needed == 0) break;  // what failed was only capacity for later
    const std::size_t missing = target - r.mapped();
    const std::size_t smaller = growth::retreat(missing, needed, rule);
    if (smaller == missing) throw_error(s, "mapping", asked, device, request.held);
    target = r.mapped() + smaller;
  }
  undo.keep = r.mapped();
}

void memory_pool::trim(int device) noexcept {
  cached_ranges_->trim(device);
  driver_.trim(device);
}

// -- figures -----------------------------------------------------------------------------------------------------------

void memory_pool::count_mapped(std::ptrdiff_t change) noexcept {
  const std::size_t now = mapped_.fetch_add(static_cast<std::size_t>(change)) + static_cast<std::size_t>(change);
  std::size_t peak = peak_.load(std::memory_order_relaxed);
  while (change > 0 && now > peak && !peak_.compare_exchange_weak(peak, now)) {
  }
}

void memory_pool::count_step(std::chrono::nanoseconds spent) noexcept {
  steps_.fetch_add(1);
  time_.fetch_add(spent.count());
}

vmm::statistics memory_pool::statistics() const noexcept {
  vmm::statistics s;
  s.live = live_.load();
  s.reserved = reserved_.load();
  s.mapped = mapped_.load();
  s.peak_mapped = peak_.load();
  s.cached = cached_ranges_->cached();
  s.growth_steps = steps_.load();
  s.relocations = relocations_.load();
  s.promoted_bytes = promoted_.load();
  s.copied_bytes = copied_.load();
  s.growth_time = std::chrono::nanoseconds(time_.load());
  return s;
}

}  // namespace vmm::engine
