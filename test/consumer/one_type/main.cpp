// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>

#include "parts.hpp"
#include "support/backends.hpp"

int main() {
  vmm::engine::capabilities c;
  if (!vmm_test::backend().get_driver().describe(0, c).ok()) return std::printf("skipped: no GPU here\n"), 77;
  vmm::device_uvector<int> v;
  v.push_back(3);
  append_for_sm_80(v);
  const vmm::device_uvector<double> w = make_for_sm_90(v);
  const bool right = v.to_vector() == std::vector<int>{3, 4, 5, 6} && w.to_vector() == std::vector<double>(4, 0.5);
  std::printf("%s\n", right ? "one type across compilers and architectures" : "wrong contents");
  return right ? 0 : 1;
}
