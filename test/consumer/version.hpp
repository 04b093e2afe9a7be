// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The header's version is the package's.
#include <vmm/version.hpp>

static_assert(VMM_VERSION == EXPECTED, "vmm.pc and <vmm/version.hpp> disagree");
