#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# On a machine with a GPU: builds, runs the whole suite on the cuda driver, then again under compute-sanitizer (memcheck and
# racecheck), and leaves summary.md and the logs in OUTDIR. VMM_SOAK_SECONDS=600 makes the soak as long as it is meant to be.
# usage: test/gpu.sh OUTDIR
set -uo pipefail
: "${1:?usage: test/gpu.sh OUTDIR}"
out=$(mkdir -p "$1" && cd "$1" && pwd) || exit 2
cd "$(dirname "$0")/.."
. test/setup.sh
if [ "$side" != gpu ]; then
  say "there is no GPU here" >&2
  exit 77
fi
build=build/gpu
failed=0
summary() { printf '%s\n' "$*" | tee -a "$out/summary.md"; }

: >"$out/summary.md"
summary "# GPU run"
summary ""
summary "| | |"
summary "|---|---|"
summary "| device | $(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader | tr '\n' ';') |"
summary "| toolkit | $(nvcc --version | sed -n 's/.*release \([^,]*\),.*/\1/p') |"
summary "| commit | ${VMM_COMMIT:-$(git rev-parse --short HEAD 2>/dev/null || echo unknown)} |"
summary "| date | $(date -u +%Y-%m-%d) |"
summary ""

unhappy() { grep -h "(Failed)\|(Timeout)\|(Not Run)\|(SEGFAULT)\|(Subprocess aborted)\|(Skipped)" "$1" | sort -u | tee -a "$out/summary.md"; }

begin=$SECONDS
if ! { cmake --preset gpu -DVMM_BUILD_TESTS=ON -DVMM_BUILD_BENCH=ON ${VMM_GPU_ARCHITECTURES:+-DCMAKE_CUDA_ARCHITECTURES=$VMM_GPU_ARCHITECTURES} &&
  cmake --build --preset gpu --parallel "$(nproc)"; } >"$out/build.log" 2>&1; then
  summary "build: FAILED, see build.log"
  tail -n 40 "$out/build.log"
  exit 1
fi
summary "build: $((SECONDS - begin)) s"
summary ""

# What says `cuda` runs on the GPU, one after the other.
begin=$SECONDS
ctest --test-dir "$build" --no-tests=error -L cuda -LE _faults --output-on-failure >"$out/ctest_cuda.log" 2>&1 || failed=1
summary "cuda: $(grep 'tests passed' "$out/ctest_cuda.log") ($((SECONDS - begin)) s)"
unhappy "$out/ctest_cuda.log"
summary ""

# Refusing each call takes minutes, and of the GPU little more than the granularity: side by side.
begin=$SECONDS
declare -A refusing
for suite in uvector vector; do
  for elements in int "12 bytes"; do
    log="$out/faults_${suite}_${elements// /_}.log"
    timeout 900 "$build/test/${suite}_faults_cuda" "device_$suite of $elements*" >"$log" 2>&1 &
    refusing[$log]=$!
  done
done
for log in "${!refusing[@]}"; do
  wait "${refusing[$log]}" && grep -q 'All tests passed' "$log" || failed=1
  summary "$(basename "$log" .log): $(grep 'All tests passed\|^assertions:' "$log")  "
done
summary "faults: $((SECONDS - begin)) s"
summary ""

# The suites provoke refusals by the API on purpose: only errors of the device count.
# memcheck takes memory that was mapped after a launch for out of bounds: those cases are left out of it, and only there.
summary "| compute-sanitizer | suite | result | time |"
summary "|---|---|---|---|"
check() {
  local tool=$1 suite=$2 begin=$SECONDS
  shift 2
  local log="$out/${tool}_${suite}.log"
  timeout 400 compute-sanitizer --tool "$tool" --error-exitcode 9 --report-api-errors no "$(find "$build/test" -name "$suite" -type f)" "$@" >"$log" 2>&1
  local code=$?
  [ "$code" -eq 0 ] || failed=1
  summary "| $tool | $suite $* | exit $code; $(grep -h 'ERROR SUMMARY\|RACECHECK SUMMARY' "$log" | sed 's/=* *//' | tail -n 1); $(tail -n 4 "$log" | grep -h 'passed\|failed' | tail -n 1) | $((SECONDS - begin)) s |"
}
check memcheck layers_cuda
check memcheck uvector_cuda
check memcheck vector_cuda "~[in_flight]~[algorithms]~[devices]~[devices_apart]"
check memcheck as_thrust_cuda
check memcheck vector_as_thrust_cuda
check racecheck layers_cuda "[driver]"
check racecheck uvector_cuda "[elements]"
check racecheck vector_cuda "[modify],[compare],[assign]"
summary ""

# The rest shares the cores.
begin=$SECONDS
ctest --test-dir "$build" --no-tests=error -LE cuda --parallel "$(nproc)" --output-on-failure >"$out/ctest_host.log" 2>&1 || failed=1
summary "host and structure: $(grep 'tests passed' "$out/ctest_host.log") ($((SECONDS - begin)) s)"
unhappy "$out/ctest_host.log"
summary ""
[ "$failed" -eq 0 ] && summary "all passed" || summary "SOMETHING FAILED"
exit "$failed"
