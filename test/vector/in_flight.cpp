// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Growth while the device works: kernels and graphs that hold the old pointer, streams, and more than half of a card.
#include "vector/counting.hpp"

#include <cuda_runtime.h>

namespace vmm_test {  // nvcc cannot launch kernels from a nameless namespace that Catch2 nests another one in

/// Shared by host and kernel; in pinned memory.
struct signals {
  volatile int go;
  volatile int gave_up;
};

static __global__ void add_one(int* elements, int n) {
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) elements[i] += 1;
}

/// Gives up after some ten seconds, so that a growth that waits for the kernel fails and does not hang.
static __global__ void add_one_when_told(int* elements, int n, signals* s) {
  const long long begin = clock64();
  while (s->go == 0) {
    if (clock64() - begin > 20000000000LL) {
      s->gave_up = 1;
      return;
    }
  }
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) elements[i] += 1;
}

}  // namespace vmm_test

using vmm_test::contents;
using vmm_test::count_up;
using vmm_test::counts_up;
using vmm_test::fixed;
using vmm_test::homes;
using vmm_test::ints;
using vmm_test::iota;
using vmm_test::mebi;

namespace {

using vmm_test::add_one;
using vmm_test::add_one_when_told;
using vmm_test::signals;

void succeed(cudaError_t e) {
  INFO(cudaGetErrorString(e));
  REQUIRE(e == cudaSuccess);
}

struct non_blocking_stream {
  cudaStream_t handle = nullptr;
  non_blocking_stream() { succeed(cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking)); }
  non_blocking_stream(const non_blocking_stream&) = delete;
  ~non_blocking_stream() { cudaStreamDestroy(handle); }
};

void grow_by_all_means(ints& v) {
  v.resize(v.size() + 32 * mebi);
  v.push_back(7);
  v.append(16 * mebi, 8);
}

TEST_CASE("a kernel in flight keeps its pointer while the vector grows", "[in_flight]") {
  const non_blocking_stream stream;
  ints warm_up(fixed());  // loads every kernel that growth needs: loading one may wait for the one in flight
  grow_by_all_means(warm_up);
  signals* s = nullptr;
  succeed(cudaMallocHost(reinterpret_cast<void**>(&s), sizeof(signals)));
  s->go = s->gave_up = 0;
  ints v(fixed());
  v = iota(1000);
  const int* const address = v.data().get();
  add_one_when_told<<<1, 128, 0, stream.handle>>>(v.data().get(), 1000, s);
  succeed(cudaGetLastError());
  grow_by_all_means(v);
  CHECK(cudaStreamQuery(stream.handle) == cudaErrorNotReady);
  s->go = 1;
  succeed(cudaStreamSynchronize(stream.handle));
  CHECK(s->gave_up == 0);
  CHECK(v.data().get() == address);
  CHECK(contents(ints(v.begin(), v.begin() + 1000)) == iota(1000, 1));
  CHECK(v.back() == 8);
  succeed(cudaFreeHost(s));
}

TEST_CASE("a graph captured before a growth replays after it", "[in_flight]") {
  const non_blocking_stream stream;
  ints v(fixed());
  v = iota(1000);
  succeed(cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeRelaxed));
  add_one<<<1, 128, 0, stream.handle>>>(v.data().get(), 1000);
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  succeed(cudaStreamEndCapture(stream.handle, &graph));
  succeed(cudaGraphInstantiate(&executable, graph, 0));
  grow_by_all_means(v);
  for (int i = 0; i < 3; ++i) succeed(cudaGraphLaunch(executable, stream.handle));
  succeed(cudaStreamSynchronize(stream.handle));
  CHECK(contents(ints(v.begin(), v.begin() + 1000)) == iota(1000, 3));
  succeed(cudaGraphExecDestroy(executable));
  succeed(cudaGraphDestroy(graph));
}

TEST_CASE("a vector with a stream of its own works in that stream's order", "[in_flight]") {
  const non_blocking_stream stream;
  for (const auto& home : homes()) {
    INFO(home);
    ints v(stream.handle, home.options);
    CHECK(v.stream() == vmm::stream_ref(stream.handle));
    v = iota(1000);
    add_one<<<1, 128, 0, stream.handle>>>(v.data().get(), 1000);
    v.resize(6 * mebi, 5);
    v.push_back(6);
    add_one<<<1, 128, 0, stream.handle>>>(v.data().get(), 1000);
    v.insert(v.begin(), 1, -1);
    CHECK(v[1] == 2);
    CHECK(v[1001] == 5);
    CHECK(v.back() == 6);
    v.resize(1001);
    v.erase(v.begin());
    v.shrink_to_fit();
    v.wait();
    CHECK(contents(v) == iota(1000, 2));
  }
}

TEST_CASE("a vector is made with elements in a stream's order", "[in_flight]") {
  const non_blocking_stream stream;
  const ints zeros(1000, stream.handle), sevens(1000, 7, stream.handle);
  zeros.wait();
  sevens.wait();
  CHECK(contents(zeros) == std::vector<int>(1000, 0));
  CHECK(contents(sevens) == std::vector<int>(1000, 7));
}

TEST_CASE("a vector grows past half of the card at one address", "[in_flight]") {
  std::size_t free = 0, total = 0;
  succeed(cudaMemGetInfo(&free, &total));
  INFO(free << " of " << total << " bytes are free");
  const std::size_t n = total / 100 * 55 / sizeof(int), counted = 2 * mebi;
  ints v(fixed());
  v.resize(counted);
  count_up(v, 0, counted);
  const int* const address = v.data().get();
  v.resize(n / 2, vmm::no_init);
  v.resize(n, vmm::no_init);
  count_up(v, n - counted, counted);
  v.push_back(9);
  CHECK(v.data().get() == address);
  CHECK(counts_up(v, 0, counted));
  CHECK(counts_up(v, n - counted, counted));
  CHECK(v.back() == 9);
  CHECK(v.statistics().copied_bytes == 0);
  CHECK(v.statistics().relocations == 0);
}

}  // namespace
