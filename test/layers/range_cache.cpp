// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::range_cache: which cached ranges are kept, which are taken, and what becomes of them when memory runs out.
/// The order of work on them is in range_order.cpp, threads and processes are in range_sharing.cpp.
#include <list>
#include <stdexcept>
#include <utility>

#include "memory/growth.hpp"

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

/// Leaves a cached range of each size behind, the first one first.
std::vector<std::byte*> leave_all(own_backend& m, std::initializer_list<std::size_t> sizes) {
  std::list<raw_vector> all;
  std::vector<std::byte*> at;
  for (std::size_t bytes : sizes) {
    all.push_back(m.make());
    reserve(all.back(), bytes);
    at.push_back(all.back().data());
  }
  while (!all.empty()) all.pop_front();
  return at;
}

std::size_t cached(const own_backend& m) { return m.value.statistics().cached; }

/// Whether a cached range of `left` bytes is taken for `wanted` bytes.
bool fits(const options& left_how, std::size_t left, const options& how, std::size_t wanted, bool exact) {
  own_backend m;
  std::byte* const data = leave(m, left, left_how);
  CHECK(cached(m) == left);
  bool taken = false;
  {
    raw_vector s = m.make(how);
    const std::size_t before = taken_anew(m);
    exact ? reserve(s, wanted) : grow(s, wanted);
    taken = taken_anew(m) == before;
    CHECK(cached(m) == (taken ? 0 : left));
    CHECK((s.data() == data) == taken);
    CHECK(s.capacity() >= wanted);
    CHECK(s.capacity() == s.statistics().mapped);
    if (taken) CHECK(s.capacity() == left);
    extend_to(s, wanted + 10_MiB);
    CHECK(intact(s));
  }
  CHECK(m.balanced());
  return taken;
}

options with(std::size_t options::*field, std::size_t value) {
  options o;
  o.*field = value;
  return o;
}

options shared_with(std::vector<int> devices) {
  options o;
  o.devices = std::move(devices);
  return o;
}

/// Whether a range of exactly that size is warm. Takes it out of the cache, or maps another, until the caller lets it go.
bool is_cached(own_backend& m, std::list<raw_vector>& held, std::size_t bytes) {
  const std::size_t before = taken_anew(m);
  held.push_back(m.make());
  reserve(held.back(), bytes);
  return taken_anew(m) == before;
}

}  // namespace

TEST_CASE("the range of a destroyed vector is the next one's, without a call that takes memory", "[range_cache]") {
  for (bool synchronous : {true, false}) {
    own_backend m;
    {
      std::byte* data = nullptr;
      {
        raw_vector s = m.make({}, synchronous);
        extend_to(s, 5_MiB);
        data = s.data();
        CHECK(s.capacity() == 6_MiB);
        CHECK(cached(m) == 0);
        CHECK(m.value.statistics().mapped == 6_MiB);
      }
      CHECK(cached(m) == 6_MiB);
      CHECK(m.value.statistics().mapped == 0);
      CHECK(m.value.statistics().reserved == 0);
      CHECK(m.value.statistics().live == 0);
      CHECK(m.value.live_ranges() == 0);
      const std::size_t before = taken_anew(m);
      raw_vector next = m.make({}, synchronous);
      grow(next, 5_MiB);
      CHECK(taken_anew(m) == before);
      CHECK(next.data() == data);
      CHECK(next.capacity() == 6_MiB);
      CHECK(next.size() == 0);
      CHECK(next.reserved() == next.statistics().reserved);
      CHECK(cached(m) == 0);
      CHECK(m.value.statistics().mapped == 6_MiB);
      CHECK(m.value.statistics().peak_mapped == 6_MiB);
      CHECK(m.value.statistics().reserved == next.reserved());
      CHECK(m.value.statistics().live == 1);
      CHECK(m.value.live_ranges() == 1);
      CHECK(next.statistics().cached == 0);
      extend_to(next, 40_MiB);
      CHECK(next.data() == data);
      CHECK(intact(next));
    }
    CHECK(m.balanced());
  }
}

