// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What is asked of the backend, counted in an iteration of its own that nobody times. A vector counts when its
/// options::backend is counting_backend(); a rival of vmm adds to calls() what its adapter calls.
#pragma once

#include <cstddef>

#include <vmm/engine/driver.hpp>
#include <vmm/engine/device_runtime.hpp>
#include <vmm/options.hpp>

#include "backend.hpp"

namespace vmm_bench {

inline std::size_t& calls() {
  static std::size_t n = 0;
  return n;
}

/// Hands every verb on; counts those that take, map and give back memory or move data. What only asks is not counted.
class counting_driver final : public vmm::engine::driver {
  using status = vmm::engine::status;
  using stream_order = vmm::engine::stream_order;
  using block_handle = vmm::engine::block_handle;
  using event_handle = vmm::engine::event_handle;

 public:
  explicit counting_driver(driver& to) noexcept : to_(to) {}

  status describe(int d, vmm::engine::capabilities& c) noexcept override { return to_.describe(d, c); }
  status memory(int d, vmm::engine::memory_info& m) noexcept override { return to_.memory(d, m); }
  int devices() noexcept override { return to_.devices(); }
  int current_device() noexcept override { return to_.current_device(); }
  status make_current(int d) noexcept override { return to_.make_current(d); }
  void trim(int d) noexcept override { to_.trim(d); }
  status reserve(std::size_t n, void* hint, void*& p) noexcept override { return ++calls(), to_.reserve(n, hint, p); }
  status unreserve(void* p, std::size_t n) noexcept override { return ++calls(), to_.unreserve(p, n); }
  status create(int d, std::size_t n, block_handle& b) noexcept override { return ++calls(), to_.create(d, n, b); }
  status release(block_handle b, std::size_t n) noexcept override { return ++calls(), to_.release(b, n); }
  /// Two calls of CUDA's driver: cuMemMap and cuMemSetAccess.
  status map(void* p, std::size_t n, block_handle b, const int* ds, std::size_t count) noexcept override {
    return calls() += 2, to_.map(p, n, b, ds, count);
  }
  status grant(void* p, std::size_t n, const int* ds, std::size_t count) noexcept override {
    return ++calls(), to_.grant(p, n, ds, count);
  }
  status unmap(void* p, std::size_t n) noexcept override { return ++calls(), to_.unmap(p, n); }
  status replace(void* p, std::size_t mapped, block_handle before, std::size_t n, block_handle b, const int* ds, std::size_t count,
                 bool& lost) noexcept override {
    return calls() += 3, to_.replace(p, mapped, before, n, b, ds, count, lost);
  }
  status allocate(const stream_order& q, std::size_t n, void*& p) noexcept override { return ++calls(), to_.allocate(q, n, p); }
  status deallocate(const stream_order& q, void* p, std::size_t n) noexcept override {
    return ++calls(), to_.deallocate(q, p, n);
  }
  status pin(std::size_t n, void*& p) noexcept override { return ++calls(), to_.pin(n, p); }
  status unpin(void* p, std::size_t n) noexcept override { return ++calls(), to_.unpin(p, n); }
  status copy_from_pinned(const stream_order& q, void* to, const void* from, std::size_t n) noexcept override {
    return ++calls(), to_.copy_from_pinned(q, to, from, n);
  }
  status copy(const stream_order& q, void* to, const void* from, std::size_t n) noexcept override {
    return ++calls(), to_.copy(q, to, from, n);
  }
  status memmove(const stream_order& q, void* to, const void* from, std::size_t n, void* workspace) noexcept override {
    return ++calls(), to_.memmove(q, to, from, n, workspace);
  }
  status fill(const stream_order& q, void* to, const void* pattern, std::size_t bytes, std::size_t n) noexcept override {
    return ++calls(), to_.fill(q, to, pattern, bytes, n);
  }
  status mismatch(const stream_order& q, const void* a, const void* b, std::size_t n, vmm::engine::scalar type,
                  vmm::engine::relation relate, void* workspace, std::size_t& index) noexcept override {
    return ++calls(), to_.mismatch(q, a, b, n, type, relate, workspace, index);
  }
  status reduce(const stream_order& q, const vmm::engine::reduction& how, const void* data, std::size_t n, void* workspace,
                void* result) noexcept override {
    return ++calls(), to_.reduce(q, how, data, n, workspace, result);
  }
  status graph_allocate(const stream_order& q, std::size_t n, void*& address) noexcept override {
    return to_.graph_allocate(q, n, address);
  }
  status graph_deallocate(const stream_order& q, void* address) noexcept override { return to_.graph_deallocate(q, address); }
  std::uint64_t epoch(int device) noexcept override { return to_.epoch(device); }
  status outside_capture(const stream_order& q) noexcept override { return to_.outside_capture(q); }
  status record(const stream_order& q, event_handle& e) noexcept override { return to_.record(q, e); }
  status is_complete(event_handle e, bool& answer) noexcept override { return to_.is_complete(e, answer); }
  status stream_wait_event(const stream_order& q, event_handle e) noexcept override { return to_.stream_wait_event(q, e); }
  void destroy_event(event_handle e) noexcept override { to_.destroy_event(e); }
  status event_synchronize(event_handle e) noexcept override { return to_.event_synchronize(e); }
  status stream_synchronize(const stream_order& q) noexcept override { return to_.stream_synchronize(q); }
  status device_synchronize(int d) noexcept override { return to_.device_synchronize(d); }

 private:
  driver& to_;
};

inline vmm::engine::device_runtime& counting_backend() {
  static vmm::engine::device_runtime& m = *new vmm::engine::device_runtime(*new counting_driver(driver()));
  return m;
}

/// Options of a vector whose backend counts, or not.
inline vmm::options backend_options(bool counted) {
  vmm::options o;
  if (counted) o.backend = &counting_backend();
  return o;
}

}  // namespace vmm_bench
