// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Options that many suites ask for, and options by the name of what they ask for.
#pragma once

#include <ostream>

#include <vmm/options.hpp>

namespace vmm_test {

inline vmm::options fixed() {
  vmm::options o;
  o.fixed_address = true;
  return o;
}

/// Where a vector can live.
struct home {
  const char* name;
  vmm::options options;
};
inline std::ostream& operator<<(std::ostream& out, const home& h) { return out << h.name; }

}  // namespace vmm_test
