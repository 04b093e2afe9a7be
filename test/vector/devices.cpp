// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Several GPUs: vectors of a device that is not the current one, memory that other devices may access, a device for each
/// thread. What needs two GPUs says so where there is one. [devices_apart] is a process of its own: a kernel that reads what
/// it may not read ends the context.
#include "vector/counting.hpp"

#include <vmm/device_uvector.hpp>
#include <vmm/error.hpp>

#include <thrust/host_vector.h>

#include <exception>
#include <string>
#include <thread>
#include <type_traits>

#include <cuda_runtime.h>

namespace vmm_test {  // nvcc cannot launch kernels from a nameless namespace that Catch2 nests another one in

static __global__ void add_up_and_add_one(int* elements, std::size_t n, unsigned long long* sum) {
  unsigned long long mine = 0;
  const std::size_t threads = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += threads) {
    mine += static_cast<unsigned long long>(elements[i]);
    elements[i] += 1;
  }
  atomicAdd(sum, mine);
}

}  // namespace vmm_test

using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;
using vmm_test::mebi;
using uints = vmm::device_uvector<int>;

namespace {

void succeed(cudaError_t e) {
  INFO(cudaGetErrorString(e));
  REQUIRE(e == cudaSuccess);
}

int asked(cudaError_t (*question)(int*)) {
  int answer = -1;
  succeed(question(&answer));
  return answer;
}
int gpus() { return asked(cudaGetDeviceCount); }
int current() { return asked(cudaGetDevice); }

/// Whether there are two, of which each can access the other's memory if they are to be peers; makes device 0 current.
bool two_gpus(bool peers = false) {
  succeed(cudaSetDevice(0));
  const bool two = gpus() >= 2;
  int there = 0, back = 0;
  if (two) succeed(cudaDeviceCanAccessPeer(&there, 0, 1)), succeed(cudaDeviceCanAccessPeer(&back, 1, 0));
  if (two && (!peers || (there != 0 && back != 0))) return true;
  WARN((two ? "two GPUs, but no access to each other's memory: not run" : "one GPU: not run"));
  return false;
}

struct device_now {
  int before = 0;
  explicit device_now(int device) { cudaGetDevice(&before), cudaSetDevice(device); }
  device_now(const device_now&) = delete;
  ~device_now() { cudaSetDevice(before); }
};

struct stream_on {
  cudaStream_t handle = nullptr;
  explicit stream_on(int device) {
    const device_now there(device);
    cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking);
  }
  stream_on(const stream_on&) = delete;
  ~stream_on() { cudaStreamDestroy(handle); }
};

vmm::options on(int device, vmm::device_list others = {}) {
  vmm::options o;
  o.device = device;
  o.devices = others;
  return o;
}

/// Everything as it lies in memory, by the device that holds it.
template <class Vector>
host_ints read(const Vector& v) {
  static_assert(sizeof(typename Vector::value_type) == sizeof(int));
  host_ints out(v.size());
  v.wait();
  const device_now there(v.device());
  if (!out.empty()) succeed(cudaMemcpy(out.data(), v.view().data(), out.size() * sizeof(int), cudaMemcpyDeviceToHost));
  return out;
}

/// After a call: the caller's device is still 0, the memory is on `device`, and the elements are the model's.
template <class Vector>
void check(const char* call, const Vector& v, const host_ints& model, int device = 1) {
  INFO("after " << call << ": " << v.size() << " elements, expected " << model.size());
  CHECK(current() == 0);
  CHECK(v.device() == device);
  cudaPointerAttributes a{};
  succeed(cudaPointerGetAttributes(&a, v.view().data()));
  CHECK((a.type == cudaMemoryTypeDevice && a.device == device));
  CHECK((read(v) == model));
}

/// Direct memory; a range from some growth on; a range from the first element on.
std::vector<std::size_t> sizes() { return {1000, 200000, 3 * mebi}; }

