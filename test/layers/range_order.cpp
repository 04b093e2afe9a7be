// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::range_cache and the order of work: nothing is unmapped or reused before the work that may use it is done, and
/// nobody waits who need not. With a driver whose events are reached only when told.
#include <map>
#include <utility>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

/// A backend whose streams are behind until told otherwise.
struct slow_backend : own_backend {
  explicit slow_backend(order_driver& o, hints answer = hints::granted) : own_backend(answer, o) {}
  raw_vector on(vmm::stream_ref stream, const options& o = {}) { return raw_vector(value, o, stream, false); }
  std::size_t cached() const { return value.statistics().cached; }
};

/// Another stream than the default one.
vmm::stream_ref other_stream() { return vmm::default_stream() == legacy ? per_thread : legacy; }

/// Whether `s` finds a cached range for `bytes`.
bool takes_cached(slow_backend& m, raw_vector& s, std::size_t bytes) {
  const std::size_t before = taken_anew(m), held = m.cached();
  grow(s, bytes);
  const bool warm = taken_anew(m) == before;
  CHECK(m.cached() == (warm ? held - s.capacity() : held));
  return warm;
}

const bool on_a_stream = false;

/// Devices that refuse to be waited for.
struct stubborn_driver : order_driver {
  std::map<int, errc> refusals;
  status device_synchronize(int device) noexcept override {
    const auto r = refusals.find(device);
    return r != refusals.end() ? status{r->second, "stubborn_driver", "told so"} : order_driver::device_synchronize(device);
  }
};

}  // namespace

TEST_CASE("a stream's range is nobody else's before its work is done", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  {
    std::byte* const data = leave(m, 6_MiB, {}, on_a_stream);
    CHECK(m.cached() == 6_MiB);
    CHECK(order.drained.empty());
    raw_vector other = m.on(other_stream()), synchronous = m.make();
    CHECK_FALSE(takes_cached(m, other, 5_MiB));
    CHECK_FALSE(takes_cached(m, synchronous, 5_MiB));
    CHECK(other.data() != data);
    CHECK(synchronous.data() != data);
    CHECK(order.drained.empty());
    CHECK(order.awaited == 0);
    CHECK(m.counting.calls(verb::unmap) == 0);

    order.reach();
    raw_vector after = m.on(other_stream());
    CHECK(takes_cached(m, after, 5_MiB));
    CHECK(after.data() == data);
    CHECK(order.followed.empty());  // nothing to follow
  }
  CHECK(m.balanced());
}

TEST_CASE("a synchronous vector takes a stream's range once its work is done", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  std::byte* const data = leave(m, 6_MiB, {}, on_a_stream);
  order.reach();
  raw_vector s = m.make();
  CHECK(takes_cached(m, s, 5_MiB));
  CHECK(s.data() == data);
  CHECK(order.followed.empty());
  extend_to(s, 5_MiB);
  CHECK(intact(s));
}

TEST_CASE("the same stream takes its range at once, and comes after the work on it", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  {
    std::byte* const data = leave(m, 6_MiB, {}, on_a_stream);
    for (std::size_t round = 1; round <= 3; ++round) {
      raw_vector s = m.on(vmm::default_stream());
      CHECK(takes_cached(m, s, 5_MiB));
      CHECK(s.data() == data);
      REQUIRE(order.followed.size() == round);
      CHECK(order.followed.back() == vmm::default_stream());
      CHECK(m.counting.calls(verb::record) == round);
      CHECK(m.counting.calls(verb::destroy_event) == round);
    }
    order.reach();
    raw_vector s = m.on(vmm::default_stream());
    CHECK(takes_cached(m, s, 5_MiB));
    CHECK(order.followed.size() == 3);  // nothing to follow
    CHECK(order.drained.empty());
    CHECK(order.awaited == 0);
  }
  CHECK(m.balanced());
}

TEST_CASE("a synchronous vector's range may be taken by any stream at once", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  std::byte* const data = leave(m, 6_MiB);
  CHECK(order.drained == std::vector<int>{0});
  raw_vector s = m.on(other_stream());
  CHECK(takes_cached(m, s, 5_MiB));
  CHECK(s.data() == data);
  CHECK(order.followed.empty());
}

TEST_CASE("a range that is ready is preferred to none, a smaller one that is not ready is left", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  {
    raw_vector large = m.on(vmm::default_stream()), small = m.on(vmm::default_stream());
    reserve(large, 8_MiB);
    reserve(small, 6_MiB);
    std::byte* const data = large.data();
    large = m.make();
    order.reach();
    small = m.make();
    CHECK(m.cached() == 14_MiB);
    raw_vector s = m.on(other_stream());
    CHECK(takes_cached(m, s, 5_MiB));
    CHECK(s.data() == data);
    CHECK(m.cached() == 6_MiB);
  }
  CHECK(order.early == 0);
  CHECK(m.balanced());
}

TEST_CASE("a stream's range above the limit goes at a later call, once its work is done", "[range_cache]") {
  const auto leave_small = [](slow_backend& m) { leave(m, 2_MiB); };
  const auto take_small = [](slow_backend& m) {
    raw_vector s = m.make();
    reserve(s, 2_MiB);
  };
  const auto set_limit = [](slow_backend& m) { m.value.set_cache_limit(4_MiB); };
  const std::vector<void (*)(slow_backend&)> calls{leave_small, take_small, set_limit};
  for (const auto call : calls) {
    order_driver order;
    slow_backend m(order);
    m.value.set_cache_limit(4_MiB);
    leave(m, 6_MiB, {}, on_a_stream);
    CHECK(m.cached() == 6_MiB);
    m.value.set_cache_limit(3_MiB);
    {
      raw_vector s = m.on(other_stream());
      reserve(s, 2_MiB);
    }
    CHECK(m.counting.calls(verb::unmap) == 0);
    CHECK(m.cached() == 8_MiB);
    order.reach();
    CHECK(m.counting.calls(verb::unmap) == 0);
    call(m);
    CHECK(m.counting.bytes(verb::unmap) == 6_MiB);
    CHECK(m.cached() == 2_MiB);
    CHECK(order.early == 0);
    CHECK(m.balanced());
  }
}

TEST_CASE("with a limit of 0 a stream's range stays as long as its work, and not longer", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  m.value.set_cache_limit(0);
  leave(m, 6_MiB, {}, on_a_stream);
  CHECK(m.counting.calls(verb::unmap) == 0);
  order.reach();
  leave(m, 2_MiB);
  CHECK(m.cached() == 0);
  CHECK(order.early == 0);
  CHECK(m.counting.balanced());
}

TEST_CASE("trim and the end of a backend wait for the work before they unmap", "[range_cache]") {
  order_driver order;
  {
    slow_backend m(order);
    leave(m, 6_MiB, {}, on_a_stream);
    leave(m, 2_MiB, {}, on_a_stream);
    m.value.trim(-1);
    CHECK(order.awaited == 2);
    CHECK(order.early == 0);
    CHECK(m.cached() == 0);
    CHECK(m.counting.balanced());
    leave(m, 6_MiB, {}, on_a_stream);
  }
  CHECK(order.awaited == 3);
  CHECK(order.early == 0);
}

TEST_CASE("growth that runs out of memory waits for the work on cached ranges and takes their memory", "[range_cache]") {
  small_driver small(64_MiB);
  order_driver order(small);
  slow_backend m(order);
  {
    leave(m, 40_MiB, {}, on_a_stream);
    raw_vector s = m.on(other_stream());
    CHECK_NOTHROW(reserve(s, 30_MiB));
    CHECK(order.awaited == 1);
    CHECK(order.early == 0);
    CHECK(m.cached() == 0);
  }
  CHECK(m.balanced());
}

TEST_CASE("a range whose end cannot be recorded is waited for and not kept", "[range_cache]") {
  for (bool synchronous : {true, false})
    for (errc code : {errc::capturing, errc::failed}) {
      order_driver order;
      slow_backend m(order);
      {
        raw_vector s = m.make({}, synchronous);
        reserve(s, 6_MiB);
        m.failing.fail(1, verb::record, code);
      }
      CHECK(m.failing.fired());
      CHECK(order.drained == std::vector<int>{0});
      CHECK(m.cached() == 0);
      CHECK(order.early == 0);
      CHECK(m.counting.balanced());
      raw_vector next = m.make({}, synchronous);
      CHECK_FALSE(takes_cached(m, next, 5_MiB));
    }
}

TEST_CASE("while its stream is captured, a vector maps anew and leaves the cached range where it is", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  {
    std::byte* const data = leave(m, 6_MiB, {}, on_a_stream);
    raw_vector captured = m.on(vmm::default_stream());
    m.failing.fail(1, verb::stream_wait_event, errc::capturing);
    CHECK_FALSE(takes_cached(m, captured, 5_MiB));
    CHECK(m.failing.fired());
    CHECK(captured.data() != data);
    CHECK(m.cached() == 6_MiB);
    CHECK(m.counting.calls(verb::unmap) == 0);
    CHECK(m.counting.calls(verb::destroy_event) == 0);
    raw_vector later = m.on(vmm::default_stream());
    CHECK(takes_cached(m, later, 5_MiB));
    CHECK(later.data() == data);
    CHECK(order.followed.size() == 1);
  }
  CHECK(order.early == 0);
  CHECK(m.balanced());
}

TEST_CASE("a range of which nobody knows whether its work is done is not taken", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  leave(m, 6_MiB, {}, on_a_stream);
  order.reach();
  m.failing.fail(1, verb::is_complete, errc::failed);
  raw_vector s = m.on(vmm::default_stream());
  CHECK_FALSE(takes_cached(m, s, 5_MiB));
  CHECK(m.failing.fired());
  CHECK(order.followed.empty());
  raw_vector next = m.on(vmm::default_stream());
  CHECK(takes_cached(m, next, 5_MiB));
}

TEST_CASE("a cached range goes back to the cache when promotion into it fails", "[range_cache]") {
  for (bool synchronous : {true, false}) {
    order_driver order;
    slow_backend m(order);
    {
      leave(m, 2_MiB, {}, synchronous);
      raw_vector s = m.make({}, synchronous);
      extend_to(s, 1_MiB);
      std::byte* const data = s.data();
      const std::size_t taken = taken_anew(m);
      m.failing.fail(1, verb::copy, errc::failed);
      CHECK_THROWS_AS(grow(s, 1_MiB + 1), vmm::error);
      CHECK(m.failing.fired());
      CHECK(s.data() == data);
      CHECK(s.capacity() == 1_MiB);
      CHECK(m.cached() == 2_MiB);
      CHECK(m.value.statistics().mapped == 1_MiB);
      CHECK(m.value.live_ranges() == 0);
      CHECK(intact(s));
      CHECK_NOTHROW(grow(s, 1_MiB + 1));
      CHECK(taken_anew(m) == taken);
      CHECK(intact(s));
    }
    CHECK(order.early == 0);
    CHECK(m.balanced());
  }
}

TEST_CASE("a synchronous vector waits for its device exactly once, and for those that share its memory", "[range_cache]") {
  options shared;
  shared.devices = {1, 0, 2};
  for (bool synchronous : {true, false}) {
    order_driver order;
    slow_backend m(order);
    {
      raw_vector alone = m.make({}, synchronous);
      extend_to(alone, 3_MiB);
      order.drained.clear();
    }
    CHECK(order.drained == (synchronous ? std::vector<int>{0} : std::vector<int>{}));
    {
      raw_vector s = m.make(shared, synchronous);
      extend_to(s, 3_MiB);
      order.drained.clear();
    }
    CHECK(order.drained == (synchronous ? std::vector<int>{0, 1, 2} : std::vector<int>{1, 2}));
    {
      raw_vector never_used = m.make(shared, synchronous), plain = m.make({}, synchronous);
      extend_to(plain, 1000);
      order.drained.clear();
    }
    CHECK(order.drained.empty());
    CHECK(m.balanced());
  }
}

