// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector and the memory of its device: when there is not enough, what goes back, and the figures.
#include <sys/stat.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <vmm/memory.hpp>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

std::size_t free_memory(driver& d) {
  memory_info info;
  d.memory(0, info);
  return info.free;
}

/// Physical memory that this process holds, as the system says: what the device has no longer free, or the pages of the
/// host backend's files.
std::size_t really_held() {
  if (VMM_ON_CUDA) {
    memory_info info;
    backend().get_driver().memory(0, info);
    return info.total - info.free;
  }
  std::size_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    struct stat s {};
    if (std::filesystem::read_symlink(entry, gone).string().find("/memfd:vmm") == 0 && stat(entry.path().c_str(), &s) == 0)
      bytes += static_cast<std::size_t>(s.st_blocks) * 512;
  }
  return bytes;
}

}  // namespace

TEST_CASE("shrink_to_fit and trim give back what the system counts", "[raw_vector]") {
  vmm::trim();
  const std::size_t slack = VMM_ON_CUDA ? 16_MiB : 0;  // others use the device as well
  {
    raw_vector warm_up(backend(), fixed(), vmm::default_stream(), true);
    extend_to(warm_up, 1_MiB);
  }
  vmm::trim();
  const std::size_t before = really_held();
  {
    raw_vector s(backend(), options{}, vmm::default_stream(), true);
    for (std::size_t bytes = 8_MiB; bytes <= 200_MiB; bytes += 8_MiB) extend_to(s, bytes);
    CHECK(really_held() + slack >= before + s.capacity());
    s.set_size(20_MiB);
    s.shrink_to_fit();
    CHECK(s.capacity() < 40_MiB);
    CHECK(really_held() <= before + s.capacity() + slack);
    CHECK(intact(s));
    extend_to(s, 100_MiB);
    CHECK(really_held() + slack >= before + s.capacity());
  }
  CHECK(really_held() + slack >= before + 100_MiB);  // cached
  vmm::trim();
  CHECK(really_held() <= before + slack);
}

TEST_CASE("out of memory names what was requested, mapped and free", "[raw_vector]") {
  small_driver small(64_MiB);
  own_backend m(hints::granted, small);
  {
    raw_vector other = m.make(), s = m.make();
    reserve(other, 20_MiB);
    extend_to(s, 10_MiB);
    const std::size_t mapped = s.capacity();
    std::byte* const data = s.data();
    try {
      grow(s, 50_MiB);
      FAIL("grew");
    } catch (const vmm::out_of_memory& e) {
      CHECK(e.requested() == 50_MiB - mapped);
      CHECK(e.mapped() == mapped);
      CHECK(e.free() == 44_MiB - mapped);
      CHECK(std::string(e.what()).find("out of memory") != std::string::npos);
    }
    CHECK_THROWS_AS(grow(s, 100_MiB), std::bad_alloc);
    CHECK_THROWS_AS(grow(other, std::size_t{1} << 50), std::bad_alloc);
    raw_vector third = m.make();
    CHECK_THROWS_AS(grow(third, 100_MiB), std::bad_alloc);
    CHECK(third.capacity() == 0);
    CHECK(s.data() == data);
    CHECK(s.capacity() == mapped);
    CHECK(intact(s));
    CHECK_NOTHROW(extend_to(s, 44_MiB));
    CHECK(intact(s));

    options plain;
    plain.small_limit = 1_GiB;
    raw_vector p = m.make(plain);
    CHECK_THROWS_AS(grow(p, 4_MiB), vmm::out_of_memory);
    CHECK(p.data() == nullptr);
  }
  CHECK(m.balanced());
}

TEST_CASE("a step that memory has no room for is halved down to what is needed", "[raw_vector]") {
  small_driver small(64_MiB);
  own_backend m(hints::granted, small);
  raw_vector other = m.make(), s = m.make();
  reserve(other, 28_MiB);
  reserve(s, 32_MiB);
  grow(s, 32_MiB + 1);
  CHECK(s.capacity() == 36_MiB);
  CHECK(free_memory(small) == 0);

  options o;
  o.small_limit = 64_MiB;
  s = m.make(o);
  reserve(s, 20_MiB);
  s.set_size(10_MiB);
  CHECK_THROWS_AS(grow(s, 21_MiB), std::bad_alloc);
  CHECK(s.capacity() == 20_MiB);
}

TEST_CASE("shrink_to_fit gives memory back as the driver reports it", "[raw_vector]") {
  small_driver small(256_MiB);
  own_backend m(hints::granted, small);
  raw_vector s = m.make();
  for (std::size_t bytes = 4_MiB; bytes <= 100_MiB; bytes += 4_MiB) extend_to(s, bytes);
  std::byte* const data = s.data();
  CHECK(free_memory(small) == 256_MiB - s.capacity());
  s.set_size(9_MiB);
  s.shrink_to_fit();
  CHECK(s.data() == data);
  CHECK(s.size() == 9_MiB);
  CHECK(s.capacity() <= 16_MiB);
  CHECK(s.capacity() >= 9_MiB);
  CHECK(s.statistics().mapped == s.capacity());
  CHECK(free_memory(small) == 256_MiB - s.capacity());
  CHECK(intact(s));
  extend_to(s, 50_MiB);
  CHECK(s.data() == data);
  CHECK(intact(s));
  s.set_size(0);
  s.shrink_to_fit();
  CHECK(s.data() == nullptr);
  CHECK(s.capacity() == 0);
  CHECK(free_memory(small) == 256_MiB);

  extend_to(s, 1000);
  reserve(s, 100_KiB);
  s.shrink_to_fit();
  CHECK(s.capacity() == 1000);
  CHECK(intact(s));
  CHECK(m.value.statistics().mapped == 1000);
}

