// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The vector that the suites of test/vector exercise. VMM_TEST_AGAINST_THRUST swaps in Thrust's own, which shows
/// that a suite asks for nothing that the original would refuse.
#pragma once

#ifdef VMM_TEST_AGAINST_THRUST
#  include <thrust/device_vector.h>
template <class T>
using vector_under_test = thrust::device_vector<T>;
#else
#  include <vmm/device_vector.hpp>
template <class T>
using vector_under_test = vmm::device_vector<T>;
#endif
