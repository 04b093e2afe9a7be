// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// One adapter for each rival, so that each benchmark is written once. Each does what its documentation recommends: the
/// same stream, pools kept warm, no waiting that it does not need. A rival of bytes that grow has
/// name; clean(), called before each; resize(bytes), without initialising where it can; data(); peak(), the device memory
/// that it has held at most. What keeps a pool warm is `warm`: one growth goes untimed before the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <thrust/device_vector.h>

#include <vmm/device_uvector.hpp>
#include <vmm/device_vector.hpp>
#include <vmm/engine/growth.hpp>

#include "machine.hpp"

namespace vmm_bench {

struct vmm_uvector {
  static constexpr bool warm = false;
  static constexpr const char* name = "vmm::device_uvector";
  vmm::device_uvector<unsigned char> v{stream()};
  static void clean() { clean_slate(); }
  void resize(std::size_t bytes) { v.resize(bytes); }
  void* data() { return v.data(); }
  std::size_t peak() const { return v.statistics().peak_mapped; }
};

struct vmm_vector {
  static constexpr bool warm = false;
  static constexpr const char* name = "vmm::device_vector";
  vmm::device_vector<unsigned char> v;
  static void clean() { clean_slate(); }
  void resize(std::size_t bytes) { v.resize(bytes, vmm::no_init); }
  void* data() { return v.data().get(); }
  std::size_t peak() const { return v.statistics().peak_mapped; }
};

/// Initialises what it adds: it has no way not to in CCCL 3.0.
struct thrust_vector {
  static constexpr bool warm = false;
  static constexpr const char* name = "thrust::device_vector";
  thrust::device_vector<unsigned char> v;
  std::size_t most = 0;
  static void clean() { clean_slate(); }
  void resize(std::size_t bytes) {
    const std::size_t before = v.capacity();
    v.resize(bytes);
    most = (std::max)(most, v.capacity() != before ? before + v.capacity() : before);
  }
  void* data() { return thrust::raw_pointer_cast(v.data()); }
  std::size_t peak() const { return most; }
};

/// The machine's bare verbs for the blocks that vmm maps for the same steps: what growth cannot be faster than.
struct bare_driver {
  static constexpr bool warm = false;
  static constexpr const char* name = "driver calls";
  static void clean() { clean_slate(); }
  bare_driver() {
    succeed(driver().describe(0, can));
    rule.granularity = can.granularity;
    rule.largest_block = can.largest_block;
    addresses = vmm::engine::growth::reservation(can.total_memory, 0, 1, can.granularity);
    succeed(driver().reserve(addresses, nullptr, base));
  }
  bare_driver(const bare_driver&) = delete;
  ~bare_driver() {
    driver().drain(0);
    for (std::size_t end = mapped; !blocks.empty(); blocks.pop_back()) {
      end -= blocks.back().second;
      driver().unmap(static_cast<char*>(base) + end, blocks.back().second);
      driver().release(blocks.back().first, blocks.back().second);
    }
    driver().unreserve(base, addresses);
  }
  void resize(std::size_t bytes) {
    namespace growth = vmm::engine::growth;
    if (bytes <= mapped) return;
    const std::size_t target = growth::target(mapped, bytes, growth::unlimited, rule);
    while (mapped < target) {
      const std::size_t block_bytes = growth::next_block(target - mapped, rule);
      vmm::engine::block_handle block;
      const int device = 0;
      succeed(driver().create(0, block_bytes, block));
      succeed(driver().map(static_cast<char*>(base) + mapped, block_bytes, block, &device, 1));
      blocks.emplace_back(block, block_bytes);
      mapped += block_bytes;
    }
  }
  void* data() { return base; }
  std::size_t peak() const { return mapped; }

  vmm::engine::capabilities can;
  vmm::engine::growth::rule rule;
  void* base = nullptr;
  std::size_t addresses = 0, mapped = 0;
  std::vector<std::pair<vmm::engine::block_handle, std::size_t>> blocks;
};

#if VMM_ON_CUDA

inline cudaMemPool_t pool() {
  static const cudaMemPool_t p = [] {
    cudaMemPool_t made;
    succeed(cudaDeviceGetDefaultMemPool(&made, 0), "cudaDeviceGetDefaultMemPool");
    return made;
  }();
  return p;
}

inline void set_pool_threshold(std::uint64_t bytes) {
  succeed(cudaMemPoolSetAttribute(pool(), cudaMemPoolAttrReleaseThreshold, &bytes), "cudaMemPoolSetAttribute");
}

/// Allocate, copy, free in the order of one stream. Exact: what rmm::device_uvector does at every resize.
template <bool doubling, bool kept>
struct stream_ordered {
  static constexpr bool warm = kept;
  static constexpr const char* name = doubling ? (warm ? "stream-ordered doubling, warm pool" : "stream-ordered doubling")
                                               : (warm ? "stream-ordered exact, warm pool" : "stream-ordered exact");
  static void clean() {
    set_pool_threshold(warm ? ~std::uint64_t{0} : 0);
    if (!warm) clean_slate();
  }
  stream_ordered() {
    std::uint64_t zero = 0;
    cudaMemPoolSetAttribute(pool(), cudaMemPoolAttrReservedMemHigh, &zero);
  }
  stream_ordered(const stream_ordered&) = delete;
  ~stream_ordered() {
    if (p != nullptr) cudaFreeAsync(p, stream());
    cudaStreamSynchronize(stream());
  }
  void resize(std::size_t bytes) {
    if (bytes > capacity) {
      const std::size_t wanted = doubling ? (std::max)(bytes, 2 * capacity) : bytes;
      void* larger = nullptr;
      succeed(cudaMallocAsync(&larger, wanted, stream()), "cudaMallocAsync");
      if (size != 0)
        succeed(cudaMemcpyAsync(larger, p, size, cudaMemcpyDeviceToDevice, stream()), "cudaMemcpyAsync");
      if (p != nullptr) succeed(cudaFreeAsync(p, stream()), "cudaFreeAsync");
      p = larger, capacity = wanted;
    }
    size = bytes;
  }
  void* data() { return p; }
  std::size_t peak() const {
    std::uint64_t high = 0;
    cudaMemPoolGetAttribute(pool(), cudaMemPoolAttrReservedMemHigh, &high);
    return high;
  }
  void* p = nullptr;
  std::size_t size = 0, capacity = 0;
};

#endif

}  // namespace vmm_bench
