// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L6. fill, reduce, count, minmax and equal on device memory, with the arguments of their namesakes in Thrust.
///
/// From any .cpp file: views and raw pointers, which mean device memory here, to arithmetic elements (fill: trivially copyable
/// ones), by kernels that the library brings along. Anything else, that is other iterators, types and functors, is done by
/// Thrust in the library's temporary memory; that takes nvcc, or one of Thrust's host systems and <vmm/execution_policy.hpp>.
///
/// Each may be given a policy first: a stream, in whose order it is submitted without a wait; or vmm::par. Without one it runs
/// on the default stream and is done on return. What returns a value waits for it; what waits throws errc::capturing in a
/// capture, and has recorded nothing. Work runs on the current device, which must reach the memory: null and foreign pointers
/// cannot be detected. A refusal of the library's own launch is a vmm::error of this call; what Thrust throws is passed on.
///
/// Floating sums are tree-shaped: they differ from a loop's by rounding, less than the loop does itself, and are the same in
/// each run with the same count, device and alignment to 16 bytes. Where minima or maxima meet a NaN the result is unspecified.
#pragma once

#include <vmm/detail/algorithms.hpp>

#ifdef __CUDACC__
#  include <vmm/detail/thrust_algorithms.hpp>
#endif
