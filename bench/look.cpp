// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Programs that look between pushes: the vector ends in host memory that kernels see. `without tails` is the same build with
/// vmm::set_tail_limit(0), where every element that is pushed after a look goes to the device by itself.
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <thrust/functional.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>

#include "backend.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

using vmm_ints = vmm::device_vector<int>;
using thrust_ints = thrust::device_vector<int>;

constexpr auto ns = benchmark::kNanosecond;
constexpr auto us = benchmark::kMicrosecond;
constexpr auto ms = benchmark::kMillisecond;

/// Which of the rows a benchmark is: who is measured, and how many elements suffice.
template <class V>
struct rival {
  using vector = V;
  std::string name;
  bool tails;
  std::size_t pushed;  // of the rows that push a million
  std::size_t each;    // to each of many vectors
  void begin() const {
    clean_slate();
    settle();  // tails take and turn memory in small pieces, each of which waits while the driver clears
    if (!tails) vmm::set_tail_limit(0);  // set back before the next one
  }
};

/// The pushes alone, for each element, while all elements are summed after each thousand.
template <class V>
void reduce_after_each_thousand(benchmark::State& state, const rival<V>& r) {
  r.begin();
  for (auto _ : state) {
    V v;
    double seconds = 0;
    long long sum = 0;
    for (std::size_t i = 0; i < r.pushed;) {
      const stopwatch time;
      for (std::size_t k = 0; k < 1000; ++k, ++i) v.push_back(static_cast<int>(i % 1000));
      seconds += time.seconds();
      sum = thrust::reduce(v.begin(), v.end(), 0ll);
    }
    state.SetIterationTime(seconds / static_cast<double>(r.pushed));
    if (sum != static_cast<long long>(r.pushed / 1000) * 499500) state.SkipWithError("elements were lost");
  }
}

#if VMM_ON_CUDA
__global__ void read_newest(const int* newest, int expected, int* wrong) {
  if (*newest != expected) atomicAdd(wrong, 1);
}
__global__ void keep_busy(long long cycles, const int* data, std::size_t n, int* sink) {
  const long long begin = clock64();
  int sum = 0;
  do
    for (std::size_t i = threadIdx.x; i < n; i += blockDim.x) sum += reinterpret_cast<const volatile int*>(data)[i];
  while (clock64() - begin < cycles);
  if (sum == 42) *sink = sum;
}

/// A push and a launch that reads it, in turn with launches alone: what a push adds are nanoseconds, and launches differ by more.
template <class V>
void launch_after_each(benchmark::State& state, const rival<V>& r) {
  r.begin();
  constexpr std::size_t part = 1000;
  const std::size_t parts = (std::min)(r.pushed, std::size_t{200000}) / part;
  thrust_ints wrong(1, 0);
  int* const counter = thrust::raw_pointer_cast(wrong.data());
  for (auto _ : state) {
    V v(1, 0);
    std::vector<double> pushing, alone;
    for (std::size_t i = 0; i < 2 * parts; ++i) {
      const bool push = i % 2 == 0;
      const std::size_t first = v.size() - 1;
      synchronize();
      const stopwatch time;
      for (std::size_t k = 1; k <= part; ++k) {
        if (push) v.push_back(static_cast<int>(first + k));
        const std::size_t newest = push ? first + k : first;
        read_newest<<<1, 1>>>(thrust::raw_pointer_cast(v.data()) + newest, static_cast<int>(newest), counter);
      }
      (push ? pushing : alone).push_back(time.seconds() / part);
    }
    synchronize();
    state.SetIterationTime(quantile(pushing, 0.5));
    state.counters["beyond_launch_ns"] = (quantile(pushing, 0.5) - quantile(alone, 0.5)) * 1e9;
    if (wrong[0] != 0) state.SkipWithError("a kernel has seen an old element");
  }
}

/// clear and a thousand pushes while the kernel of the frame before reads its thousand. The host's time for a frame.
template <class V>
void frames(benchmark::State& state, const rival<V>& r) {
  r.begin();
  thrust_ints sink(1, 0);
  constexpr int count = 200;
  for (auto _ : state) {
    V v;
    double seconds = 0;
    for (int frame = 0; frame < count; ++frame) {
      const stopwatch time;
      v.clear();
      for (int i = 0; i < 1000; ++i) v.push_back(i);
      const int* const data = thrust::raw_pointer_cast(v.data());
      seconds += time.seconds();
      keep_busy<<<1, 256>>>(100000, data, 1000, thrust::raw_pointer_cast(sink.data()));
    }
    synchronize();
    state.SetIterationTime(seconds / count);
  }
}
#endif

/// Many vectors, pushed to in turn, each looked at after a hundred. For each push.
template <class V>
void in_turn(benchmark::State& state, const rival<V>& r) {
  r.begin();
  for (auto _ : state) {
    std::vector<V> all(sizes().round_robin);
    const stopwatch time;
    for (std::size_t i = 0; i < r.each; ++i)
      for (V& v : all) {
        v.push_back(static_cast<int>(i));
        if (i % 100 == 99) benchmark::DoNotOptimize(v.data());
      }
    synchronize();
    state.SetIterationTime(time.seconds() / static_cast<double>(r.each * all.size()));
    if (all.back().back() != static_cast<int>(r.each - 1)) state.SkipWithError("elements were lost");
  }
  state.counters["pinned_MiB"] = static_cast<double>(vmm::query_statistics().pinned) / MiB;
}

