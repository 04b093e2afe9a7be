// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Staged elements when the backend refuses, under pressure for buffers, and in long random histories.
#include <algorithm>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

using words_twin = twin<4>;

struct way {
  const char* name;
  options how;
  std::function<void(words_twin&)> before, act;
  bool synchronous = true;
};

std::vector<way> ways() {
  const auto pushed = [](std::size_t n) { return [n](words_twin& t) { t.push(n); }; };
  const auto some = [](std::size_t n) { return [n](words_twin& t) { t.push_some(n); }; };
  const auto roomy = [](std::size_t n) { return [n](words_twin& t) { reserve(t.s, 1_MiB), t.push(n); }; };
  const auto flush = [](words_twin& t) { t.s.flush(); };
  const auto full = [](words_twin& t) { t.push_some(4_MiB / 4 - 5), t.s.flush(), t.push(5); };
  const auto shown = [](words_twin& t) { reserve(t.s, 1_MiB), t.push(10), t.s.expose(), t.push(5); };
  const auto through = [](words_twin& t) { t.push(1, false); };
  return {{"the first push", {}, [](words_twin&) {}, pushed(1)},
          {"a first push with room", {}, roomy(0), pushed(1)},
          {"a full small buffer", {}, roomy(2048), pushed(1)},
          {"a full small buffer, in stream order", {}, roomy(2048), pushed(1), false},
          {"growth of direct memory", {}, [](words_twin& t) { t.push(20), t.s.flush(), t.push(12); }, pushed(1)},
          {"growth with everything staged", {}, pushed(32), pushed(1)},
          {"promotion", {}, [](words_twin& t) { t.push(1_MiB / 4 - 5), t.s.flush(), t.push(5); }, pushed(1)},
          {"relocation", tight(), full, pushed(1)},
          {"write-through", {}, shown, through},
          {"write-through, in stream order", {}, shown, through, false},
          {"flush", {}, roomy(10), flush},
          {"flush, in stream order", {}, roomy(10), flush, false},
          {"flush of a buffer behind others", {}, roomy(5000), flush},
          {"several into a first buffer", {}, roomy(0), some(50)},
          {"several over many buffers", {}, roomy(10), some(190000)},
          {"several over many buffers, in stream order", {}, roomy(10), some(190000), false},
          {"several with growth", {}, pushed(10), some(190000)},
          {"several with relocation", tight(), full, some(200000)},
          {"shrink_to_fit", {}, roomy(10), [](words_twin& t) { t.s.shrink_to_fit(); }}};
}

outcome refuse(const way& w, const refusal& r) {
  staged_driver staged;
  own_backend m(hints::elsewhere, staged);
  outcome answer{};
  {
    words_twin t(m.make(w.how, w.synchronous));
    w.before(t);
    const std::size_t size = t.s.size();
    answer = while_refused(m.failing, r, [&] { return throws([&] { w.act(t); }); });
    CHECK(t.s.size() == t.model.size());
    if (answer.threw) CHECK(t.s.size() == size);
    if (r.nth % 2 == 0) CHECK(t.same());  // or else only after further elements
    CHECK_NOTHROW(w.act(t));
    CHECK_NOTHROW(t.push(3));
    CHECK_NOTHROW(t.push(1, false));
    CHECK_NOTHROW(t.push_some(3000));
    CHECK_NOTHROW(t.s.flush());
    CHECK(t.same());
  }
  CHECK(m.balanced());
  CHECK(m.value.statistics().pinned == 0);
  CHECK(m.value.statistics().mapped == 0);
  return answer;
}

}  // namespace

TEST_CASE("whichever call is refused, staged elements are kept and no element is half added", "[refusals]") {
  refuse_each_call(ways(), {errc::failed, errc::out_of_memory}, 200, refuse);
}

TEST_CASE("a refused flush is an error that names the call, and is tried again", "[refusals]") {
  for (bool synchronous : {true, false}) {
    staged_driver staged;
    own_backend m(hints::granted, staged);
    words_twin t(m.make({}, synchronous));
    t.push(10);
    for (int again = 0; again < 3; ++again) {
      m.failing.fail(1, verb::copy_from_pinned, errc::device_lost);
      try {
        t.s.flush();
        FAIL("not refused");
      } catch (const vmm::error& e) {
        CHECK(e.code() == errc::device_lost);
        CHECK(std::string(e.what()).find("failing_driver") != std::string::npos);
        CHECK(std::string(e.what()).find("40 B") != std::string::npos);
      }
      t.push(0);
      CHECK(t.s.size() == 40);
      CHECK_THROWS_AS((m.failing.fail(1, verb::copy_from_pinned), t.s.data()), vmm::error);
      CHECK_THROWS_AS((m.failing.fail(1, verb::copy_from_pinned), t.s.expose()), vmm::error);
      CHECK_FALSE(t.s.is_exposed());
    }
    t.push(3);
    CHECK(t.same());
  }
}

