// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How long growth takes, how much memory it holds on the way, and where it ends.
#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "machine.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

/// Memory that has just been released is scrubbed before it can be had again.
void release_much() {
  vmm::device_uvector<unsigned char> v((std::min)(sizes().release, free_memory() / 10 * 8), stream());
  v = vmm::device_uvector<unsigned char>(stream());
  vmm::trim();
}

/// From nothing to `grow_to` in equal steps, data kept. Time of the whole, the last work included; of single steps the
/// quantiles of what the caller waits.
template <class Rival>
void grow_by_steps(benchmark::State& state, bool after_releases) {
  const std::size_t to = sizes().grow_to, step = sizes().grow_step;
  std::vector<double> steps;
  std::size_t peak = 0;
  bool cold = Rival::warm;
  while (cold || state.KeepRunning()) {
    Rival::clean();
    if (after_releases) release_much();
    Rival r;
    std::vector<double> own;
    const stopwatch whole;
    for (std::size_t bytes = step; bytes <= to; bytes += step) {
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
  state.counters["peak/data"] = static_cast<double>(peak) / static_cast<double>(to);
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

/// A full range whose neighbouring addresses are taken moves to a larger one.
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
    v.resize(sizes().relocated + 1);
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

template <class Rival>
void register_steps(bool fresh_only = false) {
  for (bool after : {false, true}) {
    if (after && fresh_only) continue;
    const std::string name = std::string("grow by steps/") + (after ? "after releases/" : "fresh/") + Rival::name;
    add(name, [after](benchmark::State& state) { grow_by_steps<Rival>(state, after); }, benchmark::kMillisecond,
        after ? 2 * sizes().rounds : sizes().rounds);  // scrubbing comes and goes
  }
}

const bool registered = [] {
  const auto ms = benchmark::kMillisecond;
  register_steps<bare_driver>();
  register_steps<vmm_uvector>();
  register_steps<vmm_vector>();
#if VMM_ON_CUDA
  register_steps<stream_ordered<false, false>>();
  register_steps<stream_ordered<false, true>>(true);
  register_steps<stream_ordered<true, true>>(true);
#endif
  register_steps<thrust_vector>(true);
  add("worst peak/vmm::device_uvector", worst_overhead<vmm_uvector>, ms, 1);
  add("worst peak/thrust::device_vector", worst_overhead<thrust_vector>, ms, 1);
#if VMM_ON_CUDA  // on the host this would take the memory of other programs
  add("largest/vmm::device_uvector", largest<vmm_uvector>, ms, 1);
  add("largest/thrust::device_vector", largest<thrust_vector>, ms, 1);
#endif
  add("relocate/vmm::device_uvector", relocate, ms);
  add("relocate/copying", copy_instead, ms);
  return true;
}();

}  // namespace
