// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector: where its bytes live, how they grow, and that a refusal at any call changes nothing.
#include <cstring>
#include <functional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "backend/device_runtime.hpp"
#include <vmm/detail/raw_vector.hpp>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

static_assert(!std::is_copy_constructible_v<raw_vector>);
static_assert(std::is_nothrow_move_constructible_v<raw_vector> && std::is_nothrow_move_assignable_v<raw_vector>);
static_assert(std::is_nothrow_destructible_v<raw_vector>);

TEST_CASE("an empty raw vector takes nothing and asks nothing", "[raw_vector]") {
  own_backend m;
  m.failing.fail(1, verb::any, errc::no_driver, true);
  {
    raw_vector s = m.make();
    CHECK(s.data() == nullptr);
    CHECK(s.size() == 0);
    CHECK(s.capacity() == 0);
    CHECK(s.reserved() == 0);
    grow(s, 0);
    raw_vector like = raw_vector::like(s);
    CHECK(like.capacity() == 0);
    CHECK_FALSE(m.failing.fired());
    CHECK_THROWS_AS(grow(s, 1), vmm::error);
  }
  CHECK(m.counting.calls(verb::describe) == 0);
}

TEST_CASE("a small vector is direct memory that doubles, then moves once into a range", "[raw_vector]") {
  own_backend m;
  {
    raw_vector s = m.make();
    for (std::size_t bytes : {64_KiB, 100_KiB, 200_KiB, 300_KiB, 900_KiB}) extend_to(s, bytes);
    CHECK(s.capacity() == 1_MiB);
    CHECK(s.reserved() == 1_MiB);
    CHECK(m.counting.calls(verb::create) == 0);
    CHECK(s.statistics().copied_bytes == 64_KiB + 100_KiB + 200_KiB + 300_KiB);
    CHECK(s.statistics().promoted_bytes == 0);
    const std::size_t copied = s.statistics().copied_bytes;
    CHECK(intact(s));

    extend_to(s, 1_MiB + 4);
    std::byte* const data = s.data();
    CHECK(s.capacity() == 2_MiB);
    CHECK(s.statistics().promoted_bytes == 900_KiB);
    CHECK(m.counting.calls(verb::deallocate) == m.counting.calls(verb::allocate));
    for (std::size_t bytes = 2_MiB; bytes <= 40_MiB; bytes += 6_MiB) extend_to(s, bytes);
    CHECK(s.data() == data);
    CHECK(s.statistics().copied_bytes == copied);
    CHECK(s.statistics().promoted_bytes == 900_KiB);
    CHECK(s.statistics().relocations == 0);
    CHECK(intact(s));
  }
  CHECK(m.balanced());
}

TEST_CASE("doubling that would pass the limit of small vectors goes to a range instead", "[raw_vector]") {
  own_backend m;
  {
    raw_vector s = m.make(), exact = m.make();
    for (raw_vector* each : {&s, &exact}) {
      extend_to(*each, 600_KiB);
      CHECK(each->capacity() == 600_KiB);
    }
    extend_to(s, 700_KiB);
    CHECK(s.capacity() == 2_MiB);
    CHECK(s.reserved() > s.capacity());
    CHECK(m.value.live_ranges() == 1);
    CHECK(s.statistics().promoted_bytes == 600_KiB);
    CHECK(s.statistics().copied_bytes == 0);
    CHECK(intact(s));
    reserve(exact, 700_KiB);
    CHECK(exact.capacity() == 700_KiB);
    CHECK(m.value.live_ranges() == 1);
    CHECK(intact(exact));

    options o;
    o.limit = 700_KiB;
    raw_vector limited = m.make(o);
    extend_to(limited, 600_KiB);
    extend_to(limited, 650_KiB);
    CHECK(limited.capacity() == 700_KiB);
    CHECK(m.value.live_ranges() == 1);
    CHECK(intact(limited));
  }
  CHECK(m.balanced());
}

TEST_CASE("a fixed address is a range from the first byte", "[raw_vector]") {
  own_backend m;
  {
    raw_vector s = m.make(fixed());
    extend_to(s, 4);
    std::byte* const data = s.data();
    CHECK(s.capacity() == 2_MiB);
    CHECK(m.counting.calls(verb::allocate) == 0);
    for (std::size_t bytes = 1_KiB; bytes <= 64_MiB; bytes *= 2) extend_to(s, bytes);
    CHECK(s.data() == data);
    CHECK(s.statistics().promoted_bytes + s.statistics().copied_bytes + s.statistics().relocations == 0);
    CHECK(intact(s));
    s.set_size(0);
    s.shrink_to_fit();
    CHECK(s.data() == data);
    extend_to(s, 4_MiB);
    CHECK(s.data() == data);
    CHECK(intact(s));
  }
  CHECK(m.balanced());
}

TEST_CASE("reserve takes what is needed and no more than the granularity forces", "[raw_vector]") {
  own_backend m;
  raw_vector s = m.make();
  reserve(s, 1000);
  CHECK(s.capacity() == 1000);
  reserve(s, 900);
  CHECK(s.capacity() == 1000);
  extend_to(s, 1000);
  reserve(s, 5_MiB);
  CHECK(s.capacity() == 6_MiB);
  CHECK(s.size() == 1000);
  reserve(s, 90_MiB + 1);
  CHECK(s.capacity() == 92_MiB);
  CHECK(s.statistics().mapped == 92_MiB);
  CHECK(m.counting.bytes(verb::create) == 92_MiB);
  CHECK(intact(s));
}

TEST_CASE("growth never holds more than the data, 12.5 % and 32 MiB", "[raw_vector]") {
  own_backend m;
  raw_vector s = m.make();
  std::size_t steps = 0;
  while (s.size() < 400_MiB) {
    const std::size_t data = s.capacity() + 1;
    grow(s, data);
    s.set_size(data);
    ++steps;
    REQUIRE(s.capacity() >= data);
    REQUIRE(s.statistics().mapped == s.capacity());
    REQUIRE(s.capacity() - data <= data / 8 + 32_MiB);
  }
  CHECK(s.statistics().growth_steps == steps);
  CHECK(s.statistics().peak_mapped == s.capacity());
  CHECK(s.statistics().growth_time.count() > 0);
}

TEST_CASE("a full range is extended in place where its neighbours are free", "[raw_vector]") {
  own_backend m;
  {
    raw_vector s = m.make(tight());
    reserve(s, 2_MiB);
    std::byte* const data = s.data();
    CHECK(s.reserved() == 4_MiB);
    for (std::size_t bytes = 3_MiB; bytes < 30_MiB; bytes += 3_MiB) extend_to(s, bytes);
    // CUDA's driver places a first small range where its neighbours may not be had; from the second on hints are granted.
    CHECK(s.statistics().relocations == (s.data() == data ? 0 : 1));
    if (!VMM_ON_CUDA) CHECK(s.data() == data);
    CHECK(s.reserved() >= 28_MiB);
    CHECK(s.statistics().reserved == s.reserved());
    CHECK(intact(s));
  }
  CHECK(m.balanced());
}

TEST_CASE("a full range between taken neighbours moves without copying", "[raw_vector]") {
  for (hints answer : {hints::refused, hints::elsewhere}) {
    own_backend m(answer);
    {
      raw_vector s = m.make(tight());
      extend_to(s, 3_MiB);
      std::byte* const data = s.data();
      const std::size_t copies = m.counting.calls(verb::copy);
      {
        auto old = s.grow(20_MiB);
        CHECK(s.data() != data);
        // Sources in the old place can be read until `old` goes.
        const std::size_t last = 3_MiB - 4;
        CHECK((fetch<std::uint32_t>(backend().get_driver(), s.order(), data + last, 1) == words(1, last / 4)));
      }
      CHECK(m.counting.calls(verb::copy) == copies);
      CHECK(intact(s));
      CHECK(s.statistics().relocations == 1);
      CHECK(s.statistics().copied_bytes == 0);
      CHECK(s.statistics().peak_mapped == s.capacity());
      extend_to(s, 40_MiB);
      CHECK(s.statistics().relocations >= 2);
      CHECK(m.value.statistics().relocations == s.statistics().relocations);
      CHECK(m.value.live_ranges() == 1);
      CHECK(intact(s));
    }
    CHECK(m.value.live_ranges() == 0);
    CHECK(m.balanced());
  }
}

TEST_CASE("a range that has to move again and again moves to ever larger ones", "[raw_vector]") {
  own_backend m(hints::refused);
  raw_vector s = m.make(tight());
  for (std::size_t bytes = 1_MiB; bytes <= 128_MiB; bytes += 1_MiB) {
    grow(s, bytes);
    s.set_size(bytes);
  }
  CHECK(s.statistics().relocations <= 16);
  CHECK(m.counting.calls(verb::map) <= 256);
}

TEST_CASE("a full range that may not move says so", "[raw_vector]") {
  own_backend m(hints::refused);
  options o = tight();
  o.fixed_address = true;
  raw_vector s = m.make(o);
  extend_to(s, 3_MiB);
  std::byte* const data = s.data();
  try {
    grow(s, 5_MiB);
    FAIL("grew");
  } catch (const vmm::error& e) {
    CHECK(e.code() == errc::out_of_addresses);
    CHECK(std::string(e.what()).find("initial_reservation") != std::string::npos);
  }
  CHECK(s.data() == data);
  CHECK(s.capacity() == 4_MiB);
  CHECK(intact(s));
}

