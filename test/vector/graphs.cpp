// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Algorithms in the order of a stream, and under its capture: what needs temporary memory has the graph's own, what would have
/// to wait is refused, and a graph runs on after the vector has grown.
#include <cuda_runtime.h>

#include <numeric>
#include <thread>
#include <vector>

#include <thrust/device_ptr.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/scan.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform.h>

#include <vmm/device_vector.hpp>
#include <vmm/algorithm.hpp>
#include <vmm/execution_policy.hpp>

#include "support/catch.hpp"
#include "support/numbers.hpp"
#include "support/options.hpp"
#include "vector/streams.hpp"

namespace vmm_test {

struct add_number {
  int number;
  __host__ __device__ int operator()(int x) const { return x + number; }
};

/// Keeps a stream busy until it is told to go on, or for some ten seconds.
static __global__ void hold(volatile int* go) {
  const long long begin = clock64();
  while (*go == 0 && clock64() - begin < 20000000000LL) {
  }
}

}  // namespace vmm_test

namespace {

using vmm_test::add_number;
using vmm_test::fixed;
using vmm_test::hold;
using vmm_test::iota;
using vmm_test::succeed;
using own_stream = vmm_test::non_blocking_stream;

/// What `submit` puts into a stream, as a graph.
class captured {
 public:
  template <class Submit>
  captured(cudaStream_t stream, cudaStreamCaptureMode mode, Submit submit) {
    succeed(cudaStreamBeginCapture(stream, mode));
    submit();
    succeed(cudaStreamEndCapture(stream, &graph_));
    succeed(cudaGraphInstantiate(&executable_, graph_, 0));
  }
  captured(const captured&) = delete;
  ~captured() {
    cudaGraphExecDestroy(executable_);
    cudaGraphDestroy(graph_);
  }
  void launch(cudaStream_t stream) { succeed(cudaGraphLaunch(executable_, stream)); }

 private:
  cudaGraph_t graph_ = nullptr;
  cudaGraphExec_t executable_ = nullptr;
};

}  // namespace

TEST_CASE("with a stream nothing waits", "[graphs]") {
  const own_stream s;
  int* go = nullptr;
  succeed(cudaMallocHost(&go, sizeof *go));
  vmm::device_uvector<int> v(100000, s.handle), sums(2, s.handle);
  const auto work = [&] {
    vmm::fill(s.handle, v.view(), 3);
    vmm::reduce_into(s.handle, v.view(), sums.data());
    vmm::reduce_into(vmm::par.on(s.handle), v.begin(), v.end(), sums.data() + 1, 0, thrust::maximum<int>());
    thrust::transform(vmm::par.on(s.handle), v.begin(), v.end(), v.begin(), add_number{1});
    thrust::inclusive_scan(vmm::par.on(s.handle), v.begin(), v.end(), v.begin());
    thrust::sort(vmm::par.on(s.handle), v.begin(), v.end(), thrust::greater<int>());
  };
  work();  // loads every kernel: that may wait
  v.wait();
  *go = 0;
  hold<<<1, 1, 0, s.handle>>>(go);
  work();
  CHECK(cudaStreamQuery(s.handle) == cudaErrorNotReady);
  *go = 1;
  CHECK(sums.to_vector() == std::vector<int>{300000, 3});
  CHECK(v.element(0) == 400000);
  succeed(cudaFreeHost(go));
}

TEST_CASE("a graph with temporary memory replays after the vector has grown, whoever uses temporary memory meanwhile",
          "[graphs]") {
  for (auto mode : {cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal, cudaStreamCaptureModeRelaxed}) {
    const own_stream s, other;
    const std::size_t n = 200000;
    vmm::device_vector<int> v(n, 0, s.handle, fixed());
    vmm::device_uvector<long long> sum(1, s.handle);
    vmm::device_uvector<int> elsewhere(n, other.handle), total(1, other.handle);
    const auto warm_up = [&] {
      vmm::reduce_into(s.handle, v.data().get(), v.data().get() + n, sum.data());
      thrust::sort(vmm::par.on(s.handle), v.data().get(), v.data().get() + n);
    };
    warm_up();
    v.wait();
    captured graph(s.handle, mode, [&] {
      int* const p = v.data().get();
      thrust::transform(vmm::par.on(s.handle), p, p + n, p, add_number{1});
      thrust::sort(vmm::par.on(s.handle), p, p + n, thrust::greater<int>());
      vmm::reduce_into(s.handle, p, p + n, sum.data());
    });
    const std::vector<int> start = iota(n);
    v.assign(start.begin(), start.end());
    v.resize(40 * n);
    for (int round = 1; round <= 3; ++round) {
      elsewhere.fill(round);
      graph.launch(s.handle);
      vmm::reduce_into(other.handle, elsewhere.view(), total.data());
      thrust::sort(vmm::par.on(other.handle), elsewhere.begin(), elsewhere.end());
      const long long expected = static_cast<long long>(n) * (n - 1) / 2 + round * static_cast<long long>(n);
      CHECK(sum.element(0) == expected);
      CHECK(total.element(0) == static_cast<int>(round * n));
      CHECK(v[0] == static_cast<int>(n) - 1 + round);
    }
  }
}

