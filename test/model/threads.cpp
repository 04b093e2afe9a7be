// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Several threads: one vector read by all, and vectors of each thread's own that share the driver, warm ranges, staging and
/// figures while others trim and configure. The preset `thread` runs this under ThreadSanitizer.
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include <vmm/device_uvector.hpp>

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

using vmm_test::operator""_KiB;
using vmm_test::operator""_MiB;

namespace {

constexpr int threads = 8;

/// Runs `work(i)` on that many threads at once. Catch2's assertions are not for them: they count what is wrong.
template <class Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> all;
  for (int i = 0; i < count; ++i) all.emplace_back([&work, i] { work(i); });
  for (std::thread& t : all) t.join();
}

std::vector<int> counted(int first, std::size_t n) {
  std::vector<int> values(n);
  for (int& v : values) v = first++;
  return values;
}

}  // namespace

TEST_CASE("const members of one vector, from many threads", "[threads]") {
  vmm_test::staged_place place;
  {
    const std::vector<int> expected = counted(0, 1000);
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

TEST_CASE("vectors of many threads, against trim, set_cache_limit and set_staging", "[threads]") {
  vmm_test::staged_place place;
  std::atomic<int> wrong{0}, working{threads};
  on_threads(threads + 1, [&](int i) {
    if (i == threads) {
      for (std::size_t round = 0; working != 0; ++round) {
        place.value.trim(-1);
        place.value.unpin();
        place.value.set_cache_limit(round % 3 * 4_MiB);
        place.value.set_staging(round % 4 * 64_KiB, round % 5 * 4);
        wrong += place.value.statistics().live > threads * 2;
        std::this_thread::yield();
      }
      return;
    }
    vmm::options o = place.how;
    o.fixed_address = i % 2 == 0;
    o.initial_reservation = 4_MiB * static_cast<std::size_t>(i % 2);
    o.small_limit = 4_KiB;
    for (int round = 0; round < 30; ++round) {
      vmm::device_uvector<int> v(o);
      const std::vector<int> expected = counted(i * 1000 + round, 3000);
      for (int x : expected) v.push_back(x);
      const vmm::device_uvector<int> copy(v);
      wrong += copy.to_vector() != expected || v.to_vector() != expected;
    }
    --working;
  });
  CHECK(wrong == 0);
  CHECK(place.value.statistics().live == 0);
  CHECK(place.value.statistics().mapped == 0);
  CHECK(place.balanced());
}
