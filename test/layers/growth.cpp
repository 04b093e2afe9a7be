// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The arithmetic of growth: no backend.
#include "memory/growth.hpp"

#include <vector>

#include "support/catch.hpp"

namespace growth = vmm::engine::growth;
using growth::rule;
using growth::unlimited;

namespace {

constexpr std::size_t MiB = std::size_t{1} << 20;
constexpr std::size_t GiB = std::size_t{1} << 30;

std::vector<std::size_t> steps_in_mib(const rule& r, std::size_t count) {
  std::vector<std::size_t> steps;
  for (std::size_t mapped = 0; steps.size() < count; mapped += steps.back() * MiB)
    steps.push_back(growth::step(mapped, r) / MiB);
  return steps;
}

}  // namespace

TEST_CASE("sums and products saturate instead of wrapping", "[growth]") {
  CHECK(growth::add(2, 3) == 5);
  CHECK(growth::add(unlimited, 1) == unlimited);
  CHECK(growth::add(unlimited - 1, 1) == unlimited);
  CHECK(growth::add(unlimited, unlimited) == unlimited);
  CHECK(growth::multiply(6, 7) == 42);
  CHECK(growth::multiply(unlimited, 0) == 0);
  CHECK(growth::multiply(0, unlimited) == 0);
  CHECK(growth::multiply(unlimited / 2 + 1, 2) == unlimited);
  CHECK(growth::multiply(unlimited, unlimited) == unlimited);
}

TEST_CASE("rounding goes to multiples and does not wrap", "[growth]") {
  CHECK(growth::round_up(0, 2 * MiB) == 0);
  CHECK(growth::round_up(1, 2 * MiB) == 2 * MiB);
  CHECK(growth::round_up(2 * MiB, 2 * MiB) == 2 * MiB);
  CHECK(growth::round_up(2 * MiB + 1, 2 * MiB) == 4 * MiB);
  CHECK(growth::round_down(2 * MiB - 1, 2 * MiB) == 0);
  CHECK(growth::round_down(5 * MiB, 2 * MiB) == 4 * MiB);
  CHECK(growth::round_up(unlimited, 2 * MiB) == unlimited - (2 * MiB - 1));
  CHECK(growth::round_up(unlimited - 3 * MiB, 2 * MiB) % (2 * MiB) == 0);
}

TEST_CASE("steps of 2, 2, 4 ... 32 MiB, then an eighth", "[growth]") {
  const rule r;
  CHECK(steps_in_mib(r, 14) == std::vector<std::size_t>{2, 2, 4, 8, 16, 32, 32, 32, 32, 32, 32, 32, 32, 36});
  CHECK(growth::step(8 * GiB, r) == GiB);
  CHECK(growth::step(80 * GiB, r) == 10 * GiB);
}

TEST_CASE("a minimum step and a factor of the user's replace the default ones", "[growth]") {
  rule r;
  r.minimum_step = 16 * MiB;
  CHECK(steps_in_mib(r, 10) == std::vector<std::size_t>{16, 16, 16, 16, 16, 16, 16, 16, 16, 18});
  r.step_factor = 1.0;
  CHECK(steps_in_mib(r, 5) == std::vector<std::size_t>{16, 16, 32, 64, 128});
  r.step_factor = 0.0;
  CHECK(growth::step(64 * GiB, r) == 16 * MiB);
  r.minimum_step = 1;
  CHECK(growth::step(0, r) == r.granularity);
  CHECK(growth::step(64 * GiB, r) == r.granularity);
}

TEST_CASE("a granularity above the smooth steps is the first step", "[growth]") {
  rule r;
  r.granularity = 512 * MiB;
  r.largest_block = 4 * GiB - 512 * MiB;
  CHECK(steps_in_mib(r, 4) == std::vector<std::size_t>{512, 512, 512, 512});
  CHECK(growth::step(8 * GiB, r) == GiB);
}

TEST_CASE("a step is never 0, never wraps, and is a multiple of the granularity", "[growth]") {
  for (double factor : {0.0, 0.01, 0.125, 1.0, 1000.0, 1e30})
    for (std::size_t minimum : {std::size_t{0}, std::size_t{1}, 3 * MiB, 100 * MiB, unlimited})
      for (std::size_t mapped = 0; mapped < unlimited / 4; mapped = mapped * 4 + 2 * MiB) {
        rule r;
        r.step_factor = factor;
        r.minimum_step = minimum;
        const std::size_t s = growth::step(mapped, r);
        INFO(factor << " " << minimum << " " << mapped);
        REQUIRE(s >= r.granularity);
        REQUIRE(s % r.granularity == 0);
        REQUIRE(growth::target(mapped, mapped + 1, unlimited, r) > mapped);
      }
}

TEST_CASE("what is held exceeds the data by no more than 12.5 % and 32 MiB", "[growth]") {
  const rule r;
  // One byte more than fits is the worst data for a step: the excess is all of the step but that byte.
  for (std::size_t mapped = 0; mapped < 500 * GiB;) {
    const std::size_t data = mapped + 1;
    const std::size_t next = growth::target(mapped, data, unlimited, r);
    INFO(mapped);
    REQUIRE(next >= data);
    REQUIRE(next - data <= data / 8 + 32 * MiB);
    mapped = next;
  }
  for (std::size_t mapped = 0; mapped < 200 * GiB; mapped = mapped * 3 / 2 + 2 * MiB)
    for (std::size_t data = mapped + 1; data < 1000 * GiB; data = data * 3 / 2 + 777) {
      const std::size_t from = growth::round_down(mapped, r.granularity);
      const std::size_t next = growth::target(from, data, unlimited, r);
      INFO(from << " " << data);
      REQUIRE(next >= data);
      REQUIRE(next - data <= data / 8 + 32 * MiB);
    }
}

