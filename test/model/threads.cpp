// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Several threads: one vector read by all, and vectors of each thread's own that share the driver, cached ranges, workspaces, staging
/// and figures while others trim and configure. The preset `thread` runs this under ThreadSanitizer.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>
#include "memory/range_cache.hpp"
#include <vmm/memory.hpp>

#include "support/catch.hpp"
#include "support/numbers.hpp"
#include "support/own_backend.hpp"
#include "support/own_stream.hpp"

using vmm_test::operator""_KiB;
using vmm_test::operator""_MiB;

namespace {

constexpr int threads = 8;

/// Runs `work(i)` on that many threads at once. Catch2's assertions are not for them: they count what is wrong, and what they throw
/// is thrown here.
template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> all;
  std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    all.emplace_back([&work, &thrown, i] {
      try {
        work(i);
      } catch (...) {
        thrown[static_cast<std::size_t>(i)] = std::current_exception();
      }
    });
  for (std::thread& t : all) t.join();
  for (const std::exception_ptr& e : thrown)
    if (e != nullptr) std::rethrow_exception(e);
}

/// As the last thread of on_threads: does `work(round)` until the others are done.
template <class Work>
void while_working(const std::atomic<int>& working, Work work) {
  for (std::size_t round = 0; working != 0; ++round) {
    work(round);
    std::this_thread::yield();
  }
}
struct at_work {
  explicit at_work(std::atomic<int>& count) : count_(count) {}
  ~at_work() { --count_; }
  std::atomic<int>& count_;
};

}  // namespace

TEST_CASE("const members of one vector, from many threads", "[threads]") {
  vmm_test::staged_place place;
  {
    const std::vector<int> expected = vmm_test::iota(1000);
    for (int round = 0; round < 20; ++round) {
      vmm::device_uvector<int> v(place.how);
      for (int x : expected) v.push_back(x);  // staged: the first reader flushes
      const vmm::device_uvector<int>& shared = v;
      std::atomic<int> wrong{0};
      on_threads(threads, [&](int i) {
        wrong += shared.size() != expected.size() || shared.capacity() < shared.size();
        wrong += shared.element(static_cast<std::size_t>(i)) != i || shared.back_element() != 999;
        wrong += shared.to_vector() != expected;
        wrong += shared.data() == nullptr || shared.view().size() != expected.size();
        wrong += !(shared == shared) || shared < shared;
        wrong += vmm::device_uvector<int>(shared).to_vector() != expected;
      });
      REQUIRE(wrong == 0);
    }
  }
  CHECK(place.balanced());
}

TEST_CASE("the address of one raw vector is handed out to many threads, with elements that wait", "[threads]") {
  struct two_devices : vmm_test::staged_driver {
    int devices() noexcept override { return 2; }
    int current_device() noexcept override { return 1; }
    vmm_test::status grant(void* p, std::size_t n, const int*, std::size_t) noexcept override {
      const int device = 0;
      return to_.grant(p, n, &device, 1);
    }
  } d;
  vmm::engine::device_runtime m(d);
  vmm::options o = vmm_test::fixed();
  o.device = 0;
  std::atomic<int> wrong{0};
  for (int round = 0; round < 50; ++round) {
    vmm::engine::raw_vector s(m, o, vmm::default_stream(), true);
    for (int i = 0; i < 100; ++i) s.push_back_fast<sizeof i>(&i, true, [&] { return s.push_back_slow(&i, sizeof i, true); });
    const vmm::engine::raw_vector& shared = s;
    on_threads(threads, [&](int) {
      shared.expose();
      int last = 0;
      shared.read(&last, 99 * sizeof(int), sizeof(int), vmm::default_stream());
      wrong += !shared.is_exposed() || shared.address() == nullptr || last != 99;
    });
  }
  CHECK(wrong == 0);
}

TEST_CASE("vectors of many threads, against trim, set_cache_limit and set_staging", "[threads]") {
  vmm_test::staged_place place;
  std::atomic<int> wrong{0}, working{threads};
  on_threads(threads + 1, [&](int i) {
    if (i == threads) {
      while_working(working, [&](std::size_t round) {
        place.value.trim(-1);
        place.value.unpin();
        place.value.set_cache_limit(round % 3 * 4_MiB);
        place.value.set_staging(round % 4 * 64_KiB, round % 5 * 4);
        wrong += place.value.statistics().live > threads * 2;
      });
      return;
    }
    const at_work until_here(working);
    vmm::options o = place.how;
    o.fixed_address = i % 2 == 0;
    o.initial_reservation = 4_MiB * static_cast<std::size_t>(i % 2);
    o.small_limit = 4_KiB;
    for (int round = 0; round < 30; ++round) {
      vmm::device_uvector<int> v(o);
      const std::vector<int> expected = vmm_test::iota(3000, i * 1000 + round);
      for (int x : expected) v.push_back(x);
      const vmm::device_uvector<int> copy(v);
      wrong += copy.to_vector() != expected || v.to_vector() != expected;
    }
  });
  CHECK(wrong == 0);
  CHECK(place.value.statistics().live == 0);
  CHECK(place.value.statistics().mapped == 0);
  CHECK(place.balanced());
}

