// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// One adapter for each rival, so that each benchmark is written once. Each does what its documentation recommends: the
/// same stream, pools kept warm, no waiting that it does not need. A rival of bytes that grow has
/// name; clean(), called before each; a constructor that is told whether to count its calls (counting.hpp); resize(bytes),
/// without initialising where it can; shrink(), to the size; data(); peak(), the device memory that it has held at most. What
/// keeps a pool warm is `warm`: one growth goes untimed before the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <thrust/device_vector.h>

#include <vmm/device_uvector.hpp>
#include <vmm/device_vector.hpp>
#include "memory/growth.hpp"

#include "counting.hpp"
#include "backend.hpp"

namespace vmm_bench {

struct vmm_uvector {
  static constexpr bool warm = false;
  static constexpr const char* name = "vmm::device_uvector";
  explicit vmm_uvector(bool counted = false) : v(stream(), backend_options(counted)) {}
  vmm::device_uvector<unsigned char> v;
  static void clean() { clean_slate(); }
  void resize(std::size_t bytes) { v.resize(bytes); }
  void shrink() { v.shrink_to_fit(); }
  void* data() { return v.data(); }
  std::size_t peak() const { return v.statistics().peak_mapped; }
};

struct vmm_vector {
  static constexpr bool warm = false;
  static constexpr const char* name = "vmm::device_vector";
  explicit vmm_vector(bool counted = false) : v(backend_options(counted)) {}
  vmm::device_vector<unsigned char> v;
  static void clean() { clean_slate(); }
  void resize(std::size_t bytes) { v.resize(bytes, vmm::no_init); }
  void shrink() { v.shrink_to_fit(); }
  void* data() { return v.data().get(); }
  std::size_t peak() const { return v.statistics().peak_mapped; }
};

/// Initialises what it adds: it has no way not to in CCCL 3.0.
struct thrust_vector {
  static constexpr bool warm = false;
  static constexpr const char* name = "thrust::device_vector";
  explicit thrust_vector(bool = false) {}
  thrust::device_vector<unsigned char> v;
  std::size_t most = 0;
  static void clean() { clean_slate(); }
  void resize(std::size_t bytes) {
    const std::size_t before = v.capacity();
    v.resize(bytes);
    moved_from(before);
  }
  void shrink() {
    const std::size_t before = v.capacity();
    v.shrink_to_fit();
    moved_from(before);
  }
  void moved_from(std::size_t before) {  // cudaMalloc, and copy and cudaFree if there was something
    most = (std::max)(most, v.capacity() != before ? before + v.capacity() : before);
    if (v.capacity() != before) calls() += before != 0 ? 3 : 1;
  }
  void* data() { return thrust::raw_pointer_cast(v.data()); }
  std::size_t peak() const { return most; }
};

/// The backend's bare verbs for the blocks that vmm maps for the same steps: what growth costs at least, but for chance.
struct bare_driver {
  static constexpr bool warm = false;
  static constexpr const char* name = "driver calls";
  static void clean() { clean_slate(); }
  explicit bare_driver(bool counted = false) : to(counted ? counting_backend().get_driver() : driver()) {
    succeed(to.describe(0, properties));
    rule.granularity = properties.granularity;
    rule.largest_block = properties.largest_block;
    addresses = vmm::engine::growth::reservation(properties.total_memory, 0, 1, properties.granularity);
    succeed(to.reserve(addresses, nullptr, base));
  }
  bare_driver(const bare_driver&) = delete;
  ~bare_driver() {
    to.device_synchronize(0);
    for (std::size_t end = mapped; !blocks.empty(); blocks.pop_back()) {
      end -= blocks.back().second;
      to.unmap(static_cast<char*>(base) + end, blocks.back().second);
      to.release(blocks.back().first, blocks.back().second);
    }
    to.unreserve(base, addresses);
  }
  void resize(std::size_t bytes) {
    namespace growth = vmm::engine::growth;
    if (bytes <= mapped) return;
    const std::size_t target = growth::target(mapped, bytes, growth::unlimited, rule);
    while (mapped < target) {
      const std::size_t block_bytes = growth::next_block(target - mapped, rule);
      vmm::engine::block_handle block;
      const int device = 0;
      succeed(to.create(0, block_bytes, block));
      const vmm::engine::status s = to.map(static_cast<char*>(base) + mapped, block_bytes, block, &device, 1);
      if (!s.ok()) to.release(block, block_bytes);
      succeed(s);
      blocks.emplace_back(block, block_bytes);
      mapped += block_bytes;
    }
  }
  void* data() { return base; }
  std::size_t peak() const { return mapped; }

