// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Catch2's own code, compiled once for all suites.
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"

int vmm_run_suite(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