TEST_CASE("elements are inserted, erased and filled in a capture", "[graphs]") {
  const own_stream s;
  const std::size_t n = 100000;
  vmm::device_vector<int> v(s.handle, fixed());
  v.assign(n, 1);
  v.insert(v.begin() + 10, n, 2);
  v.erase(v.begin(), v.begin() + n);
  v.assign(n, 1);
  v.reserve(4 * n);
  v.wait();
  captured graph(s.handle, cudaStreamCaptureModeThreadLocal, [&] {
    v.insert(v.begin() + 10, 5, 2);          // 10 x 1, 5 x 2, the rest 1
    v.erase(v.begin() + 2, v.begin() + 12);  // 1 1 2 2 2 1 ...
    vmm::fill(s.handle, v.data().get(), v.data().get() + 1, 9);
  });
  CHECK(v.size() == n - 5);
  graph.launch(s.handle);
  v.wait();
  std::vector<int> expected(n - 5, 1);
  expected[0] = 9;
  expected[2] = expected[3] = expected[4] = 2;
  CHECK(v.uvector().to_vector() == expected);
}

TEST_CASE("what would have to wait in a capture is refused, and both stay usable", "[graphs]") {
  const own_stream s;
  vmm::device_uvector<int> v(100000, s.handle), sum(1, s.handle);
  v.fill(2);
  const auto code_of = [&](auto act) {
    try {
      act();
    } catch (const vmm::error& e) {
      return e.code();
    }
    return vmm::errc::ok;
  };
  vmm::reduce_into(s.handle, v.view(), sum.data());
  v.wait();
  captured graph(s.handle, cudaStreamCaptureModeThreadLocal, [&] {
    CHECK(code_of([&] { vmm::reduce(s.handle, v.view()); }) == vmm::errc::capturing);
    CHECK(code_of([&] { vmm::count(s.handle, v.view(), 2); }) == vmm::errc::capturing);
    CHECK(code_of([&] { vmm::minmax(vmm::par.on(s.handle), v.begin(), v.end()); }) == vmm::errc::capturing);
    CHECK(code_of([&] { vmm::equal(s.handle, v.view(), v.view()); }) == vmm::errc::capturing);
    const auto by_thrust = thrust::make_transform_iterator(thrust::device_pointer_cast(v.data()), add_number{1});
    CHECK(code_of([&] { vmm::reduce(s.handle, by_thrust, by_thrust + 1000, 0); }) == vmm::errc::capturing);
    CHECK(code_of([&] { vmm::count(vmm::par.on(s.handle), by_thrust, by_thrust + 1000, 3); }) == vmm::errc::capturing);
    CHECK(code_of([&] { vmm::equal(s.handle, by_thrust, by_thrust + 1000, by_thrust); }) == vmm::errc::capturing);
    CHECK(code_of([&] { v.element(0); }) == vmm::errc::capturing);
    CHECK(code_of([&] { v.wait(); }) == vmm::errc::capturing);
    vmm::reduce_into(s.handle, v.view(), sum.data());
  });
  graph.launch(s.handle);
  CHECK(sum.element(0) == 200000);
  CHECK(vmm::reduce(s.handle, v.view()) == 200000);
}

TEST_CASE("algorithms of one thread leave the captures of another valid, in every mode", "[graphs]") {
  for (auto mode : {cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal, cudaStreamCaptureModeRelaxed}) {
    const own_stream s, other;
    vmm::device_uvector<int> v(100000, s.handle), w(100000, other.handle);
    v.fill(1), w.fill(2);
    v.wait(), w.wait();
    captured graph(s.handle, mode, [&] {
      std::thread([&] {
        CHECK(vmm::reduce(other.handle, w.view()) == 200000);
        CHECK(vmm::count(other.handle, w.view(), 2) == 100000);
        CHECK(vmm::minmax(other.handle, w.view()) == std::pair<int, int>(2, 2));
        thrust::sort(vmm::par.on(other.handle), w.begin(), w.end());
        w.push_back(3), w.flush(), w.wait();
        w.shrink_to_fit();
        w = vmm::device_uvector<int>(other.handle);
        vmm::trim();
      }).join();
      vmm::fill(s.handle, v.view(), 7);
    });
    graph.launch(s.handle);
    CHECK(vmm::count(s.handle, v.view(), 7) == 100000);
  }
}

TEST_CASE("an error that was left unread before is not taken for a launch's", "[graphs]") {
  vmm::device_uvector<int> v(1000);
  v.fill(1);
  v.wait();
  void* nothing = nullptr;
  REQUIRE(cudaMalloc(&nothing, std::size_t{1} << 60) != cudaSuccess);
  CHECK(vmm::reduce(v.view()) == 1000);
  cudaGetLastError();
}

TEST_CASE("a launch that the device refuses throws at that call", "[graphs]") {
  vmm::device_uvector<int> v(1000);
  v.fill(1);
  v.wait();
  const auto nowhere = reinterpret_cast<cudaStream_t>(std::uintptr_t{0});
  CHECK(vmm::reduce(vmm::stream_ref(nowhere), v.view()) == 1000);  // null is the default stream
  const own_stream s;
  cudaGraph_t graph = nullptr;
  cudaStream_t blocking = nullptr;
  succeed(cudaStreamCreate(&blocking));
  succeed(cudaStreamBeginCapture(blocking, cudaStreamCaptureModeThreadLocal));
  CHECK_THROWS_AS(vmm::fill(v.view(), 2), vmm::error);  // the legacy stream would end that capture
  CHECK_THROWS_AS(vmm::reduce(v.view()), vmm::error);
  succeed(cudaStreamEndCapture(blocking, &graph));
  succeed(cudaGraphDestroy(graph));
  succeed(cudaStreamDestroy(blocking));
  CHECK(vmm::reduce(v.view()) == 1000);
}