/// On `device`: the sum of n elements, each of which is one more afterwards.
unsigned long long add_up_on(int device, int* elements, std::size_t n) {
  const device_now there(device);
  unsigned long long *sum = nullptr, answer = 0;
  succeed(cudaMalloc(reinterpret_cast<void**>(&sum), sizeof *sum));
  succeed(cudaMemset(sum, 0, sizeof *sum));
  vmm_test::add_up_and_add_one<<<256, 256>>>(elements, n, sum);
  succeed(cudaGetLastError());
  succeed(cudaMemcpy(&answer, sum, sizeof answer, cudaMemcpyDeviceToHost));
  succeed(cudaFree(sum));
  return answer;
}

TEST_CASE("a device that does not exist is refused, as owner and as one with access", "[devices]") {
  succeed(cudaSetDevice(0));
  const int none = gpus();
  const vmm::statistics before = vmm::query_statistics();
  for (const vmm::options& o : {on(none), on(0, {none})}) {
    INFO("device " << o.device << " of " << none);
    ints v(o);
    CHECK(v.device() == o.device);
    vmm::errc code = vmm::errc::ok;
    try {
      v.push_back(1);
    } catch (const vmm::error& e) {
      code = e.code();
    }
    INFO(vmm::to_string(code));
    CHECK((code == vmm::errc::no_device || (code == vmm::errc::invalid_argument && o.device == 0)));
    CHECK_THROWS_AS(v.reserve(mebi), vmm::error);
    CHECK_THROWS_AS(v.assign(5, 1), vmm::error);
    CHECK_THROWS_AS(ints(5, 1, o), vmm::error);
    CHECK_THROWS_AS(uints(5, o), vmm::error);
    CHECK((v.empty() && v.capacity() == 0));
    CHECK((v.statistics().growth_steps == 0 && v.statistics().mapped == 0));
    v.clear(), v.shrink_to_fit();
    CHECK(vmm::query_statistics().mapped == before.mapped);
    CHECK((vmm::query_statistics().reserved == before.reserved && vmm::query_statistics().cached == before.cached));
    CHECK(cudaPeekAtLastError() == cudaSuccess);
    v = ints(3, 4);
    v.push_back(5);
    check("another vector's memory", v, {4, 4, 4, 5}, 0);
  }
  CHECK_THROWS_AS(vmm::query_capabilities(none), vmm::error);
}

/// What both vectors can do, on device 1; a copy of it takes its memory on `copies`.
template <class Vector>
void use(Vector& v, host_ints& model, int copies = 1) {
  const std::size_t n = model.size();
  const host_ints more = iota(n);
  v.push_back(8), model.push_back(8);
  check("push_back", v, model);
  v.append(more.begin(), more.end()), model.insert(model.end(), more.begin(), more.end());
  check("append", v, model);
  v.resize(model.size() + n, 5), model.resize(model.size() + n, 5);
  check("resize", v, model);
  v.reserve(4 * n);
  check("reserve", v, model);
  {
    Vector copy = v;
    check("a copy", copy, model, copies);
    CHECK((copy == v));
    CHECK_FALSE((copy < v));
    copy.push_back(1), model.push_back(1);
    CHECK((v < copy));
    CHECK((v != copy));
    v = copy;
    check("copy assignment", v, model);
    const Vector taken = std::move(copy);
    check("a move", taken, model, copies);
  }
  v.assign(more.begin(), more.end()), model = more;
  check("assign", v, model);
  v.assign(10, 4), model.assign(10, 4);
  v.shrink_to_fit();
  check("shrink_to_fit", v, model);
  v.resize(n, 3), model.resize(n, 3);
  check("growth after shrink_to_fit", v, model);
}

/// More than its bytes: kernels construct, copy, move and destroy it.
struct object {
  int value;
  VMM_TEST_BOTH_SIDES object(int v = 7) : value(v) {}
  VMM_TEST_BOTH_SIDES ~object() { value = -1; }
  VMM_TEST_BOTH_SIDES friend bool operator==(const object& a, const object& b) { return a.value == b.value; }
  VMM_TEST_BOTH_SIDES friend bool operator<(const object& a, const object& b) { return a.value < b.value; }
};

TEMPLATE_TEST_CASE("a vector works on the device of its options while another is current", "[devices]", int, object) {
  using Vector = vmm::device_vector<TestType>;
  if (!two_gpus()) return;
  const stream_on stream(1);
  for (const std::size_t n : sizes()) {
    for (const bool streamed : {false, true}) {
      Vector v = streamed ? Vector(n, TestType(7), stream.handle, on(1)) : Vector(n, TestType(7), on(1));
      host_ints model(n, 7);
      check("the constructor", v, model);
      use(v, model);
      const host_ints part = iota(300);
      v.insert(v.begin() + 500, 3, -1), model.insert(model.begin() + 500, 3, -1);
      v.insert(v.begin() + 7, part.begin(), part.end()), model.insert(model.begin() + 7, part.begin(), part.end());
      check("insert", v, model);
      v.erase(v.begin() + 5, v.begin() + 400), model.erase(model.begin() + 5, model.begin() + 400);
      check("erase", v, model);
      v.resize(2 * n), model.resize(2 * n, std::is_same_v<TestType, int> ? 0 : 7);
      check("resize without a value", v, model);
      if constexpr (std::is_same_v<TestType, int>) CHECK((v == model));
    }
    CHECK(current() == 0);
  }
}

TEST_CASE("a uvector works on the device of its options while another is current", "[devices]") {
  if (!two_gpus()) return;
  const stream_on stream(1);
  for (const std::size_t n : sizes()) {
    for (const vmm::stream_ref order : {vmm::stream_ref(vmm::default_stream()), vmm::stream_ref(stream.handle)}) {
      uints v(n, order, on(1));
      v.fill(7);
      host_ints model(n, 7);
      check("fill", v, model);
      use(v, model);
      v.set_element(3, 9), model[3] = 9;
      CHECK(v.element(3) == 9);
      CHECK((v.to_vector() == model));
      check("reading", v, model);
    }
    CHECK(current() == 0);
  }
}

TEST_CASE("a vector stays on the device that was current when it took memory", "[devices]") {
  if (!two_gpus()) return;
  for (const std::size_t n : sizes()) {
    device_now there(1);
    ints v(n, 7);
    uints u;
    succeed(cudaSetDevice(0));
    host_ints model(n, 7);
    use(v, model, 0);
    u.append(model), use(u, model);
  }
}

TEST_CASE("of several vectors each is on the device that was current when it took memory", "[devices]") {
  if (!two_gpus()) return;
  for (const std::size_t n : sizes()) {
    std::vector<ints> per_device(2);
    for (int device : {0, 1}) {
      const device_now there(device);
      per_device[static_cast<std::size_t>(device)].resize(n, device);
    }
    check("resize on 0", per_device[0], host_ints(n, 0), 0);
    check("resize on 1", per_device[1], host_ints(n, 1), 1);
    ints taken = std::move(per_device[1]);
    check("a move", taken, host_ints(n, 1), 1);
    CHECK(per_device[1].device() == 0);
    per_device[1].push_back(3);
    check("push_back", per_device[1], {3}, 0);
    taken.clear(), taken.shrink_to_fit();
    CHECK(taken.device() == 0);
    const device_now there(1);
    CHECK(taken.device() == 1);
  }
}

