#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# nvcc loses an ABI tag that a class template carries already where it is only declared.
#
# Seen with nvcc 13.0.88 (PyPI: nvidia-cuda-nvcc) over g++ 12.2: a class template is declared with the attribute abi_tag and then
# defined with the same attribute. g++ and clang take that. nvcc's front end writes the declaration out for the host compiler
# without the attribute and the definition with it, and g++ then refuses its output: "redeclaration of class ... adds abi tag". A
# definition that no declaration comes before keeps its tag, in host code as in the names of kernels.
#
# So a header that gives a class template a tag, to keep it from linking with another one of that name, has to define it before
# anybody declares it: vmm/as_thrust.hpp does, see docs/decisions/2026-11-28-thrusts-own-name.md.
#
# Exits with 0 while that is so, 1 when it has changed, 77 where it cannot be tried. Needs python3 with venv, g++ and the registry of
# Python packages; no GPU.
set -euo pipefail
command -v g++ >/dev/null && command -v python3 >/dev/null || { echo "needs g++ and python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install nvidia-cuda-nvcc==13.0.88 nvidia-cuda-crt==13.0.88 \
  nvidia-nvvm==13.0.88 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cccl==13.0.85
nvcc=$(find "$work/venv" -path '*/bin/nvcc' | head -n 1)

cat >"$work/declared.cu" <<'EOF'
template <class T>
class __attribute__((abi_tag("tagged"))) box;
template <class T>
class __attribute__((abi_tag("tagged"))) box {
 public:
  T value;
};
int take(box<int>& b) { return b.value; }
EOF
sed 1,2d "$work/declared.cu" >"$work/defined.cu"

g++ -std=c++17 -x c++ -c "$work/declared.cu" -o "$work/by_gcc.o"
nm -C "$work/by_gcc.o" | grep -q 'take(box\[abi:tagged\]<int>&)' || { echo "g++ does not tag the name"; exit 1; }
"$nvcc" -std=c++17 -c "$work/defined.cu" -o "$work/defined.o"
nm -C "$work/defined.o" | grep -q 'take(box\[abi:tagged\]<int>&)' || { echo "nvcc does not tag a name without a declaration before"; exit 1; }
if "$nvcc" -std=c++17 -c "$work/declared.cu" -o "$work/declared.o" 2>"$work/log"; then
  echo "changed: nvcc takes the declaration"
  exit 1
fi
grep -q 'adds abi tag' "$work/log" || { echo "changed: nvcc fails otherwise:"; cat "$work/log"; exit 1; }
echo "as described: $("$nvcc" --version | grep release), $(g++ --version | head -n 1)"
