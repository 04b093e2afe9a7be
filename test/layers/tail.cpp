// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector that is looked at between pushes: it ends in a block of the host, which every kernel reads and nothing waits
/// to be copied from.
#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "layers/raw_vectors.hpp"
#include "memory/host_block.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

/// A backend of its own with tails, and a raw vector on it beside a std::vector.
template <std::size_t Bytes>
struct tailed {
  tail_driver driver;
  own_backend m;
  twin<Bytes> t;

  explicit tailed(const options& o = {}, bool synchronous = true, hints neighbours = hints::granted)
      : m(neighbours, driver), t(m.make(o, synchronous)) {}

  void push(std::size_t count) { t.push(count, false); }
  /// What everybody sees who has the address, without asking the vector.
  bool seen() { return seen(t.model.size() / Bytes); }
  bool seen(std::size_t count) {
    const auto there = fetch<unsigned char>(backend().get_driver(), t.s.order(), t.s.address(), count * Bytes);
    return std::equal(there.begin(), there.end(), t.model.begin());
  }
  void look() { t.s.expose(); }
  bool in_tail() const { return m.counting.calls(verb::create_host) != 0; }
  /// Looks after each few elements until it ends in a tail.
  void settle_in(std::size_t few = 100) {
    for (int i = 0; i < 200; ++i) {
      const std::size_t before = written();
      push(few), look();
      if (in_tail() && written() == before) return;
    }
    FAIL("it never ended in a tail");
  }
  std::size_t written() const { return m.counting.calls(verb::fill) + m.counting.calls(verb::copy_from_pinned); }
};

options in_range() {
  options o;
  o.small_limit = 0;
  return o;
}

}  // namespace

TEST_CASE("who looks between pushes sees every element when push_back returns, and nothing is sent", "[tail]") {
  for (const options& o : {options{}, in_range(), fixed()}) {
    tailed<4> v(o);
    {
      v.settle_in();
      const std::size_t before = v.written();
      for (int i = 0; i < 1000; ++i) {
        v.push(37);
        v.look();
        if (i % 100 == 0) CHECK(v.seen());
      }
      CHECK(v.written() == before);
      CHECK(v.t.same());
      raw_vector(std::move(v.t.s));
    }
    CHECK(v.m.balanced());
  }
}

TEST_CASE("a full tail becomes device memory at the same address, in blocks as growth makes them", "[tail]") {
  tailed<4> v(in_range());
  v.settle_in();
  const std::byte* const place = v.t.s.data();
  v.push((65_MiB - v.t.s.size()) / 4);
  v.look();
  CHECK(v.seen());
  CHECK(v.t.s.data() == place);
  CHECK(v.m.counting.calls(verb::create_host) == 1);  // the same block again and again
  CHECK(v.m.value.host_blocks().held() == 2_MiB);
  CHECK(v.t.s.capacity() == 66_MiB);
  CHECK(v.t.s.statistics().mapped == 66_MiB);
  CHECK(v.t.s.statistics().growth_steps >= 33);
  CHECK(v.t.s.statistics().growth_time.count() > 0);
  CHECK(v.t.s.statistics().peak_mapped == 96_MiB);                                   // the last 32 MiB were merged
  CHECK(v.m.counting.calls(verb::create) - v.m.counting.calls(verb::release) == 6);  // 2, 2, 4, 8, 16 and 32 MiB
  v.t.s.to_device();
  CHECK(v.seen());
  CHECK(v.t.s.data() == place);
  v.push(1000);
  CHECK(v.t.same());
}

TEST_CASE("elements that do not divide a block lie across its border", "[tail]") {
  tailed<12> v(in_range());
  v.settle_in();
  v.push(5_MiB / 12);
  v.look();
  CHECK(v.seen());
  tailed<100> large(in_range());
  large.settle_in();
  for (int i = 0; i < 300; ++i) large.push(100), large.look();
  CHECK(large.seen());
}

TEST_CASE("a tail takes the place of memory that was reserved, which stays reserved", "[tail]") {
  for (const std::size_t before : {std::size_t{0}, std::size_t{1000}, std::size_t{2_MiB / 4}, std::size_t{5_MiB / 4 + 1}}) {
    INFO(before << " elements before");
    tailed<4> v(in_range());
    reserve(v.t.s, 40_MiB);
    const std::size_t capacity = v.t.s.capacity();
    const std::byte* const place = v.t.s.data();
    v.push(before);
    v.settle_in(10);
    CHECK(v.t.s.capacity() == capacity);
    CHECK(v.seen());
    const std::size_t written = v.written();
    v.push((40_MiB - v.t.s.size()) / 4);
    CHECK(v.t.s.capacity() == capacity);
    CHECK(v.t.s.data() == place);
    CHECK(v.written() == written);
    CHECK(v.seen());
    v.push(1000);
    v.look();
    CHECK(v.seen());
  }
}

TEST_CASE("direct memory keeps its place as long as it suffices", "[tail]") {
  tailed<4> v;
  reserve(v.t.s, 64_KiB);
  v.push(1);
  v.look();
  const std::byte* const place = v.t.s.data();
  while (v.t.s.size() != 64_KiB) v.push(1);
  CHECK(v.t.s.data() == place);
  CHECK_FALSE(v.in_tail());
  v.push(1);
  CHECK(v.in_tail());
  CHECK(v.seen());
}

TEST_CASE("a place that had an element is not stored to while work may read it", "[tail]") {
  tailed<4> v(in_range());
  v.settle_in();
  v.push(1000);
  v.look();
  const std::size_t written = v.written();
  SECTION("cleared: the next ones are staged, in stream order") {
    v.t.cut(0);
    v.t.s.hide();
    v.push(500);
    v.look();
    CHECK(v.written() > written);
    CHECK(v.seen());
  }
  SECTION("cut while the address is known: readers are waited for once, or each goes in stream order") {
    const std::size_t waited = v.m.counting.calls(verb::device_synchronize);
    v.t.cut(v.t.model.size() / 4 - 10);
    v.push(100);
    CHECK((v.written() > written || v.m.counting.calls(verb::device_synchronize) > waited));
    CHECK(v.seen());
  }
  SECTION("written by the device behind the end and taken back") {
    grow(v.t.s, v.t.s.size() + 400);  // as an insertion does that fails afterwards
    v.push(1);
    CHECK(v.seen());
  }
  v.push(5000);
  v.look();
  CHECK(v.seen());
  CHECK(v.t.same());
}

TEST_CASE("whatever moves or gives back memory finds the tail turned", "[tail]") {
  const bool synchronous = GENERATE(true, false);
  {
    tailed<4> v(tight(), synchronous);
    v.settle_in();
    v.push(1000);
    const std::size_t size = v.t.s.size();
    SECTION("reserve") { reserve(v.t.s, 30_MiB); }
    SECTION("growth by a bulk operation") { grow(v.t.s, 30_MiB); }
    SECTION("shrink_to_fit") {
      v.t.s.shrink_to_fit();
      CHECK(v.t.s.capacity() < size + 2_MiB);
    }
    SECTION("to_device") { v.t.s.to_device(); }
    SECTION("a range that is full moves") { v.push(20_MiB / 4); }
    CHECK(v.t.same());
    v.settle_in();
    v.push(1000);
    v.look();
    CHECK(v.seen());
    twin<4> other(v.m.make());
    other.exchange(v.t);
    other.push(1000, false);
    CHECK(other.same());
  }
}

TEST_CASE("a tail that its vector has left goes back to the pool before the range is used again", "[tail]") {
  for (const bool synchronous : {true, false}) {
    tailed<4> v(in_range(), synchronous);
    v.settle_in();
    v.push(10_MiB / 4);
    const std::size_t blocks = v.m.counting.calls(verb::create_host);
    for (int i = 0; i < 5; ++i) {
      v.t.s = v.m.make(in_range(), synchronous);
      v.t.model.clear();
      v.push(1_MiB / 4);
      v.look();
      for (int k = 0; k < 40; ++k) v.push(1);
      v.push(4_MiB / 4);
      v.look();
      CHECK(v.seen());
    }
    CHECK(v.m.counting.calls(verb::create_host) == blocks);
    v.t.s = v.m.make();
    CHECK(v.m.balanced());
  }
}

TEST_CASE("with no host memory allowed, elements go one by one as before", "[tail]") {
  tailed<4> v(in_range());
  v.m.value.host_blocks().set_limit(0);
  v.push(1000), v.look();
  for (int i = 0; i < 100; ++i) v.push(1);
  CHECK_FALSE(v.in_tail());
  CHECK(v.seen());
  SECTION("or is used up") {
    v.m.value.host_blocks().set_limit(2_MiB);
    v.t.s = v.m.make(in_range());  // who was refused tries again later and later
    v.t.model.clear();
    v.settle_in(1);
    twin<4> second(v.m.make(in_range()));
    second.push(1000, false);
    second.s.expose();
    for (int i = 0; i < 100; ++i) second.push(1, false);
    CHECK(second.same());
    CHECK(v.m.value.host_blocks().held() == 2_MiB);
  }
}

