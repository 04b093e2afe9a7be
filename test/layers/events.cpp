// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The contract of src/driver/driver.hpp on events: order between streams, and knowing when work is done.
#include <algorithm>
#include <vector>

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

using namespace vmm_test;

namespace {

/// Device 0, on each stream that every backend has.
std::vector<stream_order> orders() { return {{0, vmm::default_stream(), true}, {0, legacy, false}, {0, per_thread, false}}; }

bool is_reached(driver& d, event_handle event) {
  bool answer = false;
  REQUIRE(d.is_complete(event, answer).ok());
  return answer;
}

struct direct_memory : bench {
  explicit direct_memory(std::size_t bytes) : size(bytes) { driver.allocate(order, size, address); }
  ~direct_memory() { driver.deallocate(order, address, size); }
  std::size_t size;
  void* address = nullptr;
};

}  // namespace

TEST_CASE("an event is reached once it was awaited, on every kind of order", "[driver]") {
  direct_memory r(32_MiB);
  REQUIRE(r.address != nullptr);
  driver& d = r.driver;
  for (const stream_order& q : orders()) {
    const std::uint32_t seven = 7;
    REQUIRE(d.fill(q, r.address, &seven, sizeof seven, r.size / sizeof seven).ok());
    if (q.synchronous) REQUIRE(d.stream_synchronize(q).ok());  // as the contract asks
    event_handle event = 0;
    REQUIRE(d.record(q, event).ok());
    CHECK(d.event_synchronize(event).ok());
    CHECK(is_reached(d, event));
    CHECK(d.event_synchronize(event).ok());
    CHECK(is_reached(d, event));
    d.destroy_event(event);
  }
}

TEST_CASE("the event of a synchronous order is reached at once, and stays so", "[driver]") {
  bench b;
  REQUIRE(b.order.synchronous);
  event_handle event = 0;
  REQUIRE(b.driver.record(b.order, event).ok());
  CHECK(is_reached(b.driver, event));
  CHECK(b.driver.event_synchronize(event).ok());
  b.driver.destroy_event(event);
}

TEST_CASE("an event is reached after its order, or its device, was waited for", "[driver]") {
  direct_memory r(32_MiB);
  REQUIRE(r.address != nullptr);
  driver& d = r.driver;
  const unsigned char mark = 3;
  for (const stream_order& q : orders())
    for (bool device : {false, true}) {
      if (q.synchronous) continue;
      REQUIRE(d.fill(q, r.address, &mark, 1, r.size).ok());
      event_handle event = 0;
      REQUIRE(d.record(q, event).ok());
      CHECK((device ? d.device_synchronize(0) : d.stream_synchronize(q)).ok());
      CHECK(is_reached(d, event));
      d.destroy_event(event);
    }
}

TEST_CASE("what follows an event comes after the work that it stands for", "[driver]") {
  const std::size_t bytes = VMM_ON_CUDA ? 256_MiB : 8_MiB, n = bytes / sizeof(std::uint32_t);
  direct_memory from(bytes), to(bytes);
  REQUIRE(from.address != nullptr);
  REQUIRE(to.address != nullptr);
  driver& d = from.driver;
  std::uint32_t mark = 1;
  for (const stream_order& before : orders())
    for (const stream_order& after : orders()) {
      ++mark;
      for (int round = 0; round < 3; ++round)  // long enough on a GPU to be overtaken without an order
        REQUIRE(d.fill(before, from.address, &mark, sizeof mark, n).ok());
      event_handle event = 0;
      if (before.synchronous) REQUIRE(d.stream_synchronize(before).ok());  // as the contract asks
      REQUIRE(d.record(before, event).ok());
      REQUIRE(d.stream_wait_event(after, event).ok());
      d.destroy_event(event);  // following does not need it any longer
      REQUIRE(d.copy(after, to.address, from.address, bytes).ok());
      const std::vector<std::uint32_t> last =
          fetch<std::uint32_t>(d, after, static_cast<std::uint32_t*>(to.address) + n - 1000, 1000);
      CHECK((last == std::vector<std::uint32_t>(1000, mark)));
      REQUIRE(d.device_synchronize(0).ok());
    }
}

TEST_CASE("an event may be followed by many orders, or by none", "[driver]") {
  bench b;
  event_handle event = 0;
  REQUIRE(b.driver.record(orders().back(), event).ok());
  for (const stream_order& q : orders()) CHECK(b.driver.stream_wait_event(q, event).ok());
  for (const stream_order& q : orders()) CHECK(b.driver.stream_wait_event(q, event).ok());
  b.driver.destroy_event(event);
  REQUIRE(b.driver.record(orders().back(), event).ok());
  b.driver.destroy_event(event);
  CHECK(b.driver.device_synchronize(0).ok());
}

TEST_CASE("many events live at once and are forgotten in any order", "[driver]") {
  bench b;
  std::vector<event_handle> events;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      event_handle event = 0;
      REQUIRE(b.driver.record(orders()[static_cast<std::size_t>(i) % 3], event).ok());
      events.push_back(event);
    }
    for (event_handle e : events) REQUIRE(b.driver.event_synchronize(e).ok());
    for (event_handle e : events) REQUIRE(is_reached(b.driver, e));
    if (round % 2 == 0) std::reverse(events.begin(), events.end());
    const std::size_t keep = round == 2 ? 0 : events.size() / 2;
    for (; events.size() > keep; events.pop_back()) b.driver.destroy_event(events.back());
  }
}
