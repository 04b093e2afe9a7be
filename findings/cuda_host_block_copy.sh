#!/usr/bin/env bash
# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0
#
# A block of host memory from cuMemCreate is pinned, but a copy from the address at which the CPU uses it goes as from pageable memory.
#
# Seen with driver 580.159.04 on an H200 (called through cuda-bindings 13.0.3 from PyPI): a block of 2 MiB with the location
# HOST_NUMA is mapped twice, with access for the GPU and, at another address, with access for the CPU. Both show the same bytes. A copy to the
# GPU from the first address takes 50 us, the pace of pinned memory. From the second one it takes 172, although the driver calls both
# addresses host memory.
#
# So contents of a tail are copied from the vector's own addresses when it turns into device memory, which takes a second place for the new
# block: src/vector/tail.cpp, see docs/decisions/2026-11-30-tails.md.
#
# Exits with 0 while that is so, 1 when it has changed, 77 where it cannot be tried. Needs a GPU, python3 with venv, and the registry of
# Python packages.
set -euo pipefail
command -v nvidia-smi >/dev/null && nvidia-smi >/dev/null 2>&1 && command -v python3 >/dev/null || { echo "needs a GPU and python3"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" --quiet --disable-pip-version-check install cuda-bindings==13.0.3 cuda-pathfinder==1.3.2

cat >"$work/copies.py" <<'END'
import ctypes, statistics, sys, time
from cuda.bindings import driver as cu

SIZE = 2 << 20


def ok(answer):
    if answer[0] != cu.CUresult.CUDA_SUCCESS:
        print(f"the driver answers {answer[0].name}")
        sys.exit(77 if answer[0] == cu.CUresult.CUDA_ERROR_NOT_SUPPORTED else 1)
    return answer[1] if len(answer) > 1 else None


def properties(kind, number):
    p = cu.CUmemAllocationProp()
    p.type = cu.CUmemAllocationType.CU_MEM_ALLOCATION_TYPE_PINNED
    p.location.type, p.location.id = kind, number
    return p


def mapped(block, kind, number):
    place = ok(cu.cuMemAddressReserve(SIZE, 0, cu.CUdeviceptr(0), 0))
    ok(cu.cuMemMap(place, SIZE, 0, block, 0))
    access = cu.CUmemAccessDesc()
    access.location.type, access.location.id = kind, number
    access.flags = cu.CUmemAccess_flags.CU_MEM_ACCESS_FLAGS_PROT_READWRITE
    ok(cu.cuMemSetAccess(place, SIZE, [access], 1))
    return place


ok(cu.cuInit(0))
device = ok(cu.cuDeviceGet(0))
ok(cu.cuCtxSetCurrent(ok(cu.cuDevicePrimaryCtxRetain(device))))
node = max(0, ok(cu.cuDeviceGetAttribute(cu.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID, device)))
host, gpu = cu.CUmemLocationType.CU_MEM_LOCATION_TYPE_HOST_NUMA, cu.CUmemLocationType.CU_MEM_LOCATION_TYPE_DEVICE
block = ok(cu.cuMemCreate(SIZE, properties(host, node), 0))
for_gpu, for_cpu = mapped(block, gpu, 0), mapped(block, host, node)
target = mapped(ok(cu.cuMemCreate(SIZE, properties(gpu, 0), 0)), gpu, 0)
ctypes.memset(int(for_cpu), 7, SIZE)


def microseconds(source):
    times = []
    for _ in range(30):
        ok(cu.cuMemsetD8(target, 0, SIZE))
        ok(cu.cuCtxSynchronize())
        begin = time.perf_counter()
        ok(cu.cuMemcpyAsync(target, source, SIZE, 0))
        ok(cu.cuStreamSynchronize(0))
        times.append((time.perf_counter() - begin) * 1e6)
        seen = bytearray(SIZE)
        ok(cu.cuMemcpyDtoH(seen, target, SIZE))
        if seen != b"\x07" * SIZE:
            sys.exit("the copy is wrong")
    return statistics.median(times)


def memory_type(address):
    answer = cu.cuPointerGetAttribute(cu.CUpointer_attribute.CU_POINTER_ATTRIBUTE_MEMORY_TYPE, address)
    return "none" if answer[0] != cu.CUresult.CUDA_SUCCESS else str(answer[1])


quick, slow = microseconds(for_gpu), microseconds(for_cpu)
print(f"2 MiB from where the GPU uses it: {quick:.0f} us, type {memory_type(for_gpu)}; from where the CPU uses it: {slow:.0f} us, type {memory_type(for_cpu)}")
sys.exit(0 if slow > 2 * quick else "changed: copies from the CPU's address are quick")
END
"$work/venv/bin/python" "$work/copies.py"
