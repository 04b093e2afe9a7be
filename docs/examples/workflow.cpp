// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The steps that every growth takes, by hand on the three lowest layers: ask for the granularity, reserve addresses, create
/// physical memory, map it, grant access, use it, map more behind it at the same address, clean up.
///
/// Uses headers of src, which are not installed. Runs on the GPU, or on the host backend when compiled with THRUST_DEVICE_SYSTEM set to CPP.
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "memory/address_range.hpp"
#include "memory/block.hpp"
#include "memory/growth.hpp"
#include "backend/device_runtime.hpp"

namespace engine = vmm::engine;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;
constexpr int device = 0;

void require(const engine::status& s, const char* step) {
  if (s.ok()) return;
  std::fprintf(stderr, "workflow: %s: %s (%s: %s)\n", step, vmm::to_string(s.code), s.call, s.reason);
  std::exit(1);
}

/// Brings the elements to the host and adds them up there: the layers up to L3 know no reduction.
long long sum(engine::driver& driver, const engine::stream_order& order, const void* data, std::size_t n) {
  std::vector<int> host(n);
  require(driver.copy(order, host.data(), data, n * sizeof(int)), "copy to the host");
  require(driver.stream_synchronize(order), "wait");
  long long total = 0;
  for (int x : host) total += x;
  return total;
}

bool fill_and_sum(engine::driver& driver, const engine::stream_order& order, const engine::address_range& range) {
  const std::size_t n = range.mapped() / sizeof(int);
  const int one = 1;
  require(driver.fill(order, range.data(), &one, sizeof one, n), "fill");
  const long long total = sum(driver, order, range.data(), n);
  std::printf("Sum of %zu ones = %lld\n", n, total);
  return total == static_cast<long long>(n);
}

}  // namespace

int main() {
  engine::driver& driver = vmm::default_backend().get_driver();
  const engine::stream_order order{device, vmm::default_stream(), true};

  engine::capabilities properties;
  require(driver.describe(device, properties), "describe the device");
  std::printf("1. granularity        %zu MiB\n", properties.granularity / mib);

  engine::address_range range;
  require(engine::address_range::reserve(driver, 1024 * mib, range), "reserve addresses");
  std::printf("2. reserved           %zu MiB of addresses at %p, nothing behind them yet\n", range.reserved() / mib,
              static_cast<void*>(range.data()));

  const std::size_t wanted = 1 * mib, rounded = engine::growth::round_up(wanted, properties.granularity);
  engine::block first;
  require(engine::block::create(driver, device, rounded, first), "create physical memory");
  std::printf("3. created            %zu MiB of physical memory (%zu MiB wanted, rounded up)\n", first.size() / mib,
              wanted / mib);

  require(range.map_back(first, {device}), "map and grant access");
  std::printf("4. mapped             %zu MiB at %p\n", range.mapped() / mib, static_cast<void*>(range.data()));
  std::printf("5. access granted     to device %d\n", device);
  void* const before = range.data();
  bool right = fill_and_sum(driver, order, range);

  engine::block second;
  require(engine::block::create(driver, device, 3 * rounded, second), "create more memory");
  require(range.map_back(second, {device}), "map more behind it");
  std::printf("6. mapped behind it   %zu MiB at %p, %s\n", range.mapped() / mib, static_cast<void*>(range.data()),
              range.data() == before ? "the same address" : "ANOTHER ADDRESS");
  right = fill_and_sum(driver, order, range) && right && range.data() == before;

  require(driver.device_synchronize(device), "wait for the device");
  range = engine::address_range();
  std::printf("7. cleaned up         unmapped, released, addresses given back\n");
  return right ? 0 : 1;
}
