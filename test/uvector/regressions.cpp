// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Defects that other growable device vectors have had, each by name. What needs kernels in flight or captures is in
/// vector/in_flight.cpp and vector/graphs.cpp, what needs two GPUs in vector/devices.cpp, what needs a process of its own in
/// test/process.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>
#include <vmm/memory.hpp>

#include "support/catch.hpp"
#include "support/numbers.hpp"
#include "support/own_backend.hpp"

#if VMM_ON_CUDA
#  include <cuda_runtime_api.h>
#endif

using namespace vmm_test;
using vmm::device_uvector;

namespace {

constexpr std::size_t granularity_ints = 2_MiB / sizeof(int);

}  // namespace

TEST_CASE("out of memory, and then a smaller growth succeeds", "[regressions]") {
  small_driver small(64_MiB);
  own_backend d(small);
  {
    device_uvector<int> v(vmm::default_stream(), d.with(fixed()));
    v.append(iota(granularity_ints));
    int* const data = v.data();
    const std::size_t capacity = v.capacity();
    for (int round = 0; round < 3; ++round) {
      CHECK_THROWS_AS(v.resize(200_MiB / 4), vmm::out_of_memory);
      CHECK(v.size() == granularity_ints);
      CHECK(v.capacity() == capacity);
    }
    CHECK_NOTHROW(v.resize(5 * granularity_ints));
    CHECK(v.data() == data);
    v.resize(granularity_ints);
    CHECK(v.to_vector() == iota(granularity_ints));
    CHECK_THROWS_AS(v.reserve(1_GiB), vmm::out_of_memory);
    CHECK_NOTHROW(v.reserve(9 * granularity_ints));
  }
  d.value.trim(-1);
  CHECK(d.counting.balanced());
}

TEST_CASE("growth after growth after growth", "[regressions]") {
  small_driver small(256_MiB);
  own_backend d(small);
  for (const vmm::options& how : {d.with(fixed()), d.with()}) {
    device_uvector<int> v(vmm::default_stream(), how);
    std::vector<int> model;
    for (std::size_t n : {1u, 3u, 1000u, 300000u, 700000u, 700001u, 3000000u, 9000000u}) {
      const std::size_t before = v.size();
      v.resize(n);
      for (std::size_t i = before; i < n; i += 250000) v.set_element(i, static_cast<int>(i));
      v.set_element(n - 1, static_cast<int>(n));
      model.resize(n);
      for (std::size_t i = 0; i < before; i += 250000) CHECK(v.element(i) == model[i]);
      model = v.to_vector();
    }
  }
}

TEST_CASE("reserve without ever growing, then destroy", "[regressions]") {
  small_driver small(256_MiB);
  own_backend d(small);
  for (std::size_t n : {std::size_t{1}, std::size_t{1000}, 3 * granularity_ints + 1}) {
    device_uvector<int> a(vmm::default_stream(), d.with(fixed())), b(vmm::default_stream(), d.with());
    a.reserve(n), b.reserve(n);
    CHECK((a.empty() && b.empty()));
  }
  { device_uvector<int> never(vmm::default_stream(), d.with(fixed())); }
  d.value.trim(-1);
  CHECK(d.counting.balanced());
}

TEST_CASE("to allocate, destroy and trim 64 times leaves free memory as it was", "[regressions]") {
#if VMM_ON_CUDA
  vmm::engine::device_runtime& m = backend();
#else  // others use the computer's memory
  vmm::engine::host_driver alone(256_MiB, 2_MiB);
  vmm::engine::device_runtime m(alone);
#endif
  options o;
  o.backend = &m;
  const auto free_after_trim = [&m] {
    m.trim(-1);
    m.unpin();
    memory_info info;
    REQUIRE(m.get_driver().memory(0, info).ok());
    return info.free;
  };
  { device_uvector<int> warm_up(3 * granularity_ints, o); }
  const std::size_t before = free_after_trim();
  for (int i = 0; i < 64; ++i) {
    { device_uvector<int> v(3 * granularity_ints + 17, o), small(1000, o); }
    CHECK(free_after_trim() >= before);
  }
}

TEST_CASE("sizes that are no multiple of the granularity", "[regressions]") {
  small_driver small(256_MiB);
  own_backend d(small);
  for (std::size_t n :
       {granularity_ints - 1, granularity_ints + 1, 2 * granularity_ints - 1, 3 * granularity_ints + 3, std::size_t{1}}) {
    device_uvector<int> v(vmm::default_stream(), d.with(fixed()));
    v.append(iota(n));
    CHECK(v.size() == n);
    CHECK(v.capacity() >= n);
    CHECK(v.element(n - 1) == static_cast<int>(n - 1));
    v.shrink_to_fit();
    CHECK(v.to_vector() == iota(n));
  }
  struct odd {
    unsigned char bytes[7];
  };
  device_uvector<odd> v(vmm::default_stream(), d.with(fixed()));
  for (int i = 0; i < 700000; ++i)
    v.push_back(odd{{static_cast<unsigned char>(i), 1, 2, 3, 4, 5, static_cast<unsigned char>(i >> 8)}});
  const odd last = v.element(699999);
  CHECK((last.bytes[0] == static_cast<unsigned char>(699999) && last.bytes[5] == 5 &&
         last.bytes[6] == static_cast<unsigned char>(699999 >> 8)));
}

