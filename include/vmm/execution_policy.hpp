// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// vmm::par, an execution policy for Thrust's algorithms that gives them the library's temporary memory instead of an
/// allocation for each call; and Thrust's part of <vmm/algorithm.hpp>.
///
///   thrust::sort(vmm::par, v.begin(), v.end());              // as with thrust::device: done on return
///   thrust::sort(vmm::par.on(stream), v.begin(), v.end());   // submitted; may be captured, if it returns no value
///
/// Raw pointers mean device memory. On the host systems both are Thrust's own policy of that system.
#pragma once

#include <vmm/detail/thrust_algorithms.hpp>
