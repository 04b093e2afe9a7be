// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How long growth takes, how much memory it holds on the way, and where it ends.
#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "backend.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

/// Memory that has just been released is cleared before it can be had again, and there is next to no other.
void release_much() {
  vmm::device_uvector<unsigned char> v((std::min)(sizes().release, free_memory() / 20 * 19), stream());
  v = vmm::device_uvector<unsigned char>(stream());
  vmm::trim();
}

/// Up to `grow_to`: in equal steps, or by doubling from `doubled_from` on.
std::vector<std::size_t> steps_to_take(bool doubling) {
  std::vector<std::size_t> all;
  for (std::size_t bytes = doubling ? sizes().doubled_from : sizes().grow_step; bytes <= sizes().grow_to;
       bytes = doubling ? 2 * bytes : bytes + sizes().grow_step)
    all.push_back(bytes);
  return all;
}

template <class Rival>
std::size_t count_growth(const std::vector<std::size_t>& to_take) {
  Rival::clean();
  std::size_t asked = 0;
  {
    calls() = 0;
    Rival r(true);
    for (std::size_t bytes : to_take) r.resize(bytes);
    asked = calls();
    synchronize();
  }
  counting_backend().trim(-1);
  return asked;
}

/// From nothing on, data kept. Time of the whole, the last work included; of single steps the quantiles of what the caller
/// waits; what is asked of the backend in an iteration of its own.
template <class Rival>
void grow(benchmark::State& state, bool doubling, bool after_releases) {
  const std::vector<std::size_t> to_take = steps_to_take(doubling);
  std::vector<double> steps;
  std::size_t peak = 0;
  bool cold = Rival::warm;
  while (cold || state.KeepRunning()) {
    Rival::clean();
    if (!Rival::warm) settle();
    if (after_releases) release_much();
    Rival r;
    std::vector<double> own;
    const stopwatch whole;
    for (std::size_t bytes : to_take) {
      const stopwatch one;
      r.resize(bytes);
      own.push_back(one.seconds());
    }
    synchronize();
    const double seconds = whole.seconds();
    if (!cold) state.SetIterationTime(seconds), steps.insert(steps.end(), own.begin(), own.end());
    peak = (std::max)(peak, r.peak());
    cold = false;
  }
  static std::size_t counted[2] = {};  // the same each time
  std::size_t& asked = counted[doubling];
  if (asked == 0) asked = count_growth<Rival>(to_take);
  state.counters["peak/data"] = static_cast<double>(peak) / static_cast<double>(sizes().grow_to);
  state.counters["calls/step"] = static_cast<double>(asked) / static_cast<double>(to_take.size());
  state.counters["p50_us"] = quantile(steps, 0.5) * 1e6;
  state.counters["p99_us"] = quantile(steps, 0.99) * 1e6;
  state.counters["max_us"] = quantile(steps, 1) * 1e6;
}

/// The most that is ever held beside the data, where data grow past each capacity by one byte.
template <class Rival>
void worst_overhead(benchmark::State& state) {
  double worst = 0;
  for (auto _ : state) {
    Rival::clean();
    settle();
    Rival r;
    const stopwatch time;
    for (std::size_t bytes = sizes().grow_step; bytes <= sizes().grow_to;) {
      r.resize(bytes);
      worst = (std::max)(worst, static_cast<double>(r.peak()) / static_cast<double>(bytes));
      bytes = r.v.capacity() + 1;
    }
    state.SetIterationTime(time.seconds());
  }
  state.counters["peak/data"] = worst;
}

/// Growth until memory ends, by doubling where a step cannot be had for less. Part of what was free at the start.
template <class Rival>
void largest(benchmark::State& state) {
  std::size_t free = 0, reached = 0;
  for (auto _ : state) {
    Rival::clean();
    settle();
    free = free_memory();
    Rival r;
    const stopwatch time;
    for (std::size_t step = free / 64; step >= MiB;) {
      try {
        r.resize(r.v.size() + step);
      } catch (const std::bad_alloc&) {
        step /= 2;
      }
    }
    reached = r.v.size();
    state.SetIterationTime(time.seconds());
  }
  state.counters["of_free"] = static_cast<double>(reached) / static_cast<double>(free);
}

/// Growth past each capacity by a byte, to `end` or until memory ends: what a step_factor costs, in time and in memory that is held
/// beside the data from the first step of other rows on.
void by_step_factor(benchmark::State& state, double factor, std::size_t end) {
  double worst = 0;
  std::size_t free = 0, reached = 0;
  for (auto _ : state) {
    clean_slate();
    settle();
    free = free_memory();
    vmm::options o;
    o.step_factor = factor;
    vmm::device_uvector<unsigned char> v(stream(), o);
    const stopwatch time;
    try {
      while (v.capacity() < end) {
        const std::size_t bytes = v.capacity() + 1;
        v.resize(bytes);
        if (bytes > sizes().grow_step)
          worst = (std::max)(worst, static_cast<double>(v.statistics().mapped) / static_cast<double>(bytes));
      }
    } catch (const std::bad_alloc&) {
    }
    synchronize();
    state.SetIterationTime(time.seconds());
    reached = v.capacity();
  }
  state.counters["peak/data"] = worst;
  if (end > free) state.counters["of_free"] = static_cast<double>(reached) / static_cast<double>(free);
}

