// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The contract of src/driver/driver.hpp, verb by verb, on the backend of this suite.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "memory/block.hpp"

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

using namespace vmm_test;
using bytes_of = std::vector<unsigned char>;

namespace {

const int device0[] = {0};

/// Reserved addresses with one block mapped at their start.
struct mapped_room : bench {
  explicit mapped_room(std::size_t bytes) : size((bytes + granularity - 1) / granularity * granularity) {
    REQUIRE(driver.reserve(size, nullptr, address).ok());
    REQUIRE(driver.create(0, size, block).ok());
    REQUIRE(driver.map(address, size, block, device0, 1).ok());
    if (properties.workspace_bytes != 0)
      REQUIRE(vmm::engine::allocation::create(driver, order, properties.workspace_bytes, temporary).ok());
  }
  ~mapped_room() {
    CHECK(driver.stream_synchronize(order).ok());
    CHECK(driver.unmap(address, size).ok());
    CHECK(driver.release(block, size).ok());
    CHECK(driver.unreserve(address, size).ok());
  }
  unsigned char* at(std::size_t offset) const { return static_cast<unsigned char*>(address) + offset; }
  void* workspace() const { return temporary.data(); }

  vmm::engine::allocation temporary;
  std::size_t size;
  void* address = nullptr;
  block_handle block = 0;
};

bytes_of noise(std::size_t count) {
  bytes_of b(count);
  std::uint32_t x = 12345;
  for (unsigned char& c : b) x = x * 1664525u + 1013904223u, c = static_cast<unsigned char>(x >> 24);
  return b;
}

}  // namespace

TEST_CASE("describe answers for the device and refuses others", "[driver]") {
  bench b;
  CHECK(b.properties.virtual_memory);
  CHECK(b.properties.host_addressable == !VMM_ON_CUDA);
  CHECK(b.granularity >= 4096);
  CHECK((b.granularity & (b.granularity - 1)) == 0);
  CHECK(b.properties.largest_block % b.granularity == 0);
  CHECK(b.properties.largest_block >= b.granularity);
  CHECK(b.properties.largest_block <= 8_GiB);
  for (int none : {-1, 63, 1000}) {
    capabilities c;
    c.granularity = 77;
    const status s = b.driver.describe(none, c);
    CHECK(s.code == errc::no_device);
    CHECK(std::string(s.call) != "");
    CHECK(std::string(s.reason) != "");
    CHECK(c.granularity == 77);
    CHECK_FALSE(c.virtual_memory);
  }
}

TEST_CASE("memory that was created is no longer free, and is again after release", "[driver]") {
  bench b;
  small_driver small(256_MiB);
  driver& d = VMM_ON_CUDA ? b.driver : static_cast<driver&>(small);
  const std::size_t slack = VMM_ON_CUDA ? b.granularity : 0;
  const auto free_now = [&] {
    memory_info m;
    REQUIRE(d.memory(0, m).ok());
    REQUIRE(m.free <= m.total);
    return m.free;
  };
  const std::size_t bytes = 16 * b.granularity;
  const stream_order orders[] = {{0, vmm::default_stream(), true}, {0, vmm::default_stream(), false}};
  for (const stream_order& q : orders) {  // what a backend sets up for its first allocation is no concern here
    void* p = nullptr;
    REQUIRE(d.allocate(q, bytes, p).ok());
    REQUIRE(d.deallocate(q, p, bytes).ok());
    REQUIRE(d.stream_synchronize(q).ok());
  }
  d.trim(0);
  const std::size_t before = free_now();
  REQUIRE(before > bytes);

  block_handle block = 0;
  REQUIRE(d.create(0, bytes, block).ok());
  CHECK(free_now() <= before - bytes + slack);
  REQUIRE(d.release(block, bytes).ok());
  CHECK(free_now() >= before - slack);

  for (const stream_order& q : orders) {
    void* p = nullptr;
    REQUIRE(d.allocate(q, bytes, p).ok());
    CHECK(free_now() <= before - bytes + slack);
    REQUIRE(d.deallocate(q, p, bytes).ok());
    REQUIRE(d.stream_synchronize(q).ok());
    d.trim(0);
    CHECK(free_now() >= before - slack);
  }
}

