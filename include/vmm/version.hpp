// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The version of the headers; CMake and pkg-config read it from here.
#pragma once

#define VMM_VERSION_MAJOR 0
#define VMM_VERSION_MINOR 1
#define VMM_VERSION_PATCH 0
#define VMM_VERSION (VMM_VERSION_MAJOR * 10000 + VMM_VERSION_MINOR * 100 + VMM_VERSION_PATCH)
