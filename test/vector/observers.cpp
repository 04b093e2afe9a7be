// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Observers are for host and device, as Thrust's are: in functions for both, and in kernels that have the bytes of a vector.
/// Compiled with calls across the two as errors.
#include "vector/vectors.hpp"

#include <cuda_runtime_api.h>

#include <thrust/swap.h>

using vmm_test::contents;
using vmm_test::host_ints;
using vmm_test::ints;

namespace vmm_observers {

template <class V>
__host__ __device__ std::size_t everything(V& v) {
  std::size_t n = v.size() + (v.empty() ? 1 : 0);
  n += static_cast<std::size_t>(v.end() - v.begin()) + static_cast<std::size_t>(v.cend() - v.cbegin());
  n += static_cast<std::size_t>(v.rend() - v.rbegin()) + static_cast<std::size_t>(v.crend() - v.crbegin());
  n += thrust::raw_pointer_cast(v.data()) == thrust::raw_pointer_cast(&*v.begin()) ? 1 : 0;
  n += thrust::raw_pointer_cast(&v[1]) == v.view().data() + 1 ? 1 : 0;
  n += &v.front() == v.data() && &v.back() == v.data() + static_cast<std::ptrdiff_t>(v.size() - 1) ? 1 : 0;
  return n;
}

template <class V>
__global__ void observe(V* v, std::size_t* out) {
  out[0] = everything(*v);
  out[1] = everything(*static_cast<const V*>(v));
  (*v)[2] = (*v)[0] + (*v)[1];
}

/// As client code does that holds a vector: its moves are swapped in a function for both sides.
struct field {
  ints elements;
  __host__ __device__ std::size_t size() const { return elements.size(); }
};

TEST_CASE("observers in functions for host and device", "[observers]") {
  ints v = {3, 4, 0};
  CHECK(everything(v) == 18);
  CHECK(everything(std::as_const(v)) == 18);
  field f{v}, g{ints(1)};
  thrust::swap(f.elements, g.elements);
  CHECK(f.size() == 1);
  std::swap(f, g);
  CHECK(f.size() == 3);
}

TEST_CASE("observers in a kernel that has the bytes of a vector", "[observers]") {
  ints v = {3, 4, 0};
  ints* there = nullptr;
  std::size_t* out = nullptr;
  REQUIRE(cudaMalloc(&there, sizeof(ints)) == cudaSuccess);
  REQUIRE(cudaMallocHost(&out, 2 * sizeof(*out)) == cudaSuccess);
  v.flush();
  REQUIRE(cudaMemcpy(static_cast<void*>(there), static_cast<const void*>(&v), sizeof(ints), cudaMemcpyHostToDevice) ==
          cudaSuccess);
  observe<<<1, 1>>>(there, out);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  CHECK(out[0] == 18);
  CHECK(out[1] == 18);
  CHECK(contents(v) == host_ints{3, 4, 7});
  cudaFreeHost(out);
  cudaFree(there);
}

}  // namespace vmm_observers