  vmm::engine::driver& to;
  vmm::engine::capabilities properties;
  vmm::engine::growth::rule rule;
  void* base = nullptr;
  std::size_t addresses = 0, mapped = 0;
  std::vector<std::pair<vmm::engine::block_handle, std::size_t>> blocks;
};

#if VMM_ON_CUDA

/// The most that a pool holds from a moment on.
class high_mark {
 public:
  explicit high_mark(cudaMemPool_t of) : of_(of) {
    std::uint64_t zero = 0;
    succeed(cudaMemPoolSetAttribute(of_, cudaMemPoolAttrReservedMemHigh, &zero), "cudaMemPoolSetAttribute");
  }
  std::size_t bytes() const {
    std::uint64_t high = 0;
    succeed(cudaMemPoolGetAttribute(of_, cudaMemPoolAttrReservedMemHigh, &high), "cudaMemPoolGetAttribute");
    return high;
  }

 private:
  cudaMemPool_t of_;
};

/// Allocate, copy, free in the order of one stream. Exact: what rmm::device_uvector does at every resize.
template <bool doubling, bool kept>
struct stream_ordered {
  static constexpr bool warm = kept;
  static constexpr const char* name = doubling ? (warm ? "stream-ordered doubling, warm pool" : "stream-ordered doubling")
                                               : (warm ? "stream-ordered exact, warm pool" : "stream-ordered exact");
  static void clean() {
    if (warm)
      set_pool_threshold(~std::uint64_t{0});
    else
      clean_slate();
  }
  explicit stream_ordered(bool = false) {}
  stream_ordered(const stream_ordered&) = delete;
  ~stream_ordered() {
    if (p != nullptr) cudaFreeAsync(p, stream());
    cudaStreamSynchronize(stream());
  }
  void resize(std::size_t bytes) {
    if (bytes > capacity) move_to(doubling ? (std::max)(bytes, 2 * capacity) : bytes);
    size = bytes;
  }
  void shrink() {
    if (size != capacity) move_to(size);
  }
  void move_to(std::size_t wanted) {
    void* other = nullptr;
    succeed(cudaMallocAsync(&other, wanted, stream()), "cudaMallocAsync");
    if (size != 0) succeed(cudaMemcpyAsync(other, p, size, cudaMemcpyDeviceToDevice, stream()), "cudaMemcpyAsync");
    if (p != nullptr) succeed(cudaFreeAsync(p, stream()), "cudaFreeAsync");
    calls() += p != nullptr ? 3 : 1;
    p = other, capacity = wanted;
  }
  void* data() { return p; }
  std::size_t peak() const { return high.bytes(); }
  high_mark high{pool()};
  void* p = nullptr;
  std::size_t size = 0, capacity = 0;
};

#  ifdef VMM_BENCH_RMM
/// The real one, on its resource for stream-ordered allocation.
struct rmm_uvector {
  static constexpr bool warm = true;
  static constexpr const char* name = "rmm::device_uvector, warm pool";
  static void clean() { synchronize(); }
  explicit rmm_uvector(bool = false) {}
  void resize(std::size_t bytes) {
    const std::size_t before = v.capacity();
    v.resize(bytes);
    moved_from(before);
  }
  void shrink() {
    const std::size_t before = v.capacity();
    v.shrink();
    moved_from(before);
  }
  void moved_from(std::size_t before) {
    if (v.capacity() != before) calls() += before != 0 ? 3 : 1;
  }
  void* data() { return v.data(); }
  std::size_t peak() const { return high.bytes(); }
  high_mark high{rmm_bytes::pool()};
  rmm_bytes v{stream()};
};
#  endif
#endif

}  // namespace vmm_bench
