#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds the benchmarks, runs all of them side by side, twice, and leaves JSON, benchmarks.md and plots in OUTDIR.
# Without a GPU the host backend runs them. usage: bench/run.sh OUTDIR [further arguments for Google Benchmark]
set -euo pipefail
: "${1:?usage: bench/run.sh OUTDIR}"
out=$(mkdir -p "$1" && cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
with_bench=1
. test/setup.sh

case "$side" in
  gpu) system=cuda architectures=${VMM_GPU_ARCHITECTURES:-native} ;;
  *) system=cpp architectures=90 ;;
esac
build=build/bench
# rmm::device_uvector as pip installs it (librmm-cu13).
rmm=$(python3 -c 'import os, librmm, rapids_logger
print(";".join(os.path.dirname(m.__file__) for m in (librmm, rapids_logger)))' 2>/dev/null || true)
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CUDA_ARCHITECTURES="$architectures" \
  -DVMM_BUILD_TESTS=OFF -DVMM_BUILD_EXAMPLES=OFF -DVMM_BUILD_BENCH=ON -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
  ${rmm:+"-DCMAKE_PREFIX_PATH=$rmm"} >"$out/build.log"
cmake --build "$build" --target "vmm_bench_$system" >>"$out/build.log"

device="host backend"
[ "$side" = gpu ] && device=$(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader | head -n 1 | tr -d ',')
commit=${VMM_COMMIT:-$(git rev-parse --short HEAD 2>/dev/null || echo unknown)}
toolkit=$(nvcc --version 2>/dev/null | sed -n 's/.*release \([^,]*\),.*/\1/p' || true)
# Benchmarks take turns at random, so that what changes with time hits all rivals alike.
measure() {
  say "measuring into $1: ${VMM_BENCH_SMALL:+small, }all rivals in turn"
  "$build/bench/vmm_bench_$system" --benchmark_enable_random_interleaving=true \
    --benchmark_context="device=$device,commit=$commit,toolkit=$toolkit" \
    --benchmark_out="$out/$1" --benchmark_out_format=json "${@:2}" >"$out/${1%.json}.txt"
}
measure bench.json "$@"
measure again.json "$@"
say "compiling one include at a time"
python3 bench/build_cost.py "$out/include.json" "$build/compile_commands.json" "$commit" ${VMM_BENCH_SMALL:+1}
python3 bench/report.py "$out" "$out"
say "done in $SECONDS s"
