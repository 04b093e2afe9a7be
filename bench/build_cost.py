# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""Adds to a result of the benchmarks what one include costs to compile: seconds of the processor, by g++ and by nvcc.

usage: build_cost.py bench.json COMPILE_COMMANDS [REPETITIONS]
The include folders are those of the build. A compiler that is missing has no rows.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

HEADERS = {"vmm::device_uvector": "vmm/device_uvector.hpp", "vmm::device_vector": "vmm/device_vector.hpp",
           "thrust::device_vector": "thrust/device_vector.h"}
CPP = "-DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP"


def include_flags(commands):
    """-I and -isystem of a file that the build compiles for the host machine with Thrust."""
    with open(commands, encoding="utf-8") as f:
        for entry in json.load(f):
            if "vmm_bench_cpp" in entry["command"] and entry["file"].endswith("push.cpp"):
                words = entry["command"].split()
                return [w for i, w in enumerate(words) if w.startswith("-I") or w == "-isystem" or words[i - 1] == "-isystem"]
    sys.exit(f"build_cost: no benchmark in {commands}")


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    result, commands = sys.argv[1:3]
    repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    flags = include_flags(commands)
    with open(result, encoding="utf-8") as f:
        data = json.load(f)
    with tempfile.TemporaryDirectory() as folder:
        for name, command, ending in (("g++", ["g++", "-std=c++17", "-O2", CPP, *flags], "cpp"),
                                      ("nvcc", ["nvcc", "-std=c++17", "-O2", *flags], "cu")):
            if not shutil.which(name):
                continue
            for repetition in range(repetitions):  # headers take turns, so that load hits all alike
                for who, header in HEADERS.items():
                    source = os.path.join(folder, f"one.{ending}")
                    with open(source, "w", encoding="utf-8") as f:
                        f.write(f"#include <{header}>\n")
                    spent = seconds([*command, "-c", source, "-o", os.path.join(folder, "one.o")])
                    data["benchmarks"].append({
                        "name": f"include/{name}/{who}", "run_name": f"include/{name}/{who}", "run_type": "iteration",
                        "repetition_index": repetition, "iterations": 1, "real_time": spent, "time_unit": "s"})
    with open(result, "w", encoding="utf-8") as f:
        json.dump(data, f, indent=1)


if __name__ == "__main__":
    main()
