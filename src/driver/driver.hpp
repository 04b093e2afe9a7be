// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The contract of a backend with virtual memory, which is all that the layers above know of it: three parts, one object.
///
/// A verb that returns anything but ok has changed nothing. No verb throws; every verb may be called from any thread and,
/// but for make_current, leaves the caller's current device as it was. Sizes are bytes. Two backends stand behind it,
/// src/driver/cuda and src/driver/host; they differ only inside.
#pragma once

#include "driver/compute_driver.hpp"
#include "driver/memory_driver.hpp"
#include "driver/stream_driver.hpp"

namespace vmm::engine {

class driver : public memory_driver, public stream_driver, public compute_driver {
 public:
  virtual ~driver() = default;
};

}  // namespace vmm::engine
