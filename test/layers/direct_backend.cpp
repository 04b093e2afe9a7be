// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A backend without virtual memory: vectors allocate, copy and free as Thrust's do, and say what they cannot.
/// That each refusal leaves everything as it was is in refusals.cpp.
#include <vmm/device_uvector.hpp>

#include <stdexcept>
#include <string>
#include <utility>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

/// Nothing of what such a backend lacks was ever asked for, and all memory went back.
void check_end(own_backend& m, const direct_driver& d) {
  CHECK(d.asked == 0);
  CHECK(m.value.statistics().cached == 0);
  CHECK(m.value.live_ranges() == 0);
  CHECK(m.counting.balanced());
  CHECK(m.value.statistics().mapped == 0);
  CHECK(m.value.statistics().live == 0);
}

std::string refusal_of(raw_vector& s, std::size_t bytes) {
  try {
    grow(s, bytes);
  } catch (const vmm::error& e) {
    CHECK(e.code() == errc::not_supported);
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("without virtual memory a vector grows by doubling, far beyond the limit of small ones", "[direct_backend]") {
  for (bool synchronous : {true, false}) {
    direct_driver d;
    own_backend m(hints::granted, d);
    {
      raw_vector s = m.make({}, synchronous);
      std::size_t copied = 0, capacity = 0, steps = 0;
      for (std::size_t bytes = 300_KiB; bytes <= 30_MiB; bytes += 300_KiB) {
        const std::size_t before = s.size();
        extend_to(s, bytes);
        if (s.capacity() == capacity) continue;
        CHECK(s.capacity() == (std::max)(bytes, 2 * capacity));
        capacity = s.capacity();
        copied += before;
        ++steps;
      }
      CHECK(steps == 8);
      CHECK(s.capacity() == (300_KiB << 7));
      CHECK(s.reserved() == s.capacity());
      CHECK(intact(s));
      const vmm::statistics t = s.statistics();
      CHECK(t.copied_bytes == copied);
      CHECK(t.promoted_bytes == 0);
      CHECK(t.relocations == 0);
      CHECK(t.reserved == 0);
      CHECK(t.mapped == s.capacity());
      CHECK(t.growth_steps == steps);
      CHECK(t.peak_mapped == s.capacity() + s.capacity() / 2);
      CHECK(m.value.statistics().peak_mapped == t.peak_mapped);
    }
    check_end(m, d);
  }
}

TEST_CASE("without virtual memory reserve is exact and shrink_to_fit gives back what is past the size", "[direct_backend]") {
  small_driver small(256_MiB);
  direct_driver d(small);
  own_backend m(hints::granted, d);
  const auto free_now = [&] {
    memory_info info;
    small.memory(0, info);
    return info.free;
  };
  {
    raw_vector s = m.make();
    extend_to(s, 3_MiB + 4);
    reserve(s, 10_MiB + 12);
    CHECK(s.capacity() == 10_MiB + 12);
    CHECK(free_now() == 256_MiB - s.capacity());
    CHECK(intact(s));
    s.shrink_to_fit();
    CHECK(s.capacity() == 3_MiB + 4);
    CHECK(free_now() == 256_MiB - s.capacity());
    CHECK(intact(s));
    std::byte* const data = s.data();
    s.shrink_to_fit();
    CHECK(s.data() == data);
    s.set_size(0);
    s.shrink_to_fit();
    CHECK(s.data() == nullptr);
    CHECK(s.capacity() == 0);
    CHECK(free_now() == 256_MiB);
    extend_to(s, 5_MiB);
    CHECK(intact(s));
  }
  CHECK(free_now() == 256_MiB);
  check_end(m, d);
}

TEST_CASE("without virtual memory a doubling that does not fit is what is needed", "[direct_backend]") {
  small_driver small(64_MiB);
  direct_driver d(small);
  own_backend m(hints::granted, d);
  {
    raw_vector s = m.make();
    extend_to(s, 30_MiB);
    CHECK(s.capacity() == 30_MiB);
    extend_to(s, 31_MiB);  // 60 MiB beside 30 MiB are more than there is
    CHECK(s.capacity() == 31_MiB);
    CHECK(intact(s));
    std::byte* const data = s.data();
    try {
      grow(s, 40_MiB);
      FAIL("grew");
    } catch (const vmm::out_of_memory& e) {
      CHECK(e.requested() == 40_MiB);
      CHECK(e.mapped() == 31_MiB);
      CHECK(e.free() == 33_MiB);
    }
    CHECK_THROWS_AS(grow(s, 65_MiB), vmm::out_of_memory);
    CHECK(s.data() == data);
    CHECK(s.capacity() == 31_MiB);
    CHECK(intact(s));
    CHECK_NOTHROW(extend_to(s, 33_MiB));
    CHECK(intact(s));
  }
  check_end(m, d);
}

TEST_CASE("without virtual memory the limit holds, and doubling stops at it", "[direct_backend]") {
  direct_driver d;
  own_backend m(hints::granted, d);
  options o;
  o.limit = 5_MiB;
  raw_vector s = m.make(o);
  extend_to(s, 3_MiB);
  extend_to(s, 3_MiB + 4);
  CHECK(s.capacity() == 5_MiB);
  std::byte* const data = s.data();
  CHECK_THROWS_AS(grow(s, 5_MiB + 1), std::length_error);
  CHECK_THROWS_AS(reserve(s, 5_MiB + 1), std::length_error);
  CHECK(s.data() == data);
  CHECK(intact(s));
  CHECK_NOTHROW(extend_to(s, 5_MiB));
  CHECK(s.data() == data);
}

TEST_CASE("options that need virtual memory are refused by name where there is none", "[direct_backend]") {
  direct_driver d;
  own_backend m(hints::granted, d);
  {
    options peers;
    peers.devices = {0};
    for (const options& o : {fixed(), peers}) {
      raw_vector s = m.make(o);
      for (int again = 0; again < 2; ++again) {
        const std::string what = refusal_of(s, 100);
        CHECK(what.find("virtual memory") != std::string::npos);
        CHECK(what.find("fixed_address") != std::string::npos);
        CHECK(what.find("devices") != std::string::npos);
        CHECK_THROWS_AS(reserve(s, 5_MiB), vmm::error);
        CHECK(s.data() == nullptr);
        CHECK(s.size() == 0);
        CHECK(s.capacity() == 0);
        CHECK(s.statistics().live == 0);
        CHECK(s.statistics().growth_steps == 0);
      }
      CHECK_NOTHROW(grow(s, 0));
      CHECK_NOTHROW(s.shrink_to_fit());
      raw_vector other = m.make();
      extend_to(other, 3_MiB);
      s = std::move(other);
      extend_to(s, 7_MiB);
      CHECK(intact(s));
    }
  }
  check_end(m, d);
}

TEST_CASE("a backend says whether it has virtual memory", "[direct_backend]") {
  direct_driver d;
  own_backend plain(hints::granted, d), real;
  for (int device : {-1, 0}) {
    const capabilities c = plain.value.describe(device);
    CHECK_FALSE(c.virtual_memory);
    CHECK(c.granularity == 0);
    CHECK(c.largest_block == 0);
    CHECK(c.total_memory == real.value.describe(device).total_memory);
    CHECK(c.host_addressable == !VMM_ON_CUDA);
  }
  CHECK(real.value.describe(0).virtual_memory);
  CHECK(vmm::query_capabilities().virtual_memory);
  CHECK_THROWS_AS(plain.value.describe(1000), vmm::error);
}

TEST_CASE("without virtual memory device_uvector keeps its elements while it grows and shrinks", "[direct_backend]") {
  direct_driver d;
  own_backend m(hints::granted, d);
  {
    options o;
    o.backend = &m.value;
    const std::vector<std::uint32_t> all = words(2'000'000);
    vmm::device_uvector<std::uint32_t> v(o);
    for (std::size_t i = 0; i < all.size(); i += 40'000) v.append(all.data() + i, all.data() + i + 40'000);
    CHECK(v.size() == all.size());
    CHECK((v.to_vector() == all));
    CHECK(v.capacity() == 40'000 << 6);

    const std::size_t before = v.capacity();
    v.append(v.data(), v.data() + v.size());  // its own elements, in the old place
    CHECK(v.capacity() == 2 * before);
    CHECK((v.element(all.size()) == 0));
    CHECK((v.back_element() == all.back()));
    v.resize(all.size());
    v.shrink_to_fit();
    CHECK(v.capacity() == all.size());
    CHECK((v.to_vector() == all));

    const vmm::device_uvector<std::uint32_t> copy(v);
    CHECK(copy == v);
    o.fixed_address = true;
    vmm::device_uvector<std::uint32_t> fixed_one(o);
    CHECK_THROWS_AS(fixed_one.push_back(1), vmm::error);
    CHECK(fixed_one.empty());
    CHECK(v.statistics().relocations == 0);
    v.wait();
  }
  check_end(m, d);
}
