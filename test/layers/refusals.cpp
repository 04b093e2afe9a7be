// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector when the backend refuses: at any call, and whatever it does, the vector is as it was and works on.
#include <functional>
#include <stdexcept>
#include <utility>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

enum class on { any_backend, direct_backend };  // the latter without virtual memory
enum class takes { anew, cached, less };        // the last: gives back, maybe a part of it before it is refused

struct way {
  const char* name;
  hints neighbours;
  options how;
  std::function<void(raw_vector&)> before;
  std::function<void(raw_vector&)> act;
  takes what = takes::anew;
  on order = on::any_backend;
};

std::vector<way> ways() {
  const auto nothing = [](raw_vector&) {};
  const auto holding = [](std::size_t bytes) { return [bytes](raw_vector& s) { extend_to(s, bytes); }; };
  const auto growing = [](std::size_t bytes) { return [bytes](raw_vector& s) { grow(s, bytes); }; };
  const auto shrunk = [](raw_vector& s) {
    extend_to(s, 9_MiB);
    s.set_size(5_MiB);
  };
  const auto several_blocks = [](raw_vector& s) {
    for (std::size_t bytes : {3_MiB, 9_MiB, 20_MiB}) extend_to(s, bytes);
    s.set_size(7_MiB);
  };
  const auto cached = [](std::size_t left, std::size_t bytes) {  // a range that the next one can use
    return [left, bytes](raw_vector& s) {
      extend_to(s, bytes);
      raw_vector other = raw_vector::like(s);
      reserve(other, left);
    };
  };
  return {{"first direct memory", hints::granted, {}, nothing, growing(1000)},
          {"more direct memory", hints::granted, {}, holding(1000), growing(1001)},
          {"promotion", hints::granted, {}, holding(1_MiB), growing(1_MiB + 1)},
          {"first range", hints::granted, fixed(), nothing, growing(5_MiB)},
          {"a step in the range", hints::granted, fixed(), holding(7_MiB), growing(9_MiB)},
          {"extension", hints::granted, tight(), holding(3_MiB), growing(9_MiB)},
          {"relocation", hints::elsewhere, tight(), holding(3_MiB), growing(9_MiB)},
          {"relocation of several blocks", hints::refused, tight(), holding(9_MiB), growing(13_MiB)},
          {"giving direct memory back",
           hints::granted,
           {},
           [](raw_vector& s) { extend_to(s, 1000), reserve(s, 90_KiB); },
           [](raw_vector& s) { s.shrink_to_fit(); }},
          {"giving the end of a block back", hints::granted, fixed(), shrunk, [](raw_vector& s) { s.shrink_to_fit(); },
           takes::less},
          {"giving blocks and the end of one back",
           hints::granted,
           {},
           several_blocks,
           [](raw_vector& s) { s.shrink_to_fit(); },
           takes::less},
          {"promotion into a cached range", hints::granted, {}, cached(2_MiB, 1_MiB), growing(1_MiB + 1), takes::cached},
          {"exact promotion into a cached range",
           hints::granted,
           {},
           cached(6_MiB, 700_KiB),
           [](raw_vector& s) { reserve(s, 5_MiB); },
           takes::cached},
          {"a first range that is cached", hints::granted, fixed(), cached(6_MiB, 0), growing(5_MiB), takes::cached},
          {"promotion beside a cached range that does not fit", hints::granted, {}, cached(2_MiB, 1_MiB), growing(3_MiB)},
          {"doubling without virtual memory",
           hints::granted,
           {},
           holding(3_MiB),
           growing(3_MiB + 4),
           takes::anew,
           on::direct_backend},
          {"giving back without virtual memory",
           hints::granted,
           {},
           [](raw_vector& s) { extend_to(s, 3_MiB), reserve(s, 5_MiB); },
           [](raw_vector& s) { s.shrink_to_fit(); },
           takes::anew,
           on::direct_backend}};
}

outcome refuse(const way& w, const refusal& r) {
  direct_driver plain;
  own_backend m(w.neighbours, w.order == on::direct_backend ? plain : backend().get_driver());
  outcome answer{};
  {
    raw_vector s = m.make(w.how);
    w.before(s);
    std::byte* const data = s.data();
    const std::size_t size = s.size(), capacity = s.capacity();
    const std::size_t taken = taken_anew(m);
    answer = while_refused(m.failing, r, [&] { return throws([&] { w.act(s); }); });
    CHECK(s.size() == size);
    if (!answer.fired && w.what == takes::cached) CHECK(taken_anew(m) == taken);
    if (answer.threw && w.what == takes::less) {
      CHECK((s.data() == data || r.persistent));  // neither the new block nor the old one could be mapped there
      CHECK(s.capacity() <= capacity);
      CHECK(s.capacity() >= size);
      CHECK(s.statistics().mapped == s.capacity());
      CHECK(s.statistics().reserved == s.reserved());
    } else if (answer.threw) {
      CHECK(s.data() == data);
      CHECK(s.capacity() == capacity);
      CHECK(s.statistics().mapped == capacity);
      CHECK(s.statistics().reserved == (capacity > 1_MiB && w.order == on::any_backend ? s.reserved() : 0));
    }
    CHECK(intact(s));
    CHECK_NOTHROW(w.act(s));
    CHECK_NOTHROW(extend_to(s, s.size() + 4_MiB));
    CHECK(intact(s));
  }
  CHECK(m.balanced());
  CHECK(m.value.live_ranges() == 0);
  CHECK(m.value.statistics().mapped == 0);
  CHECK(m.value.statistics().reserved == 0);
  return answer;
}

}  // namespace

TEST_CASE("whichever call is refused, the vector is as it was and works on", "[refusals]") {
  refuse_each_call(ways(), {errc::failed, errc::out_of_memory, errc::out_of_addresses}, 100, refuse);
}

TEST_CASE("refused work on the contents is an error that names the call", "[refusals]") {
  own_backend m;
  raw_vector s = m.make();
  extend_to(s, 1000);
  const std::uint32_t word = 1;
  std::uint32_t out = 0;
  const std::vector<std::pair<verb, std::function<void()>>> work{
      {verb::copy, [&] { write(s, 0, &word, 4); }},
      {verb::copy, [&] { copy_out(s, &out, 0, 4); }},
      {verb::memmove, [&] { move_within(s, 4, 0, 8); }},
      {verb::fill, [&] { fill(s, 0, &word, 4, 2); }},
      {verb::mismatch, [&] { mismatch(s, s.data(), 10, scalar::uint32, relation::equal); }},
      {verb::stream_synchronize, [&] { s.synchronize(); }},
      {verb::stream_synchronize, [&] { s.synchronize_if_blocking(); }}};
  for (const auto& w : work) {
    m.failing.fail(1, w.first, errc::device_lost);
    try {
      w.second();
      FAIL("not refused");
    } catch (const vmm::error& e) {
      CHECK(e.code() == errc::device_lost);
      CHECK(std::string(e.what()).find("failing_driver") != std::string::npos);
    }
    CHECK(m.failing.fired());
  }
  CHECK(intact(s));
}
