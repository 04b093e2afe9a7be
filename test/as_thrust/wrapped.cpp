// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Built with each of the macros by which programs rename the namespaces of Thrust and CUB: as it stands and through
/// vmm::as_thrust.
#ifdef VMM_AS_THRUST
#  include <thrust/device_vector.h>
#endif
#include <vmm/device_vector.hpp>
#include <vmm/execution_policy.hpp>

#include <thrust/iterator/reverse_iterator.h>
#include <thrust/sort.h>

#include <cstdio>

#include "support/backends.hpp"

#if defined(THRUST_CUB_WRAPPED_NAMESPACE) || defined(THRUST_WRAPPED_NAMESPACE)
using namespace own;
#endif

int main() {
  vmm::engine::capabilities c;
  if (!vmm_test::backend().get_driver().describe(0, c).ok()) return 77;
  vmm::device_vector<int> v{3, 1, 2};
  thrust::sort(vmm::par, v.begin(), v.end());
  v.insert(v.begin(), v.rbegin(), v.rend());
  const int first = v[0], last = v.back();
  const bool equal = v == vmm::device_vector<int>{3, 2, 1, 1, 2, 3};
  std::printf("%d %d %d\n", first, last, equal);
  return first == 3 && last == 3 && equal ? 0 : 1;
}
