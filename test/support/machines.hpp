// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The machine that a suite runs on: the one that its translation units were compiled for.
#pragma once

#include <vmm/engine/machine.hpp>

namespace vmm_test {

inline vmm::engine::machine& machine() { return vmm::default_machine(); }

inline constexpr const char* machine_name() { return VMM_ON_CUDA ? "cuda" : "host"; }

/// The driver of that machine, device 0 and its granularity, for tests of the lower floors.
struct bench {
  vmm::engine::driver& driver = machine().get_driver();
  vmm::engine::capabilities can = [this] {
    vmm::engine::capabilities c;
    driver.describe(0, c);
    return c;
  }();
  std::size_t granule = can.granularity;
  vmm::engine::queue queue{0, vmm::default_stream(), true};
};

}  // namespace vmm_test
