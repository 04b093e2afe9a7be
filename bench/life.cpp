// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Vectors that come and go, and many that live at once.
#include <cstddef>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <thrust/fill.h>

#include "backend.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

using vmm_ints = vmm::device_vector<int>;
using thrust_ints = thrust::device_vector<int>;

template <class Vector>
void construct_filled(benchmark::State& state) {
  for (auto _ : state) {
    Vector v(sizes().small_count, 42);
    benchmark::DoNotOptimize(v.data());
  }
}

template <class Vector>
void construct_and_fill(benchmark::State& state) {
  for (auto _ : state) {
    Vector v(sizes().small_count);
    thrust::fill(v.begin(), v.end(), 42);
    benchmark::DoNotOptimize(v.data());
  }
}

/// Time for one of many; the device memory that they take together.
template <class Vector>
void live_at_once(benchmark::State& state) {
  std::size_t taken = 0;
  for (auto _ : state) {
    clean_slate();
    const std::size_t before = free_memory();
    std::vector<Vector> all;
    all.reserve(sizes().small_live);
    const stopwatch time;
    for (std::size_t i = 0; i < sizes().small_live; ++i) all.emplace_back(sizes().small_count, static_cast<int>(i));
    synchronize();
    taken = before - free_memory();
    all.clear();
    synchronize();
    state.SetIterationTime(time.seconds() / static_cast<double>(sizes().small_live));
  }
  state.counters["bytes_each"] = static_cast<double>(taken) / static_cast<double>(sizes().small_live);
}

/// Whether the last of many ranges costs what the first did.
void ranges_at_once(benchmark::State& state) {
  double first = 0, last = 0;
  for (auto _ : state) {
    clean_slate();
    std::vector<vmm::device_uvector<unsigned char>> all;
    all.reserve(sizes().ranges_live);
    std::vector<double> each;
    for (std::size_t i = 0; i < sizes().ranges_live; ++i) {
      const stopwatch time;
      all.emplace_back(sizes().range_size, stream());
      each.push_back(time.seconds());
    }
    const std::size_t tenth = each.size() / 10;
    std::vector<double> head(each.begin() + 1, each.begin() + 1 + static_cast<std::ptrdiff_t>(tenth)),
        tail(each.end() - static_cast<std::ptrdiff_t>(tenth), each.end());
    first = quantile(head, 0.5), last = quantile(tail, 0.5);
    state.SetIterationTime(quantile(each, 0.5));
  }
  state.counters["first_us"] = first * 1e6;
  state.counters["last_us"] = last * 1e6;
}

/// Something that comes and goes, again and again; launched work excluded.
template <class Come>
void in_a_loop(benchmark::State& state, Come come_and_go) {
  come_and_go();
  for (auto _ : state) {
    const stopwatch time;
    come_and_go();
    state.SetIterationTime(time.seconds());
  }
}

/// An uninitialised vector.
void large_temporary(benchmark::State& state, bool kept, bool stream_ordered) {
  clean_slate();
  vmm::set_cache_limit(kept ? 2 * sizes().temporary : 0);
  in_a_loop(state, [=] {
    if (stream_ordered) {
      vmm::device_uvector<unsigned char> v(sizes().temporary, stream());
      benchmark::DoNotOptimize(v.data());
    } else {
      vmm::device_vector<unsigned char> v(sizes().temporary, vmm::no_init);
      benchmark::DoNotOptimize(v.data());
    }
  });
}

void bare_temporary(benchmark::State& state) {
  clean_slate();
  in_a_loop(state, [] {
    bare_driver d;
    d.resize(sizes().temporary);
    benchmark::DoNotOptimize(d.data());
  });
}

#if VMM_ON_CUDA
void pool_temporary(benchmark::State& state) {
  clean_slate();
  set_pool_threshold(~std::uint64_t{0});
  in_a_loop(state, [] {
    void* p = nullptr;
    succeed(cudaMallocAsync(&p, sizes().temporary, stream()), "cudaMallocAsync");
    succeed(cudaFreeAsync(p, stream()), "cudaFreeAsync");
  });
}

#  ifdef VMM_BENCH_RMM
void rmm_temporary(benchmark::State& state) {
  clean_slate();
  in_a_loop(state, [] { rmm_bytes::come_and_go(sizes().temporary, stream()); });
}
#  endif
#endif

const bool registered = [] {
  const auto us = benchmark::kMicrosecond;
  loop("small/filled/vmm::device_vector", construct_filled<vmm_ints>);
  loop("small/filled/thrust::device_vector", construct_filled<thrust_ints>);
  loop("small/then fill/vmm::device_vector", construct_and_fill<vmm_ints>);
  loop("small/then fill/thrust::device_vector", construct_and_fill<thrust_ints>);
  add("live small/vmm::device_vector", live_at_once<vmm_ints>, us);
  add("live small/thrust::device_vector", live_at_once<thrust_ints>, us);
  add("live ranges/vmm::device_uvector", ranges_at_once, us);
  const int many = 20;
  add(
      "large temporary/vmm::device_uvector, cached", [](auto& s) { large_temporary(s, true, true); }, us, sizes().rounds, many);
  add(
      "large temporary/vmm::device_vector, cached", [](auto& s) { large_temporary(s, true, false); }, us, sizes().rounds, many);
  add(
      "large temporary/vmm::device_vector, no cache", [](auto& s) { large_temporary(s, false, false); }, us, sizes().scattered,
      3);
  add("large temporary/driver calls", bare_temporary, us, sizes().scattered, 3);
#if VMM_ON_CUDA
  add("large temporary/cudaMallocAsync, warm pool", pool_temporary, us, sizes().rounds, many);
#  ifdef VMM_BENCH_RMM
  add("large temporary/rmm::device_uvector, warm pool", rmm_temporary, us, sizes().rounds, many);
#  endif
#endif
  return true;
}();

}  // namespace
