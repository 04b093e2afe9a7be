// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's policies with the library's temporary memory: its algorithms allocate nothing anew, and in a capture what they use is
/// the graph's own.
#pragma once

#include <cstddef>

#include <thrust/execution_policy.h>

#include <vmm/config.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/stream.hpp>

namespace vmm {

namespace thrust = THRUST_NS_QUALIFIER;  // as detail/thrust.hpp, whichever comes first

namespace detail {
inline namespace VMM_SYSTEM_NAMESPACE {

#if VMM_ON_CUDA

/// Takes from the current device, in the order of one stream.
class workspace_allocator {
 public:
  using value_type = char;

  workspace_allocator(engine::device_runtime& m, stream_ref stream) noexcept : backend_(&m), stream_(stream) {}
  char* allocate(std::size_t n) {
    const int device = engine::current_device(*backend_);
    return static_cast<char*>(engine::acquire_workspace(*backend_, {device < 0 ? 0 : device, stream_, false}, n));
  }
  void deallocate(char* p, std::size_t) noexcept { engine::release_workspace(*backend_, p); }
  friend bool operator==(const workspace_allocator& a, const workspace_allocator& b) noexcept {
    return a.backend_ == b.backend_ && a.stream_ == b.stream_;
  }
  friend bool operator!=(const workspace_allocator& a, const workspace_allocator& b) noexcept { return !(a == b); }

 private:
  engine::device_runtime* backend_;
  stream_ref stream_;
};

/// Algorithms wait.
inline auto waiting_policy(engine::device_runtime& m, stream_ref stream) {
  return thrust::cuda::par(workspace_allocator(m, stream)).on(stream.get());
}
/// Algorithms wait only for values that they return.
inline auto streaming_policy(engine::device_runtime& m, stream_ref stream) {
  return thrust::cuda::par_nosync(workspace_allocator(m, stream)).on(stream.get());
}

#endif

}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace detail
}  // namespace vmm
