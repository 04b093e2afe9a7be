// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector with elements that wait in a staging buffer: when they reach the memory, and that none is lost.
#include "transfer/pinned_buffer_pool.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

constexpr std::uint32_t blank = 0xeeeeeeee;

/// A backend of its own that stages, and a raw vector of words on it with room for `room` that read as blank.
struct words_staged {
  staged_driver staged;
  own_backend m;
  twin<4> t;
  const std::byte* memory;

  explicit words_staged(std::size_t room, bool synchronous = true, hints neighbours = hints::granted)
      : m(neighbours, staged), t(m.make(fixed(), synchronous)) {
    reserve(t.s, room * 4);
    fill(t.s, 0, &blank, 4, room);
    memory = t.s.data();
  }
  /// How many of the elements the memory shows, without asking the vector.
  std::size_t arrived() {
    const auto seen = fetch<unsigned char>(backend().get_driver(), t.s.order(), memory, t.model.size());
    return static_cast<std::size_t>(std::mismatch(seen.begin(), seen.end(), t.model.begin()).first - seen.begin()) / 4;
  }
  std::size_t touched() const {
    return m.counting.calls(verb::copy_from_pinned) + m.counting.calls(verb::copy) + m.counting.calls(verb::fill);
  }
};

std::vector<std::pair<const char*, options>> homes() {
  options promoted;
  promoted.small_limit = 64_KiB;
  options short_range = tight();
  short_range.small_limit = 0;
  return {{"direct memory", {}}, {"promoted", promoted}, {"fixed address", fixed()}, {"a range that moves", short_range}};
}

template <std::size_t Bytes>
void check_size(std::size_t total) {
  for (const auto& home : homes()) {
    INFO(Bytes << " bytes in " << home.first);
    staged_driver d;
    own_backend m(hints::elsewhere, d);
    {
      twin<Bytes> t(m.make(home.second));
      t.push(total / Bytes + 1);
      const std::size_t end = t.model.size(), largest = vmm::engine::pinned_buffer_pool::default_bytes;
      CHECK(t.same());
      CHECK(m.counting.bytes(Bytes <= largest ? verb::copy_from_pinned : verb::fill) == end);  // each element once
      CHECK(m.counting.calls(Bytes <= largest ? verb::fill : verb::copy_from_pinned) == 0);
      t.push_some(total / Bytes / 2 + 1);
      CHECK(t.same());
    }
    CHECK(m.balanced());
  }
}

}  // namespace

TEST_CASE("elements of every size arrive, each once and in large pieces", "[staging]") {
  check_size<1>(200000);
  check_size<3>(200000);
  check_size<4>(2000000);
  check_size<12>(200000);
  check_size<24>(200000);
  check_size<100>(200000);
  check_size<8192>(1000000);
  check_size<8193>(1000000);  // larger than a small buffer
  check_size<100000>(1000000);
  check_size<262144>(2000000);
  check_size<300000>(2000000);  // larger than a large one: written at once
  staged_driver d;
  own_backend m(hints::granted, d);
  twin<4> t(m.make());
  t.push(1000000);
  CHECK(t.same());
  CHECK(m.counting.calls(verb::copy_from_pinned) <= 20);
}

TEST_CASE("nothing reaches the memory before a flush, and then everything does in one piece", "[staging]") {
  for (bool synchronous : {true, false}) {
    words_staged w(1000, synchronous);
    const std::size_t before = w.touched();
    w.t.push(10);
    CHECK(w.t.s.size() == 40);
    CHECK(w.touched() == before);
    CHECK(w.arrived() == 0);
    w.t.s.flush();
    CHECK(w.m.counting.calls(verb::copy_from_pinned) == 1);
    CHECK(w.m.counting.bytes(verb::copy_from_pinned) == 40);
    CHECK(w.arrived() == 10);
    w.t.s.flush();
    CHECK(w.m.counting.calls(verb::copy_from_pinned) == 1);
    w.t.push(5);
    CHECK(w.arrived() == 10);
    CHECK(w.t.same());
    CHECK(w.m.counting.bytes(verb::copy_from_pinned) == 60);
  }
}

TEST_CASE("members that show or use contents flush", "[staging]") {
  using vector_and_other = std::function<void(raw_vector&, raw_vector&)>;
  std::uint32_t word = 7;
  const std::vector<std::pair<const char*, vector_and_other>> members{
      {"data", [](raw_vector& s, raw_vector&) { s.data(); }},
      {"flush", [](raw_vector& s, raw_vector&) { s.flush(); }},
      {"show", [](raw_vector& s, raw_vector&) { s.expose(); }},
      {"wait", [](raw_vector& s, raw_vector&) { s.synchronize(); }},
      {"settle", [](raw_vector& s, raw_vector&) { s.synchronize_if_blocking(); }},
      {"write", [&](raw_vector& s, raw_vector&) { write(s, 40, &word, 4); }},
      {"copy_out", [&](raw_vector& s, raw_vector&) { copy_out(s, &word, 0, 4); }},
      {"shift", [](raw_vector& s, raw_vector&) { move_within(s, 80, 40, 8); }},
      {"fill", [&](raw_vector& s, raw_vector&) { fill(s, 40, &word, 4, 1); }},
      {"mismatch", [](raw_vector& s, raw_vector& o) { mismatch(s, o.data(), 1, scalar::uint32, relation::equal); }},
      {"shrink_to_fit", [](raw_vector& s, raw_vector&) { s.shrink_to_fit(); }},
      {"within_reach of another",
       [](raw_vector& s, raw_vector& o) {
         raw_vector temporary = raw_vector::like(o);
         within_reach(o, s, 4, temporary);
       }},
      {"another waits for it", [](raw_vector& s, raw_vector& o) { wait_for(o, s); }}};
  for (const auto& member : members) {
    INFO(member.first);
    words_staged w(100);
    raw_vector other = w.m.make(fixed());
    extend_to(other, 40);
    w.t.push(10);
    REQUIRE(w.arrived() == 0);
    member.second(w.t.s, other);
    CHECK(w.arrived() == 10);
  }
}

TEST_CASE("figures, staged elements and shrinking do not touch the memory", "[staging]") {
  words_staged w(100);
  w.t.push(10);
  const std::size_t before = w.touched();
  const raw_vector& s = w.t.s;
  CHECK(s.size() == 40);
  CHECK(s.capacity() == 2_MiB);
  CHECK(s.reserved() >= s.capacity());
  CHECK(s.statistics().mapped == 2_MiB);
  CHECK_FALSE(s.is_exposed());
  reserve(w.t.s, 3_MiB);
  unsigned char word[4];
  s.read(word, 36, 4, vmm::default_stream());
  CHECK(std::equal(word, word + 4, w.t.model.begin() + 36));
  w.t.cut(3);
  CHECK(w.touched() == before);
  CHECK(w.arrived() == 0);
  w.t.push(2);
  s.read(word, 12, 4, vmm::default_stream());
  CHECK(std::equal(word, word + 4, w.t.model.begin() + 12));
  CHECK(w.touched() == before);
  CHECK(w.t.same());
}

TEST_CASE("elements may be cut away, staged ones and others, and pushing goes on", "[staging]") {
  for (std::size_t sent : {0, 1, 5})
    for (std::size_t staged : {0, 1, 5})
      for (std::size_t left = 0; left <= sent + staged; ++left)
        for (std::size_t more : {0, 1, 7}) {
          INFO(sent << " on the device, " << staged << " staged, cut to " << left << ", " << more << " more");
          words_staged w(100);
          w.t.push(sent);
          w.t.s.flush();
          w.t.push(staged);
          const std::size_t before = w.touched();
          w.t.cut(left);
          w.t.push(more);
          CHECK(w.touched() == before);
          w.t.cut(left + more / 2);
          w.t.push(1);
          CHECK(w.t.same());
        }
}

TEST_CASE("growth copies what is on the device, and staged elements stay where they are", "[staging]") {
  staged_driver d;
  own_backend m(hints::granted, d);
  options o;
  o.small_limit = 1024;
  twin<4> t(m.make(o));
  reserve(t.s, 64);
  t.push(8);
  t.s.flush();
  t.push(8);
  CHECK(t.s.statistics().copied_bytes == 0);
  t.push();
  CHECK(t.s.statistics().copied_bytes == 32);
  CHECK(m.counting.calls(verb::copy_from_pinned) == 1);
  t.push(200);  // 128, 256, 512, 1024 bytes
  CHECK(t.s.statistics().copied_bytes == 4 * 32);
  t.push(100);
  CHECK(t.s.statistics().promoted_bytes == 32);
  CHECK(t.s.statistics().copied_bytes == 4 * 32);
  CHECK(m.counting.calls(verb::copy_from_pinned) == 1);
  CHECK(t.s.capacity() >= 2_MiB);
  CHECK(t.same());
  CHECK(m.counting.bytes(verb::copy_from_pinned) == t.s.size());
}

TEST_CASE("a first growth with everything staged copies nothing", "[staging]") {
  for (const auto& home : homes()) {
    INFO(home.first);
    staged_driver d;
    own_backend m(hints::granted, d);
    twin<4> t(m.make(home.second));
    t.push(2000);
    CHECK(t.s.statistics().copied_bytes == 0);
    CHECK(t.s.statistics().promoted_bytes == 0);
    CHECK(m.counting.calls(verb::copy) == 0);
    CHECK(m.counting.calls(verb::copy_from_pinned) == 0);
    CHECK(t.same());
  }
}

TEST_CASE("a range may move or be extended while elements are staged", "[staging]") {
  for (hints neighbours : {hints::elsewhere, hints::granted, hints::refused}) {
    staged_driver d;
    own_backend m(neighbours, d);
    {
      twin<4> t(m.make(tight()));
      t.push_some(4_MiB / 4 - 10);
      t.s.flush();
      t.push(9);
      CHECK(t.s.statistics().relocations == 0);
      t.push(20);
      // CUDA's driver may refuse the neighbours of a small range, see "a full range is extended in place".
      const bool may_extend = neighbours == hints::granted;
      if (!may_extend || !VMM_ON_CUDA) CHECK(t.s.statistics().relocations == (may_extend ? 0 : 1));
      CHECK(t.s.statistics().copied_bytes == 0);
      CHECK(t.same());
      t.push(3);
      t.push_some(9_MiB / 4);
      t.push(3);
      CHECK(t.same());
    }
    CHECK(m.balanced());
  }
}

TEST_CASE("storages with staged elements can be swapped and moved", "[staging]") {
  staged_driver d;
  own_backend m(hints::granted, d);
  {
    twin<4> a(m.make()), b(m.make(fixed())), none(m.make());
    a.push(3), b.push(2), b.s.expose();
    a.exchange(b);
    CHECK(a.s.is_exposed());
    CHECK_FALSE(b.s.is_exposed());
    a.push(4), b.push(5);
    a.exchange(none);
    CHECK(a.s.size() == 0);
    a.push(2);
    twin<4> c(std::move(none.s));
    c.model.swap(none.model), c.next = 77;
    CHECK(none.s.size() == 0);
    CHECK_FALSE(none.s.is_exposed());
    c.push(1), none.push(1);
    CHECK((a.same() && b.same() && c.same() && none.same()));
    a.push(6), b.push(7);
    b.s = std::move(a.s);  // what b had staged is dropped
    b.model.swap(a.model), a.model.clear();
    b.push(2), a.push(1);
    CHECK((a.same() && b.same()));
    a.push(1), b.push(1);  // and destroyed with elements that are staged
  }
  CHECK(m.balanced());
}

TEST_CASE("shrink_to_fit sends what is staged, and pushing goes on", "[staging]") {
  for (const auto& home : homes()) {
    INFO(home.first);
    staged_driver d;
    own_backend m(hints::granted, d);
    twin<12> t(m.make(home.second));
    reserve(t.s, 5_MiB);
    for (std::size_t n : {1, 50, 20000}) {
      t.push(n);
      t.s.shrink_to_fit();
      CHECK(m.counting.bytes(verb::copy_from_pinned) == t.s.size());
      t.push(1);
      CHECK(t.same());
    }
    t.cut(0);
    t.push(1);
    t.cut(0);
    t.s.shrink_to_fit();
    t.push(3);
    CHECK(t.same());
  }
}

TEST_CASE("the limit holds for elements that are staged", "[staging]") {
  for (bool staging : {true, false})
    for (bool fixed_address : {true, false}) {
      staged_driver d;
      own_backend m(hints::granted, d);
      options o;
      o.limit = 40, o.staging = staging, o.fixed_address = fixed_address;
      twin<12> t(m.make(o));
      t.push(3);
      CHECK_THROWS_AS(t.push(1), std::length_error);
      CHECK_THROWS_AS(t.push_some(1), std::length_error);
      CHECK(t.s.size() == 36);
      CHECK(t.same());
      t.cut(2);
      CHECK_THROWS_AS(t.push_some(2), std::length_error);
      t.push(1);
      CHECK(t.same());
    }
}

TEST_CASE("once the address was shown elements are there when push returns, unless the caller knows better", "[staging]") {
  for (bool synchronous : {true, false}) {
    words_staged w(100, synchronous);
    w.t.push(3, false);
    CHECK(w.arrived() == 0);
    w.t.s.expose();
    CHECK(w.arrived() == 3);
    w.t.push(2, false);
    CHECK(w.arrived() == 5);
    w.t.push(2, true);
    CHECK(w.arrived() == 5);
    w.t.push(1, false);  // whoever knows the address may read this one, and those before it
    CHECK(w.arrived() == 8);
    w.t.push_some(2);
    CHECK(w.arrived() == 8);
    w.t.cut(0);
    w.t.s.hide();
    w.t.push(1, false);
    CHECK(w.arrived() == 0);
    w.t.s.expose();
    w.t.push(2_MiB / 4 - 1, true);
    w.t.push(1, false);  // past the capacity
    CHECK_FALSE(w.t.s.is_exposed());
    CHECK(w.t.same());
  }
}

TEST_CASE("without options::staging, or without buffers, each element goes at once", "[staging]") {
  for (int how : {0, 1, 2, 3}) {
    INFO(how);
    words_staged w(100);
    options o = fixed();
    if (how == 0) o.staging = false;
    if (how == 1) w.m.value.set_staging(0, 64);
    if (how == 2) w.m.value.set_staging(256_KiB, 0);
    if (how == 3) w.m.failing.fail(1, verb::pin, errc::out_of_memory, true);
    w.t.s = w.m.make(o);
    reserve(w.t.s, 400);
    w.memory = w.t.s.data();
    for (std::size_t n = 1; n < 20; ++n) {
      w.t.push();
      CHECK(w.arrived() == n);
    }
    w.t.push_some(10);
    CHECK(w.arrived() == 29);
    CHECK(w.m.counting.calls(verb::copy_from_pinned) == 0);
    CHECK(w.m.value.statistics().pinned == 0);
    w.m.failing.stop();
    CHECK(w.t.same());
  }
}
