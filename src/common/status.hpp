// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What a verb of the contract returns.
#pragma once

#include <vmm/error.hpp>

namespace vmm::engine {

struct status {
  errc code = errc::ok;
  const char* call = "";    ///< the backend's own name of what failed; static
  const char* reason = "";  ///< the backend's own word for why; static

  bool ok() const noexcept { return code == errc::ok; }
  /// Of what waits: nothing that was submitted runs any more, since it is done or its context is gone.
  bool is_quiescent() const noexcept { return ok() || code == errc::device_lost || code == errc::shutting_down; }
};

}  // namespace vmm::engine
