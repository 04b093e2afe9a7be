// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The main of every suite. Exits with 77, which ctest reports as skipped, where the backend of the suite is missing.
#include <cstdio>

#include "support/backends.hpp"

int vmm_run_suite(int argc, char* argv[]);

int main(int argc, char* argv[]) {
  vmm::engine::capabilities c;
  const vmm::engine::status s = vmm_test::backend().get_driver().describe(0, c);
  if (!s.ok()) {
    std::printf("skipped: no %s backend here: %s (%s: %s)\n", vmm_test::backend_name(), vmm::to_string(s.code), s.call,
                s.reason);
    return 77;
  }
  return vmm_run_suite(argc, argv);
}
