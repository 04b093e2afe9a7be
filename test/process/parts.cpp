// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// usage: parts A.so B.so. Two copies of the library in one process; one of them is unloaded with vectors alive, loaded again,
/// and the other one at exit.
#include <cstdio>
#include <dlfcn.h>

#include "part.hpp"

namespace {

void* opened(const char* path) {
  void* const part = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (part == nullptr) std::fprintf(stderr, "%s\n", dlerror());
  return part;
}

work_fn work_of(void* part) { return reinterpret_cast<work_fn>(dlsym(part, "work")); }

}  // namespace

int main(int, char** arguments) {
  void* a = opened(arguments[1]);
  void* const b = opened(arguments[2]);
  if (a == nullptr || b == nullptr) return 1;
  long sums[] = {work_of(a)(1000), work_of(b)(500), work_of(a)(1000), work_of(b)(600000)};
  bool right = sums[0] == 2000 && sums[1] == 1000 && sums[2] == 4000 && sums[3] == 2 * 600500;
  if (sums[0] == -1) return 77;
  if (dlclose(a) != 0) return 1;
  right = work_of(b)(1) == 2 * 600501 && right;
  a = opened(arguments[1]);
  if (a == nullptr) return 1;
  const long again = work_of(a)(10);  // a new copy, or the old one where the loader has kept it
  right = (again == 20 || again == 4020) && right;
  std::printf("%ld %ld %ld %ld %ld\n", sums[0], sums[1], sums[2], sums[3], again);
  return right ? 0 : 1;
}