TEST_CASE("a range whose blocks were handed over is never used again and is no cached memory", "[range_cache]") {
  for (bool synchronous : {true, false}) {
    order_driver order;
    slow_backend m(order, hints::refused);
    {
      raw_vector s = m.make(tight(), synchronous);
      extend_to(s, 3_MiB);
      std::byte* const old = s.data();
      extend_to(s, 9_MiB);
      CHECK(s.statistics().relocations == 1);
      CHECK(m.cached() == 0);
      CHECK((m.counting.calls(verb::unmap) != 0) == synchronous);  // a stream may still read the old place
      CHECK(order.early == 0);
      raw_vector next = m.make(tight(), synchronous);
      const std::size_t before = m.counting.calls(verb::create);
      reserve(next, 3_MiB);
      CHECK(m.counting.calls(verb::create) == before + 1);
      if (!synchronous) CHECK(next.data() != old);
      CHECK(m.cached() == 0);
      const unsigned char other = 0xee;
      fill(next, 0, &other, 1, 3_MiB);
      CHECK(intact(s));
      order.reach();
      leave(m, 2_MiB);
      CHECK(m.cached() == 2_MiB);
      const std::size_t mapped = m.counting.bytes(verb::map) - m.counting.bytes(verb::unmap);
      CHECK(mapped == s.capacity() + next.capacity() + m.cached());
    }
    CHECK(order.early == 0);
    CHECK(m.balanced());
  }
}

TEST_CASE("what the backend refuses while it gives back keeps no range", "[range_cache]") {
  for (verb refused :
       {verb::device_synchronize, verb::record, verb::event_synchronize, verb::stream_synchronize, verb::is_complete})
    for (bool synchronous : {true, false}) {
      order_driver order;
      slow_backend m(order);
      {
        raw_vector s = m.make({}, synchronous);
        extend_to(s, 3_MiB);
        s.synchronize();  // the backend cannot be told to forget what it is doing
        m.failing.fail(1, refused, errc::device_lost, true);
      }
      m.value.trim(-1);
      m.failing.stop();
      CHECK(m.cached() == 0);
      CHECK(m.counting.balanced());
    }
}

TEST_CASE("memory whose work cannot be waited for stays until it can, and is nobody's meanwhile", "[range_cache]") {
  order_driver order;
  slow_backend m(order);
  for (const bool synchronous : {false, true}) {
    INFO((synchronous ? "synchronous" : "on a stream"));
    raw_vector s = m.make({}, synchronous);
    grow(s, 6_MiB);
    const std::size_t unmapped = m.counting.calls(verb::unmap);
    m.failing.fail(1, verb::any, errc::failed, true);
    s = m.make();
    m.value.trim(-1);
    m.value.cached_ranges().reclaim();
    m.failing.stop();
    CHECK(m.counting.calls(verb::unmap) == unmapped);
    CHECK(m.cached() == 6_MiB);
    m.value.trim(-1);
    CHECK(m.cached() == 0);
    CHECK(order.early == 0);
  }
  raw_vector s = m.make(), later = m.make();
  grow(s, 6_MiB);
  std::byte* const data = s.data();
  m.failing.fail(1, verb::device_synchronize, errc::failed, true);
  s = m.make();
  grow(later, 5_MiB);
  m.failing.stop();
  CHECK(later.data() != data);
  later = m.make();
  CHECK(m.balanced());
}