TEST_CASE("reservations are disjoint, and a hint is granted or answered with another place", "[driver]") {
  bench b;
  const std::size_t size = 8 * b.granularity;
  void *first = nullptr, *second = nullptr, *third = nullptr, *large = nullptr;
  REQUIRE(b.driver.reserve(size, nullptr, first).ok());
  REQUIRE(b.driver.reserve(size, static_cast<char*>(first) + size, second).ok());
  REQUIRE(b.driver.reserve(size, first, third).ok());  // taken: it can only be another
  REQUIRE(b.driver.reserve(64_GiB, nullptr, large).ok());
  std::vector<std::pair<char*, std::size_t>> all{{static_cast<char*>(first), size},
                                                 {static_cast<char*>(second), size},
                                                 {static_cast<char*>(third), size},
                                                 {static_cast<char*>(large), 64_GiB}};
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].first + all[i - 1].second <= all[i].first);
  for (const auto& r : all) CHECK(b.driver.unreserve(r.first, r.second).ok());
}

TEST_CASE("what cannot be had is refused by name and changes nothing", "[driver]") {
  bench b;
  memory_info before;
  REQUIRE(b.driver.memory(0, before).ok());
  const std::size_t absurd = before.total / b.granularity * b.granularity * 2;

  void* address = &before;
  CHECK(b.driver.reserve(std::size_t{1} << 62, nullptr, address).code == errc::out_of_addresses);
  CHECK(address == &before);

  block_handle block = 42;
  const status s = b.driver.create(0, absurd, block);
  CHECK(s.code == errc::out_of_memory);
  CHECK(std::string(s.call) != "");
  CHECK(block == 42);

  for (bool synchronous : {true, false}) {
    CHECK(b.driver.allocate(stream_order{0, vmm::default_stream(), synchronous}, absurd, address).code == errc::out_of_memory);
    CHECK(address == &before);
  }
  mapped_room still_works(1);
  CHECK(upload(b.driver, b.order, still_works.address, noise(1000)).ok());
}

TEST_CASE("a block mapped twice shows the same memory at both places and keeps it while mapped nowhere", "[driver]") {
  mapped_room r(1);
  void* other = nullptr;
  REQUIRE(r.driver.reserve(2 * r.size, nullptr, other).ok());
  void* const middle = static_cast<char*>(other) + r.size;
  REQUIRE(r.driver.map(middle, r.size, r.block, device0, 1).ok());

  const bytes_of a = noise(r.size);
  REQUIRE(upload(r.driver, r.order, r.address, a).ok());
  CHECK((fetch<unsigned char>(r.driver, r.order, middle, a.size()) == a));
  const unsigned char seven = 7;
  REQUIRE(r.driver.fill(r.order, middle, &seven, 1, 100).ok());
  CHECK((fetch<unsigned char>(r.driver, r.order, r.address, 100) == bytes_of(100, 7)));

  REQUIRE(r.driver.unmap(middle, r.size).ok());
  CHECK((fetch<unsigned char>(r.driver, r.order, r.at(100), 100) == bytes_of(a.begin() + 100, a.begin() + 200)));
  REQUIRE(r.driver.unmap(r.address, r.size).ok());
  REQUIRE(r.driver.map(r.address, r.size, r.block, device0, 1).ok());
  CHECK((fetch<unsigned char>(r.driver, r.order, r.at(100), a.size() - 100) == bytes_of(a.begin() + 100, a.end())));
  CHECK(r.driver.unreserve(other, 2 * r.size).ok());
}

TEST_CASE("blocks side by side are one piece of memory, also over the border of two reservations", "[driver]") {
  bench b;
  hint_driver d(b.driver, hint_driver::answer::granted);
  const std::size_t g = b.granularity;
  void *low = nullptr, *high = nullptr;
  REQUIRE(d.reserve(4 * g, nullptr, low).ok());
  char* const base = static_cast<char*>(low);
  REQUIRE(d.reserve(4 * g, base + 4 * g, high).ok());
  if (high != base + 4 * g) {  // a backend that grants no hint has no such border
    CHECK(d.unreserve(high, 4 * g).ok());
    high = nullptr;
  }
  const std::vector<std::size_t> sizes =
      high != nullptr ? std::vector<std::size_t>{3 * g, 2 * g, g} : std::vector<std::size_t>{g, 2 * g, g};
  std::vector<block_handle> blocks(sizes.size());
  std::size_t end = 0;
  for (std::size_t i = 0; i < sizes.size(); end += sizes[i++]) {
    REQUIRE(d.create(0, sizes[i], blocks[i]).ok());
    REQUIRE(d.map(base + end, sizes[i], blocks[i], device0, 1).ok());
  }
  const bytes_of a = noise(end - 7);
  REQUIRE(upload(d, b.order, base + 7, a).ok());
  CHECK((fetch<unsigned char>(d, b.order, base + 7, a.size()) == a));
  for (std::size_t i = sizes.size(); i-- > 0;) {
    end -= sizes[i];
    CHECK(d.unmap(base + end, sizes[i]).ok());
    CHECK(d.release(blocks[i], sizes[i]).ok());
  }
  CHECK(d.unreserve(low, 4 * g).ok());
  if (high != nullptr) CHECK(d.unreserve(high, 4 * g).ok());
}

