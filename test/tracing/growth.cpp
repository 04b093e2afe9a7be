// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Grows a vector a known number of times, and compares that with the ranges that NVTX has handed to the injection: one for
/// each, or none at all where NVTX_INJECTION64_PATH is not set.
///
/// usage: growth INJECTION
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <dlfcn.h>

#include <vmm/device_uvector.hpp>

#include "counts.hpp"

namespace {

bool failed = false;

void check(bool right, const char* what) {
  if (right) return;
  std::printf("wrong: %s\n", what);
  failed = true;
}

/// Of the object that NVTX has loaded, or of one that nobody has called.
nvtx_counts seen(const char* injection) {
  void* const library = dlopen(injection, RTLD_NOW);
  void* const counts = library != nullptr ? dlsym(library, "vmm_nvtx_counts") : nullptr;
  if (counts != nullptr) return reinterpret_cast<nvtx_counts_function>(counts)();
  std::printf("growth: %s\n", dlerror());
  std::exit(2);
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return std::fputs("usage: growth INJECTION\n", stderr), 2;
  const bool injected = std::getenv("NVTX_INJECTION64_PATH") != nullptr;

  vmm::options o;
  o.limit = std::size_t{1} << 30;
  vmm::device_uvector<int> v(o);
  int steps = 0;
  for (std::size_t n : {1000U, 4000U, 16000U, 64000U, 300000U, 1000000U, 4000000U}) {  // small, promoted, in its range
    v.reserve(n);
    ++steps;
  }
  const std::vector<int> values = {1, 2, 3};
  v.append(values);  // fits, as all of these do
  v.reserve(10);
  v.resize(v.capacity());
  v.clear();
  v.append(values);
  try {
    v.reserve(o.limit);
    check(false, "growth past the limit is refused");
  } catch (const std::length_error&) {
  }
  v.resize(v.capacity() + 1);
  ++steps;

  check(v.statistics().growth_steps == static_cast<std::size_t>(steps), "the vector's number of growth steps");
  check(vmm::query_statistics().growth_steps == static_cast<std::size_t>(steps), "the process's number of growth steps");
  v.resize(values.size());
  check(v.to_vector() == values, "the elements");

  const nvtx_counts c = seen(argv[1]);
  std::printf("%d growth steps; injections %d, domains %d, pushes %d, pops %d, deepest %d, strange %d\n", steps, c.initialised,
              c.domains, c.pushes, c.pops, c.deepest, c.strange);
  check(c.initialised == (injected ? 1 : 0), "whether NVTX has loaded the injection");
  check(c.domains == (injected ? 1 : 0), "one domain");
  check(c.pushes == (injected ? steps : 0), "a range for each growth step");
  check(c.pops == c.pushes, "every range ends");
  check(c.deepest == (injected ? 1 : 0), "ranges do not nest");
  check(c.strange == 0, "no other ranges");
  return failed ? 1 : 0;
}