TEST_CASE("contents are promoted into a cached range as into a new one", "[range_cache]") {
  own_backend m;
  {
    std::byte* const data = leave(m, 4_MiB);
    raw_vector s = m.make();
    extend_to(s, 900_KiB);
    CHECK(cached(m) == 4_MiB);
    extend_to(s, 1_MiB + 4);
    CHECK(s.data() == data);
    CHECK(s.capacity() == 4_MiB);
    CHECK(s.statistics().promoted_bytes == 900_KiB);
    CHECK(s.statistics().peak_mapped == 4_MiB + 900_KiB);
    CHECK(m.counting.calls(verb::allocate) == m.counting.calls(verb::deallocate));
    CHECK(cached(m) == 0);
    CHECK(intact(s));
    raw_vector scratch = raw_vector::temporary_copy(s, 4_MiB);
    CHECK(scratch.data() != s.data());
  }
  CHECK(cached(m) == 8_MiB);
  CHECK(m.balanced());
}

TEST_CASE("of several cached ranges the smallest that fits is taken", "[range_cache]") {
  for (bool smallest_first : {true, false}) {
    own_backend m;
    std::vector<std::byte*> at =
        smallest_first ? leave_all(m, {4_MiB, 6_MiB, 10_MiB, 20_MiB}) : leave_all(m, {20_MiB, 10_MiB, 6_MiB, 4_MiB});
    if (!smallest_first) std::swap(at[0], at[3]), std::swap(at[1], at[2]);
    CHECK(cached(m) == 40_MiB);
    {
      std::list<raw_vector> held;
      std::size_t left = 40_MiB;
      for (std::size_t i = 1; i < 4; ++i) {
        held.push_back(m.make());
        grow(held.back(), 5_MiB);
        CHECK(held.back().data() == at[i]);
        left -= held.back().capacity();
        CHECK(cached(m) == left);
      }
      const std::size_t before = taken_anew(m);
      held.push_back(m.make());
      grow(held.back(), 5_MiB);
      CHECK(taken_anew(m) > before);
      CHECK(cached(m) == 4_MiB);
    }
    CHECK(m.balanced());
  }
}

TEST_CASE("a cached range is taken only by what it fits", "[range_cache]") {
  const options none;
  const std::size_t most = vmm::engine::growth::maximum_mapped(2_MiB, {});
  const options half = [] {
    options o;
    o.step_factor = 0.5;
    return o;
  }();
  CHECK(fits(none, 6_MiB, none, 5_MiB, false));
  CHECK(fits(none, 6_MiB, none, 6_MiB, true));
  CHECK(fits(none, 6_MiB, none, 5_MiB, true));  // what the granularity forces
  CHECK(fits(none, most, none, 2_MiB, false));
  CHECK(fits(fixed(), 6_MiB, none, 5_MiB, false));
  CHECK(fits(none, 6_MiB, fixed(), 5_MiB, false));
  CHECK(fits(half, 6_MiB, half, 5_MiB, false));
  CHECK(fits(shared_with({0}), 6_MiB, shared_with({0}), 5_MiB, false));
  CHECK(fits(tight(), 4_MiB, tight(), 3_MiB, true));

  CHECK_FALSE(fits(none, 4_MiB, none, 4_MiB + 1, false));  // mapped too little
  CHECK_FALSE(fits(none, 4_MiB, none, 4_MiB + 1, true));
  CHECK_FALSE(fits(none, most + 2_MiB, none, 2_MiB, false));       // too much
  CHECK_FALSE(fits(none, 8_MiB, none, 5_MiB, true));               // too much for what was asked exactly
  CHECK_FALSE(fits(none, 8_MiB, half, 5_MiB, false));              // too much for options that say how much
  CHECK_FALSE(fits(none, 6_MiB, shared_with({0}), 5_MiB, false));  // other devices
  CHECK_FALSE(fits(shared_with({0}), 6_MiB, none, 5_MiB, false));
  CHECK_FALSE(fits(none, 4_MiB, tight(), 3_MiB, true));  // other addresses
  CHECK_FALSE(fits(tight(), 4_MiB, none, 3_MiB, true));
  CHECK_FALSE(fits(with(&options::initial_reservation, 8_MiB), 4_MiB, tight(), 3_MiB, true));
  CHECK_FALSE(fits(tight(), 4_MiB, with(&options::initial_reservation, 8_MiB), 3_MiB, true));
}

