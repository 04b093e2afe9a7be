// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Growth while the device works: kernels and graphs that hold the old pointer, streams, and more than half of a card.
#include "vector/counting.hpp"
#include "vector/streams.hpp"

#include <cuda_runtime.h>

#include <chrono>
#include <thread>

#include <vmm/device_uvector.hpp>

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
using vmm_test::non_blocking_stream;
using vmm_test::signals;
using vmm_test::succeed;

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

/// A vector in `stream` that is gone while a kernel of that stream has yet to add 1 to its elements.
const int* leave_in_use(vmm::stream_ref stream, std::size_t n, signals* s) {
  vmm::device_uvector<int> v(n, stream);
  add_one_when_told<<<1, 128, 0, stream.get()>>>(v.data(), static_cast<int>(n), s);
  return v.data();
}

struct pinned_signals {
  signals* p = nullptr;
  pinned_signals() { succeed(cudaMallocHost(&p, sizeof *p)), *p = signals{0, 0}; }
  pinned_signals(const pinned_signals&) = delete;
  ~pinned_signals() { p->go = 1, cudaDeviceSynchronize(), cudaFreeHost(p); }
};

TEST_CASE("memory of a vector that is gone is not another stream's before its work is done", "[in_flight]") {
  const non_blocking_stream one, other;
  const std::size_t n = 4 * mebi;
  vmm::trim();
  pinned_signals told;
  const int* const place = leave_in_use(one.handle, n, told.p);
  CHECK(vmm::query_statistics().cached >= n * sizeof(int));
  {
    const vmm::device_uvector<int> elsewhere(n, other.handle), waiting_for_nobody(n, vmm::default_stream());
    CHECK(elsewhere.data() != place);
    CHECK(waiting_for_nobody.data() != place);
    vmm::device_uvector<int> same(n, one.handle);
    CHECK(same.data() == place);
    same.fill(7);
    told.p->go = 1;
    CHECK(same.to_vector() == std::vector<int>(n, 7));
  }
  CHECK(told.p->gave_up == 0);
  succeed(cudaDeviceSynchronize());
  const vmm::device_uvector<int> a(n, other.handle), b(n, other.handle), c(n, other.handle);
  CHECK((a.data() == place || b.data() == place || c.data() == place));
}

TEST_CASE("a stream of the same name in another thread comes after the work of the vector that is gone", "[in_flight]") {
  const std::size_t n = 4 * mebi;
  vmm::trim();
  pinned_signals told;
  const int* const place = leave_in_use(cudaStreamPerThread, n, told.p);
  const int* taken = nullptr;
  std::vector<int> seen;
  std::thread([&] {
    vmm::device_uvector<int> v(n, cudaStreamPerThread);
    taken = v.data();
    v.fill(7);
    told.p->go = 1;
    seen = v.to_vector();
  }).join();
  CHECK(taken == place);
  CHECK(told.p->gave_up == 0);
  CHECK(seen == std::vector<int>(n, 7));
}

TEST_CASE("a range that is destroyed while in use is unmapped when it no longer is", "[in_flight]") {
  const non_blocking_stream stream;
  const std::size_t n = 256 * mebi, bytes = n * sizeof(int);
  vmm::trim();
  std::size_t before = 0, during = 0, after = 0, total = 0;
  succeed(cudaMemGetInfo(&before, &total));
  pinned_signals told;
  leave_in_use(stream.handle, n, told.p);
  const vmm::device_uvector<int> a_later_call(mebi, stream.handle);
  succeed(cudaMemGetInfo(&during, &total));
  CHECK(before - during >= bytes);
  told.p->go = 1;
  vmm::trim();
  succeed(cudaMemGetInfo(&after, &total));
  CHECK(before - after < bytes / 4);
  CHECK(told.p->gave_up == 0);
}

namespace {

/// Without a stream: whatever stream uses the memory.
template <class V>
void shrink_under_a_kernel(V& v, cudaStream_t stream) {
  const std::size_t n = v.size();
  pinned_signals told;
  add_one_when_told<<<1, 128, 0, stream>>>(v.view().data(), static_cast<int>(n), told.p);
  succeed(cudaGetLastError());
  v.resize(n / 4);
  std::thread teller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    told.p->go = 1;
  });
  v.shrink_to_fit();
  const cudaError_t state = cudaStreamQuery(stream);
  teller.join();
  CHECK(state == cudaSuccess);
  CHECK(told.p->gave_up == 0);
  CHECK(v.capacity() < n);
}

}  // namespace

