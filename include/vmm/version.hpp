// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// The version of the headers; CMake and pkg-config read it from here.
#pragma once

/// The first number of the version.
#define VMM_VERSION_MAJOR 0
/// The second number of the version.
#define VMM_VERSION_MINOR 1
/// The third number of the version.
#define VMM_VERSION_PATCH 0
/// The three as one number, to compare: 1.2.3 is 10203.
#define VMM_VERSION (VMM_VERSION_MAJOR * 10000 + VMM_VERSION_MINOR * 100 + VMM_VERSION_PATCH)
