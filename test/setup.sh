#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the other scripts: says what is missing, finds nvcc, and chooses the side. What is missing is installed by package
# name where the script is one of the README's two commands (installs=1) and VMM_NO_INSTALL is not set, or where VMM_INSTALL=1
# asks for it. with_bench=1 wants Google Benchmark as well, with_gcovr=1 gcovr, with_valgrind=1 valgrind. Sets `side` to gpu,
# host with nvcc (everything is compiled for CUDA as well) or host.

say() { printf 'vmm: %s\n' "$*"; }

find_nvcc() {
  command -v nvcc >/dev/null && return
  local folder
  for folder in "${CUDA_HOME:-/usr/local/cuda}/bin" /usr/local/cuda-*/bin; do
    if [ -x "$folder/nvcc" ]; then
      export PATH="$folder:$PATH"
      return
    fi
  done
}

have_benchmark() { [ -e /usr/include/benchmark ] || [ -e /usr/local/include/benchmark ]; }

install_packages() {
  local missing=() optional=()
  command -v cmake >/dev/null || missing+=(cmake)
  command -v ninja >/dev/null || missing+=(ninja-build)
  command -v g++ >/dev/null || missing+=(g++)
  command -v python3 >/dev/null || missing+=(python3)
  [ -e /usr/include/catch2 ] || missing+=(catch2)
  [ -e /usr/include/tbb ] || optional+=(libtbb-dev)
  [ -e /usr/include/boost/numeric/odeint.hpp ] || optional+=(libboost-dev)
  command -v doxygen >/dev/null || optional+=(doxygen)
  [ -z "${with_gcovr:-}" ] || command -v gcovr >/dev/null || missing+=(gcovr)
  [ -z "${with_valgrind:-}" ] || command -v valgrind >/dev/null || missing+=(valgrind)
  [ -z "${with_bench:-}" ] || have_benchmark || missing+=(libbenchmark-dev)
  local package
  [ "${#missing[@]}${#optional[@]}" = 00 ] && return
  if [ -n "${VMM_NO_INSTALL:-}" ] || [ -z "${VMM_INSTALL:-}${installs:-}" ]; then
    say "not found: ${missing[*]} ${optional[*]}; install what is missing, or set VMM_INSTALL=1"
    return
  fi
  if [ "${#missing[@]}" -ne 0 ]; then
    say "installing ${missing[*]}"
    if ! install_by_name "${missing[@]}"; then
      say "could not install ${missing[*]}; run as root: apt-get install ${missing[*]} (see /tmp/vmm-apt.log)" >&2
      return 1
    fi
  fi
  for package in "${optional[@]}"; do
    install_by_name "$package" || say "$package cannot be installed here: what needs it is left out of the tests"
  done
}

install_by_name() {
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/tmp/vmm-apt.log 2>&1
}

choose_side() {
  if ! command -v nvcc >/dev/null; then
    side="host"
    say "no nvcc: building for the host backend alone"
  elif nvidia-smi -L 2>/dev/null | grep -q GPU; then
    side="gpu"
    say "on $(nvidia-smi -L | head -n 1 | sed 's/ (UUID.*//')"
  else
    side="host with nvcc"
    say "no GPU: CUDA code is compiled and linked, everything runs on the host backend"
  fi
}

find_nvcc
install_packages
choose_side
