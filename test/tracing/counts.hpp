// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What the injection has seen of NVTX; the program finds `vmm_nvtx_counts` in it by name.
#pragma once

struct nvtx_counts {
  int initialised;  ///< times that NVTX took the injection in
  int domains;
  int pushes, pops;  ///< of "vmm growth" in the domain "vmm"
  int deepest;       ///< ranges open at once
  int strange;       ///< any other range, and pops without a push
};

using nvtx_counts_function = nvtx_counts (*)();