TEST_CASE("direct memory of more than a tail moves to device memory, and its end to a tail", "[tail]") {
  options o;
  o.small_limit = 16_MiB;
  tailed<12> v(o);
  reserve(v.t.s, 5_MiB);
  v.push(1), v.look();
  while (v.t.s.size() + 12 <= 5_MiB) v.push(1000 < (5_MiB - v.t.s.size()) / 12 ? 1000 : 1);
  CHECK_FALSE(v.in_tail());
  v.push(1);
  CHECK(v.in_tail());
  CHECK(v.seen());
  v.push(100000), v.look();
  CHECK(v.seen());
}

TEST_CASE("an empty vector gives its tail back where the device is full", "[tail]") {
  tailed<4> v(in_range());
  v.settle_in();
  v.push(3_MiB / 4);
  v.t.cut(0);
  v.t.s.hide();
  v.m.failing.fail(1, verb::create, errc::out_of_memory, true);
  v.t.s.shrink_to_fit();
  CHECK(v.t.s.capacity() == 0);
  v.m.failing.stop();
  CHECK(v.m.balanced());
}

TEST_CASE("who flushes between pushes that never expose goes over as well", "[tail]") {
  tailed<4> v(in_range(), false);
  reserve(v.t.s, 30_MiB);
  for (int i = 0; i < 1000; ++i) v.t.push(1, true), v.t.s.data();
  CHECK(v.in_tail());
  CHECK(v.written() < 40);
  CHECK(v.seen());
}

TEST_CASE("frames that begin anew stay in device memory", "[tail]") {
  tailed<4> v(in_range());
  for (int frame = 0; frame < 100; ++frame) {
    v.t.cut(0);
    v.t.s.hide();
    v.push(1000);
    v.look();
    CHECK(v.seen());
  }
  CHECK_FALSE(v.in_tail());
}

TEST_CASE("a vector with a stream does not wait for the device to take and push its last element", "[tail]") {
  tailed<4> v(in_range(), false);
  v.settle_in();
  const std::size_t waited = v.m.counting.calls(verb::device_synchronize);
  for (int i = 0; i < 100; ++i) {
    v.t.cut(v.t.model.size() / 4 - 1);
    v.push(1);
    v.look();
  }
  CHECK(v.m.counting.calls(verb::device_synchronize) == waited);
  CHECK(v.seen());
}

TEST_CASE("a tail does not follow a size that goes up and down", "[tail]") {
  tailed<4> v(in_range());
  reserve(v.t.s, 40_MiB);
  v.settle_in();
  const std::size_t made = v.m.counting.calls(verb::create);
  for (int i = 0; i < 10; ++i) {
    grow(v.t.s, 30_MiB), v.t.s.set_size(30_MiB);
    v.look();
    const std::uint32_t one = 1;
    v.t.put(&one, false);
    v.t.s.set_size(1000);
    v.look();
    v.t.put(&one, false);
  }
  CHECK(v.m.counting.calls(verb::create) - made < 40);
}

TEST_CASE("a block that a range in the cache holds is used again", "[tail]") {
  tailed<4> v(in_range(), false);
  v.m.value.host_blocks().set_limit(2_MiB);
  v.settle_in();
  { const raw_vector gone(std::move(v.t.s)); }
  twin<4> next(v.m.make(in_range()));
  for (int i = 0; i < 100; ++i) next.push(10, false), next.s.expose();
  CHECK(next.same());
  CHECK(v.m.counting.calls(verb::create_host) == 1);
  CHECK(v.m.value.host_blocks().held() == 2_MiB);
}

TEST_CASE("options::limit holds in a tail", "[tail]") {
  options o = in_range();
  o.limit = 1_MiB;
  tailed<4> v(o);
  v.settle_in();
  v.push((1_MiB - v.t.s.size()) / 4);
  const std::uint32_t one = 1;
  CHECK_THROWS_AS(v.t.put(&one, false), std::length_error);
  CHECK(v.t.same());
  CHECK(v.t.s.capacity() == 1_MiB);
}

TEST_CASE("host blocks are inserted at the end by the CPU, whatever their size", "[tail]") {
  tailed<4> v(in_range());
  v.settle_in();
  const std::size_t written = v.written(), copied = v.m.counting.calls(verb::copy);
  for (std::size_t count : {1, 250, 16384, 262144, 250, 262144, 262144, 1}) {
    const std::vector<unsigned char> block = v.t.fresh(count);
    insert(v.t.s, v.t.s.size(), block.data(), block.size());
    v.t.model.insert(v.t.model.end(), block.begin(), block.end());
    CHECK(v.seen());
  }
  CHECK(v.written() == written);
  CHECK(v.m.counting.calls(verb::copy) - copied <= 2 + 8);  // tails that were full, and what the checks have read
  const std::vector<unsigned char> large = v.t.fresh(1_MiB);
  insert(v.t.s, v.t.s.size(), large.data(), large.size());
  v.t.model.insert(v.t.model.end(), large.begin(), large.end());
  v.push(100);
  CHECK(v.t.same());
}