TEST_CASE("out of memory with elements staged adds nothing and keeps them", "[refusals]") {
  for (bool fixed_address : {true, false}) {
    small_driver small(16_MiB);
    staged_driver staged(small);
    own_backend m(hints::elsewhere, staged);
    {
      options o;
      o.fixed_address = fixed_address;
      twin<1000> t(m.make(o));
      bool refused = false;
      while (!refused) {
        REQUIRE(t.s.size() <= 16_MiB);
        try {
          t.push();
        } catch (const vmm::out_of_memory&) {
          refused = true;
        }
      }
      const std::size_t size = t.s.size();
      CHECK(size == t.model.size());
      CHECK(size > 12_MiB);
      CHECK(m.counting.bytes(verb::copy_from_pinned) < size);  // there are staged ones
      CHECK_THROWS_AS(t.push(), vmm::out_of_memory);
      CHECK_THROWS_AS(t.push_some(20000), vmm::out_of_memory);
      CHECK(t.s.size() == size);
      CHECK(m.counting.bytes(verb::copy_from_pinned) < size);
      CHECK(t.same());
      CHECK_THROWS_AS(t.push(), vmm::out_of_memory);
      t.cut(size / 1000 - 10);
      t.push(10);
      CHECK_THROWS_AS(t.push(), vmm::out_of_memory);
      CHECK(t.same());
    }
    CHECK(m.balanced());
  }
}

TEST_CASE("with few buffers, and copies under way, elements still arrive in order", "[staging]") {
  for (std::size_t count : {1, 4, 5})
    for (bool synchronous : {true, false}) {
      order_driver order;
      staged_driver staged(order);
      own_backend m(hints::granted, staged);
      m.value.set_staging(8_KiB, count);
      {
        std::vector<twin<12>> many;
        for (std::uint32_t i = 0; i < 150; ++i) {
          many.emplace_back(m.make({}, synchronous));
          many.back().next = i;
        }
        for (int round = 0; round < 40; ++round)
          for (twin<12>& t : many) t.push(17);
        CHECK(m.value.statistics().pinned <= count * 8_KiB);
        std::size_t wrong = 0;
        for (const twin<12>& t : many) wrong += !t.same();
        CHECK(wrong == 0);
        if (!synchronous) CHECK(order.awaited == 0);
      }
      CHECK(m.balanced());
      CHECK(m.value.statistics().pinned == 0);
    }
}

TEST_CASE("long random histories of two storages lose no element", "[staging]") {
  for (unsigned seed = 0; seed < 24; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    order_driver order;
    staged_driver staged(order);
    own_backend m(seed % 2 == 0 ? hints::granted : hints::elsewhere, staged);
    if (seed % 3 == 1) m.value.set_staging(8_KiB, 8);
    if (seed % 3 == 2) m.value.set_staging(64_KiB, 4);
    {
      options o;
      o.small_limit = seed % 4 == 0 ? 1_MiB : 4_KiB;
      o.initial_reservation = seed % 8 < 4 ? 0 : 2_MiB;
      twin<12> a(m.make(o, seed % 5 != 0)), b(m.make(o, seed % 5 != 0));
      std::size_t different = 0;
      for (int step = 0; step < 300; ++step) {
        const std::size_t n = random() % (step % 10 == 0 ? 20000 : 300), size = a.model.size() / 12;
        switch (random() % 13) {
          case 0:
            a.push(n, random() % 2 == 0);
            break;
          case 1:
            a.push_some(n);
            break;
          case 2:
            a.push(n / 10);
            break;
          case 3:
            a.cut(size - (std::min)(size, n));
            break;
          case 4:
            a.s.flush();
            break;
          case 5:
            a.s.expose();
            break;
          case 6:
            a.exchange(b);
            break;
          case 7:
            a.s.shrink_to_fit();
            break;
          case 8:
            reserve(a.s, (size + n) * 12);
            break;
          case 9:
            different += !a.same();
            break;
          case 10:
            a.cut(random() % 8 == 0 ? 0 : size / 2);
            break;
          case 11:
            order.reach();
            break;
          case 12:
            m.value.unpin();
            break;
        }
        REQUIRE(a.s.size() == a.model.size());
      }
      CHECK(different == 0);
      CHECK(a.same());
      CHECK(b.same());
    }
    CHECK(m.balanced());
  }
}