TEST_CASE("blocks that come and go in any order never share memory", "[driver]") {
  bench b;
  struct live {
    void* address;
    std::size_t bytes;
    block_handle block;
    std::uint32_t mark;
  };
  std::vector<live> all;
  std::uint32_t x = 1;
  const auto drop = [&](std::size_t i) {
    const live l = all[i];
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    const std::vector<std::uint32_t> expected(l.bytes / 4, l.mark);
    CHECK((fetch<std::uint32_t>(b.driver, b.order, l.address, expected.size()) == expected));
    REQUIRE(b.driver.unmap(l.address, l.bytes).ok());
    REQUIRE(b.driver.release(l.block, l.bytes).ok());
    REQUIRE(b.driver.unreserve(l.address, l.bytes).ok());
  };
  for (std::uint32_t round = 0; round < 60; ++round) {
    x = x * 1664525u + 1013904223u;
    if (all.size() > 6) drop((x >> 16) % all.size());
    live l{nullptr, b.granularity * (1 + (x >> 24) % 3), 0, round};
    REQUIRE(b.driver.reserve(l.bytes, nullptr, l.address).ok());
    REQUIRE(b.driver.create(0, l.bytes, l.block).ok());
    REQUIRE(b.driver.map(l.address, l.bytes, l.block, device0, 1).ok());
    REQUIRE(b.driver.fill(b.order, l.address, &l.mark, sizeof l.mark, l.bytes / 4).ok());
    all.push_back(l);
  }
  while (!all.empty()) drop(0);
}

TEST_CASE("direct memory is aligned to 256 bytes and holds its size", "[driver]") {
  bench b;
  for (bool synchronous : {true, false}) {
    const stream_order q{0, vmm::default_stream(), synchronous};
    for (std::size_t bytes : {std::size_t{1}, std::size_t{255}, std::size_t{257}, std::size_t{1000003}}) {
      void* p = nullptr;
      REQUIRE(b.driver.allocate(q, bytes, p).ok());
      CHECK(reinterpret_cast<std::uintptr_t>(p) % 256 == 0);
      const bytes_of a = noise(bytes);
      REQUIRE(upload(b.driver, q, p, a).ok());
      CHECK((fetch<unsigned char>(b.driver, q, p, bytes) == a));
      CHECK(b.driver.deallocate(q, p, bytes).ok());
    }
  }
}

TEST_CASE("copy goes between any two places and lets a pageable source be reused on return", "[driver]") {
  mapped_room r(1);
  void* plain = nullptr;
  REQUIRE(r.driver.allocate(r.order, 1_MiB, plain).ok());
  const bytes_of a = noise(1_MiB);
  bytes_of source = a;
  REQUIRE(upload(r.driver, r.order, r.address, source).ok());
  std::fill(source.begin(), source.end(), static_cast<unsigned char>(0));
  REQUIRE(r.driver.copy(r.order, plain, r.address, a.size()).ok());
  CHECK((fetch<unsigned char>(r.driver, r.order, plain, a.size()) == a));
  REQUIRE(r.driver.copy(r.order, r.at(1_MiB + 1), static_cast<char*>(plain) + 3, 1000).ok());
  CHECK((fetch<unsigned char>(r.driver, r.order, r.at(1_MiB + 1), 1000) == bytes_of(a.begin() + 3, a.begin() + 1003)));
  CHECK(r.driver.deallocate(r.order, plain, 1_MiB).ok());
}

