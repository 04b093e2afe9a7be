// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Staged elements: who is waited for, in which stream they go, and what was shown.
#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

constexpr std::size_t small_words = 8_KiB / 4;  // what the first buffer of a vector holds

void push(raw_vector& s, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto word = static_cast<std::uint32_t>(s.size() / 4);
    s.push_back_slow(&word, 4, true);
  }
}

}  // namespace

TEST_CASE("a flush that has nothing to send waits for what a synchronous order was sent before", "[staging]") {
  for (bool synchronous : {true, false}) {
    order_driver order;
    staged_driver d(order);
    own_backend m(hints::granted, d);
    {
      raw_vector s = m.make({}, synchronous);
      reserve(s, 64_KiB);
      push(s, small_words + 1);
      CHECK(m.counting.calls(verb::copy_from_pinned) == 1);
      s.set_size(small_words * 4 - 4);  // drops the second buffer
      const std::size_t before = order.awaited;
      s.flush();
      CHECK(order.awaited == before + (synchronous ? 1 : 0));
      s.flush();
      CHECK(order.awaited == before + (synchronous ? 1 : 0));
      CHECK(m.counting.calls(verb::copy_from_pinned) == 1);
      CHECK(intact(s));
    }
    CHECK(m.balanced());
  }
}

TEST_CASE("what is staged goes to the stream in which it was pushed", "[staging]") {
  order_driver order;
  staged_driver d(order);
  own_backend m(hints::granted, d);
  {
    raw_vector s = m.make({}, false);
    push(s, 100);
    s.set_stream(s.order().stream);
    CHECK(m.counting.calls(verb::copy_from_pinned) == 0);
    m.failing.fail(1, verb::copy_from_pinned);
    s.set_stream(per_thread);
    CHECK(m.failing.fired());
    CHECK(s.size() == 400);
    s.set_stream(vmm::default_stream());
    CHECK(m.counting.calls(verb::copy_from_pinned) == 1);
    push(s, 100);
    CHECK(s.size() == 800);
    CHECK(intact(s));
  }
  CHECK(m.balanced());
}

TEST_CASE("what was shown stays shown until it is forgotten or outgrown", "[staging]") {
  staged_driver d;
  own_backend m(hints::granted, d);
  raw_vector s = m.make();
  reserve(s, 400);
  s.expose();
  push(s, 1);
  s.set_size(0);
  CHECK(s.is_exposed());
  s.hide();
  CHECK_FALSE(s.is_exposed());
  s.expose();
  grow(s, 401);
  CHECK_FALSE(s.is_exposed());
}
