// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What a shared object with vectors of its own offers to the program that loads it.
#pragma once

extern "C" {
/// Adds `n` to its static vector one by one and answers the sum of all its elements, or -1 with the reason printed.
long work(int n);
}
using work_fn = long (*)(int);