/// Blocks from host memory, inserted at the end. For each block.
template <class V>
void insert_blocks(benchmark::State& state, const rival<V>& r, std::size_t bytes, std::size_t blocks) {
  r.begin();
  std::vector<int> block(bytes / sizeof(int));
  std::iota(block.begin(), block.end(), 0);
  for (auto _ : state) {
    V v;
    const stopwatch time;
    for (std::size_t i = 0; i < blocks; ++i) v.insert(v.end(), block.begin(), block.end());
    synchronize();
    state.SetIterationTime(time.seconds() / static_cast<double>(blocks));
    if (v.size() != block.size() * blocks || v.back() != block.back()) state.SkipWithError("elements were lost");
  }
}

/// An algorithm over a vector that ends in a tail, and after to_device(). The ratio is of medians taken in turn.
template <class Algorithm>
void with_a_tail_behind(benchmark::State& state, Algorithm algorithm) {
  rival<vmm_ints>{"", true, 0, 0}.begin();
  const std::size_t n = sizes().array / 32 / sizeof(int);
  for (auto _ : state) {
    const auto make = [n] {
      vmm_ints v(n, 1);
      for (int i = 0; i < 64; ++i) benchmark::DoNotOptimize(v.data()), v.push_back(i);
      for (std::size_t i = 64; i < 200000; ++i) v.push_back(static_cast<int>(i));
      return v;
    };
    vmm_ints tailed = make(), settled = make();
    settled.to_device();
    std::vector<double> with, without;
    for (int i = 0; i < 12; ++i)
      for (const bool tail : {true, false}) {
        vmm_ints& v = tail ? tailed : settled;
        synchronize();
        const stopwatch time;
        algorithm(v);
        synchronize();
        if (i != 0) (tail ? with : without).push_back(time.seconds());
      }
    state.SetIterationTime(quantile(with, 0.5));
    state.counters["times_settled"] = quantile(with, 0.5) / quantile(without, 0.5);
  }
}

/// A vector that is looked at all the time, up to a size: what it holds at the most, beside its data, and of the host's memory, where
/// no block of a smaller tail is kept for others.
void growth_in_memory(benchmark::State& state) {
  const rival<vmm_ints> r{"", true, 0, 0};
  r.begin();
  vmm::set_tail_limit(8 * MiB);  // set back before the next one
  const std::size_t n = (std::min)(8 * GiB, sizes().grow_to) / sizeof(int);
  for (auto _ : state) {
    double worst = 0;
    std::size_t host = 0;
    vmm_ints v;
    const std::size_t before = vmm::query_statistics().pinned;
    const stopwatch time;
    for (std::size_t i = 0; i < n;) {
      for (std::size_t k = 0; k < (i < 64 ? 1 : 65536) && i < n; ++k, ++i) v.push_back(static_cast<int>(i));
      benchmark::DoNotOptimize(v.data());  // from the first on, so that nothing is ever staged
      const double data = static_cast<double>(v.size() * sizeof(int));
      const double held = static_cast<double>(v.statistics().mapped) - 32.0 * MiB;
      worst = (std::max)(worst, held / data);
      host = (std::max)(host, vmm::query_statistics().pinned - before);
    }
    synchronize();
    state.SetIterationTime(time.seconds());
    state.counters["beyond_32MiB/data"] = worst;
    state.counters["peak/data"] = static_cast<double>(v.statistics().peak_mapped) / static_cast<double>(n * sizeof(int));
    state.counters["host_MiB"] = static_cast<double>(host) / MiB;
  }
}

template <class V>
void all_of(const rival<V>& r) {
  const auto row = [&r](const char* way) { return std::string("look/") + way + "/" + r.name; };
  add(
      row("reduce after each 1 000"), [r](auto& s) { reduce_after_each_thousand<V>(s, r); }, ns);
#if VMM_ON_CUDA
  add(
      row("launch after each"), [r](auto& s) { launch_after_each<V>(s, r); }, ns, 7);
  add(
      row("frames of 1 000"), [r](auto& s) { frames<V>(s, r); }, us);
#endif
  add(
      row("1 000 vectors in turn"), [r](auto& s) { in_turn<V>(s, r); }, ns);
  add(
      row("insert 1 000 bytes"), [r](auto& s) { insert_blocks<V>(s, r, 1000, is_small() ? 100 : 20000); }, us);
  add(
      row("insert 64 KiB"), [r](auto& s) { insert_blocks<V>(s, r, 64 * KiB, is_small() ? 20 : 2000); }, us);
  add(
      row("insert 4 MiB"), [r](auto& s) { insert_blocks<V>(s, r, 4 * MiB, is_small() ? 2 : 100); }, us);
}

const bool registered = [] {
  const std::size_t million = is_small() ? 10000 : 1000000, slow = VMM_ON_CUDA && !is_small() ? 20000 : 10000;
  all_of(rival<vmm_ints>{"vmm::device_vector", true, million, is_small() ? 200u : 10000u});
  all_of(rival<vmm_ints>{"vmm::device_vector without tails", false, slow, 100});
  all_of(rival<thrust_ints>{"thrust::device_vector", true, slow, 100});
  add(
      "look/sort with a tail/vmm::device_vector",
      [](auto& s) { with_a_tail_behind(s, [](vmm_ints& v) { thrust::sort(v.begin(), v.end()); }); }, us);
  add(
      "look/reduce with a tail/vmm::device_vector",
      [](auto& s) { with_a_tail_behind(s, [](vmm_ints& v) { benchmark::DoNotOptimize(thrust::reduce(v.begin(), v.end())); }); },
      us);
  add(
      "look/scan with a tail/vmm::device_vector",
      [](auto& s) { with_a_tail_behind(s, [](vmm_ints& v) { thrust::inclusive_scan(v.begin(), v.end(), v.begin()); }); }, us);
  add("look/pushing to 8 GiB/vmm::device_vector", growth_in_memory, ms, 3);
  return true;
}();

}  // namespace
