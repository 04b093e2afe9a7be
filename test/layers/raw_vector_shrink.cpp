// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// shrink_to_fit of engine::raw_vector in a range, however its blocks lie: a granularity past the contents at most, at the same address,
/// and whatever is refused, contents that are whole. That each refusal is survived is in refusals.cpp, too.
#include <stdexcept>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

/// Refuses to map at addresses that were mapped before, as often as told, or not at all.
struct stubborn_map : forwarding_driver {
  using forwarding_driver::forwarding_driver;
  void* place = nullptr;
  int refusals = 0;
  status replace(void* address, std::size_t mapped, block_handle before, std::size_t bytes, block_handle b, const int* devices,
                 std::size_t n, bool& lost) noexcept override {
    return driver::replace(address, mapped, before, bytes, b, devices, n, lost);  // by unmap and map
  }
  status map(void* address, std::size_t bytes, block_handle b, const int* devices, std::size_t n) noexcept override {
    if (refusals != 0 && address == place) return --refusals, status{errc::failed, "stubborn_map", "not there again"};
    return to_.map(address, bytes, b, devices, n);
  }
};

std::size_t free_memory(driver& d) {
  memory_info info;
  d.memory(0, info);
  return info.free;
}

}  // namespace

TEST_CASE("a vector that was made in one go gives back all but a granularity past its contents", "[raw_vector]") {
  for (const bool synchronous : {true, false})
    for (const std::size_t left : {std::size_t{4}, 2_MiB - 4, 2_MiB, 2_MiB + 4, 37_MiB + 8, 58_MiB, 59_MiB, 60_MiB}) {
      INFO((synchronous ? "synchronous, " : "on a stream, ") << left);
      small_driver small(256_MiB);
      own_backend m(hints::granted, small);
      {
        raw_vector s = m.make({}, synchronous);
        reserve(s, 60_MiB);
        REQUIRE(m.counting.calls(verb::create) == 1);
        extend_to(s, 60_MiB);
        std::byte* const data = s.data();
        s.set_size(left);
        const std::size_t copied = m.counting.bytes(verb::copy);
        s.shrink_to_fit();
        CHECK(m.counting.bytes(verb::copy) - copied <= left);
        CHECK(s.data() == data);
        CHECK(s.capacity() >= left);
        CHECK(s.capacity() < left + 2_MiB);
        CHECK(s.statistics().mapped == s.capacity());
        CHECK(s.statistics().relocations + s.statistics().copied_bytes == 0);
        CHECK(s.statistics().peak_mapped <= 60_MiB + s.capacity());
        CHECK(m.value.statistics().mapped == s.capacity());
        CHECK(free_memory(small) == 256_MiB - s.capacity() - m.value.statistics().cached);
        CHECK(m.value.statistics().cached == 0);
        CHECK(intact(s));
        const std::size_t calls = taken_anew(m);
        s.shrink_to_fit();
        CHECK(taken_anew(m) == calls);
        extend_to(s, 80_MiB);
        CHECK(s.data() == data);
        CHECK(intact(s));
      }
      CHECK(m.balanced());
    }
}

TEST_CASE("of several blocks only the one in which the contents end is copied", "[raw_vector]") {
  for (const hints answer : {hints::granted, hints::elsewhere}) {  // in the latter the range has moved before
    own_backend m(answer);
    {
      raw_vector s = m.make(tight());
      for (const std::size_t bytes : {4_MiB, 20_MiB, 50_MiB, 90_MiB}) extend_to(s, bytes);
      std::byte* const data = s.data();
      s.set_size(23_MiB + 12);  // in the third
      const std::size_t copied = m.counting.bytes(verb::copy);
      s.shrink_to_fit();
      CHECK(m.counting.bytes(verb::copy) - copied < 23_MiB);
      CHECK(s.data() == data);
      CHECK(s.capacity() == 24_MiB);
      CHECK(intact(s));
      extend_to(s, 60_MiB);
      CHECK(intact(s));
      s.set_size(4_MiB);  // where a block ends: nothing is to be copied
      const std::size_t calls = m.counting.calls(verb::copy);
      s.shrink_to_fit();
      CHECK(m.counting.calls(verb::copy) == calls);
      CHECK(s.capacity() == 4_MiB);
      CHECK(intact(s));
    }
    CHECK(m.balanced());
  }
}

