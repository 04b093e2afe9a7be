// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Where a run stands, on standard error: a line that is written over on a terminal, a line now and then elsewhere. Google
/// Benchmark itself says nothing before the last repetition where repetitions take turns.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <map>
#include <string>

#include "backend.hpp"

namespace vmm_bench {

class progress {
 public:
  static void expect(int runs) { one().expected_ += runs; }
  /// One run begins. Google Benchmark may try a body several times for one: no more than `runs` of a name count.
  static void begin(const std::string& name, int runs) {
    progress& p = one();
    if (int& begun = p.begun_[name]; begun < runs) ++begun, ++p.done_;
    const double now = p.since_.seconds();
    if (!p.terminal_ && now < p.last_ + 10) return;
    p.last_ = now;
    std::fprintf(stderr, p.terminal_ ? "\r\033[K[%d of %d, %.0f s] %s" : "[%d of %d, %.0f s] %s\n", p.done_, p.expected_, now,
                 name.c_str());
    std::fflush(stderr);
  }

 private:
  static progress& one() {
    static progress p;
    return p;
  }
  stopwatch since_;
  const bool terminal_ = isatty(2) != 0;
  double last_ = -10;
  int expected_ = 0, done_ = 0;
  std::map<std::string, int> begun_;
};

}  // namespace vmm_bench
