#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds and passes all tests. Without a GPU the host backend runs them under AddressSanitizer and UBSan.
# Installs what is missing by package name; VMM_NO_INSTALL=1 keeps it from that.
# usage: test/run.sh [further arguments for ctest]
set -euo pipefail
cd "$(dirname "$0")/.."
with_bench=1 installs=1
. test/setup.sh

case "$side" in
  gpu) preset=gpu ;;
  host) preset=ci-host ;;
  *) preset=ci ;;
esac
have_benchmark && bench=ON || bench=OFF
cmake --preset "$preset" -DVMM_BUILD_TESTS=ON -DVMM_BUILD_BENCH="$bench"
cmake --build --preset "$preset"
# Threads of Thrust's OpenMP system sleep between loops, instead of keeping the cores from the other tests.
OMP_WAIT_POLICY=passive ctest --preset "$preset" --no-tests=error --parallel "$(nproc)" "$@"
