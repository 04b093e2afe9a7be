#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets up, builds, and runs `ingest` on a file. Installs what is missing by package name; VMM_NO_INSTALL=1 keeps it from that.
# usage: docs/examples/run.sh [FILE]
set -euo pipefail
file=$(realpath "${1:-/var/lib/dpkg/status}")
cd "$(dirname "$0")/../.."
installs=1
. test/setup.sh

case "$side" in
  gpu) preset=gpu ingest=ingest_cuda ;;
  *) preset=host ingest=ingest_cpp ;;
esac
cmake --preset "$preset" -DVMM_BUILD_TESTS=OFF >/dev/null
cmake --build --preset "$preset" --target "$ingest"
say "ingest $file"
"build/$preset/docs/examples/$ingest" "$file"
