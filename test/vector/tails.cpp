// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Vectors that end in the host's memory while kernels and graphs of several streams read them.
#include <cuda_runtime.h>

#include <chrono>
#include <thread>
#include <vector>

#include <vmm/device_vector.hpp>

#include "support/own_backend.hpp"
#include "vector/streams.hpp"

namespace vmm_test {

struct reading {
  volatile int go;
  volatile int gave_up;
  long long sum;
};

/// Adds up what is there when it is told to go on; gives up after some ten seconds.
static __global__ void sum_when_told(const int* elements, int n, reading* r) {
  const long long begin = clock64();
  while (r->go == 0) {
    if (clock64() - begin > 20000000000LL) {
      r->gave_up = 1;
      return;
    }
  }
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x))
    atomicAdd(reinterpret_cast<unsigned long long*>(&r->sum), static_cast<unsigned long long>(elements[i]));
}

static __global__ void count_unequal(const int* element, int expected, int* wrong) {
  if (*element != expected) atomicAdd(wrong, 1);
}

static __global__ void increment(int* elements, int n) {
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) elements[i] += 1;
}

}  // namespace vmm_test

namespace {

using vmm_test::count_unequal;
using vmm_test::increment;
using vmm_test::non_blocking_stream;
using vmm_test::options;
using vmm_test::own_backend;
using vmm_test::reading;
using vmm_test::succeed;
using vmm_test::sum_when_told;
using vmm_test::verb;
using ints = vmm::device_vector<int>;

/// Told to go on by another thread, so that what waits for the kernel gets on as well.
struct slow_reader {
  slow_reader() {
    succeed(cudaMallocHost(reinterpret_cast<void**>(&r), sizeof(reading)));
    r->go = r->gave_up = 0, r->sum = 0;
  }
  slow_reader(const slow_reader&) = delete;
  ~slow_reader() {
    tell();
    cudaFreeHost(r);
  }
  void read(cudaStream_t stream, const ints& v) {
    sum_when_told<<<1, 256, 0, stream>>>(v.data().get(), static_cast<int>(v.size()), r);
    succeed(cudaGetLastError());
    telling = std::thread([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      r->go = 1;
    });
  }
  void tell() {
    if (telling.joinable()) telling.join();
  }
  long long sum() {
    tell();
    succeed(cudaDeviceSynchronize());
    CHECK(r->gave_up == 0);
    return r->sum;
  }
  reading* r = nullptr;
  std::thread telling;
};

long long sum_of(int n) { return static_cast<long long>(n) * (n - 1) / 2; }

/// 0, 1, 2 ... with a look after each of the first thousand: small vectors have no tail.
void push_and_look(ints& v, int n) {
  for (int i = static_cast<int>(v.size()); i < n; ++i) {
    v.push_back(i);
    if (i < 1000) v.data();
  }
}

std::vector<int> contents(const ints& v) {
  v.wait();
  std::vector<int> out(v.size());
  thrust::copy(v.begin(), v.end(), out.begin());
  return out;
}

std::vector<int> count(int n) {
  std::vector<int> out(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) out[static_cast<std::size_t>(i)] = i;
  return out;
}

bool has_tail(const own_backend& m) { return m.counting.calls(verb::create_host) != 0; }

}  // namespace

TEST_CASE("each kernel sees what was pushed before it was launched", "[tail]") {
  if (!vmm::query_capabilities().host_blocks) return;
  own_backend m;
  ints wrong(1, 0), v(m.with());
  for (int i = 0; i < 600000; ++i) {
    v.push_back(i);
    if (i < 5000 || i % 97 == 0) count_unequal<<<1, 1>>>(v.data().get() + i, i, wrong.data().get());
  }
  succeed(cudaDeviceSynchronize());
  CHECK(wrong[0] == 0);
  CHECK(has_tail(m));
  CHECK(contents(v) == count(600000));
}