TEST_CASE("where there is no memory for the smaller block, what is behind it goes all the same", "[raw_vector]") {
  small_driver small(64_MiB);
  own_backend m(hints::granted, small);
  {
    raw_vector s = m.make();
    reserve(s, 60_MiB);
    extend_to(s, 60_MiB);
    std::byte* const data = s.data();
    s.set_size(30_MiB);
    CHECK_THROWS_AS(s.shrink_to_fit(), vmm::out_of_memory);
    CHECK(s.data() == data);
    CHECK(s.capacity() == 60_MiB);
    CHECK(intact(s));
    s.set_size(3_MiB);
    s.shrink_to_fit();
    CHECK(s.capacity() == 4_MiB);
    CHECK(intact(s));

    raw_vector in_parts = m.make(fixed());
    extend_to(in_parts, 20_MiB);
    extend_to(in_parts, 58_MiB);
    in_parts.set_size(9_MiB);
    CHECK(free_memory(small) < 10_MiB);
    in_parts.shrink_to_fit();
    CHECK(in_parts.capacity() == 10_MiB);
    CHECK(intact(in_parts));
  }
  CHECK(m.balanced());
}

TEST_CASE("where a block cannot be mapped again the contents are in the old block, or in the place beside", "[raw_vector]") {
  for (const int refusals : {1, 2}) {
    stubborn_map d(backend().get_driver());
    own_backend m(hints::granted, d);
    {
      raw_vector s = m.make(fixed());
      for (const std::size_t bytes : {4_MiB, 20_MiB}) extend_to(s, bytes);
      std::byte* const data = s.data();
      s.set_size(9_MiB);
      d.place = data + 4_MiB;  // where the second block begins
      d.refusals = refusals;
      INFO("refused " << refusals << " times");
      CHECK_THROWS_AS(s.shrink_to_fit(), vmm::error);
      CHECK(d.refusals == 0);
      CHECK((s.data() == data) == (refusals == 1));
      CHECK(s.capacity() == (refusals == 1 ? 20_MiB : 10_MiB));
      CHECK(s.statistics().mapped == s.capacity());
      CHECK(s.statistics().reserved == s.reserved());
      CHECK(s.statistics().relocations == (refusals == 1 ? 0 : 1));
      CHECK(intact(s));
      if (refusals == 1) extend_to(s, 60_MiB);  // the other range has no addresses to spare
      CHECK(intact(s));
      s.set_size(5_MiB);
      s.shrink_to_fit();
      CHECK(s.capacity() == 6_MiB);
      CHECK(intact(s));
    }
    CHECK(m.balanced());
    CHECK(m.value.live_ranges() == 0);
  }
}

TEST_CASE("a stream that is being captured is refused before anything is given back", "[raw_vector]") {
  struct capturing_driver : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    bool on = false;
    status outside_capture(const stream_order&) noexcept override {
      return on ? status{errc::capturing, "capturing_driver", "told so"} : status{};
    }
  } d(backend().get_driver());
  own_backend m(hints::granted, d);
  {
    raw_vector s = m.make({}, false);
    extend_to(s, 4_MiB);
    extend_to(s, 20_MiB);
    s.set_size(1_MiB);
    d.on = true;
    const std::size_t capacity = s.capacity();
    CHECK_THROWS_AS(s.shrink_to_fit(), vmm::error);
    CHECK(s.capacity() == capacity);
    d.on = false;
    s.shrink_to_fit();
    CHECK(s.capacity() == 2_MiB);
    CHECK(intact(s));
  }
  CHECK(m.balanced());
}