TEST_CASE("threads that look at once map again what could not be mapped", "[tail]") {
  for (std::size_t nth = 1; nth < 6; ++nth) {  // of one of them the old block is not mapped again either
    tailed<4> v(in_range());
    v.settle_in();
    v.m.failing.fail(nth, verb::map, errc::failed, true);
    try {
      v.push(5_MiB / 4);
    } catch (const std::exception&) {
    }
    CHECK(v.m.failing.fired());
    v.m.failing.stop();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&v] { v.look(); });
    for (std::thread& t : threads) t.join();
    CHECK(v.t.s.size() == v.t.model.size());
    CHECK(v.seen());
  }
}

TEST_CASE("a tail whose contents could not be copied keeps them, even if it cannot be mapped again just then", "[tail]") {
  std::size_t fired = 0;
  for (const bool persistent : {false, true})
    for (std::size_t nth = 1; nth < 40; ++nth) {
      tailed<4> v(in_range());
      v.settle_in();
      v.push((2_MiB - v.t.s.size()) / 4);
      v.m.failing.fail(nth, verb::any, errc::failed, persistent);
      try {
        v.t.s.to_device();
      } catch (const std::exception&) {
      }
      fired += v.m.failing.fired() ? 1 : 0;
      v.m.failing.stop();
      INFO("call " << nth);
      v.look();
      CHECK(v.seen());
      v.push(100);
      CHECK(v.t.same());
    }
  CHECK(fired > 12);
}

TEST_CASE("a tail turns or stays whole where unmapping is refused", "[tail]") {
  std::size_t threw = 0;
  for (std::size_t nth = 1; nth < 4; ++nth) {
    tailed<4> v(in_range());
    v.settle_in();
    v.push((2_MiB - v.t.s.size()) / 4);
    v.m.failing.fail(nth, verb::unmap, errc::failed);
    try {
      v.t.s.to_device();
    } catch (const vmm::error&) {
      ++threw;
    }
    v.m.failing.stop();
    INFO("call " << nth);
    CHECK(v.seen());
    v.t.s.to_device();
    v.push(100);
    CHECK(v.t.same());
  }
  CHECK(threw > 0);
}

namespace {

struct way {
  const char* name;
  void (*run)(tailed<12>&);
};
const way ways[] = {
    {"going over from direct memory",
     [](tailed<12>& v) {
       for (int i = 0; i < 30; ++i) v.push(20), v.look();
     }},
    {"going over in a range",
     [](tailed<12>& v) {
       reserve(v.t.s, 12_MiB);
       v.push(1000), v.look();
       for (int i = 0; i < 40; ++i) v.push(1);
     }},
    {"turning full tails", [](tailed<12>& v) { v.settle_in(), v.push(10_MiB / 12); }},
    {"to_device", [](tailed<12>& v) { v.settle_in(), v.t.s.to_device(); }},
    {"shrink_to_fit", [](tailed<12>& v) { v.settle_in(), v.t.s.shrink_to_fit(); }},
    {"reserve", [](tailed<12>& v) { v.settle_in(), reserve(v.t.s, 20_MiB); }},
};

}  // namespace

TEST_CASE("whatever call is refused, no element of a tail is lost and nothing leaks", "[tail]") {
  for (const way& w : ways)
    for (const errc code : {errc::out_of_memory, errc::failed})
      for (const bool persistent : {false, true}) {
        INFO(w.name << ", " << vmm::to_string(code) << (persistent ? ", from then on" : ""));
        std::size_t fired = 0;
        for (std::size_t nth = 1; nth < 4000; nth += 1 + nth / 8) {
          tailed<12> v;
          v.m.failing.fail(nth, verb::any, code, persistent);
          const bool threw = [&] {
            try {
              w.run(v);
              return false;
            } catch (const std::exception&) {
              return true;
            }
          }();
          const bool refused = v.m.failing.fired();
          v.m.failing.stop();
          INFO("call " << nth << (threw ? ", threw" : ""));
          // What was pushed is there; of the last push all, or none where it threw.
          CHECK(v.t.s.size() >= v.t.model.size());
          if (!persistent && v.t.model.size() > 1_MiB) CHECK(v.seen(1_MiB / 12));  // mapped, also without asking the vector
          v.t.s.set_size(v.t.model.size());
          CHECK(v.t.same());
          v.push(100), v.look();
          CHECK(v.t.same());
          { const raw_vector gone(std::move(v.t.s)); }
          CHECK(v.m.balanced());
          if (!refused) break;
          ++fired;
        }
        CHECK(fired > 0);
      }
}
