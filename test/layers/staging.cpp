// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::pinned_buffer_pool by itself: two sizes of pinned buffers, a bound on all of them, and none in use while it is copied.
#include "memory/event.hpp"
#include "transfer/pinned_buffer_pool.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

using namespace vmm_test;
using vmm::engine::event;
using vmm::engine::pinned_buffer;
using vmm::engine::pinned_buffer_pool;

namespace {

const stream_order in_order{0, vmm::default_stream(), false};

/// A set of buffers on a backend whose copies are done when told so.
struct alone {
  order_driver order;
  counting_driver counting{order};
  failing_driver failing{counting};
  pinned_buffer_pool set{failing};

  explicit alone(std::size_t bytes, std::size_t count) { set.configure(bytes, count); }
  void give_back_unread(pinned_buffer& l) {
    event sent;
    l.set_last_copy(vmm::engine::completion::unknown, 0);
    if (event::record(failing, in_order, sent).ok()) l.set_last_copy(vmm::engine::completion::in_flight, 0);
    l.release(std::move(sent));
  }
};

std::vector<pinned_buffer> take_all(pinned_buffer_pool& s, bool large) {
  std::vector<pinned_buffer> all;
  for (pinned_buffer l = s.acquire(1, large); l; l = s.acquire(1, large)) all.push_back(std::move(l));
  return all;
}

bool balanced(const counting_driver& c) { return c.balanced() && c.calls(verb::pin) == c.calls(verb::unpin); }

}  // namespace

TEST_CASE("staging buffers come in two sizes, aligned, apart from each other and never more than allowed", "[staging]") {
  counting_driver counting(backend().get_driver());
  for (bool large_first : {false, true}) {
    pinned_buffer_pool s(counting);
    s.configure(64_KiB, 8);
    CHECK(s.pinned() == 0);
    std::vector<pinned_buffer> all;
    for (bool large = large_first;; large = !large) {
      pinned_buffer l = s.acquire(1, large);
      if (!l) break;
      REQUIRE(s.pinned() <= 512_KiB);
      if (all.size() < 8) CHECK(l.size() == (large ? 64_KiB : 2_KiB));  // while there is room for either
      CHECK(reinterpret_cast<std::uintptr_t>(l.data()) % 256 == 0);
      std::memset(l.data(), static_cast<int>(all.size() % 251), l.size());
      all.push_back(std::move(l));
    }
    CHECK(all.size() == 4 + 128);
    CHECK(s.pinned() == 512_KiB);
    std::size_t damaged = 0, bytes = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      bytes += all[i].size();
      const auto value = static_cast<std::byte>(i % 251);
      damaged += std::count(all[i].data(), all[i].data() + all[i].size(), value) != static_cast<long>(all[i].size());
    }
    CHECK(damaged == 0);
    CHECK(bytes == 512_KiB);
    CHECK_FALSE(s.acquire(1, false));
    CHECK_FALSE(s.acquire(1, true));
    all.clear();
    CHECK(take_all(s, true).size() == 4 + 128);
    CHECK(s.pinned() == 512_KiB);
  }
  CHECK(counting.calls(verb::pin) == 4);
  CHECK(balanced(counting));
}

TEST_CASE("as many staging buffers as were asked for can be had, be they few or odd in number", "[staging]") {
  for (std::size_t count : {1, 2, 3, 5, 7, 64}) {
    INFO(count << " buffers");
    counting_driver counting(backend().get_driver());
    {
      pinned_buffer_pool s(counting);
      s.configure(16_KiB, count);
      const std::vector<pinned_buffer> all = take_all(s, true);
      CHECK(all.size() == count);
      CHECK(s.pinned() == count * 16_KiB);
    }
    CHECK(balanced(counting));
  }
}

