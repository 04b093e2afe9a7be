#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# The host backend's suites under valgrind: no invalid access, nothing read that was not written, nothing lost.
# usage: test/valgrind.sh
set -euo pipefail
cd "$(dirname "$0")/.."
with_valgrind=1
. test/setup.sh

build=build/valgrind
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1" -DVMM_CUDA=OFF -DVMM_BUILD_TESTS=ON \
  -DVMM_BUILD_EXAMPLES=OFF >/dev/null
if ! cmake --build "$build" --target layers_host uvector_host threads_host vector_cpp model_cpp >"$build/build.log" 2>&1; then
  tail -n 40 "$build/build.log" >&2
  exit 1
fi
failed=0
check() {
  local suite=$1 begin=$SECONDS
  shift
  valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
    --show-leak-kinds=definite,indirect,possible "$build/test/$suite" "$@" >"$build/$suite.log" 2>&1 || failed=1
  say "$suite $*: $(grep -a 'All tests passed\|^assertions:' "$build/$suite.log" || tail -n 1 "$build/$suite.log") in $((SECONDS - begin)) s"
  grep -a -A 20 '^==[0-9][0-9]*== [A-Z]' "$build/$suite.log" || true
}
# valgrind itself has too few addresses for three cases
check layers_host "~reservations are disjoint*" "~of several cached ranges*"
check uvector_host
check threads_host "~128 threads*"
check vector_cpp
VMM_MODEL_OPERATIONS=2000 check model_cpp
exit "$failed"
