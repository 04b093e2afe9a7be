// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// address_range: reserved addresses with blocks mapped from the base upwards.
#include <type_traits>
#include <utility>

#include "memory/address_range.hpp"

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

using namespace vmm_test;
using vmm::engine::address_range;
using vmm::engine::block;

static_assert(!std::is_copy_constructible_v<address_range> && !std::is_copy_assignable_v<address_range>);
static_assert(std::is_nothrow_move_constructible_v<address_range> && std::is_nothrow_move_assignable_v<address_range>);
static_assert(std::is_nothrow_destructible_v<address_range>);

namespace {

std::size_t blocks_of(const address_range& r) { return r.mapped() == 0 ? 0 : r.at(r.mapped() - 1).block + 1; }

const std::vector<int> device0{0};

struct counted : bench, own_drivers {
  explicit counted(hints answer = hints::granted) : own_drivers(answer) {}

  address_range range(std::size_t granules) {
    address_range r;
    REQUIRE(address_range::reserve(failing, granules * granularity, r).ok());
    return r;
  }
  void map(address_range& r, std::size_t granules) {
    block b;
    REQUIRE(block::create(failing, 0, granules * granularity, b).ok());
    REQUIRE(r.map_back(b, device0).ok());
    REQUIRE_FALSE(b);
  }
  /// Every mapped word numbered, and whether they still are.
  void number(const address_range& r) { REQUIRE(upload(driver, order, r.data(), words(r.mapped() / 4)).ok()); }
  bool numbered(const address_range& r) {
    return fetch<std::uint32_t>(driver, order, r.data(), r.mapped() / 4) == words(r.mapped() / 4);
  }
};

}  // namespace

TEST_CASE("a range is empty until something is mapped, and gives its addresses back", "[address_range]") {
  counted c;
  {
    address_range none;
    CHECK_FALSE(none);
    CHECK(none.data() == nullptr);
    CHECK(none.reserved() == 0);

    address_range r = c.range(8);
    CHECK(r);
    CHECK(r.data() != nullptr);
    CHECK(r.reserved() == 8 * c.granularity);
    CHECK(r.mapped() == 0);
    CHECK(blocks_of(r) == 0);
  }
  CHECK(c.counting.calls(verb::reserve) == 1);
  CHECK(c.counting.balanced());
}

TEST_CASE("a refused reservation changes nothing", "[address_range]") {
  counted c;
  {
    address_range r = c.range(4);
    std::byte* const data = r.data();
    c.failing.fail(1, verb::reserve, errc::out_of_addresses);
    CHECK(address_range::reserve(c.failing, 8 * c.granularity, r).code == errc::out_of_addresses);
    CHECK(r.data() == data);
    CHECK(r.reserved() == 4 * c.granularity);
  }
  CHECK(c.counting.balanced());
}

TEST_CASE("blocks are mapped one behind the other and nothing moves", "[address_range]") {
  counted c;
  {
    address_range r = c.range(8);
    std::byte* const data = r.data();
    c.map(r, 1);
    c.number(r);
    c.map(r, 3);
    CHECK((fetch<std::uint32_t>(c.driver, c.order, r.data(), c.granularity / 4) == words(c.granularity / 4)));
    c.map(r, 2);
    c.map(r, 2);
    CHECK(r.mapped() == r.reserved());
    CHECK(blocks_of(r) == 4);
    CHECK(r.data() == data);
    c.number(r);
    CHECK(c.numbered(r));
  }
  CHECK(c.counting.calls(verb::map) == 4);
  CHECK(c.counting.balanced());
}

TEST_CASE("a refused mapping leaves the block to its owner and the range as it was", "[address_range]") {
  counted c;
  {
    address_range r = c.range(8);
    c.map(r, 2);
    c.number(r);
    block b;
    REQUIRE(block::create(c.failing, 0, c.granularity, b).ok());
    c.failing.fail(1, verb::map, errc::out_of_memory);
    CHECK(r.map_back(b, device0).code == errc::out_of_memory);
    CHECK(b);
    CHECK(r.mapped() == 2 * c.granularity);
    CHECK(blocks_of(r) == 1);
    CHECK(r.map_back(b, device0).ok());
    CHECK_FALSE(b);
    CHECK(r.mapped() == 3 * c.granularity);
    CHECK((fetch<std::uint32_t>(c.driver, c.order, r.data(), c.granularity / 2) == words(c.granularity / 2)));
  }
  CHECK(c.counting.balanced());
}

TEST_CASE("whole blocks go from the end, as long as enough stays mapped", "[address_range]") {
  counted c;
  {
    address_range r = c.range(8);
    for (std::size_t granules : {1, 2, 3, 2}) c.map(r, granules);
    c.number(r);
    r.unmap_back(8 * c.granularity);
    CHECK(blocks_of(r) == 4);
    r.unmap_back(6 * c.granularity + 1);
    CHECK(blocks_of(r) == 4);
    r.unmap_back(6 * c.granularity);
    CHECK(r.mapped() == 6 * c.granularity);
    CHECK(c.counting.bytes(verb::release) == 2 * c.granularity);
    r.unmap_back(1);
    CHECK(r.mapped() == c.granularity);
    CHECK(blocks_of(r) == 1);
    CHECK(c.numbered(r));
    r.unmap_back(0);
    CHECK(r.mapped() == 0);
    CHECK(blocks_of(r) == 0);
    CHECK(r.reserved() == 8 * c.granularity);
    c.map(r, 8);
    c.number(r);
    CHECK(c.numbered(r));
  }
  CHECK(c.counting.balanced());
}