TEST_CASE("staging buffers of an odd size are rounded down, so that they stay aligned and within the bound", "[staging]") {
  counting_driver counting(backend().get_driver());
  pinned_buffer_pool s(counting);
  s.configure(100000, 8);
  for (bool large : {true, false})
    for (const pinned_buffer& l : take_all(s, large)) {
      CHECK(l.size() % 256 == 0);
      CHECK(reinterpret_cast<std::uintptr_t>(l.data()) % 256 == 0);
    }
  CHECK(s.pinned() != 0);
  CHECK(s.pinned() <= 800000);
}

TEST_CASE("numbers that overflow are no bound and no error", "[staging]") {
  counting_driver counting(backend().get_driver());
  pinned_buffer_pool s(counting);
  s.configure(64_KiB, static_cast<std::size_t>(-1));
  CHECK(s.acquire(1, true));
  CHECK(s.acquire(1, false));
  s.configure(static_cast<std::size_t>(-1), 1);
  CHECK(s.acquire(1, true));  // of those that are pinned already
  s.trim();
  CHECK(s.pinned() == 0);
}

TEST_CASE("a buffer that is still copied from is passed over, and nobody waits for it", "[staging]") {
  alone a(8_KiB, 8);
  std::vector<pinned_buffer> held;
  for (int i = 0; i < 4; ++i) held.push_back(a.set.acquire(1, true));
  const std::byte* const first = held[0].data();
  const std::byte* const second = held[1].data();
  CHECK(a.set.pinned() == 32_KiB);
  a.give_back_unread(held[0]);
  a.give_back_unread(held[1]);
  CHECK_FALSE(held[0]);
  for (int i = 0; i < 4; ++i) {
    held.push_back(a.set.acquire(1, true));
    CHECK(held.back().data() != first);
    CHECK(held.back().data() != second);
  }
  CHECK(a.set.pinned() == 64_KiB);
  CHECK(a.order.awaited == 0);
  CHECK_FALSE(a.set.acquire(1, true));
  a.order.reach();
  const pinned_buffer next = a.set.acquire(1, true), last = a.set.acquire(1, true);
  REQUIRE((next && last));
  CHECK((next.data() == first ? last.data() == second : next.data() == second && last.data() == first));
  CHECK(a.order.awaited == 0);
  CHECK_FALSE(a.set.acquire(1, true));
  CHECK(a.counting.calls(verb::pin) == 2);
}

TEST_CASE("a buffer whose copy is done is lent again before more is pinned", "[staging]") {
  alone a(8_KiB, 8);
  std::vector<pinned_buffer> held = [&] {
    std::vector<pinned_buffer> four;
    for (int i = 0; i < 4; ++i) four.push_back(a.set.acquire(1, true));
    return four;
  }();
  const std::byte* const place = held[2].data();
  a.give_back_unread(held[2]);
  a.order.reach();
  held.push_back(a.set.acquire(1, true));
  CHECK(held.back().data() == place);
  CHECK(a.set.pinned() == 32_KiB);
  CHECK(a.order.awaited == 0);
  held.pop_back();  // given back by its destructor, with nothing to wait for
  CHECK(a.set.acquire(1, true).data() == place);
}

TEST_CASE("a buffer of which nobody can say whether it was copied is not lent", "[staging]") {
  alone a(8_KiB, 4);
  std::vector<pinned_buffer> held = take_all(a.set, true);
  for (pinned_buffer& l : held) a.give_back_unread(l);
  a.order.reach();
  a.failing.fail(1, verb::is_complete, errc::device_lost, true);
  CHECK_FALSE(a.set.acquire(1, true));
  CHECK_FALSE(a.set.acquire(1, false));
  a.failing.stop();
  CHECK(a.set.acquire(1, true));
}

TEST_CASE("buffers of a stream that stands still do not hide the others'", "[staging]") {
  alone a(8_KiB, 16);
  std::vector<pinned_buffer> held = take_all(a.set, true);
  REQUIRE(held.size() == 16);
  const std::byte* const free_one = held.back().data();
  for (std::size_t i = 0; i + 1 < held.size(); ++i) a.give_back_unread(held[i]);
  held.back() = pinned_buffer();
  pinned_buffer found;
  for (int attempt = 0; attempt < 3 && !found; ++attempt) found = a.set.acquire(1, true);
  REQUIRE(found);
  CHECK(found.data() == free_one);
  CHECK(a.order.awaited == 0);
}

