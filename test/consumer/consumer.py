# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

"""consumer.py find_package|add_subdirectory|pkg_config|mismatch --source DIR --build DIR --compiler g++ --cmake cmake --cuda ON|OFF"""

import argparse
import glob
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("way")
for option in ("source", "build", "compiler", "cmake", "cuda"):
    parser.add_argument("--" + option)
args = parser.parse_args()
cuda = args.cuda.upper() in ("ON", "TRUE", "1", "YES")
here = os.path.dirname(os.path.abspath(__file__))


def run(*command, allowed=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)}\nexited with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


def use(folder, *options):
    build = os.path.join(folder, "build")
    run(args.cmake, "-S", os.path.join(here, "project"), "-B", build, f"-DCMAKE_CXX_COMPILER={args.compiler}",
        "-DCMAKE_BUILD_TYPE=Release", f"-DWITH_CUDA={args.cuda}", *options)
    run(args.cmake, "--build", build, "--parallel", "2")
    print(run(os.path.join(build, "on_host")).stdout, end="")
    for program in ("thrust_on_host", "as_thrust_on_host"):
        thrust = os.path.join(build, program)
        if os.path.exists(thrust):
            print(run(thrust).stdout, end="")
    if cuda:
        on_gpu = run(os.path.join(build, "on_gpu"), allowed=(0, 77))
        print("on the GPU:", on_gpu.stdout, end="")


def pkg_config(folder):
    """A program that knows pkg-config alone, and the version in the three places that say it."""
    if not shutil.which("pkg-config"):
        print("needs pkg-config")
        sys.exit(77)
    prefix = os.path.join(folder, "a prefix")
    run(args.cmake, "--install", args.build, "--prefix", prefix)
    found = glob.glob(os.path.join(prefix, "lib*", "**", "vmm.pc"), recursive=True)
    if len(found) != 1:
        sys.exit(f"vmm.pc is installed {len(found)} times")
    os.environ["PKG_CONFIG_PATH"] = os.path.dirname(found[0])
    version, *flags = (run("pkg-config", option, "vmm").stdout.strip() for option in ("--modversion", "--cflags", "--libs"))
    cflags, libs = (shlex.split(f) for f in flags)
    major, minor, patch = (int(n) for n in version.split("."))
    program = os.path.join(folder, "program")
    run(args.compiler, "-std=c++17", "-DTHRUST_DEVICE_SYSTEM=4", f"-DEXPECTED={major * 10000 + minor * 100 + patch}", *cflags,
        os.path.join(here, "project", "main.cpp"), "-include", os.path.join(here, "version.hpp"), *libs, "-o", program)
    print(version, run(program).stdout, end="")


def mismatch(folder):
    """A function over a vector of one backend must not link with a definition for another."""
    with open(os.path.join(folder, "user.cpp"), "w", encoding="utf-8") as f:
        f.write("#include <vmm/device_uvector.hpp>\nint f(vmm::device_uvector<int>&);\n"
                "int main() { vmm::device_uvector<int> v; return f(v); }\n")
    with open(os.path.join(folder, "maker.cpp"), "w", encoding="utf-8") as f:
        f.write("#include <vmm/device_uvector.hpp>\nint f(vmm::device_uvector<int>& v) { return v.empty() ? 0 : 1; }\n")
    for name in ("user", "maker"):
        for system in (1, 4):
            run(args.compiler, "-std=c++17", "-O0", "-c", f"-I{args.source}/include", f"-DTHRUST_DEVICE_SYSTEM={system}",
                os.path.join(folder, name + ".cpp"), "-o", os.path.join(folder, f"{name}{system}.o"))
    names = [set(), set()]
    for name, system, side in (("user", 4, 0), ("maker", 1, 1), ("maker", 4, 1)):
        symbols = run("nm", "-C", os.path.join(folder, f"{name}{system}.o")).stdout
        found = [line.split(maxsplit=1)[-1].split(" ", 1)[-1] for line in symbols.splitlines() if " f(" in line]
        names[side].update(found)
        print(name, system, found)
    used, made = names
    if len(used) != 1 or len(made) != 2 or not used < made:
        sys.exit(f"the backend is not part of the name: {used} and {made}")


with tempfile.TemporaryDirectory() as folder:
    if args.way == "find_package":
        prefix = os.path.join(folder, "a prefix")
        run(args.cmake, "--install", args.build, "--prefix", prefix)
        use(folder, f"-DCMAKE_PREFIX_PATH={prefix}")
    elif args.way == "add_subdirectory":
        use(folder, f"-DVMM_SOURCE={args.source}", f"-DVMM_CUDA={args.cuda}", "-DCMAKE_CUDA_ARCHITECTURES=90")
    elif args.way == "pkg_config":
        pkg_config(folder)
    else:
        mismatch(folder)
