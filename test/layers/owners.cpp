// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// block and allocation: they own one piece, move, and give it back exactly once.
#include <type_traits>
#include <utility>

#include "memory/block.hpp"

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

using namespace vmm_test;
using vmm::engine::allocation;
using vmm::engine::block;

namespace {

template <class T>
constexpr bool moves_only =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> && std::is_nothrow_move_constructible_v<T> &&
    std::is_nothrow_move_assignable_v<T> && std::is_nothrow_destructible_v<T> && std::is_nothrow_default_constructible_v<T>;
static_assert(moves_only<block>);
static_assert(moves_only<allocation>);

struct counted : bench, own_drivers {
  std::size_t released() const { return counting.calls(verb::release); }
  std::size_t freed() const { return counting.calls(verb::deallocate); }
};

}  // namespace

TEST_CASE("a block owns what it created and releases it once", "[owners]") {
  counted c;
  {
    block none;
    CHECK_FALSE(none);
    CHECK(none.size() == 0);
    CHECK(none.device() == -1);

    block a;
    REQUIRE(block::create(c.failing, 0, 2 * c.granularity, a).ok());
    CHECK(a);
    CHECK(a.size() == 2 * c.granularity);
    CHECK(a.device() == 0);
    const block_handle handle = a.handle();

    block b(std::move(a));
    CHECK_FALSE(a);
    CHECK(a.size() == 0);
    CHECK(b.handle() == handle);
    CHECK(b.size() == 2 * c.granularity);
    CHECK(c.released() == 0);
  }
  CHECK(c.released() == 1);
  CHECK(c.counting.balanced());
}

TEST_CASE("a block that is assigned to releases what it held", "[owners]") {
  counted c;
  {
    block a, b;
    REQUIRE(block::create(c.failing, 0, c.granularity, a).ok());
    REQUIRE(block::create(c.failing, 0, 2 * c.granularity, b).ok());
    const block_handle kept = b.handle();
    a = std::move(b);
    CHECK(c.released() == 1);
    CHECK(c.counting.bytes(verb::release) == c.granularity);
    CHECK(a.handle() == kept);
    CHECK_FALSE(b);

    block& self = a;
    a = std::move(self);
    CHECK(a);
    CHECK(c.released() == 1);

    REQUIRE(block::create(c.failing, 0, 3 * c.granularity, a).ok());
    CHECK(c.released() == 2);
    a = block();
    CHECK(c.released() == 3);
    CHECK_FALSE(a);
  }
  CHECK(c.counting.balanced());
}

TEST_CASE("a refused block changes nothing", "[owners]") {
  counted c;
  {
    block a;
    c.failing.fail(1, verb::create, errc::out_of_memory);
    CHECK(block::create(c.failing, 0, c.granularity, a).code == errc::out_of_memory);
    CHECK_FALSE(a);
    CHECK(c.counting.calls(verb::create) == 0);

    REQUIRE(block::create(c.failing, 0, c.granularity, a).ok());
    const block_handle handle = a.handle();
    c.failing.fail(1, verb::create);
    CHECK(block::create(c.failing, 0, 2 * c.granularity, a).code == errc::failed);
    CHECK(a.handle() == handle);
    CHECK(a.size() == c.granularity);
    CHECK(c.released() == 0);
  }
  CHECK(c.released() == 1);
  CHECK(c.counting.balanced());
}

TEST_CASE("an allocation owns its memory and frees it once", "[owners]") {
  counted c;
  {
    allocation none;
    CHECK_FALSE(none);
    CHECK(none.data() == nullptr);
    CHECK(none.size() == 0);

    allocation a;
    REQUIRE(allocation::create(c.failing, c.order, 1000, a).ok());
    CHECK(a);
    CHECK(a.size() == 1000);
    void* const address = a.data();
    CHECK(upload(c.driver, c.order, address, words(250)).ok());

    allocation b(std::move(a));
    CHECK_FALSE(a);
    CHECK(a.data() == nullptr);
    CHECK(b.data() == address);
    CHECK((fetch<std::uint32_t>(c.driver, c.order, b.data(), 250) == words(250)));

    REQUIRE(allocation::create(c.failing, c.order, 77, a).ok());
    a = std::move(b);
    CHECK(c.freed() == 1);
    CHECK(c.counting.bytes(verb::deallocate) == 77);
    CHECK(a.data() == address);

    allocation& self = a;
    a = std::move(self);
    CHECK(a.data() == address);
    CHECK(c.freed() == 1);
  }
  CHECK(c.freed() == 2);
  CHECK(c.counting.balanced());
}

TEST_CASE("a refused allocation changes nothing", "[owners]") {
  counted c;
  {
    allocation a;
    c.failing.fail(1, verb::allocate, errc::out_of_memory);
    CHECK(allocation::create(c.failing, c.order, 1000, a).code == errc::out_of_memory);
    CHECK_FALSE(a);
    CHECK(c.counting.calls(verb::allocate) == 0);

    REQUIRE(allocation::create(c.failing, c.order, 1000, a).ok());
    void* const address = a.data();
    c.failing.fail(1, verb::allocate);
    CHECK(allocation::create(c.failing, c.order, 2000, a).code == errc::failed);
    CHECK(a.data() == address);
    CHECK(a.size() == 1000);
  }
  CHECK(c.freed() == 1);
  CHECK(c.counting.balanced());
}

TEST_CASE("an allocation is freed in the order of the stream that it follows", "[owners]") {
  struct watching : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept override {
      seen = order.stream.get();
      synchronous = order.synchronous;
      return to_.deallocate(stream_order{order.device, vmm::default_stream(), order.synchronous}, address, bytes);
    }
    CUstream_st* seen = nullptr;
    bool synchronous = true;
  };
  bench b;
  watching w(b.driver);
  int handle = 0;
  auto* const stream = reinterpret_cast<CUstream_st*>(&handle);
  {
    allocation a;
    REQUIRE(allocation::create(w, stream_order{0, vmm::default_stream(), false}, 1000, a).ok());
    a.set_stream(stream);
  }
  CHECK(w.seen == stream);
  CHECK_FALSE(w.synchronous);
}

TEST_CASE("an allocation that a reset has freed is not freed again", "[owners]") {
  struct resettable : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    std::uint64_t now = 1;
    std::uint64_t epoch(int) noexcept override { return now; }
  };
  counted c;
  resettable d(c.failing);
  void* address = nullptr;
  {
    allocation before, after;
    REQUIRE(allocation::create(d, c.order, 1000, before).ok());
    address = before.data();
    d.now = 2;
    REQUIRE(allocation::create(d, c.order, 1000, after).ok());
  }
  CHECK(c.freed() == 1);
  CHECK(c.driver.deallocate(c.order, address, 1000).ok());  // here nothing was reset
}