TEST_CASE("a buffer that is too small is not lent", "[staging]") {
  alone a(8_KiB, 8);
  CHECK(a.set.acquire(1, true));
  a.set.configure(64_KiB, 8);
  const pinned_buffer l = a.set.acquire(10_KiB, true);
  REQUIRE(l);
  CHECK(l.size() >= 10_KiB);
  CHECK_FALSE(a.set.acquire(65_KiB, true));
}

TEST_CASE("no buffers, or a size of nothing: no buffer, and nothing is asked of the backend", "[staging]") {
  for (const auto& none : {std::pair<std::size_t, std::size_t>{0, 64}, {256_KiB, 0}, {0, 0}}) {
    alone a(none.first, none.second);
    CHECK_FALSE(a.set.acquire(1, false));
    CHECK_FALSE(a.set.acquire(1, true));
    CHECK(a.set.pinned() == 0);
    CHECK(a.counting.calls(verb::pin) == 0);
    a.set.configure(64_KiB, 8);
    CHECK(a.set.acquire(1, true));
    CHECK(a.set.pinned() <= 512_KiB);
    a.set.configure(none.first, none.second);
    CHECK_FALSE(a.set.acquire(1, true));
    CHECK(a.set.pinned() != 0);  // until trim
    a.set.trim();
    CHECK(a.set.pinned() == 0);
  }
}

TEST_CASE("where pinning is refused there is a buffer of the other size, or none", "[staging]") {
  for (errc code : {errc::failed, errc::out_of_memory}) {
    alone a(64_KiB, 16);
    a.failing.fail(1, verb::pin, code, true);
    CHECK_FALSE(a.set.acquire(1, false));
    CHECK_FALSE(a.set.acquire(1, true));
    CHECK(a.set.pinned() == 0);
    a.failing.stop();
    const pinned_buffer small = a.set.acquire(1, false);
    REQUIRE(small);
    a.failing.fail(1, verb::pin, code, true);
    const pinned_buffer instead = a.set.acquire(1, true);
    REQUIRE(instead);
    CHECK(instead.size() == 2_KiB);
    a.failing.stop();
    const pinned_buffer large = a.set.acquire(1, true);
    CHECK(large.size() == 64_KiB);
    a.failing.fail(1, verb::pin, code, true);
    CHECK(take_all(a.set, false).size() == 126 + 3);
    a.failing.stop();
  }
}

TEST_CASE("trim unpins what is not lent, and waits for copies under way", "[staging]") {
  alone a(64_KiB, 16);
  {
    pinned_buffer small = a.set.acquire(1, false), large = a.set.acquire(1, true);
    CHECK(a.set.pinned() == 512_KiB);
    a.set.trim();
    CHECK(a.set.pinned() == 512_KiB);
    a.give_back_unread(large);
    a.set.trim();
    CHECK(a.set.pinned() == 256_KiB);
    CHECK(a.order.awaited == 1);
    CHECK(a.counting.calls(verb::unpin) == 1);
    std::memset(small.data(), 1, small.size());
    CHECK(a.set.acquire(1, true));
    CHECK(a.set.acquire(1, false).data() != small.data());
    a.set.trim();
    CHECK(a.set.pinned() == 256_KiB);
  }
  a.set.trim();
  CHECK(a.set.pinned() == 0);
  CHECK(balanced(a.counting));
  CHECK(a.set.acquire(1, false));
  a.set.trim();
  a.set.trim();
  CHECK(balanced(a.counting));
}

