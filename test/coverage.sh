#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# Which lines of the library the suites pass through: builds what g++ compiles with its counters, runs the suites, with a GPU those
# of the CUDA backend as well, and leaves coverage.md in OUTDIR. Needs gcovr. What nvcc compiles is not counted.
# usage: test/coverage.sh OUTDIR
set -euo pipefail
: "${1:?usage: test/coverage.sh OUTDIR}"
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."
with_gcovr=1
. test/setup.sh

suites=(layers_host arithmetic_host uvector_host uvector_faults_host threads_host vector_cpp vector_faults_cpp model_cpp)
on_gpu=()
cuda=OFF where="the host backend"
if [ "$side" = gpu ]; then
  on_gpu=(layers_cuda uvector_cuda threads_cuda model_cuda)
  cuda=ON where="the host backend and $(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)"
fi
build=build/coverage
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DVMM_CUDA=$cuda -DVMM_BUILD_TESTS=ON -DVMM_BUILD_EXAMPLES=OFF \
  -DCMAKE_CXX_FLAGS="-O0 -g1 --coverage -fprofile-update=atomic '-fprofile-filter-files=.*/src/.*;.*/kernels/.*;.*/include/vmm/.*'" \
  -DCMAKE_EXE_LINKER_FLAGS=--coverage \
  -DCMAKE_CUDA_ARCHITECTURES="${VMM_GPU_ARCHITECTURES:-native}" >"$out/coverage_build.log"
if ! cmake --build "$build" --parallel "$(nproc)" --target "${suites[@]}" "${on_gpu[@]}" >>"$out/coverage_build.log" 2>&1; then
  tail -n 40 "$out/coverage_build.log" >&2
  exit 1
fi
find "$build" -name '*.gcda' -delete  # of earlier runs
failed=0
declare -A started
trap 'kill "${started[@]}" 2>/dev/null || true' EXIT
start() {
  say "running $1"
  VMM_MODEL_OPERATIONS=${VMM_MODEL_OPERATIONS:-10000} "$build/test/$1" >"$out/coverage_$1.log" 2>&1 &
  started[$1]=$!
}
finish() {
  wait "${started[$1]}" || { failed=1 && say "$1 FAILED, see coverage_$1.log" >&2; }
  unset "started[$1]"
}
for suite in "${suites[@]}"; do start "$suite"; done  # these share the cores
for suite in "${on_gpu[@]}"; do start "$suite" && finish "$suite"; done  # these look at the device's free memory
for suite in "${suites[@]}"; do finish "$suite"; done
more=()
[ "$side" = gpu ] || more+=(--exclude '.*cuda.*')
help=$(gcovr --help)
[[ $help == *--merge-lines* ]] && more+=(--merge-lines)                   # older ones always do
[[ $help == *no_working_dir_found* ]] && more+=(--gcov-ignore-errors=all)  # of files without a counter
gcovr --root . --object-directory "$build" --filter 'src/' --filter 'include/vmm/' --filter 'kernels/' "${more[@]}" \
  --exclude-throw-branches --csv "$out/coverage.csv" "$build" >/dev/null 2>>"$out/coverage_build.log"
{
  printf '# Lines that the suites pass through\n\n'
  printf 'Written by `test/coverage.sh` on %s, commit %s, %s. Code that nvcc compiles is not counted.\n\n' \
    "$where" "${VMM_COMMIT:-$(git rev-parse --short HEAD 2>/dev/null || echo unknown)}" "$(date -u +%Y-%m-%d)"
  python3 test/coverage_table.py "$out/coverage.csv"
} >"$out/coverage.md"
grep '^| all' "$out/coverage.md"
exit "$failed"
