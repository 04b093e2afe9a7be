// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/shared_options.hpp"

namespace vmm::engine {

void release(const shared_options* o) noexcept {
  if (o != nullptr && o->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete o;
}

}  // namespace vmm::engine