TEST_CASE("trim keeps buffers whose copies cannot be waited for", "[staging]") {
  alone a(64_KiB, 8);
  for (bool large : {false, true}) {
    for (const bool recorded : {true, false}) {
      pinned_buffer l = a.set.acquire(1, large);
      std::byte* const data = l.data();
      a.failing.fail(1, verb::any, errc::failed, true);
      if (recorded) a.failing.stop();
      a.give_back_unread(l);
      if (!recorded) {
        a.failing.stop();
        pinned_buffer other = a.set.acquire(1, large);
        CHECK(other.data() != data);
      }
      a.failing.fail(1, verb::any, errc::failed, true);
      const std::size_t pinned = a.set.pinned(), drained = a.order.drained.size();
      a.set.trim();
      CHECK(a.set.pinned() == pinned);
      a.failing.stop();
      a.set.trim();
      CHECK(a.set.pinned() == 0);
      CHECK((a.order.drained.size() != drained) != recorded);
    }
  }
  CHECK(balanced(a.counting));
}

TEST_CASE("buffers are unpinned once their device is lost, and at the latest when the set goes", "[staging]") {
  order_driver order;
  counting_driver counting(order);
  failing_driver failing(counting);
  for (const errc why : {errc::device_lost, errc::failed}) {
    {
      pinned_buffer_pool set(failing);
      set.configure(64_KiB, 8);
      pinned_buffer l = set.acquire(1, true);
      l.set_last_copy(vmm::engine::completion::unknown, 0);
      l.release({});
      failing.fail(1, verb::any, why, true);
      set.trim();
      CHECK((set.pinned() == 0) == (why == errc::device_lost));
    }
    failing.stop();
    CHECK(balanced(counting));
  }
}

TEST_CASE("leases move, and the last owner gives the buffer back once", "[staging]") {
  alone a(8_KiB, 4);
  pinned_buffer x = a.set.acquire(1, true), y;
  const std::byte* const first = x.data();
  y = std::move(x);
  CHECK_FALSE(x);
  CHECK(y.data() == first);
  pinned_buffer z = a.set.acquire(1, true);
  const std::byte* const second = z.data();
  y.swap(z);
  CHECK(y.data() == second);
  CHECK(z.data() == first);
  z = std::move(y);  // the first goes back
  CHECK(z.data() == second);
  z.release({});
  z.release({});
  CHECK_FALSE(z);
  CHECK(take_all(a.set, true).size() == 4);
  a.set.trim();
  CHECK(balanced(a.counting));
}

TEST_CASE("several threads take and give: nobody shares a buffer, and the bound holds", "[staging]") {
  counting_driver counting(backend().get_driver());
  {
    pinned_buffer_pool s(counting);
    s.configure(16_KiB, 12);
    std::atomic<std::size_t> shared{0}, over{0}, lent{0};
    std::vector<std::thread> threads;
    for (unsigned id = 0; id < 4; ++id)
      threads.emplace_back([&, id] {
        std::mt19937 random(id);
        std::vector<pinned_buffer> mine;
        for (int i = 0; i < 3000; ++i) {
          if (pinned_buffer l = s.acquire(1, random() % 2 == 0)) {
            ++lent;
            std::memset(l.data(), static_cast<int>(id), l.size());
            mine.push_back(std::move(l));
          }
          over += s.pinned() > 192_KiB;
          if (random() % 100 == 0) s.trim();
          while (mine.size() > random() % 8) {
            pinned_buffer& l = mine[random() % mine.size()];
            for (std::size_t k = 0; k < l.size(); k += 128) shared += l.data()[k] != static_cast<std::byte>(id);
            event sent;
            if (random() % 2 == 0) event::record(counting, in_order, sent);
            l.release(std::move(sent));
            std::swap(l, mine.back());
            mine.pop_back();
          }
        }
      });
    for (std::thread& t : threads) t.join();
    CHECK(lent > 6000);
    CHECK(shared == 0);
    CHECK(over == 0);
    CHECK(s.pinned() <= 192_KiB);
  }
  CHECK(balanced(counting));
}
