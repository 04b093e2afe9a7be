// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/cuda_driver.hpp>
#include <vmm/engine/machine.hpp>

namespace vmm::engine {

machine& cuda_machine() noexcept {
  static machine& m = *new machine(cuda_driver());  // never destroyed: see machine.hpp
  return m;
}

}  // namespace vmm::engine
