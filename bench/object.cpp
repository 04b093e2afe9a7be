// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the vector costs as an object, beside its elements; and copies of large ones.
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <thrust/transform.h>

#include "backend.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

using vmm_ints = vmm::device_vector<int>;
using thrust_ints = thrust::device_vector<int>;

constexpr int many = 100000;

/// `step` many times; the time of one.
template <class Step>
void each(benchmark::State& state, Step step) {
  for (int i = 0; i < many / 10; ++i) step();
  for (auto _ : state) {
    const stopwatch time;
    for (int i = 0; i < many; ++i) step();
    state.SetIterationTime(time.seconds() / many);
  }
}

template <class Vector>
void swapped(benchmark::State& state) {
  Vector a(3), b(4);
  each(state, [&] {
    a.swap(b);
    benchmark::ClobberMemory();
  });
}
template <class Vector>
void moved_and_back(benchmark::State& state) {
  Vector a(3);
  each(state, [&] {
    Vector b(std::move(a));
    benchmark::ClobberMemory();
    a = std::move(b);
    benchmark::ClobberMemory();
  });
}
template <class Vector>
void made(benchmark::State& state) {
  each(state, [] {
    Vector v;
    benchmark::DoNotOptimize(&v);
  });
}
template <class Vector>
void moved_from_function(benchmark::State& state) {
  each(state, [] {
    Vector v;
    benchmark::DoNotOptimize(&v);
    Vector w(std::move(v));
    benchmark::DoNotOptimize(&w);
  });
}

#if !VMM_ON_CUDA
template <class Vector>
void indexed(benchmark::State& state) {
  const Vector v(many, 1);
  for (auto _ : state) {
    const stopwatch time;
    long sum = 0;
    for (std::size_t i = 0; i < many; ++i) sum += v[i];
    benchmark::DoNotOptimize(sum);
    state.SetIterationTime(time.seconds() / many);
  }
}
template <class Vector>
void until_end(benchmark::State& state) {
  const Vector v(many, 1);
  for (auto _ : state) {
    const stopwatch time;
    long sum = 0;
    for (auto i = v.begin(); i != v.end(); ++i) sum += *i;
    benchmark::DoNotOptimize(sum);
    state.SetIterationTime(time.seconds() / many);
  }
}
#endif

std::size_t large() { return sizes().array / sizeof(int) / 2; }

template <class Vector>
double seconds_to_copy(const Vector& v) {
  settle();  // what the last copy left is cleared by the driver, whoever asks for memory next
  const stopwatch time;
  {
    const Vector w(v);
    benchmark::DoNotOptimize(w.data());
  }
  return time.seconds();
}

/// In turn with the rival: what memory costs differs by what was released before.
template <class Vector>
void copied(benchmark::State& state) {
  clean_slate();
  const vmm_ints our(large(), 1);
  const thrust_ints their(large(), 1);
  seconds_to_copy(our), seconds_to_copy(their);
  std::vector<double> ours, theirs;
  for (auto _ : state) {
    ours.push_back(seconds_to_copy(our)), theirs.push_back(seconds_to_copy(their));
    state.SetIterationTime((std::is_same_v<Vector, vmm_ints> ? ours : theirs).back());
  }
  if constexpr (std::is_same_v<Vector, thrust_ints>) state.counters["times_ours"] = quantile(theirs, 0.5) / quantile(ours, 0.5);
}

struct twice {
  VMM_HOST_DEVICE int operator()(int x) const { return 2 * x; }
};

/// As iterations of a solver do.
template <class Vector>
void transformed_and_swapped(benchmark::State& state) {
  clean_slate();
  Vector v(large(), 1), w(large());
  const auto step = [&] {
    thrust::transform(v.begin(), v.end(), w.begin(), twice());
    v.swap(w);
  };
  step();
  for (auto _ : state) {
    const stopwatch time;
    step();
    state.SetIterationTime(time.seconds());
  }
}

template <class Vector>
void register_all(const char* who) {
  const auto named = [who](const char* subject) { return std::string(subject) + "/" + who; };
  const auto ns = benchmark::kNanosecond;
  add(named("object/swap"), swapped<Vector>, ns);
  add(named("object/move and back"), moved_and_back<Vector>, ns);
  add(named("object/made and destroyed"), made<Vector>, ns);
  add(named("object/made, moved and destroyed"), moved_from_function<Vector>, ns);
#if !VMM_ON_CUDA
  add(named("object/v[i]"), indexed<Vector>, ns, sizes().rounds, 20);
  add(named("object/until end()"), until_end<Vector>, ns, sizes().rounds, 20);
#endif
  const auto us = benchmark::kMicrosecond;
  add(named("copy construction"), copied<Vector>, us, sizes().rounds, 4);
  add(named("transform and swap"), transformed_and_swapped<Vector>, us, sizes().placements, 10);
}

const bool registered = [] {
  register_all<vmm_ints>("vmm::device_vector");
  register_all<thrust_ints>("thrust::device_vector");
  return true;
}();

}  // namespace