/// Grows, reads and drops vectors; answers whether all was right. Without Catch2's assertions, which are for one thread.
bool works_on(int device) {
  bool right = cudaSetDevice(device) == cudaSuccess;
  for (int round = 0; right && round < 20; ++round) {
    ints v;
    uints u;
    host_ints model, seen(10 * 50000);
    for (int i = 0; i < 10; ++i) {
      const host_ints block = iota(50000, 1000 * device + round + i);
      model.insert(model.end(), block.begin(), block.end());
      v.append(block.begin(), block.end());
      u.append(block);
    }
    cudaPointerAttributes a{}, b{};
    const int *p = v.view().data(), *q = u.view().data();
    right = cudaPointerGetAttributes(&a, p) == cudaSuccess && cudaPointerGetAttributes(&b, q) == cudaSuccess &&
            cudaMemcpy(seen.data(), p, v.size() * sizeof(int), cudaMemcpyDeviceToHost) == cudaSuccess;
    int now = -1;
    right = right && a.device == device && b.device == device && seen == model && u.to_vector() == model && v == ints(model) &&
            cudaGetDevice(&now) == cudaSuccess && now == device;
  }
  return right;
}

TEST_CASE("two threads work on a device each", "[devices]") {
  if (!two_gpus()) return;
  bool right[2] = {false, false};
  const auto run = [&](int device) noexcept {
    try {
      right[device] = works_on(device);
    } catch (const std::exception&) {
    }
  };
  std::thread first(run, 0), second(run, 1);
  first.join(), second.join();
  CHECK((right[0] && right[1]));
}

/// Addresses behind a range, taken so that it cannot be extended.
struct neighbour {
  void* address = nullptr;
  std::size_t bytes = 2 * mebi;
  void take(void* end) { vmm_test::backend().get_driver().reserve(bytes, end, address); }
  ~neighbour() {
    if (address != nullptr) vmm_test::backend().get_driver().unreserve(address, bytes);
  }
};

TEST_CASE("a device with access reads and writes what every growth has added", "[devices]") {
  if (!two_gpus(true)) return;
  constexpr std::size_t step = 16 * mebi, steps = 16;  // 64 MiB each
  for (const char* way : {"in its range", "extended or moved", "moved"}) {
    INFO(way);
    const bool roomy = std::string(way) == "in its range", must_move = std::string(way) == "moved";
    vmm::options o = on(0, {1});
    o.initial_reservation = roomy ? 0 : 128 * mebi;
    ints v(o);
    neighbour next;
    for (std::size_t k = 1; k <= steps; ++k) {
      v.resize(k * step, static_cast<int>(k));
      if (k == 1 && must_move) next.take(v.data().get() + v.reserved());
      int* const newest = v.data().get() + (k - 1) * step;
      CHECK(add_up_on(1, newest, step) == k * step);
      CHECK(add_up_on(0, newest, step) == (k + 1) * step);
      CHECK(v.back() == static_cast<int>(k + 2));
    }
    CHECK(add_up_on(1, v.data().get(), v.size()) == (steps * (steps + 1) / 2 + 2 * steps) * step);
    CHECK(v.statistics().copied_bytes == 0);
    if (roomy) CHECK(v.statistics().relocations == 0);
    if (must_move) CHECK(v.statistics().relocations >= 1);
    v.resize(step);
    v.shrink_to_fit();
    v.resize(3 * step, 9);
    CHECK(add_up_on(1, v.data().get() + step, 2 * step) == 9 * 2 * step);
  }
}

TEST_CASE("a cached range is as accessible as the vector was that left it", "[devices]") {
  if (!two_gpus(true)) return;
  vmm::trim();
  const std::size_t n = 16 * mebi;
  for (const int value : {3, 5}) {
    const std::size_t warm = vmm::query_statistics().cached;
    ints v(n, value, on(0, {1}));
    if (value == 5) CHECK(warm >= n * sizeof(int));
    if (value == 5) CHECK(vmm::query_statistics().cached < warm);
    CHECK(add_up_on(1, v.data().get(), n) == static_cast<unsigned long long>(value) * n);
    CHECK(v.back() == value + 1);
  }
}

TEMPLATE_TEST_CASE("vectors that both devices may access are copied and compared across them", "[devices]", ints, uints) {
  if (!two_gpus(true)) return;
  for (const std::size_t n : sizes()) {
    host_ints model = iota(n);
    TestType a(on(0, {1})), b(on(1, {0}));
    a.append(model.begin(), model.end());
    b = a;
    check("copy assignment", b, model);
    CHECK((a == b && b == a));
    b.push_back(1), model.push_back(1);
    CHECK((a < b));
    CHECK_FALSE((b < a));
    a = b;
    check("copy assignment back", a, model, 0);
  }
}

