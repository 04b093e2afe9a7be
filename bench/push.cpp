// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements that come from the host, one by one or in a block. Times are for one element, or for the whole block.
#include <cstddef>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <thrust/host_vector.h>

#include "backend.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

using vmm_ints = vmm::device_vector<int>;
using vmm_raw_ints = vmm::device_uvector<int>;
using thrust_ints = thrust::device_vector<int>;

/// All elements are on the device at the end.
template <class Vector>
void finish(Vector& v) {
  benchmark::DoNotOptimize(v.data());
  synchronize();
}

/// A loop for each: what one asks for decides how the other is compiled.
template <class Vector, bool AskSize = false>
void push_back(benchmark::State& state, std::size_t n) {
  [[maybe_unused]] std::size_t seen = 0;
  for (auto _ : state) {
    const stopwatch time;
    Vector v;
    for (std::size_t i = 0; i < n; ++i) {
      v.push_back(static_cast<int>(i));
      if constexpr (AskSize) benchmark::DoNotOptimize(seen += v.size());
    }
    finish(v);
    state.SetIterationTime(time.seconds() / static_cast<double>(n));
    if (v.size() != n) state.SkipWithError("elements were lost");
  }
}

/// After a pointer was handed out, with room for all.
template <class Vector>
void push_back_shown(benchmark::State& state) {
  const std::size_t n = sizes().pushed_slowly;
  for (auto _ : state) {
    Vector v;
    v.reserve(n + 1);
    v.push_back(0);
    benchmark::DoNotOptimize(v.data());
    const stopwatch time;
    for (std::size_t i = 0; i < n; ++i) v.push_back(static_cast<int>(i));
    finish(v);
    state.SetIterationTime(time.seconds() / static_cast<double>(n));
  }
}

/// Ten elements, construction and destruction included. Time for one vector.
template <class Vector>
void push_ten(benchmark::State& state) {
  for (auto _ : state) {
    Vector v;
    for (int i = 0; i < 10; ++i) v.push_back(i);
    benchmark::ClobberMemory();
  }
}

template <class Vector>
void round_robin(benchmark::State& state, std::size_t each) {
  const std::size_t vectors = sizes().round_robin;
  std::size_t pinned = 0;
  for (auto _ : state) {
    std::vector<Vector> all(vectors);
    const stopwatch time;
    for (std::size_t i = 0; i < each; ++i)
      for (Vector& v : all) v.push_back(static_cast<int>(i));
    for (Vector& v : all) benchmark::DoNotOptimize(v.data());
    synchronize();
    state.SetIterationTime(time.seconds() / static_cast<double>(each * vectors));
    pinned = vmm::query_statistics().pinned;
  }
  state.counters["pinned_MiB"] = static_cast<double>(pinned) / MiB;
}

struct pinned_pages {
  pinned_pages() = default;
  pinned_pages(const pinned_pages&) = delete;
  ~pinned_pages() {
    if (p != nullptr) driver().unpin(p, bytes);
  }
  void take(std::size_t n) { succeed(driver().pin(n, p)), bytes = n; }
  void* p = nullptr;
  std::size_t bytes = 0;
};

/// One block from host memory, into room that is there.
void append(benchmark::State& state, bool pinned, bool bare) {
  const std::size_t bytes = sizes().appended, n = bytes / sizeof(int);
  std::vector<int> pageable;
  pinned_pages page_locked;
  if (pinned)
    page_locked.take(bytes);
  else
    pageable.assign(n, 1);
  const int* const first = pinned ? static_cast<const int*>(page_locked.p) : pageable.data();
  vmm_raw_ints v(stream());
  v.reserve(n);
  const auto seconds = [&](bool as_one_copy) {
    v.clear();
    synchronize();
    const stopwatch time;
    if (as_one_copy)
      succeed(driver().copy({0, stream(), false}, v.data(), first, bytes));
    else
      v.append(first, first + n);
    synchronize();
    return time.seconds();
  };
  for (auto _ : state) {  // in turn from the same pages: where they lie decides over more than what is compared
    std::vector<double> own, ours;
    for (int i = 0; i < 4; ++i) {
      const double x = seconds(bare), y = seconds(false);
      if (i != 0) own.push_back(x), ours.push_back(y);
    }
    state.SetIterationTime(quantile(own, 0.5));
    state.counters["times_ours"] = quantile(own, 0.5) / quantile(ours, 0.5);
  }
}

constexpr auto ns = benchmark::kNanosecond;

template <class Vector>
void all_ways(const std::string& name, std::size_t n) {
  add(
      "push_back/from nothing/" + name, [n](auto& s) { push_back<Vector>(s, n); }, ns);
  add(
      "push_back/asking size()/" + name, [n](auto& s) { push_back<Vector, true>(s, n); }, ns);
  add("push_back/address shown/" + name, push_back_shown<Vector>, ns);
  loop("push_back/ten on a fresh vector/" + name, push_ten<Vector>);
}

const bool registered = [] {
  all_ways<vmm_ints>("vmm::device_vector", sizes().pushed);
  all_ways<vmm_raw_ints>("vmm::device_uvector", sizes().pushed);
  all_ways<thrust_ints>("thrust::device_vector", VMM_ON_CUDA ? sizes().pushed_slowly : sizes().pushed);
  add(
      "push_back/from nothing/std::vector on the host", [](auto& s) { push_back<std::vector<int>>(s, sizes().pushed); }, ns);
  add(
      "push_back/round robin/vmm::device_vector", [](auto& s) { round_robin<vmm_ints>(s, 10000); }, ns);
  for (bool pinned : {false, true}) {
    const std::string from = pinned ? "append/from pinned memory/" : "append/from pageable memory/";
    add(
        from + "vmm::device_uvector", [pinned](auto& s) { append(s, pinned, false); }, benchmark::kMillisecond);
    add(
        from + "one copy", [pinned](auto& s) { append(s, pinned, true); }, benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
