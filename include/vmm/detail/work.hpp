// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L6, without types: work on device memory that belongs to nobody in particular, on the calling thread's current device, which
/// the device -1 of an order stands for. What algorithm.hpp calls.
#pragma once

#include <cstddef>
#include <type_traits>

#include <vmm/detail/element_types.hpp>
#include <vmm/detail/stream_order.hpp>
#include <vmm/stream.hpp>

namespace vmm::engine {
class device_runtime;
}

namespace vmm::work {

using engine::device_runtime;
using engine::reduction;
using engine::scalar;
using engine::stream_order;

/// Refuses a stream that is being captured.
void will_wait(device_runtime& m, const stream_order& o);

/// All throw vmm::error where the backend fails: a launch at this call. Those that wait fail for a stream under capture.
void fill(device_runtime& m, const stream_order& o, void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count);
/// Waits, whatever the order says. `result` is host memory for what `how` returns.
void reduce_to_host(device_runtime& m, const stream_order& o, const reduction& how, const void* data, std::size_t count, void* result,
                    std::size_t result_bytes);
/// `result` is device memory.
void reduce_on_device(device_runtime& m, const stream_order& o, const reduction& how, const void* data, std::size_t count, void* result);
/// Waits, whatever the order says.
bool equal(device_runtime& m, const stream_order& o, const void* a, const void* b, std::size_t count, scalar type);

}  // namespace vmm::work