TEST_CASE("options::limit holds in a cached range as well", "[range_cache]") {
  own_backend m;
  leave(m, 4_MiB);
  raw_vector s = m.make(with(&options::limit, 3_MiB));
  const std::size_t before = taken_anew(m);
  reserve(s, 3_MiB);
  CHECK(taken_anew(m) == before);
  CHECK(s.capacity() == 3_MiB);
  CHECK(s.statistics().mapped == 4_MiB);
  CHECK_THROWS_AS(grow(s, 3_MiB + 1), std::length_error);
}

TEST_CASE("a cache that may keep nothing keeps nothing", "[range_cache]") {
  own_backend m;
  CHECK(m.value.cache_limit() == 256_MiB);
  m.value.set_cache_limit(0);
  CHECK(m.value.cache_limit() == 0);
  leave(m, 2_MiB);
  leave(m, 6_MiB);
  CHECK(cached(m) == 0);
  CHECK(m.counting.calls(verb::create) == 2);
  CHECK(m.counting.balanced());
}

TEST_CASE("a range above the limit goes at once and evicts nobody", "[range_cache]") {
  own_backend m;
  m.value.set_cache_limit(10_MiB);
  leave_all(m, {4_MiB, 6_MiB});
  CHECK(cached(m) == 10_MiB);
  leave(m, 12_MiB);
  CHECK(cached(m) == 10_MiB);
  CHECK(m.counting.bytes(verb::release) == 12_MiB);
  {
    std::list<raw_vector> held;
    CHECK(is_cached(m, held, 4_MiB));
    CHECK(is_cached(m, held, 6_MiB));
  }
  leave(m, 10_MiB);  // all that there is room for
  CHECK(cached(m) == 10_MiB);
  CHECK(m.counting.bytes(verb::release) == 22_MiB);
  CHECK(m.balanced());
}

TEST_CASE("the oldest ranges go first, and no more than must", "[range_cache]") {
  own_backend m;
  m.value.set_cache_limit(18_MiB);
  leave_all(m, {4_MiB, 2_MiB, 6_MiB});
  CHECK(cached(m) == 12_MiB);
  leave(m, 8_MiB);
  CHECK(cached(m) == 16_MiB);
  m.value.set_cache_limit(15_MiB);
  CHECK(cached(m) == 14_MiB);
  {
    std::list<raw_vector> held;
    CHECK(is_cached(m, held, 8_MiB));
    CHECK(is_cached(m, held, 6_MiB));
    CHECK_FALSE(is_cached(m, held, 2_MiB));
    CHECK_FALSE(is_cached(m, held, 4_MiB));
    // Given back in this order, so that what was the newest is the oldest now.
    m.value.set_cache_limit(12_MiB);
    while (!held.empty()) held.pop_front();
  }
  CHECK(cached(m) == 12_MiB);
  {
    std::list<raw_vector> held;
    CHECK_FALSE(is_cached(m, held, 8_MiB));
    CHECK(is_cached(m, held, 6_MiB));
  }
  CHECK(m.balanced());
}

TEST_CASE("a lower limit evicts at once, a higher one brings nothing back", "[range_cache]") {
  own_backend m;
  leave_all(m, {4_MiB, 6_MiB, 2_MiB});
  m.value.set_cache_limit(12_MiB);
  CHECK(cached(m) == 12_MiB);
  CHECK(m.counting.calls(verb::unmap) == 0);
  m.value.set_cache_limit(11_MiB);
  CHECK(cached(m) == 8_MiB);
  CHECK(m.counting.bytes(verb::unmap) == 4_MiB);
  m.value.set_cache_limit(1_GiB);
  CHECK(cached(m) == 8_MiB);
  m.value.set_cache_limit(0);
  CHECK(cached(m) == 0);
  CHECK(m.counting.balanced());
}

TEST_CASE("trim gives back the ranges of the device that it is told, and a backend takes none along", "[range_cache]") {
  own_backend m;
  leave(m, 4_MiB);
  m.value.cached_ranges().trim(1);
  CHECK(cached(m) == 4_MiB);
  m.value.cached_ranges().trim(0);
  CHECK(cached(m) == 0);
  CHECK(m.counting.balanced());

  counting_driver counting(backend().get_driver());
  {
    vmm::engine::device_runtime temporary(counting);
    {
      raw_vector s(temporary, fixed(), vmm::default_stream(), false), t = raw_vector::like(s);
      grow(s, 3_MiB), grow(t, 5_MiB);
    }
    CHECK(temporary.statistics().cached == 10_MiB);
    CHECK_FALSE(counting.balanced());
  }
  CHECK(counting.balanced());
}

TEST_CASE("shrink_to_fit of an empty range leaves nothing in the cache", "[range_cache]") {
  small_driver small(256_MiB);
  own_backend m(hints::granted, small);
  for (bool synchronous : {true, false}) {
    raw_vector s = m.make({}, synchronous);
    extend_to(s, 9_MiB);
    s.set_size(0);
    s.shrink_to_fit();
    CHECK(s.data() == nullptr);
    CHECK(cached(m) == 0);
    memory_info info;
    small.memory(0, info);
    CHECK(info.free == 256_MiB);
    CHECK(m.counting.balanced());
  }
}

TEST_CASE("memory that cached ranges hold is there for growth that needs it", "[range_cache]") {
  small_driver small(64_MiB);
  own_backend m(hints::granted, small);
  const auto fill_cache = [&] {
    leave_all(m, {20_MiB, 22_MiB, 18_MiB});
    CHECK(cached(m) == 60_MiB);
  };
  fill_cache();
  {  // a first range, with contents in direct memory
    raw_vector s = m.make();
    extend_to(s, 1000);
    CHECK_NOTHROW(reserve(s, 62_MiB));
    CHECK(s.capacity() == 62_MiB);
    CHECK(cached(m) == 0);
    CHECK(intact(s));
  }
  CHECK(cached(m) == 62_MiB);
  m.value.trim(-1);
  {  // a step in a range
    raw_vector s = m.make();
    extend_to(s, 4_MiB);
    fill_cache();
    CHECK_NOTHROW(extend_to(s, 64_MiB));
    CHECK(s.capacity() == 64_MiB);
    CHECK(cached(m) == 0);
    CHECK(intact(s));
  }
  m.value.trim(-1);
  fill_cache();
  {  // direct memory, doubling
    raw_vector s = m.make(with(&options::small_limit, 64_MiB));
    extend_to(s, 20_MiB);
    CHECK(cached(m) == 0);
    CHECK_NOTHROW(grow(s, 20_MiB + 4));
    CHECK(s.capacity() == 40_MiB);
    CHECK(intact(s));
    CHECK_THROWS_AS(grow(s, 50_MiB), vmm::out_of_memory);
    CHECK(intact(s));
  }
  CHECK(m.balanced());
}

TEST_CASE("memory that cached ranges hold is there for work on the contents", "[range_cache]") {
  own_backend m;
  raw_vector s = m.make();
  extend_to(s, 4000);
  leave(m, 4_MiB);
  m.failing.fail(1, verb::memmove, errc::out_of_memory);
  CHECK_NOTHROW(move_within(s, 0, 4, 3996));
  CHECK(m.failing.fired());
  CHECK(m.counting.calls(verb::trim) == 1);
  move_within(s, 4, 0, 3996);
  write(s, 0, numbers(4), 4);
  CHECK(intact(s));

  leave(m, 4_MiB);
  m.failing.fail(1, verb::mismatch, errc::out_of_memory);
  CHECK(mismatch(s, s.data(), 1000, scalar::uint32, relation::equal) == 1000);
  CHECK(m.failing.fired());
  CHECK(m.counting.calls(verb::trim) == 2);

  leave(m, 4_MiB);
  m.failing.fail(1, verb::mismatch, errc::failed);  // nothing that memory would help
  CHECK_THROWS_AS(mismatch(s, s.data(), 1000, scalar::uint32, relation::equal), vmm::error);
  CHECK(m.counting.calls(verb::trim) == 2);
}

TEST_CASE("a cached range is taken where the backend grants no more addresses than it has", "[range_cache]") {
  struct narrow : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
      if (bytes > 64_MiB) return {errc::out_of_addresses, "narrow", "64 MiB at most"};
      return to_.reserve(bytes, hint, address);
    }
  };
  counting_driver counting(backend().get_driver());
  narrow d(counting);
  vmm::engine::device_runtime m(d);
  for (int i = 0; i < 5; ++i) {
    raw_vector s(m, options{}, vmm::default_stream(), true);
    extend_to(s, 6_MiB);
    CHECK(intact(s));
  }
  CHECK(counting.calls(verb::reserve) == 1);
  m.trim(-1);
  CHECK(counting.balanced());
}
