# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""Writes what one include costs to compile, as a result of the benchmarks: seconds of the processor, by g++ and by nvcc.

usage: build_cost.py include.json COMPILE_COMMANDS COMMIT [REPETITIONS]
The include folders are those of the build. A compiler that is missing has no rows.
"""

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HEADERS = {"vmm::device_uvector": "vmm/device_uvector.hpp", "vmm::device_vector": "vmm/device_vector.hpp",
           "thrust::device_vector": "thrust/device_vector.h"}
CPP = "-DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP"


def include_flags(commands):
    """-I and -isystem of a file that the build compiles for the host backend with Thrust."""
    with open(commands, encoding="utf-8") as f:
        for entry in json.load(f):
            if "vmm_bench_cpp" in entry["command"] and entry["file"].endswith("push.cpp"):
                words = entry["command"].split()
                return [w for i, w in enumerate(words) if w.startswith("-I") or w == "-isystem" or words[i - 1] == "-isystem"]
    sys.exit(f"build_cost: no benchmark in {commands}")


def seconds(commands):
    """Of commands that run side by side; user and system, of what they start as well."""
    started = {who: subprocess.Popen(c, stdout=subprocess.DEVNULL) for who, c in commands.items()}
    spent = {}
    for who, process in started.items():
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"build_cost: {' '.join(commands[who])} failed")
        spent[who] = usage.ru_utime + usage.ru_stime
    return spent


def main():
    result, compile_commands, commit = sys.argv[1:4]
    repetitions = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    flags = include_flags(compile_commands)
    rows, compilers = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, command, ending in (("g++", ["g++", "-std=c++17", "-O2", CPP, *flags], "cpp"),
                                      ("nvcc", ["nvcc", "-std=c++17", "-O2", *flags], "cu")):
            if not shutil.which(name):
                continue
            version = subprocess.run([name, "-dumpfullversion" if name == "g++" else "--version"], check=True, capture_output=True, text=True)
            compilers.append(f"{name} {re.search('[0-9]+[.0-9]*', version.stdout.split('release')[-1])[0]}")
            commands = {}
            for who, header in HEADERS.items():
                source = os.path.join(folder, who.replace("::", "_") + "." + ending)
                with open(source, "w", encoding="utf-8") as f:
                    f.write(f"#include <{header}>\n")
                commands[who] = [*command, "-c", source, "-o", source + ".o"]
            for repetition in range(repetitions):
                for who, spent in sorted(seconds(commands).items()):
                    row = f"include/{name}/{who}"
                    rows.append({"name": row, "run_name": row, "run_type": "iteration", "repetition_index": repetition,
                                 "iterations": 1, "real_time": spent, "time_unit": "s"})
    context = {"date": datetime.date.today().isoformat(), "device": f"{os.cpu_count()} cores",
               "toolkit": ", ".join(compilers), "commit": commit}
    with open(result, "w", encoding="utf-8") as f:
        json.dump({"context": context, "benchmarks": rows}, f, indent=1)


if __name__ == "__main__":
    main()
