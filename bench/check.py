# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""Runs every benchmark small and checks that the report has a row for each, and tells of failures. usage: check.py BENCH WORKDIR"""

import json
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

# No row at all; and one repetition that failed, in either run: the report says so, and nothing is made of the others.
with open(result, encoding="utf-8") as f:
    good = f.read()
empty = os.path.join(work, "empty")
os.makedirs(empty, exist_ok=True)
with open(os.path.join(empty, "bench.json"), "w", encoding="utf-8") as f:
    json.dump(dict(json.loads(good), benchmarks=[]), f)
if subprocess.run([sys.executable, report, empty, empty], capture_output=True).returncode != 1:
    sys.exit("a run without a row went unseen")
for broken, whole in (("bench.json", "again.json"), ("again.json", "bench.json")):
    run = json.loads(good)
    failed = next(b for b in run["benchmarks"] if b["run_type"] == "iteration" and "/vmm::fill" in b["run_name"])
    failed.update(error_occurred=True, error_message="it broke")
    folder = os.path.join(work, "broken")
    os.makedirs(folder, exist_ok=True)
    for name, text in ((broken, json.dumps(run)), (whole, good)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    told = subprocess.run([sys.executable, report, folder, folder], capture_output=True, text=True)
    if told.returncode != 1 or "it broke" not in told.stdout or told.stderr:
        sys.exit(f"a failure in {broken} went unseen: {told.returncode} {told.stdout} {told.stderr}")
print("every benchmark has its row")
