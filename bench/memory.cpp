// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Whether memory that grew step by step is as fast as memory that was allocated at once. Each iteration takes memory anew,
/// because placement matters, and reports the median of a few runs on it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <thrust/execution_policy.h>
#include <thrust/functional.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/tabulate.h>

#include <vmm/device_uvector.hpp>
#include "memory/block.hpp"

#include "backend.hpp"
#include "register.hpp"
#include "scrambled.hpp"

namespace {

using namespace vmm_bench;

/// By cudaMalloc; on the host backend by operator new.
struct allocated {
  static constexpr const char* name = "allocated at once";
  explicit allocated(std::size_t bytes) {
    if (vmm::engine::status s = vmm::engine::allocation::create(driver(), {0, stream(), true}, bytes, memory); !s.ok())
      succeed(s);
  }
  void* data() { return memory.data(); }
  vmm::engine::allocation memory;
};

/// Past each capacity by one byte, from nothing on: as many blocks as growth can leave.
struct grown {
  static constexpr const char* name = "grown step by step";
  explicit grown(std::size_t bytes) : v(stream()) {
    for (std::size_t n = 1; n < bytes; n = (std::min)(v.capacity() + 1, bytes)) v.resize(n);
    v.resize(bytes);
  }
  void* data() { return v.data(); }
  vmm::device_uvector<unsigned char> v;
};

auto policy() {
#if VMM_ON_CUDA
  return thrust::cuda::par.on(stream());
#else
  return thrust::device;
#endif
}

/// What the timed part works on: `n` integers. `passes`: how often it reads or writes all of them.
struct copy_inside {
  static constexpr const char* name = "copy inside";
  static constexpr double passes = 1;
  static std::size_t bytes() { return sizes().array; }
  static void before(int*, std::size_t) {}
  static void run(int* p, std::size_t n) { succeed(driver().copy({0, stream(), false}, p + n / 2, p, n / 2 * sizeof(int))); }
};
struct fill {
  static constexpr const char* name = "fill";
  static constexpr double passes = 1;
  static std::size_t bytes() { return sizes().array; }
  static void before(int*, std::size_t) {}
  static void run(int* p, std::size_t n) {
    const int seven = 7;
    succeed(driver().fill({0, stream(), false}, p, &seven, sizeof seven, n));
  }
};
struct reduce {
  static constexpr const char* name = "reduce";
  static constexpr double passes = 1;
  static std::size_t bytes() { return sizes().array; }
  static void before(int* p, std::size_t n) { fill::run(p, n); }
  static void run(int* p, std::size_t n) {
    benchmark::DoNotOptimize(thrust::reduce(policy(), p, p + n, 0, thrust::plus<int>()));
  }
};
struct scan {
  static constexpr const char* name = "scan";
  static constexpr double passes = 2;
  static std::size_t bytes() { return sizes().array; }
  static void before(int* p, std::size_t n) {
    const int zero = 0;
    succeed(driver().fill({0, stream(), false}, p, &zero, sizeof zero, n));
  }
  static void run(int* p, std::size_t n) { thrust::inclusive_scan(policy(), p, p + n, p); }
};
struct sort {
  static constexpr const char* name = "sort";
  static constexpr double passes = 0;  // as many as its implementation likes
  static std::size_t bytes() { return sizes().sorted * sizeof(int); }
  static void before(int* p, std::size_t n) { thrust::tabulate(policy(), p, p + n, scrambled{}); }
  static void run(int* p, std::size_t n) { thrust::sort(policy(), p, p + n); }
};

template <class Algorithm, class Memory>
void on_memory(benchmark::State& state) {
  for (auto _ : state) {
    clean_slate();
    Memory memory(Algorithm::bytes());
    int* const p = static_cast<int*>(memory.data());
    const std::size_t n = Algorithm::bytes() / sizeof(int);
    std::vector<double> runs;
    for (int i = 0; i < 4; ++i) {
      Algorithm::before(p, n);
      synchronize();
      const stopwatch time;
      Algorithm::run(p, n);
      synchronize();
      if (i != 0) runs.push_back(time.seconds());
    }
    state.SetIterationTime(quantile(runs, 0.5));
  }
  if (Algorithm::passes != 0) state.counters["moved"] = Algorithm::passes * static_cast<double>(Algorithm::bytes());
}

/// Several repetitions of one iteration each, so that the two kinds of memory take turns.
template <class Algorithm, class Memory>
void on() {
  add(std::string("memory/") + Algorithm::name + "/" + Memory::name, on_memory<Algorithm, Memory>, benchmark::kMillisecond,
      sizes().placements);
}

template <class Algorithm>
void both() {
  on<Algorithm, allocated>();
  on<Algorithm, grown>();
}

const bool registered = (both<copy_inside>(), both<fill>(), both<reduce>(), both<scan>(), both<sort>(), true);

}  // namespace