TEST_CASE("the process knows the same peak as the vector", "[raw_vector]") {
  own_backend m;
  raw_vector s = m.make();
  extend_to(s, 64000);
  extend_to(s, 68000);
  CHECK(s.statistics().peak_mapped == 64000 + 128000);
  CHECK(m.value.statistics().peak_mapped == s.statistics().peak_mapped);
}

TEST_CASE("after trim all that destroyed vectors held is free again", "[raw_vector]") {
  for (bool synchronous : {true, false}) {
    small_driver small(256_MiB);
    own_backend m(hints::granted, small);
    {
      raw_vector range = m.make({}, synchronous), plain = m.make({}, synchronous), at_once = m.make(fixed(), synchronous);
      extend_to(range, 20_MiB);
      extend_to(plain, 1000);
      extend_to(at_once, 5_MiB);
      CHECK(free_memory(small) == 256_MiB - 20_MiB - 1000 - 6_MiB);
    }
    CHECK(free_memory(small) == 256_MiB - 26_MiB);
    CHECK(m.value.statistics().cached == 26_MiB);
    m.value.trim(-1);
    CHECK(free_memory(small) == 256_MiB);
    CHECK(m.value.statistics().cached == 0);
    m.value.trim(-1);
    CHECK(m.balanced());
  }
}

TEST_CASE("live counts the vectors that hold memory", "[raw_vector]") {
  own_backend m;
  const auto live = [&] { return m.value.statistics().live; };
  {
    raw_vector plain = m.make(), range = m.make(fixed());
    CHECK(live() == 0);
    CHECK(plain.statistics().live == 0);
    extend_to(plain, 1000);
    CHECK(live() == 1);
    CHECK(plain.statistics().live == 1);
    extend_to(range, 1000);
    CHECK(live() == 2);
    extend_to(plain, 3_MiB);
    extend_to(range, 3_MiB);
    CHECK(live() == 2);
    CHECK(m.value.live_ranges() == 2);
    {
      raw_vector moved = std::move(plain);
      CHECK(plain.statistics().live == 0);
      CHECK(live() == 2);
      moved.swap(plain);
      CHECK(live() == 2);
    }
    CHECK(live() == 2);
    range.set_size(0);
    range.shrink_to_fit();  // keeps its addresses
    CHECK(live() == 1);
    CHECK(range.statistics().live == 0);
    extend_to(range, 1000);
    CHECK(live() == 2);
    plain = m.make();
    CHECK(live() == 1);
    m.failing.fail(1, verb::create);
    CHECK_THROWS_AS(grow(plain, 5_MiB), vmm::error);
    CHECK(live() == 1);
  }
  CHECK(live() == 0);
  CHECK(m.balanced());
}

TEST_CASE("statistics print every figure", "[raw_vector]") {
  vmm::statistics s;
  s.live = 3;
  s.reserved = 7_GiB;
  s.mapped = 11_MiB;
  s.peak_mapped = 13_MiB;
  s.cached = 17_MiB;
  s.growth_steps = 19;
  s.relocations = 23;
  s.promoted_bytes = 29_KiB;
  s.copied_bytes = 31_KiB;
  s.growth_time = std::chrono::microseconds(37);
  std::ostringstream out;
  out << s;
  const std::string text = out.str();
  INFO(text);
  for (const char* figure : {"3 live", "7.00 GiB of addresses", "mapped 11.00 MiB", "peak 13.00 MiB", "17.00 MiB cached",
                             "19 steps", "23 relocations", "29.00 KiB by promotion", "31.00 KiB", "37 us"}) {
    const bool named = text.find(figure) != std::string::npos;
    INFO(figure);
    CHECK(named);
  }
}

TEST_CASE("addresses that idle ranges hold are given back where they run out", "[raw_vector]") {
  struct scarce : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    std::size_t left = 64_MiB;
    status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
      if (bytes > left) return {errc::out_of_addresses, "scarce", "64 MiB in all"};
      const status s = to_.reserve(bytes, hint, address);
      if (s.ok()) left -= bytes;
      return s;
    }
    status unreserve(void* address, std::size_t bytes) noexcept override {
      left += bytes;
      return to_.unreserve(address, bytes);
    }
  } d(backend().get_driver());
  vmm::engine::device_runtime m(d);
  {
    raw_vector a(m, tight(), vmm::default_stream(), true), b(m, tight(), vmm::default_stream(), true);
    options large = tight();
    large.initial_reservation = 48_MiB;
    raw_vector c(m, large, vmm::default_stream(), true);
    for (raw_vector* s : {&a, &b, &c}) reserve(*s, 4_MiB);
  }
  CHECK(m.statistics().cached == 12_MiB);
  raw_vector s(m, fixed(), vmm::default_stream(), true);
  extend_to(s, 40_MiB);
  CHECK(m.statistics().cached == 0);
  CHECK(intact(s));
}