TEST_CASE("what a kernel has yet to read is not written over", "[tail]") {
  if (!vmm::query_capabilities().host_blocks) return;
  const non_blocking_stream stream;
  own_backend m;
  ints v(stream.handle, m.with());
  push_and_look(v, 3000);
  REQUIRE(has_tail(m));
  slow_reader reader;
  reader.read(stream.handle, v);
  SECTION("cleared and pushed to") {
    v.clear();
    for (int i = 0; i < 5000; ++i) v.push_back(-i);
    v.data();
    CHECK(v[4999] == -4999);
  }
  SECTION("pop_back and push_back") {
    for (int i = 0; i < 100; ++i) v.pop_back(), v.push_back(-1);
    CHECK(v.back() == -1);
  }
  SECTION("erased, and pushed to") {
    v.erase(v.begin(), v.begin() + 2000);
    for (int i = 0; i < 3000; ++i) v.push_back(-1);
    CHECK(v[0] == 2000);
    CHECK(v[1000] == -1);
  }
  SECTION("resized") {
    v.resize(10);
    v.resize(3000, -7);
    v.push_back(5);
    CHECK(v[10] == -7);
    CHECK(v.back() == 5);
  }
  CHECK(reader.sum() == sum_of(3000));
}

TEST_CASE("a tail is not turned under a kernel of another stream", "[tail]") {
  if (!vmm::query_capabilities().host_blocks) return;
  const non_blocking_stream own, other;
  own_backend m;
  ints v(own.handle, m.with());
  push_and_look(v, 3000);
  REQUIRE(has_tail(m));
  const int* const place = v.data().get();
  SECTION("by pushes") {
    slow_reader reader;
    reader.read(other.handle, v);
    push_and_look(v, 2000000);
    CHECK(reader.sum() == sum_of(3000));
    CHECK(contents(v) == count(2000000));
  }
  SECTION("by growth, and by to_device") {
    slow_reader first, second;
    first.read(other.handle, v);
    v.to_device();
    CHECK(first.sum() == sum_of(3000));
    push_and_look(v, 3100);
    second.read(other.handle, v);
    v.reserve(4000000);
    CHECK(second.sum() == sum_of(3100));
    CHECK(contents(v) == count(3100));
  }
  CHECK(v.data().get() == place);
}

TEST_CASE("a graph that was captured before a tail turned replays after it", "[tail]") {
  if (!vmm::query_capabilities().host_blocks) return;
  const non_blocking_stream stream;
  own_backend m;
  ints v(m.with());
  push_and_look(v, 1000);
  REQUIRE(has_tail(m));
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  succeed(cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeThreadLocal));
  increment<<<1, 128, 0, stream.handle>>>(v.data().get(), 1000);
  for (int i = 1000; i < 2000; ++i) v.push_back(i);  // a store, whatever is captured
  succeed(cudaStreamEndCapture(stream.handle, &graph));
  succeed(cudaGraphInstantiate(&executable, graph, 0));
  succeed(cudaGraphLaunch(executable, stream.handle));
  succeed(cudaStreamSynchronize(stream.handle));
  push_and_look(v, 1500000);
  succeed(cudaGraphLaunch(executable, stream.handle));
  succeed(cudaStreamSynchronize(stream.handle));
  v.to_device();
  succeed(cudaGraphLaunch(executable, stream.handle));
  succeed(cudaStreamSynchronize(stream.handle));
  std::vector<int> expected = count(1500000);
  for (int i = 0; i < 1000; ++i) expected[static_cast<std::size_t>(i)] += 3;
  CHECK(contents(v) == expected);
  succeed(cudaGraphExecDestroy(executable));
  succeed(cudaGraphDestroy(graph));
}

TEST_CASE("while a vector's stream is captured its tail stays, and elements are kept", "[tail]") {
  if (!vmm::query_capabilities().host_blocks) return;
  const non_blocking_stream stream;
  own_backend m;
  ints v(stream.handle, m.with());
  push_and_look(v, 1000);
  REQUIRE(has_tail(m));
  cudaGraph_t graph = nullptr;
  succeed(cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeThreadLocal));
  for (int i = 1000; i < 100000; ++i) v.push_back(i);
  CHECK_THROWS_AS(v.to_device(), vmm::error);
  succeed(cudaStreamEndCapture(stream.handle, &graph));
  succeed(cudaGraphDestroy(graph));
  CHECK(contents(v) == count(100000));
  push_and_look(v, 1200000);
  CHECK(contents(v) == count(1200000));
}
