// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How long other work waits while a vector grows: a thread launches a small fill on a stream of its own and waits for it,
/// again and again. Only launches that growth can have met count.
#include <atomic>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "backend.hpp"
#include "register.hpp"
#include "rivals.hpp"

namespace {

using namespace vmm_bench;

class launcher {
 public:
  launcher() {
    succeed(driver().allocate(order_, bytes, target_));
    thread_ = std::thread([this] { work(); });
    while (!runs_) std::this_thread::yield();
  }
  launcher(const launcher&) = delete;
  ~launcher() {
    end();
    driver().deallocate(order_, target_, bytes);
    driver().stream_synchronize(order_);
  }
  /// What each launch took, in seconds.
  std::vector<double> stop() {
    end();
    if (failed_) std::rethrow_exception(failed_);
    return std::move(latencies_);
  }
  void count(bool really) { counts_ = really; }

 private:
  void end() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void work() try {
    succeed(driver().make_current(0));
    const unsigned pattern = 7;
    while (!over_ || latencies_.empty()) {  // at least one, however busy the computer is
      const bool before = counts_;
      const stopwatch time;
      succeed(driver().fill(order_, target_, &pattern, sizeof pattern, bytes / sizeof pattern));
      succeed(driver().stream_synchronize(order_));
      const double seconds = time.seconds();
      if (before || counts_ || over_) latencies_.push_back(seconds);
      runs_ = true;
    }
  } catch (...) {
    failed_ = std::current_exception();
    runs_ = true;
  }
  static constexpr std::size_t bytes = 64 * KiB;
  const vmm::engine::stream_order order_{0, other_stream(), false};
  void* target_ = nullptr;
  std::vector<double> latencies_;
  std::exception_ptr failed_;
  std::atomic<bool> over_{false}, counts_{false}, runs_{false};
  std::thread thread_;
};

/// Beside nothing: what a launch takes at best.
struct nothing {
  static constexpr bool warm = false;
  static constexpr const char* name = "nothing grows";
  static void clean() { clean_slate(); }
  void resize(std::size_t) { std::this_thread::sleep_for(std::chrono::microseconds(100)); }
};

/// Growth by steps, again and again for a while; the time is the 99 % quantile of a launch.
template <class Rival>
void launches_beside(benchmark::State& state) {
  for (auto _ : state) {
    if (Rival::warm) {
      Rival::clean();
      Rival first;
      for (std::size_t n = sizes().grow_step; n <= sizes().grow_to; n += sizes().grow_step) first.resize(n);
    }
    Rival::clean();
    launcher other;
    double grown = 0;
    while (grown < sizes().beside) {
      Rival r;
      const stopwatch time;
      other.count(true);
      for (std::size_t n = sizes().grow_step; n <= sizes().grow_to; n += sizes().grow_step) r.resize(n);
      succeed(driver().stream_synchronize({0, stream(), false}));  // what growth left to do is part of it
      other.count(false);
      grown += time.seconds();
    }
    std::vector<double> latencies = other.stop();
    state.SetIterationTime(quantile(latencies, 0.99));
    state.counters["p50_us"] = quantile(latencies, 0.5) * 1e6;
    state.counters["p99_us"] = quantile(latencies, 0.99) * 1e6;
    state.counters["max_us"] = quantile(latencies, 1) * 1e6;
  }
}

template <class Rival>
void beside(int runs = sizes().rounds) {
  add(std::string("launches beside growth/99 %/") + Rival::name, launches_beside<Rival>, benchmark::kMicrosecond, runs);
}

const bool registered = [] {
  beside<nothing>();
  beside<vmm_uvector>();
  beside<vmm_vector>();
  beside<thrust_vector>();
#if VMM_ON_CUDA
  beside<stream_ordered<false, true>>(sizes().heavy);
#  ifdef VMM_BENCH_RMM
  beside<rmm_uvector>(sizes().heavy);
#  endif
#endif
  return true;
}();

}  // namespace
