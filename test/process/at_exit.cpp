// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Vectors with static storage duration, made before everything and destroyed after the runtime: the process ends with 0.
#include <cstdio>
#include <exception>
#include <vector>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>

#include "support/options.hpp"

namespace {

std::vector<vmm::device_uvector<int>> many;
vmm::device_uvector<int> small, large(vmm_test::fixed()), staged;

}  // namespace

int main() {
  try {
    small.resize(1000, 1);
    large.resize(3000000, 1);
    for (int i = 0; i < 100; ++i) many.emplace_back(10000u * static_cast<unsigned>(i + 1));
    static vmm::device_uvector<int> local(5000000);
    local.fill(1);
    const long sum = vmm::reduce(small.view(), 0L) + vmm::reduce(large.view(), 0L) + vmm::reduce(local.view(), 0L);
    for (int i = 0; i < 10; ++i) staged.push_back(i);  // and never flushed
    std::printf("%ld\n", sum);
    return sum == 8001000 ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 77;
  }
}