TEST_CASE("a target covers what is needed and stops at the limit", "[growth]") {
  const rule r;
  CHECK(growth::target(0, 1, unlimited, r) == 2 * MiB);
  CHECK(growth::target(64 * MiB, 64 * MiB + 1, unlimited, r) == 96 * MiB);
  CHECK(growth::target(64 * MiB, 200 * MiB + 1, unlimited, r) == 202 * MiB);
  CHECK(growth::target(64 * MiB, 64 * MiB + 1, 80 * MiB, r) == 80 * MiB);
  CHECK(growth::target(64 * MiB, 64 * MiB + 1, 81 * MiB, r) == 80 * MiB);
  CHECK(growth::target(64 * MiB, 80 * MiB + 1, 81 * MiB, r) == 82 * MiB);
  CHECK(growth::target(64 * MiB, unlimited, unlimited, r) % r.granularity == 0);
}

TEST_CASE("no block is larger than the largest and the blocks add up", "[growth]") {
  const rule r;
  for (std::size_t missing : {2 * MiB, 4 * GiB - 2 * MiB, 4 * GiB, 4 * GiB + 2 * MiB, 77 * GiB}) {
    std::size_t left = missing;
    while (left != 0) {
      const std::size_t b = growth::next_block(left, r);
      REQUIRE(b != 0);
      REQUIRE(b < 4 * GiB);
      REQUIRE(b % r.granularity == 0);
      REQUIRE(b <= left);
      left -= b;
    }
  }
  CHECK(growth::next_block(4 * GiB, r) == 2 * GiB);
  CHECK(growth::next_block(8 * GiB, r) == 2732 * MiB);
  CHECK(growth::next_block(unlimited, r) == 4 * GiB - 2 * MiB);
  rule odd;
  odd.largest_block = 5 * MiB;
  CHECK(growth::next_block(64 * MiB, odd) == 4 * MiB);
}

TEST_CASE("a refusal halves what was asked, down to what is needed", "[growth]") {
  const rule r;
  CHECK(growth::retreat(64 * MiB, 1, r) == 32 * MiB);
  CHECK(growth::retreat(6 * MiB, 1, r) == 2 * MiB);
  CHECK(growth::retreat(64 * MiB, 40 * MiB + 1, r) == 42 * MiB);
  CHECK(growth::retreat(42 * MiB, 40 * MiB + 1, r) == 42 * MiB);
  CHECK(growth::retreat(2 * MiB, 0, r) == 2 * MiB);
  for (std::size_t least : {std::size_t{1}, 2 * MiB, 7 * MiB, 99 * MiB}) {
    std::size_t asked = GiB, rounds = 0;
    for (std::size_t less; (less = growth::retreat(asked, least, r)) != asked; asked = less, ++rounds) {
      REQUIRE(less < asked);
      REQUIRE(rounds < 64);
    }
    CHECK(asked == growth::round_up(least, r.granularity));
  }
}

TEST_CASE("what others mapped may be used within the same bound", "[growth]") {
  const rule r;
  CHECK(growth::maximum_mapped(1, r) == 32 * MiB);
  CHECK(growth::maximum_mapped(8 * GiB, r) == 9 * GiB + 32 * MiB);
  CHECK(growth::maximum_mapped(unlimited, r) % r.granularity == 0);
  for (std::size_t needed = 1; needed < 500 * GiB; needed = needed * 3 / 2 + 777) {
    REQUIRE(growth::maximum_mapped(needed, r) >= growth::target(0, needed, unlimited, r));
    REQUIRE(growth::maximum_mapped(needed, r) <= needed + needed / 8 + 32 * MiB);
  }
}

TEST_CASE("direct memory doubles", "[growth]") {
  CHECK(growth::direct_capacity(0, 1) == 1);
  CHECK(growth::direct_capacity(1, 2) == 2);
  CHECK(growth::direct_capacity(1000, 1001) == 2000);
  CHECK(growth::direct_capacity(1000, 5000) == 5000);
  CHECK(growth::direct_capacity(unlimited / 2 + 1, unlimited / 2 + 2) == unlimited);
}

TEST_CASE("a reservation is the device's memory, less when many are live", "[growth]") {
  const std::size_t device = 140 * GiB, granularity = 2 * MiB;
  CHECK(growth::reservation(device, 0, 1, granularity) == device);
  CHECK(growth::reservation(device, 100, 1, granularity) == device);
  CHECK(growth::reservation(device, 1023, 1, granularity) == 16 * GiB);
  CHECK(growth::reservation(device, 1u << 20, 1, granularity) == GiB);
  CHECK(growth::reservation(device, 1u << 20, 3 * GiB, granularity) == 6 * GiB);
  CHECK(growth::reservation(64 * MiB, 0, 1, granularity) == 64 * MiB);
  CHECK(growth::reservation(64 * MiB, 0, 40 * MiB, granularity) == 80 * MiB);
  CHECK(growth::reservation(device, 0, unlimited, granularity) % granularity == 0);
  // Ten thousand live ranges leave a quarter of the 127 TiB of x86-64.
  std::size_t sum = 0;
  for (std::size_t live = 0; live < 10000; ++live) sum += growth::reservation(device, live, 1, granularity);
  CHECK(sum < (std::size_t{127} << 40) / 4 * 3);
}
