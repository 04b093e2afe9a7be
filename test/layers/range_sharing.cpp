// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::range_cache among threads, and after fork().
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

#if !VMM_ON_CUDA
#  include <sys/wait.h>
#  include <unistd.h>
#endif

using namespace vmm_test;

TEST_CASE("threads share the cached ranges of a backend, and never one range", "[range_cache]") {
  own_backend m;
  std::atomic<int> wrong{0}, thrown{0};
  std::atomic<bool> stop{false};
  const auto work = [&](std::uint32_t number) {
    for (std::uint32_t round = 0; round < 40; ++round) try {
        raw_vector s = m.make({}, number % 2 == 0);
        const std::uint32_t mark = number * 1000 + round;
        const std::size_t half = (1 + (number + round) % 3) * 2_MiB;
        for (std::size_t bytes : {half, 2 * half}) {
          grow(s, bytes);
          fill(s, s.size(), &mark, sizeof mark, (bytes - s.size()) / sizeof mark);
          s.set_size(bytes);
        }
        std::this_thread::yield();
        std::vector<std::uint32_t> seen(2 * half / sizeof mark);
        copy_out(s, seen.data(), 0, s.size());
        s.synchronize();
        for (std::uint32_t v : seen) wrong += v != mark;
      } catch (const std::exception&) {
        ++thrown;
      }
  };
  std::vector<std::thread> threads;
  for (std::uint32_t number = 1; number <= 4; ++number) threads.emplace_back(work, number);
  std::thread keeper([&] {
    for (std::size_t round = 0; !stop; ++round) {
      m.value.set_cache_limit(round % 4 * 6_MiB);
      if (round % 8 == 0) m.value.trim(round % 16 == 0 ? -1 : 0);
      wrong += m.value.statistics().cached > 1_GiB;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  for (std::thread& t : threads) t.join();
  stop = true;
  keeper.join();
  CHECK(wrong == 0);
  CHECK(thrown == 0);
  CHECK(m.value.live_ranges() == 0);
  CHECK(m.value.statistics().mapped == 0);
  CHECK(m.value.statistics().live == 0);
  CHECK(m.balanced());
}

#if !VMM_ON_CUDA
namespace {

enum child_found { took_a_cached_range = 1, kept_its_own = 2, kept_its_parents = 4, lost_contents = 8, caught = 16 };

int child_of(own_backend& m, raw_vector& live, const std::byte* warm, std::size_t bytes) try {
  int found = 0;
  const std::size_t before = m.value.statistics().cached;
  for (int round = 0; round < 2; ++round) {
    raw_vector s = m.make();
    reserve(s, bytes);
    if (s.data() == warm || m.value.statistics().cached != before) found |= took_a_cached_range;
    const unsigned char other = 0xee;
    fill(s, 0, &other, 1, bytes);
    s.set_size(bytes);
  }
  if (m.value.statistics().cached != before) found |= kept_its_own;
  if (!intact(live)) found |= lost_contents;
  live = m.make();
  if (m.value.statistics().cached != before) found |= kept_its_parents;
  m.value.trim(-1);
  return found;
} catch (...) {
  return caught;
}

}  // namespace

TEST_CASE("after fork the child takes no cached range of its parent and keeps none", "[range_cache]") {
  own_backend m;
  {
    raw_vector live = m.make();
    extend_to(live, 3_MiB);
    std::byte* warm = nullptr;
    {
      raw_vector s = m.make();
      extend_to(s, 6_MiB);
      warm = s.data();
    }
    const pid_t child = fork();
    if (child == 0) _exit(child_of(m, live, warm, 6_MiB));
    REQUIRE(child > 0);
    int result = -1;
    REQUIRE(waitpid(child, &result, 0) == child);
    CHECK(WIFEXITED(result));
    CHECK(WEXITSTATUS(result) == 0);
    CHECK(intact(live));
    CHECK(std::memcmp(warm, numbers(6_MiB), 6_MiB) == 0);  // what was there when it was left is nobody else's
    const std::size_t before = taken_anew(m);
    raw_vector next = m.make();
    extend_to(next, 5_MiB);
    CHECK(next.data() == warm);
    CHECK(taken_anew(m) == before);
    CHECK(intact(next));
  }
  CHECK(m.balanced());
}
#endif