TEST_CASE("shift moves overlapping bytes both ways", "[driver]") {
  const std::size_t large = VMM_ON_CUDA ? 130_MiB : 6_MiB, tile = 32_KiB;  // a kernel moves tiles
  struct {
    std::size_t bytes, distance;
  } cases[] = {{1, 0},
               {1, 1},
               {1000, 0},
               {1000, 1},
               {1000, 999},
               {1000, 1000},
               {1000, 5000},
               {100001, 7},
               {100001, 65536},
               {15, 1},
               {16, 3},
               {17, 16},
               {31, 15},
               {47, 1},
               {48, 17},
               {5 * tile, 4},
               {5 * tile + 1, 8},
               {5 * tile + 7, 12},
               {7 * tile - 1, 16},
               {7 * tile + 5, 2},
               {9 * tile, tile},
               {9 * tile, tile - 1},
               {9 * tile + 3, tile + 1},
               {9 * tile, 3 * tile + 6},
               {large, 1},
               {large, 4},
               {large, 24},
               {large, large / 2 + 3},
               {large, large - 1}};
  mapped_room r(2 * large + 64);
  const bytes_of a = noise(large);
  for (const auto& c : cases)
    for (bool up : {true, false}) {
      const std::size_t skip = 16 + c.bytes % 16;
      const std::size_t from = up ? skip : skip + c.distance, to = up ? skip + c.distance : skip;
      const bytes_of moved(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(c.bytes));
      const unsigned char guard = 0xee;
      REQUIRE(r.driver.fill(r.order, r.address, &guard, 1, c.bytes + c.distance + skip + 16).ok());
      REQUIRE(upload(r.driver, r.order, r.at(from), moved).ok());
      REQUIRE(r.driver.memmove(r.order, r.at(to), r.at(from), c.bytes, r.workspace()).ok());
      INFO(c.bytes << " bytes by " << c.distance << (up ? " up" : " down"));
      CHECK((fetch<unsigned char>(r.driver, r.order, r.at(to), c.bytes) == moved));
      const std::size_t end = c.bytes + c.distance + skip;
      CHECK((fetch<unsigned char>(r.driver, r.order, r.at(0), skip) == bytes_of(skip, guard)));
      CHECK((fetch<unsigned char>(r.driver, r.order, r.at(end), 16) == bytes_of(16, guard)));
    }
}

TEST_CASE("shift moves more than one launch does", "[driver]") {
  if (!VMM_ON_CUDA) return;  // the host's is memmove
  const std::size_t n = (2_GiB + 300_MiB) / 4, gap = 3;
  mapped_room r(3_GiB);
  const std::vector<std::uint32_t> a = words(n);
  vmm::engine::allocation copy;
  REQUIRE(vmm::engine::allocation::create(r.driver, r.order, n * 4, copy).ok());
  REQUIRE(upload(r.driver, r.order, copy.data(), a).ok());
  REQUIRE(upload(r.driver, r.order, r.at(0), a).ok());
  const auto is_at = [&](std::size_t offset) {
    std::size_t index = 0;
    REQUIRE(
        r.driver.mismatch(r.order, r.at(offset), copy.data(), n, scalar::uint32, relation::equal, r.workspace(), index).ok());
    return index == n;
  };
  REQUIRE(r.driver.memmove(r.order, r.at(4 * gap), r.at(0), n * 4, r.workspace()).ok());
  CHECK(is_at(4 * gap));
  REQUIRE(r.driver.memmove(r.order, r.at(0), r.at(4 * gap), n * 4, r.workspace()).ok());
  CHECK(is_at(0));
}

TEST_CASE("fill repeats patterns of any size at any address and writes nothing else", "[driver]") {
  mapped_room r(1);
  const bytes_of pattern = noise(300);
  for (std::size_t size : {1, 2, 3, 4, 5, 8, 12, 16, 24, 32, 40, 64, 100, 300})
    for (std::size_t offset : {0, 1, 3, 8, 13})
      for (std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, 70001 / size}) {
        const std::size_t total = size * count, at = 256 + offset;
        const unsigned char guard = 0xee;
        REQUIRE(r.driver.fill(r.order, r.address, &guard, 1, at + total + 64).ok());
        bytes_of p(pattern.begin(), pattern.begin() + static_cast<std::ptrdiff_t>(size));
        REQUIRE(r.driver.fill(r.order, r.at(at), p.data(), size, count).ok());
        std::fill(p.begin(), p.end(), static_cast<unsigned char>(0));  // it was read before return

        bytes_of expected(at + total + 64, guard);
        for (std::size_t i = 0; i < count; ++i) std::memcpy(expected.data() + at + i * size, pattern.data(), size);
        const bool same = fetch<unsigned char>(r.driver, r.order, r.address, expected.size()) == expected;
        INFO("pattern of " << size << " bytes, " << count << " times, at " << offset);
        REQUIRE(same);
      }
}

