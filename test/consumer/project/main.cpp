// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Compiled by g++ alone, the same source for the GPU and for the host.
#include <cstdio>
#include <numeric>
#include <vector>

#include <vmm/device_uvector.hpp>

int main() try {
  vmm::device_uvector<int> v;
  for (int i = 0; i < 1000; ++i) v.push_back(i);
  std::vector<int> more(2000000);
  std::iota(more.begin(), more.end(), 1000);
  v.append(more.begin(), more.end());
  const std::vector<int> back = v.to_vector();
  for (int i = 0; i < static_cast<int>(back.size()); ++i)
    if (back[static_cast<std::size_t>(i)] != i) return std::printf("wrong element %d\n", i), 1;
  std::printf("%zu elements, as they were written\n", v.size());
  return v.size() == 2001000 ? 0 : 1;
} catch (const vmm::error& e) {
  std::printf("%s\n", e.what());
  return e.code() == vmm::errc::no_driver || e.code() == vmm::errc::no_device ? 77 : 1;
}