TEST_CASE("workspaces of many threads, against trim and set_cache_limit", "[threads]") {
  const std::size_t limit = vmm::cache_limit();
  std::atomic<int> wrong{0}, working{threads};
  on_threads(threads + 1, [&](int i) {
    if (i == threads) {
      while_working(working, [](std::size_t round) { vmm::trim(), vmm::set_cache_limit(round % 3 * 4_MiB); });
      return;
    }
    const at_work until_here(working);
    const vmm_test::own_stream stream;
    vmm::device_uvector<int> v(10000, stream.get()), other(10000, stream.get());
    for (int round = 0; round < 200; ++round) {
      const int value = i * 100 + round;
      vmm::fill(stream.get(), v.view(), value);
      vmm::fill(stream.get(), other.view(), value);
      wrong += vmm::reduce(stream.get(), v.view(), std::int64_t{0}) != std::int64_t{10000} * value;
      wrong += vmm::count(stream.get(), v.view(), value) != 10000;
      wrong += !(v == other);
      const vmm::engine::stream_order order{v.device(), stream.get(), false};
      const std::size_t bytes = 100000 + static_cast<std::size_t>(value);
      void* const a = vmm_test::backend().acquire_workspace(order, bytes);
      void* const b = vmm_test::backend().acquire_workspace(order, bytes);
      wrong += a == nullptr || b == nullptr || a == b;
      vmm_test::backend().release_workspace(a);
      vmm_test::backend().release_workspace(b);
    }
  });
  vmm::set_cache_limit(limit);
  CHECK(wrong == 0);
}

namespace {

/// Waits and events are refused while it is told so.
struct moody_driver : vmm_test::forwarding_driver {
  moody_driver() : forwarding_driver(vmm_test::backend().get_driver()) {}
  std::atomic<bool> refuses{false};
  std::atomic<int> refused{0};

 private:
  vmm_test::status admit(vmm_test::verb v, std::size_t) noexcept override {
    using vmm_test::verb;
    if (!refuses || (v != verb::record && v != verb::device_synchronize && v != verb::event_synchronize)) return {};
    ++refused;
    return {vmm::errc::failed, "moody_driver", "told so"};
  }
};

}  // namespace

TEST_CASE("vectors of many threads, against trim, while waits are refused now and then", "[threads]") {
  moody_driver moody;
  vmm_test::staged_place place(moody);
  std::atomic<int> wrong{0}, working{threads};
  on_threads(threads + 1, [&](int i) {
    if (i == threads) {
      while_working(working, [&](std::size_t round) {
        moody.refuses = round % 3 != 0;
        place.value.trim(-1);
        place.value.unpin();
        place.value.cached_ranges().reclaim();
        place.value.set_cache_limit(round % 2 * 4_MiB);
      });
      return;
    }
    const at_work until_here(working);
    vmm::options o = place.how;
    o.small_limit = 4_KiB;
    for (int round = 0; round < 100; ++round) {
      const std::vector<int> expected = vmm_test::iota(2000, i * 1000 + round);
      vmm::device_uvector<int> v(o);
      for (int x : expected) v.push_back(x);
      v.reserve(1000000);
      wrong += v.to_vector() != expected;
      try {
        v.shrink_to_fit();
      } catch (const vmm::error&) {  // what was in doubt is still
      }
      wrong += v.to_vector() != expected;
    }
  });
  moody.refuses = false;
  CHECK(wrong == 0);
  CHECK(moody.refused > threads);
  CHECK(place.balanced());
  CHECK(place.value.statistics().live + place.value.statistics().mapped + place.value.statistics().cached == 0);
}

TEST_CASE("128 threads, each with vectors and a stream of its own", "[threads]") {
  constexpr int many = 128;
  const std::size_t most = (VMM_ON_CUDA ? 16_MiB : 64_KiB) / sizeof(int);
  std::atomic<int> wrong{0}, begun{0};
  on_threads(many, [&](int i) {
    for (++begun; begun != many; std::this_thread::yield()) {  // all at once
    }
    const vmm_test::own_stream stream;
    for (int round = 0; round < 3; ++round) {
      vmm::options o;
      o.small_limit = i % 2 == 0 ? 0 : 64_KiB;
      o.fixed_address = i % 3 == 0;
      vmm::device_uvector<int> v(stream.get(), o);
      for (int x = 0; x < 3000; ++x) v.push_back(i + x);
      const vmm::device_uvector<int> before(v);
      while (v.size() < most) v.resize(v.size() * 2, i);  // grows past every limit of direct memory
      wrong += before.to_vector() != vmm_test::iota(3000, i);
      const auto rest = static_cast<std::int64_t>(v.size() - 3000);
      const std::int64_t first = std::int64_t{3000} * i + std::int64_t{3000} * 2999 / 2;
      wrong += vmm::reduce(stream.get(), v.view(), std::int64_t{0}) != first + rest * i;
      v.resize(3000);
      v.shrink_to_fit();
      wrong += v.to_vector() != vmm_test::iota(3000, i);
    }
  });
  CHECK(wrong == 0);
  vmm::trim();
  const vmm::statistics s = vmm::query_statistics();
  CHECK(s.live + s.mapped + s.reserved + s.cached + s.pinned == 0);
}
