// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's policies with the library's scratch memory: its algorithms allocate nothing anew, and in a capture what they use is
/// the graph's own.
#pragma once

#include <cstddef>

#include <thrust/execution_policy.h>

#include <vmm/config.hpp>
#include <vmm/engine/machine.hpp>
#include <vmm/stream.hpp>

namespace vmm {
inline namespace VMM_SYSTEM_NAMESPACE {
namespace typed {

#if VMM_ON_CUDA

/// Takes from the current device, in the order of one stream.
class scratch_allocator {
 public:
  using value_type = char;

  scratch_allocator(engine::machine& m, stream_ref stream) noexcept : machine_(&m), stream_(stream) {}
  char* allocate(std::size_t n) {
    const int device = machine_->get_driver().current_device();
    return static_cast<char*>(machine_->lend({device < 0 ? 0 : device, stream_, false}, n));
  }
  void deallocate(char* p, std::size_t) noexcept { machine_->take_back(p); }
  friend bool operator==(const scratch_allocator& a, const scratch_allocator& b) noexcept {
    return a.machine_ == b.machine_ && a.stream_ == b.stream_;
  }
  friend bool operator!=(const scratch_allocator& a, const scratch_allocator& b) noexcept { return !(a == b); }

 private:
  engine::machine* machine_;
  stream_ref stream_;
};

/// Algorithms wait.
inline auto waiting_policy(engine::machine& m, stream_ref stream) {
  return thrust::cuda::par(scratch_allocator(m, stream)).on(stream.get());
}
/// Algorithms wait only for values that they return.
inline auto streaming_policy(engine::machine& m, stream_ref stream) {
  return thrust::cuda::par_nosync(scratch_allocator(m, stream)).on(stream.get());
}

#endif

}  // namespace typed
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm
