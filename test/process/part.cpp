// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A shared object that the library is linked into. Its vectors live until it is unloaded.
#include "part.hpp"

#include <cstdio>
#include <exception>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>

#include "support/options.hpp"

namespace {

vmm::device_uvector<int> small;
vmm::device_uvector<int> large(vmm_test::fixed());

}  // namespace

extern "C" long work(int n) {
  try {
    for (int i = 0; i < n; ++i) small.push_back(1), large.push_back(1);
    { vmm::device_uvector<int> temporary(1000000); }
    return vmm::reduce(small.view(), 0L) + vmm::reduce(large.view(), 0L);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return -1;
  }
}
