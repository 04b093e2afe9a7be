// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How a benchmark joins the run. Its name is subject/way/who: what shares all but `who` is compared in the report.
#pragma once

#include <exception>
#include <string>

#include <benchmark/benchmark.h>

#include "axes.hpp"
#include "backend.hpp"
#include "progress.hpp"

namespace vmm_bench {

/// One run of a body. One that throws fails alone.
template <class Body>
void run(benchmark::State& state, const std::string& name, int repetitions, Body& body) try {
  progress::begin(name, repetitions);
  set_back();
  body(state);
} catch (const std::exception& e) {
  state.SkipWithError(e.what());
}

/// The body measures itself (SetIterationTime). Repetitions of different benchmarks take turns.
template <class Body>
void add(const std::string& name, Body body, benchmark::TimeUnit unit, int repetitions = sizes().rounds, int iterations = 1) {
  progress::expect(repetitions);
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { run(state, name, repetitions, body); })
      ->Iterations(iterations)
      ->Repetitions(repetitions)
      ->UseManualTime()
      ->Unit(unit);
}

/// The body is measured as a whole, as often as it takes.
template <class Body>
void loop(const std::string& name, Body body) {
  progress::expect(sizes().rounds);
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { run(state, name, sizes().rounds, body); })
      ->UseRealTime()
      ->MinTime(0.1)
      ->Repetitions(sizes().rounds)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace vmm_bench
