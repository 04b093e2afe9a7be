# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""plain.py PROGRAM: the figures are those of the readings, on either machine."""

import re
import subprocess
import sys

run = subprocess.run([sys.argv[1]], capture_output=True, text=True)
if run.returncode != 0 and re.search("no driver|no device", run.stderr):
    print("skipped:", run.stderr.strip())
    sys.exit(77)
print(run.stdout)
assert run.returncode == 0, run.stderr

readings = list(range(1, 1001)) + [3] * 5000 + [2] * 4000
ones = 20000000 - len(readings)
before = sum(readings) + ones
lines = run.stdout.splitlines()
assert lines[0] == f"20000000 readings, sum {before}, from 1 to 1000, {readings.count(2)} of them 2", lines[0]
assert lines[1] == "the eighth is -5 now, the smallest -5", lines[1]
assert lines[2] == f"sum {before - 8 - 5}, read back", lines[2]
assert lines[3].startswith("the host finds the same sum"), lines[3]