TEST_CASE("free neighbouring addresses extend a range in place", "[address_range]") {
  counted c;
  {
    address_range r = c.range(2);
    std::byte* const data = r.data();
    c.map(r, 1);
    REQUIRE(r.extend(2 * c.granularity).ok());
    REQUIRE(r.extend(4 * c.granularity).ok());
    CHECK(r.data() == data);
    CHECK(r.reserved() == 8 * c.granularity);
    CHECK(r.mapped() == c.granularity);
    c.map(r, 2);  // over the border of the first two reservations
    c.map(r, 5);
    c.number(r);
    CHECK(c.numbered(r));
  }
  CHECK(c.counting.calls(verb::reserve) == 3);
  CHECK(c.counting.balanced());
}

TEST_CASE("taken neighbouring addresses refuse an extension and nothing is kept", "[address_range]") {
  for (auto answer : {hints::refused, hints::elsewhere}) {
    counted c(answer);
    {
      address_range r = c.range(2);
      c.map(r, 2);
      c.number(r);
      const status s = r.extend(2 * c.granularity);
      CHECK(s.code == errc::out_of_addresses);
      CHECK(s.reason[0] != '\0');
      CHECK(r.reserved() == 2 * c.granularity);
      CHECK(c.numbered(r));
    }
    CHECK(c.counting.balanced());
  }
}

TEST_CASE("an extension that is really occupied is refused", "[address_range]") {
  counted c;
  void* taken = nullptr;
  {
    address_range r = c.range(2);
    std::byte* const end = r.data() + r.reserved();
    REQUIRE(c.driver.reserve(c.granularity, end, taken).ok());
    REQUIRE(taken == end);
    CHECK(r.extend(2 * c.granularity).code == errc::out_of_addresses);
    CHECK(r.reserved() == 2 * c.granularity);
    c.driver.unreserve(taken, c.granularity);
    CHECK(r.extend(2 * c.granularity).ok());
    c.failing.fail(1, verb::reserve, errc::device_lost);
    CHECK(r.extend(2 * c.granularity).code == errc::device_lost);
    CHECK(r.reserved() == 4 * c.granularity);
  }
  CHECK(c.counting.balanced());
}

TEST_CASE("a mirror shows the same memory and may take it over", "[address_range]") {
  counted c;
  {
    address_range to = c.range(16);
    {
      address_range from = c.range(8);
      for (std::size_t granules : {1, 2, 3}) c.map(from, granules);
      c.number(from);
      REQUIRE(from.mirror_into(to, device0).ok());
      CHECK(to.mapped() == from.mapped());
      CHECK(blocks_of(to) == 3);
      CHECK(c.numbered(to));
      c.map(to, 1);  // more behind the mirrored blocks
      c.number(to);
      CHECK(c.numbered(from));
      from.hand_over(to);
      CHECK(c.numbered(from));
    }
    CHECK(c.counting.calls(verb::unmap) == 3);
    CHECK(c.counting.calls(verb::release) == 0);
    CHECK(c.numbered(to));
    to.unmap_back(3 * c.granularity);
    CHECK(c.counting.bytes(verb::release) == 4 * c.granularity);
  }
  CHECK(c.counting.calls(verb::create) == 4);
  CHECK(c.counting.calls(verb::map) == 7);
  CHECK(c.counting.balanced());
}

TEST_CASE("a mirror that nobody took over goes without its blocks", "[address_range]") {
  counted c;
  {
    address_range from = c.range(4);
    c.map(from, 4);
    c.number(from);
    {
      address_range to = c.range(4);
      REQUIRE(from.mirror_into(to, device0).ok());
    }
    CHECK(c.counting.calls(verb::release) == 0);
    CHECK(c.numbered(from));
  }
  CHECK(c.counting.balanced());
}

TEST_CASE("a mirror whose n-th mapping is refused is empty again", "[address_range]") {
  for (std::size_t nth : {1, 2, 3}) {
    counted c;
    {
      address_range from = c.range(4), to = c.range(8);
      for (std::size_t granules : {2, 1, 1}) c.map(from, granules);
      c.number(from);
      c.failing.fail(nth, verb::map);
      CHECK(from.mirror_into(to, device0).code == errc::failed);
      CHECK(to.mapped() == 0);
      CHECK(blocks_of(to) == 0);
      CHECK(to.reserved() == 8 * c.granularity);
      CHECK(c.numbered(from));
      REQUIRE(from.mirror_into(to, device0).ok());
      CHECK(c.numbered(to));
    }
    CHECK(c.counting.balanced());
  }
}

TEST_CASE("ranges move, and the one assigned to gives back what it held", "[address_range]") {
  counted c;
  {
    address_range a = c.range(2), b = c.range(4);
    c.map(a, 1);
    c.map(b, 2);
    c.number(b);
    std::byte* const data = b.data();
    a = std::move(b);
    CHECK_FALSE(b);
    CHECK(b.data() == nullptr);
    CHECK(b.mapped() == 0);
    CHECK(a.data() == data);
    CHECK(c.counting.bytes(verb::release) == c.granularity);
    CHECK(c.counting.bytes(verb::unreserve) == 2 * c.granularity);
    address_range d(std::move(a));
    CHECK_FALSE(a);
    CHECK(c.numbered(d));
    address_range& self = d;
    d = std::move(self);
    CHECK(c.numbered(d));
    b = c.range(1);
    c.map(b, 1);
    CHECK(b.mapped() == c.granularity);
  }
  CHECK(c.counting.balanced());
}