TEST_CASE("a vector moved, assigned and swapped with itself keeps its elements", "[regressions]") {
  for (std::size_t n : {std::size_t{10}, 2 * granularity_ints}) {
    device_uvector<int> v;
    v.append(iota(n));
    device_uvector<int>& itself = v;
    v = itself;
    CHECK(v.to_vector() == iota(n));
    v = std::move(itself);
    CHECK(v.to_vector() == iota(n));
    v.swap(itself);
    CHECK(v.to_vector() == iota(n));
    device_uvector<int> moved(std::move(v));
    CHECK(v.empty());  // NOLINT(bugprone-use-after-move): that it may be used is what is tested
    v = moved;
    CHECK(v == moved);
    v.append(v.begin(), v.end());
    CHECK(v.size() == 2 * n);
    CHECK(v.element(2 * n - 1) == static_cast<int>(n - 1));
  }
}

TEST_CASE("a smaller copy after a larger one, and assignment where there is room, move no memory", "[regressions]") {
  device_uvector<int> large, small;
  large.append(iota(3 * granularity_ints));
  small.append(iota(5));
  int* const data = large.data();
  large = small;
  CHECK(large.data() == data);
  CHECK(large.to_vector() == iota(5));
}

#if VMM_ON_CUDA
TEST_CASE("no call changes the caller's current device or leaves an error behind", "[regressions]") {
  int before = -1, after = -1;
  REQUIRE(cudaGetDevice(&before) == cudaSuccess);
  REQUIRE(cudaGetLastError() == cudaSuccess);
  {
    device_uvector<int> v;
    for (int i = 0; i < 1000; ++i) v.push_back(i);
    v.resize(5 * granularity_ints);
    CHECK_THROWS(v.resize(std::size_t{1} << 50));
    vmm::fill(v.view(), 3);
    CHECK(vmm::reduce(v.view(), 0L) == static_cast<long>(5 * granularity_ints) * 3);
    v.shrink_to_fit();
    CHECK(v == v);
  }
  vmm::trim();
  CHECK(cudaGetLastError() == cudaSuccess);
  REQUIRE(cudaGetDevice(&after) == cudaSuccess);
  CHECK(after == before);
}

TEST_CASE("vectors made after cudaDeviceReset work, and those of before can be destroyed", "[regressions][reset]") {
  {
    device_uvector<int> small(1000), large(4 * granularity_ints), pushed;
    for (int i = 0; i < 100; ++i) pushed.push_back(i);
    { device_uvector<int> left_cached(2 * granularity_ints); }
    small.fill(1), large.fill(1);
    large.wait();
    REQUIRE(cudaDeviceReset() == cudaSuccess);
    device_uvector<int> v(3 * granularity_ints), w;
    vmm::fill(v.view(), 2);
    CHECK(vmm::reduce(v.view(), 0L) == static_cast<long>(3 * granularity_ints) * 2);
    for (int i = 0; i < 1000; ++i) w.push_back(i);
    CHECK(w.to_vector() == iota(1000));
  }
  vmm::trim();
  cudaGetLastError();
  device_uvector<int> v(5 * granularity_ints);
  vmm::fill(v.view(), 4);
  CHECK(vmm::count(v.view(), 4) == static_cast<std::ptrdiff_t>(5 * granularity_ints));
}
#endif

TEST_CASE("an error names the device of options::devices that does not exist", "[regressions]") {
  vmm::options o;
  o.devices = {0, 63};
  device_uvector<int> v(o);
  std::string what;
  try {
    v.resize(1);
  } catch (const vmm::error& e) {
    CHECK(e.code() == vmm::errc::no_device);
    what = e.what();
  }
  CHECK(what.find("device 63") != std::string::npos);
  CHECK(v.empty());
}

TEST_CASE("front and back of an empty vector say that there is no element", "[regressions]") {
  const device_uvector<int> v;
  for (const bool front : {true, false}) {
    std::string what;
    try {
      front ? v.front_element() : v.back_element();
    } catch (const std::out_of_range& e) {
      what = e.what();
    }
    CHECK(what.find("there is none") != std::string::npos);
  }
}
