# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""same_output.py PROGRAM OTHER [ARGUMENT...]: both must succeed and print the same, and something."""

import subprocess
import sys

outputs = []
for program in sys.argv[1:3]:
    run = subprocess.run([program, *sys.argv[3:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode == 77:
        print("skipped: no such machine here")
        sys.exit(77)
    if run.returncode != 0:
        sys.exit(f"{program} {sys.argv[3:]} exited with {run.returncode}:\n{run.stderr.decode()}")
    outputs.append(run.stdout.decode().splitlines())

if not outputs[0]:
    sys.exit("no output to compare")
for number, (a, b) in enumerate(zip(*outputs), 1):
    if a != b:
        sys.exit(f"line {number} differs:\n  {a}\n  {b}")
if len(outputs[0]) != len(outputs[1]):
    sys.exit(f"{len(outputs[0])} lines against {len(outputs[1])}")
print(f"the same {len(outputs[0])} lines")
