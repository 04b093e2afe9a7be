# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""gcovr's CSV as tables: by folder, and the files with lines left. usage: coverage_table.py coverage.csv"""

import csv
import os
import sys


def row(name, covered, total):
    print(f"| {name} | {covered} of {total} | {100 * covered / total:.1f} % |")


folders, left = {}, []
with open(sys.argv[1], encoding="utf-8") as f:
    for file in csv.DictReader(f):
        name, total, covered = file["filename"], int(file["line_total"]), int(file["line_covered"])
        sums = folders.setdefault(os.path.dirname(name), [0, 0])
        sums[0] += covered
        sums[1] += total
        if covered < total:
            left.append((name, covered, total))
print("| folder | lines | |\n|---|---|---|")
for folder, (covered, total) in sorted(folders.items()):
    row(f"`{folder}`", covered, total)
row("all", sum(c for c, _ in folders.values()), sum(t for _, t in folders.values()))
print("\nFiles with lines that no suite passes:\n\n| file | lines | |\n|---|---|---|")
for name, covered, total in sorted(left, key=lambda x: x[1] - x[2]):
    row(f"`{name}`", covered, total)
