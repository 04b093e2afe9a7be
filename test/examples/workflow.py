# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""workflow.py PROGRAM: the steps are printed with their figures, and both sums are right, at one address."""

import re
import subprocess
import sys

run = subprocess.run([sys.argv[1]], capture_output=True, text=True)
if run.returncode != 0 and re.search("no driver|no device", run.stderr):
    print("skipped:", run.stderr.strip())
    sys.exit(77)
print(run.stdout)
assert run.returncode == 0, run.stderr

granule = int(re.search(r"granularity +(\d+) MiB", run.stdout).group(1))
assert re.search(r"reserved +1024 MiB", run.stdout)
assert re.search(rf"created +{granule} MiB .*\(1 MiB wanted, rounded up\)", run.stdout)
assert re.search(r"access granted +to device 0", run.stdout)
sums = [(int(a), int(b)) for a, b in re.findall(r"Sum of (\d+) ones = (\d+)", run.stdout)]
assert sums == [(granule << 18,) * 2, (4 * granule << 18,) * 2], sums
addresses = re.findall(r"mapped .*? at (0x[0-9a-f]+)", run.stdout)
assert len(addresses) == 2 and addresses[0] == addresses[1], addresses
assert "the same address" in run.stdout