namespace {

template <class T>
void mismatch_finds_the_first(scalar type) {
  mapped_room r(2 * 100003 * sizeof(T));
  const std::size_t most = 100003;
  T* const x = static_cast<T*>(r.address);
  T* const y = x + most;
  const auto ask = [&](std::size_t n, relation relate) {
    std::size_t index = 999999;
    REQUIRE(r.driver.mismatch(r.order, x, y, n, type, relate, r.workspace(), index).ok());
    return index;
  };
  const auto set = [&](T* at, T value) { REQUIRE(upload(r.driver, r.order, at, std::vector<T>{value}).ok()); };

  for (relation relate : {relation::equal, relation::equivalent})
    for (std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{257}, most}) {
      const T five = 5;
      REQUIRE(r.driver.fill(r.order, x, &five, sizeof(T), 2 * most).ok());
      INFO(n << " of " << sizeof(T) << " bytes");
      CHECK(ask(0, relate) == 0);
      CHECK(ask(n, relate) == n);
      set(y + n - 1, 6);
      CHECK(ask(n, relate) == n - 1);
      CHECK(ask(n - 1, relate) == n - 1);
      set(x + n / 2, 7);
      CHECK(ask(n, relate) == n / 2);
      set(x, static_cast<T>(-1));
      CHECK(ask(n, relate) == 0);
    }
}

template <class T>
void mismatch_knows_floats(scalar type, scalar bits) {
  mapped_room r(1);
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> a{T(0), nan, T(1)}, b{T(-0.0), nan, T(2)};
  REQUIRE(upload(r.driver, r.order, r.at(0), a).ok());
  REQUIRE(upload(r.driver, r.order, r.at(256), b).ok());
  const auto ask = [&](std::size_t first, std::size_t n, scalar as, relation relate) {
    std::size_t index = 999999;
    const std::size_t skip = first * sizeof(T);
    REQUIRE(r.driver.mismatch(r.order, r.at(skip), r.at(256 + skip), n, as, relate, r.workspace(), index).ok());
    return first + index;
  };
  CHECK(ask(0, 3, type, relation::equal) == 1);  // -0 equals 0; NaN does not equal NaN
  CHECK(ask(0, 3, type, relation::equivalent) == 2);
  CHECK(ask(0, 3, bits, relation::equal) == 0);
  CHECK(ask(1, 2, bits, relation::equal) == 2);
  REQUIRE(upload(r.driver, r.order, r.at(256 + sizeof(T)), std::vector<T>{T(1)}).ok());
  CHECK(ask(1, 1, type, relation::equal) == 1);
  CHECK(ask(1, 1, type, relation::equivalent) == 2);
}

}  // namespace

TEST_CASE("mismatch answers the first unrelated index, or the count", "[driver]") {
  mismatch_finds_the_first<std::uint8_t>(scalar::uint8);
  mismatch_finds_the_first<std::uint16_t>(scalar::uint16);
  mismatch_finds_the_first<std::uint32_t>(scalar::uint32);
  mismatch_finds_the_first<std::uint64_t>(scalar::uint64);
  mismatch_finds_the_first<float>(scalar::float32);
  mismatch_finds_the_first<double>(scalar::float64);
  mismatch_knows_floats<float>(scalar::float32, scalar::uint32);
  mismatch_knows_floats<double>(scalar::float64, scalar::uint64);
}

TEST_CASE("verbs leave the caller's current device as it was", "[driver]") {
  bench b;
  driver& d = b.driver;
  const int before = d.current_device();
  REQUIRE(before >= 0);
  capabilities c;
  const int mine = d.describe(1, c).ok() ? 1 : 0;  // where there are two, stand on the other one
  REQUIRE(d.make_current(mine).ok());
  {
    mapped_room r(1);
    CHECK(d.current_device() == mine);
    memory_info m;
    void* p = nullptr;
    std::size_t index = 0;
    const int pattern = 3;
    CHECK(d.memory(0, m).ok());
    CHECK(d.allocate(b.order, 1000, p).ok());
    CHECK(d.fill(b.order, p, &pattern, sizeof pattern, 250).ok());
    CHECK(d.copy(b.order, r.address, p, 1000).ok());
    CHECK(d.memmove(b.order, r.at(1), r.address, 1000, r.workspace()).ok());
    CHECK(d.mismatch(b.order, p, p, 250, scalar::uint32, relation::equal, r.workspace(), index).ok());
    CHECK(d.deallocate(b.order, p, 1000).ok());
    CHECK(d.stream_synchronize(b.order).ok());
    CHECK(d.stream_synchronize(stream_order{0, vmm::default_stream(), false}).ok());
    CHECK(d.device_synchronize(0).ok());
    event_handle event = 0;
    bool reached = false;
    CHECK(d.record(stream_order{0, vmm::default_stream(), false}, event).ok());
    CHECK(d.stream_wait_event(stream_order{0, vmm::default_stream(), false}, event).ok());
    CHECK(d.event_synchronize(event).ok());
    CHECK(d.is_complete(event, reached).ok());
    d.destroy_event(event);
    d.trim(0);
    CHECK(d.current_device() == mine);
  }
  CHECK(d.current_device() == mine);
  CHECK(d.make_current(before).ok());
}
