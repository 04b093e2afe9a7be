// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L1. The backend behind NVIDIA's driver. Its entry points are looked up at run time, so a program that links the library
/// starts on a computer without a driver, where every verb returns errc::no_driver. No CUDA header.
#pragma once

#include "driver/driver.hpp"

namespace vmm::engine {

/// The one of this process; never destroyed.
driver& cuda_driver() noexcept;

}  // namespace vmm::engine
