#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# Thrust's question whether an iterator is contiguous does not compile for std::reverse_iterator over its own device iterators.
#
# Seen with CCCL 3.0.1 (PyPI: nvidia-cuda-cccl 13.0.85) and g++ 12.2, serial device system. thrust::is_contiguous_iterator_v of
# std::reverse_iterator<thrust::device_vector<int>::iterator> is not false but an error in cuda/std/__memory/pointer_traits.h,
# "invalid use of void expression", which no caller can catch by SFINAE: the trait asks for the address behind the adaptor's
# operator->, and that returns void here. Of std::reverse_iterator over a plain pointer, and of thrust::reverse_iterator over the same
# device iterator, it answers false.
#
# So a container that asks Thrust about any iterator that it is given has to leave the standard's adaptors out:
# include/vmm/detail/sources.hpp does.
#
# Exits with 0 while that is so, 1 when it has changed, 77 where it cannot be tried. Needs python3 with venv, g++ and the registry of
# Python packages; no GPU.
set -euo pipefail
command -v g++ >/dev/null && command -v python3 >/dev/null || { echo "needs g++ and python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install nvidia-cuda-cccl==13.0.85 nvidia-cuda-runtime==13.0.96 nvidia-cuda-crt==13.0.88
header=$(find "$work/venv" -path '*thrust/device_vector.h' | head -n 1)
cccl=${header%/thrust/device_vector.h}
runtime=$(dirname "$(find "$work/venv" -name cuda_runtime_api.h | head -n 1)")

cat >"$work/asks.cpp" <<'EOF'
#include <iterator>
#include <thrust/device_vector.h>
#include <thrust/iterator/reverse_iterator.h>
#include <thrust/type_traits/is_contiguous_iterator.h>
using pointer = const int*;
using device = thrust::device_vector<int>::iterator;
static_assert(!thrust::is_contiguous_iterator_v<ADAPTOR<OVER>>, "");
int main() {}
EOF
compiles() {
  g++ -std=c++17 -w -fsyntax-only -DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP -DOVER="$1" -DADAPTOR="$2" \
    -I"$cccl" -I"$runtime" "$work/asks.cpp" 2>"$work/log"
}
compiles pointer std::reverse_iterator || { echo "changed: not over a pointer either"; cat "$work/log"; exit 1; }
compiles device thrust::reverse_iterator || { echo "changed: not by Thrust's adaptor either"; cat "$work/log"; exit 1; }
if compiles device std::reverse_iterator; then
  echo "changed: it compiles"
  exit 1
fi
grep -q 'invalid use of void expression' "$work/log" || { echo "changed: fails otherwise"; head -n 20 "$work/log"; exit 1; }
echo "as described: $("$work/venv/bin/pip" list 2>/dev/null | grep cccl), $(g++ --version | head -n 1)"
