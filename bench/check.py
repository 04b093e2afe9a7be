# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""Runs every benchmark small and checks that the report has a row for each. usage: check.py BENCH WORKDIR"""

import os
import subprocess
import sys

bench, work = sys.argv[1:]
os.makedirs(work, exist_ok=True)
result = os.path.join(work, "bench.json")
environment = dict(os.environ, VMM_BENCH_SMALL="1")
listed = subprocess.run([bench, "--benchmark_list_tests=true"], env=environment, check=True, capture_output=True, text=True)
subprocess.run([bench, f"--benchmark_out={result}", "--benchmark_out_format=json", "--benchmark_min_time=0.001"],
               env=environment, check=True, stdout=subprocess.DEVNULL)
report = os.path.join(os.path.dirname(os.path.abspath(__file__)), "report.py")
subprocess.run([sys.executable, report, work, work], check=True)
with open(os.path.join(work, "benchmarks.md"), encoding="utf-8") as f:
    page = f.read()
missing = []
for name in listed.stdout.split("\n"):
    name = name.split("/iterations:")[0].split("/min_time:")[0].removesuffix("/manual_time").removesuffix("/real_time")
    if not name:
        continue
    subject, who = name.rsplit("/", 1)
    section = page.split(f"## {subject}\n")[-1].split("\n## ")[0] if f"## {subject}\n" in page else ""
    if f"| {who} |" not in section:
        missing.append(name)
if missing or not listed.stdout.strip():
    sys.exit("not in the report: " + ", ".join(missing or ["everything"]))
print("every benchmark has its row")
