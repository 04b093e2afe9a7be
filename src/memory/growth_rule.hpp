// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The growth rule of a vector's options on a device.
#pragma once

#include "driver/memory_driver.hpp"
#include "memory/growth.hpp"
#include <vmm/options.hpp>

namespace vmm::engine {

inline growth::rule rule_of(const options& o, const capabilities& c) noexcept {
  growth::rule r;
  r.granularity = c.granularity;
  r.largest_block = c.largest_block;
  r.step_factor = o.step_factor;
  r.minimum_step = o.minimum_step;
  return r;
}

}  // namespace vmm::engine