TEST_CASE("memory that further devices may use stays until they can be waited for", "[range_cache]") {
  stubborn_driver order;
  slow_backend m(order);
  options shared;
  shared.devices = {1, 2};
  for (const bool synchronous : {false, true}) {
    INFO((synchronous ? "synchronous" : "on a stream"));
    const auto make = [&] {
      raw_vector s = m.make(shared, synchronous);
      extend_to(s, 2_MiB);
      extend_to(s, 7_MiB);
      order.reach();
      return s;
    };
    for (const std::map<int, errc>& refused : {std::map<int, errc>{{1, errc::failed}},
                                               {{2, errc::failed}},
                                               {{1, errc::device_lost}, {2, errc::failed}},
                                               {{1, errc::failed}, {2, errc::device_lost}}}) {
      order.refusals = refused;
      const std::size_t unmapped = m.counting.calls(verb::unmap);
      raw_vector kept = make();
      kept.set_size(1_MiB);
      CHECK_THROWS_AS(kept.shrink_to_fit(), vmm::error);
      CHECK(kept.capacity() >= 7_MiB);
      kept = m.make();
      m.value.trim(-1);
      CHECK(m.counting.calls(verb::unmap) == unmapped);
      CHECK(m.cached() >= 7_MiB);
      raw_vector after = make();  // takes new memory
      CHECK(m.counting.calls(verb::unmap) == unmapped);
      order.refusals.clear();
      after = m.make();
      m.value.trim(-1);
      CHECK(m.cached() == 0);
      CHECK(m.counting.calls(verb::map) == m.counting.calls(verb::unmap));
    }
    order.refusals = {{1, errc::device_lost}};
    raw_vector gone = make();
    gone = m.make();
    m.value.trim(-1);
    order.refusals.clear();
    CHECK(m.cached() == 0);
  }
  CHECK(order.early == 0);
  CHECK(m.balanced());
}

TEST_CASE("an old place that cannot be waited for keeps the place that its elements moved to", "[range_cache]") {
  stubborn_driver order;
  slow_backend m(order, hints::elsewhere);
  raw_vector s = m.make(tight());
  extend_to(s, 3_MiB);
  order.refusals = {{0, errc::failed}};
  extend_to(s, 9_MiB);
  REQUIRE(s.statistics().relocations == 1);
  s.set_size(1_MiB);
  order.refusals = {{0, errc::failed}};
  CHECK_THROWS_AS(s.shrink_to_fit(), vmm::error);
  const std::size_t released = m.counting.calls(verb::release);
  s = m.make();
  m.value.trim(-1);
  CHECK(m.counting.calls(verb::release) == released);
  CHECK(m.value.cached_ranges().ranges() == 2);
  order.refusals.clear();
  CHECK(m.balanced());
}

TEST_CASE("where waiting is refused because the context is gone, nothing is kept", "[range_cache]") {
  own_backend m;
  raw_vector s = m.make();
  grow(s, 6_MiB);
  m.failing.fail(1, verb::any, errc::device_lost, true);
  s = m.make();
  m.value.trim(-1);
  m.failing.stop();
  CHECK(m.counting.balanced());
}

TEST_CASE("shrink_to_fit that cannot wait gives nothing back", "[range_cache]") {
  for (const bool synchronous : {false, true}) {
    own_backend m;
    raw_vector s = m.make({}, synchronous);
    extend_to(s, 2_MiB);
    extend_to(s, 7_MiB);
    s.set_size(1_MiB);
    const std::size_t capacity = s.capacity();
    m.failing.fail(1, synchronous ? verb::device_synchronize : verb::stream_synchronize);
    CHECK_THROWS_AS(s.shrink_to_fit(), vmm::error);
    CHECK(s.capacity() == capacity);
    CHECK(m.counting.calls(verb::unmap) == 0);
    s.shrink_to_fit();
    CHECK(s.capacity() == 2_MiB);
    CHECK(intact(s));
  }
}