/// A full range whose neighbouring addresses are taken moves to a larger one. Timed is `reserve` of one byte more, which maps
/// one granularity more; a `resize` would take its growth step as well, an eighth of the data in fresh blocks.
void relocate(benchmark::State& state) {
  std::size_t relocations = 0;
  for (auto _ : state) {
    clean_slate();
    vmm::options o;
    o.initial_reservation = sizes().relocated;
    vmm::device_uvector<unsigned char> v(stream(), o);
    for (std::size_t bytes = 1; bytes <= sizes().relocated; bytes = v.capacity() + 1) v.resize(bytes);
    v.resize(sizes().relocated);
    void* neighbour = nullptr;  // a large one: small reservations have a place of their own
    const std::size_t in_the_way = sizes().relocated / 8;
    succeed(driver().reserve(in_the_way, v.data() + v.reserved(), neighbour));
    synchronize();
    const stopwatch time;
    v.reserve(sizes().relocated + 1);
    synchronize();
    state.SetIterationTime(time.seconds());
    relocations += v.statistics().relocations;
    succeed(driver().unreserve(neighbour, in_the_way));
  }
  if (relocations != static_cast<std::size_t>(state.iterations())) state.SkipWithError("it did not move once each time");
}

/// The copy that relocation does without.
void copy_instead(benchmark::State& state) {
  clean_slate();
  const std::size_t bytes = sizes().relocated;
  vmm::device_uvector<unsigned char> from(bytes, stream()), to(bytes, stream());
  for (auto _ : state) {
    synchronize();
    const stopwatch time;
    succeed(driver().copy({0, stream(), false}, to.data(), from.data(), bytes));
    synchronize();
    state.SetIterationTime(time.seconds());
  }
}

/// What grew by steps gives the upper half of its memory back.
template <class Rival>
void shrink(benchmark::State& state) {
  std::size_t peak = 0;
  for (auto _ : state) {
    Rival::clean();
    Rival r;
    for (std::size_t bytes : steps_to_take(false)) r.resize(bytes);
    r.resize(sizes().grow_to / 2);
    synchronize();
    const stopwatch time;
    r.shrink();
    synchronize();
    state.SetIterationTime(time.seconds());
    peak = (std::max)(peak, r.peak());
  }
  state.counters["peak/data"] = static_cast<double>(peak) / static_cast<double>(sizes().grow_to / 2);
}

/// In so many runs; none after releases for rivals that would say the same again.
template <class Rival>
void register_growth(int fresh, int after_releases) {
  const auto ms = benchmark::kMillisecond;
  const std::string who = Rival::name;
  add(
      "grow by steps/fresh/" + who, [](benchmark::State& s) { grow<Rival>(s, false, false); }, ms, fresh);
  add(
      "grow by doubling/fresh/" + who, [](benchmark::State& s) { grow<Rival>(s, true, false); }, ms, fresh);
  if (after_releases != 0)
    add(
        "grow by steps/after releases/" + who, [](benchmark::State& s) { grow<Rival>(s, false, true); }, ms, after_releases);
}

template <class Rival>
void register_shrink(int runs) {
  add(std::string("shrink/to half/") + Rival::name, shrink<Rival>, benchmark::kMillisecond, runs);
}

std::string in_words(std::size_t bytes) {
  return bytes < GiB ? std::to_string(bytes / MiB) + " MiB" : std::to_string(bytes / GiB) + " GiB";
}

const bool registered = [] {
  benchmark::AddCustomContext("grow_to", in_words(sizes().grow_to));
  benchmark::AddCustomContext("grow_step", in_words(sizes().grow_step));
#ifdef VMM_BENCH_RMM
  benchmark::AddCustomContext("rmm", rmm_bytes::version());
#endif
  if (is_small()) benchmark::AddCustomContext("small", "yes");
  const auto ms = benchmark::kMillisecond;
  const int rounds = sizes().rounds, scattered = sizes().scattered, heavy = sizes().heavy;
  register_growth<bare_driver>(scattered, scattered);
  register_growth<vmm_uvector>(scattered, scattered);
  register_growth<vmm_vector>(scattered, scattered);
  register_growth<thrust_vector>(rounds, 0);
  register_shrink<vmm_uvector>(rounds);
  register_shrink<vmm_vector>(rounds);
  register_shrink<thrust_vector>(rounds);
#if VMM_ON_CUDA
  register_growth<stream_ordered<false, false>>(heavy, heavy);
  register_growth<stream_ordered<false, true>>(heavy, 0);
  register_growth<stream_ordered<true, true>>(rounds, 0);
  register_shrink<stream_ordered<false, true>>(heavy);
#  ifdef VMM_BENCH_RMM
  register_growth<rmm_uvector>(rounds, 0);
  register_shrink<rmm_uvector>(rounds);
#  endif
#endif
  add("worst peak/vmm::device_uvector", worst_overhead<vmm_uvector>, ms, heavy);
  add("worst peak/thrust::device_vector", worst_overhead<thrust_vector>, ms, heavy);
#if VMM_ON_CUDA  // on the host this would take the memory of other programs
  add("largest/vmm::device_uvector", largest<vmm_uvector>, ms, heavy);
  add("largest/thrust::device_vector", largest<thrust_vector>, ms, heavy);
#endif
  for (const int part : {8, 16, 32, 64}) {
    const double factor = 1.0 / part;
    const std::string who = "/one part in " + std::to_string(part);
    add(
        "step factor/to " + in_words(sizes().grow_to) + who,
        [factor](benchmark::State& s) { by_step_factor(s, factor, sizes().grow_to); }, ms, heavy);
#if VMM_ON_CUDA
    add(
        "step factor/to all of the memory" + who,
        [factor](benchmark::State& s) { by_step_factor(s, factor, static_cast<std::size_t>(-1)); }, ms, heavy);
#endif
  }
  add("relocate/vmm::device_uvector", relocate, ms);
  add("relocate/copying", copy_instead, ms);
  return true;
}();

}  // namespace