TEST_CASE("shrink_to_fit waits for a kernel that still uses the tail", "[in_flight]") {
  const non_blocking_stream stream;
  const std::size_t n = 32 * mebi;
  vmm::device_uvector<int> a(stream.handle);
  a.resize(n / 2, 1);  // in several blocks, of which some go
  a.resize(n, 1);
  shrink_under_a_kernel(a, stream.handle);
  CHECK(a.to_vector() == std::vector<int>(n / 4, 2));
  ints b(n / 2, 1);
  b.resize(n, 1);
  shrink_under_a_kernel(b, stream.handle);
  CHECK(contents(b) == std::vector<int>(n / 4, 2));
}

TEST_CASE("vectors of one thread leave the captures of another valid, in every mode", "[in_flight]") {
  for (unsigned flags : {cudaStreamDefault, cudaStreamNonBlocking})
    for (auto mode : {cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal, cudaStreamCaptureModeRelaxed}) {
      INFO("flags " << flags << ", mode " << mode);
      const bool blocking = flags == cudaStreamDefault;
      cudaStream_t captured = nullptr;
      succeed(cudaStreamCreateWithFlags(&captured, flags));
      const non_blocking_stream stream;
      const std::size_t n = 4 * mebi;
      vmm::device_uvector<int> used(n, captured), large(n, stream.handle), by_default(n, vmm::default_stream());
      ints synchronous(n, 3, fixed()), small(1000, 3);
      succeed(cudaDeviceSynchronize());
      cudaGraph_t graph = nullptr;
      succeed(cudaStreamBeginCapture(captured, mode));
      add_one<<<1, 128, 0, captured>>>(used.data(), 1000);
      std::size_t refused = 0;
      std::thread([&] {
        const auto attempt = [&](auto act) {
          try {
            act();
          } catch (const vmm::error& e) {  // the legacy stream may not be used while a stream that waits for it is captured
            refused += e.code() == vmm::errc::capturing ? 1 : 1000;
          }
        };
        attempt([&] { large.resize(4 * n); });
        attempt([&] { by_default.resize(4 * n); });
        attempt([&] { synchronous.resize(4 * n, vmm::no_init); });
        attempt([&] { small.resize(500000, vmm::no_init); });
        attempt([&] { small.shrink_to_fit(); });
        attempt([&] { by_default.fill(1); });
        large = vmm::device_uvector<int>(stream.handle);
        by_default = vmm::device_uvector<int>();
        attempt([&] { synchronous = ints(); });
        attempt([&] { ints(10), vmm::device_uvector<int>(n, stream.handle); });
        vmm::trim();
      }).join();
      CHECK(cudaStreamEndCapture(captured, &graph) == cudaSuccess);
      if (!blocking) CHECK(refused == 0);
      CHECK(refused < 1000);
      if (graph != nullptr) succeed(cudaGraphDestroy(graph));
      succeed(cudaStreamDestroy(captured));
      used.set_stream(stream.handle);
    }
}

TEST_CASE("what would tie a graph to temporary memory is refused, and vector and capture stay usable", "[in_flight]") {
  const non_blocking_stream stream;
  vmm::device_uvector<int> small(stream.handle), large(4 * mebi, stream.handle);
  small.append(iota(1000));
  small.wait();
  cudaGraph_t graph = nullptr;
  succeed(cudaStreamBeginCapture(stream.handle, cudaStreamCaptureModeGlobal));
  const auto code_of = [&](auto act) {
    try {
      act();
    } catch (const vmm::error& e) {
      return e.code();
    }
    return vmm::errc::ok;
  };
  CHECK(code_of([&] { small.resize(2000); }) == vmm::errc::capturing);
  CHECK(code_of([&] { small.resize(mebi); }) == vmm::errc::capturing);
  CHECK(code_of([&] { small.push_back(1); }) == vmm::errc::capturing);
  CHECK(code_of([&] { large.shrink_to_fit(), large.wait(); }) == vmm::errc::capturing);
  CHECK(code_of([&] { large.resize(8 * mebi); }) == vmm::errc::ok);
  large.fill(5);
  add_one<<<1, 128, 0, stream.handle>>>(large.data(), 1000);
  succeed(cudaStreamEndCapture(stream.handle, &graph));
  CHECK(small.to_vector() == iota(1000));
  cudaGraphExec_t executable = nullptr;
  succeed(cudaGraphInstantiate(&executable, graph, 0));
  succeed(cudaGraphLaunch(executable, stream.handle));
  const std::vector<int> seen = large.to_vector();
  CHECK((seen.size() == 8 * mebi && seen.front() == 6 && seen.back() == 5));
  succeed(cudaGraphExecDestroy(executable));
  succeed(cudaGraphDestroy(graph));
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