/// Its last element is in the host's memory, where there can be such: it is looked at between pushes.
void push_and_look(ints& v, int n) {
  for (int i = static_cast<int>(v.size()); i < n; ++i) v.push_back(i), v.data();
}

TEST_CASE("a device with access reads and writes a tail in the host's memory", "[devices]") {
  if (!two_gpus(true)) return;
  for (const int owner : {0, 1}) {
    vmm::options o = on(owner, {1 - owner});
    o.small_limit = 0;
    ints v(o);
    unsigned long long sum = 0;
    for (const int n : {5000, 20000, 524288 + 1, 3000000}) {  // within a tail, behind one that turned, behind many
      push_and_look(v, n);
      for (const int device : {1 - owner, owner}) {
        sum = 0;
        for (std::size_t i = 0; i < v.size(); ++i) sum += i;
        CHECK(add_up_on(device, v.data().get(), v.size()) == sum + (device == owner ? v.size() : 0));
      }
      v.resize(0);
    }
    CHECK(current() == 0);
  }
}

TEST_CASE("copies between devices take a tail along", "[devices_apart]") {
  if (!two_gpus()) return;
  for (const std::size_t n : sizes()) {
    ints a(on(0)), b(on(1));
    push_and_look(a, static_cast<int>(n));
    b = a;
    check("copy assignment", b, iota(n));
    push_and_look(b, static_cast<int>(n + 1000));
    CHECK((b.device() == 1 && current() == 0));
    CHECK((read(b) == iota(n + 1000)));
    a.append(b.begin(), b.end());
    a.wait();
    CHECK(a.size() == 2 * n + 1000);
    CHECK(a.back() == static_cast<int>(n + 999));
    CHECK(read(a)[n] == 0);
  }
}

TEMPLATE_TEST_CASE("a vector is copied to another device", "[devices_apart]", ints, uints) {
  if (!two_gpus()) return;
  for (const std::size_t n : sizes()) {
    const host_ints model = iota(n);
    TestType a(on(0)), b(on(1));
    a.append(model.begin(), model.end());
    b = a;
    check("copy assignment", b, model);
    b.append(a.begin(), a.end()), b.wait();
    a.assign(b.begin() + 1, b.begin() + 10);
    check("assign from the other", a, iota(9, 1), 0);
  }
}

TEST_CASE("the host reads and writes elements of a device that is not current", "[devices_apart]") {
  if (!two_gpus()) return;
  for (const std::size_t n : sizes()) {
    host_ints model = iota(n);
    ints v(model.begin(), model.end(), on(1));
    CHECK(v[3] == 3);
    CHECK(v.back() == model.back());
    v[3] = 9, model[3] = 9;
    const thrust::host_vector<int> all = v;
    CHECK((host_ints(all.begin(), all.end()) == model));
    CHECK((vmm_test::contents(v) == model));
    check("reading", v, model);
  }
}

TEMPLATE_TEST_CASE("vectors of two devices are compared or refused by name", "[devices_apart]", ints, uints) {
  if (!two_gpus()) return;
  for (const std::size_t n : sizes()) {
    INFO(n << " elements");
    TestType a(on(0)), b(on(1));
    a.resize(n, 1), b.resize(n, 1);
    try {
      CHECK((a == b));
      b.push_back(1);
      CHECK((a < b));
      CHECK((b != a));
    } catch (const vmm::error& e) {
      INFO(e.what());
      CHECK((e.code() != vmm::errc::device_lost && e.code() != vmm::errc::failed));
    }
    succeed(cudaDeviceSynchronize());
    check("comparison", a, host_ints(n, 1), 0);
  }
}

}  // namespace