TEST_CASE("addresses are halved on refusal, down to what is needed", "[raw_vector]") {
  struct narrow : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
      if (bytes > 16_MiB) return {errc::out_of_addresses, "narrow", "16 MiB at most"};
      return to_.reserve(bytes, hint, address);
    }
  } d(backend().get_driver());
  vmm::engine::device_runtime m(d);
  raw_vector s(m, options{}, vmm::default_stream(), true);
  extend_to(s, 6_MiB);
  CHECK(s.reserved() <= 16_MiB);
  CHECK(s.reserved() >= 6_MiB);
  CHECK(intact(s));
}

TEST_CASE("past the limit is a length_error", "[raw_vector]") {
  own_backend m;
  options o;
  o.limit = 8_MiB;
  raw_vector s = m.make(o);
  extend_to(s, 7_MiB);
  std::byte* const data = s.data();
  CHECK(s.capacity() <= 8_MiB);
  CHECK_THROWS_AS(grow(s, 8_MiB + 1), std::length_error);
  CHECK_THROWS_AS(reserve(s, 8_MiB + 1), std::length_error);
  CHECK(s.data() == data);
  CHECK(intact(s));
  CHECK_NOTHROW(extend_to(s, 8_MiB));
  CHECK(s.capacity() == 8_MiB);

  o.limit = 700;
  raw_vector plain = m.make(o);
  extend_to(plain, 400);
  extend_to(plain, 404);
  CHECK(plain.capacity() == 700);
  CHECK_THROWS_AS(grow(plain, 701), std::length_error);
}

TEST_CASE("a raw vector moves and swaps with all it has", "[raw_vector]") {
  own_backend m, n;
  {
    raw_vector a = m.make(), b = n.make(fixed(), false);
    extend_to(a, 1000);
    extend_to(b, 3_MiB);
    std::byte* const plain = a.data();
    std::byte* const range = b.data();
    a.swap(b);
    CHECK(a.data() == range);
    CHECK(b.data() == plain);
    CHECK(a.get_options().fixed_address);
    CHECK_FALSE(a.order().synchronous);
    CHECK(&a.get_driver() == &n.failing);
    CHECK(intact(a));
    CHECK(intact(b));

    raw_vector c(std::move(a));
    CHECK(c.data() == range);
    CHECK(a.data() == nullptr);
    CHECK(a.size() == 0);
    CHECK(a.capacity() == 0);
    CHECK(a.statistics().mapped == 0);
    extend_to(a, 1000);
    CHECK(intact(a));

    c = std::move(b);
    CHECK(c.data() == plain);
    CHECK(n.value.statistics().mapped == a.capacity());
    CHECK(b.size() == 0);
    raw_vector& self = c;
    c = std::move(self);
    CHECK(c.data() == plain);
    CHECK(intact(c));
  }
  CHECK(m.balanced());
  CHECK(n.balanced());
  for (const auto* each : {&m, &n}) {
    CHECK(each->value.statistics().mapped == 0);
    CHECK(each->value.statistics().reserved == 0);
    CHECK(each->value.live_ranges() == 0);
  }
}

TEST_CASE("contents are written, read, filled, shifted and compared by offset", "[raw_vector]") {
  own_backend m;
  raw_vector s = m.make(), other = raw_vector::like(s);
  extend_to(s, 4000);
  extend_to(other, 4000);
  CHECK(mismatch(s, other.data(), 1000, scalar::uint32, relation::equal) == 1000);
  const std::uint32_t seven = 7;
  fill(other, 40, &seven, 4, 3);
  CHECK(mismatch(s, other.data(), 1000, scalar::uint32, relation::equal) == 10);
  move_within(other, 44, 40, 100);
  std::vector<std::uint32_t> seen(5);
  copy_out(other, seen.data(), 36, 20);
  other.synchronize();
  CHECK(seen == std::vector<std::uint32_t>{9, 7, 7, 7, 7});
  raw_vector scratch = raw_vector::temporary_copy(s, 5000);
  CHECK(scratch.capacity() >= 5000);
  CHECK(scratch.size() == 0);
}

TEST_CASE("a vector that other devices may access has a range at once, and waits for them", "[raw_vector]") {
  own_backend m;
  options o;
  o.devices = {0};
  raw_vector s = m.make(o);
  grow(s, 100);
  CHECK(m.counting.calls(verb::map) == 1);
  CHECK(m.counting.calls(verb::allocate) == 0);
}
