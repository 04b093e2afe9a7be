// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// driver::reduce for every kind and type, at every alignment of an element, and the workspace in which it works.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>

#include <vmm/detail/element_types.hpp>
#include <vmm/device_uvector.hpp>
#include "memory/range_cache.hpp"
#include "memory/workspace.hpp"

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;
using kind = reduction::kind;
using vmm::device_uvector;
using vmm::detail::scalar_of;

namespace {

vmm::engine::reduction_kernel kernel_of(kind what) {
#if VMM_ON_CUDA
  namespace kernels = vmm::kernels::cuda;
  switch (what) {
    case kind::sum:
      return kernels::reduce_sum;
    case kind::count:
      return kernels::reduce_count;
    case kind::minmax:
      return kernels::reduce_minmax;
    default:
      return kernels::reduce_extreme;
  }
#else
  return static_cast<void>(what), vmm::kernels::host::reduce;
#endif
}

/// Sums of these are exact, in every order, in every type that holds them.
template <class T>
std::vector<T> some(std::size_t n) {
  std::vector<T> values(n);
  std::uint32_t x = 99;
  for (T& v : values) {
    x = x * 1664525u + 1013904223u;
    v = static_cast<T>(static_cast<int>(x >> 24) - (std::is_signed_v<T> ? 128 : 0));
  }
  return values;
}

template <class Result, class T>
std::vector<Result> reduced(kind what, scalar result, const device_uvector<T>& v, std::size_t first, std::size_t n,
                            std::vector<T> operand, std::size_t results = 1) {
  reduction how{what, scalar_of<T>(), result, {}, kernel_of(what)};
  if (what == kind::sum) {
    const Result start = static_cast<Result>(operand.at(0));
    std::memcpy(how.operand, &start, sizeof start);
  } else {
    std::memcpy(how.operand, operand.data(), operand.size() * sizeof(T));
  }
  const stream_order q{v.device(), v.stream(), false};
  const vmm::engine::workspace workspace(backend(), q, backend().describe(v.device()).workspace_bytes);
  device_uvector<Result> answer(results, v.stream());
  REQUIRE(backend().get_driver().reduce(q, how, v.data() + first, n, workspace.data(), answer.data()).ok());
  return answer.to_vector();
}

template <class T, class Result>
void check_sum() {
  for (std::size_t n : {0, 1, 2, 31, 1000, 70001, 1000003}) {
    const std::vector<T> host = some<T>(n + 3);
    device_uvector<T> v;
    v.assign(host);
    for (std::size_t first : {0, 1, 3}) {
      Result expected = Result{5};
      for (std::size_t i = first; i < first + n; ++i) expected = static_cast<Result>(expected + static_cast<Result>(host[i]));
      INFO(n << " elements from " << first);
      CHECK(reduced<Result, T>(kind::sum, scalar_of<Result>(), v, first, n, {T{5}})[0] == expected);
    }
  }
}

}  // namespace

TEST_CASE("sums are what adding up gives, for every pair of types", "[reductions]") {
  check_sum<std::int8_t, std::int32_t>();
  check_sum<std::int8_t, std::int64_t>();
  check_sum<std::uint8_t, std::int32_t>();
  check_sum<std::uint8_t, std::int64_t>();
  check_sum<std::int16_t, std::int32_t>();
  check_sum<std::uint16_t, std::int64_t>();
  check_sum<std::int32_t, std::int32_t>();
  check_sum<std::int32_t, std::int64_t>();
  check_sum<std::uint32_t, std::int64_t>();
  check_sum<std::int64_t, std::int64_t>();
  check_sum<std::uint64_t, std::int64_t>();
  check_sum<float, float>();
  check_sum<float, double>();
  check_sum<double, double>();
}

TEST_CASE("integer sums wrap around", "[reductions]") {
  device_uvector<std::int32_t> v;
  v.assign({std::numeric_limits<std::int32_t>::max(), 1});
  CHECK(reduced<std::int32_t, std::int32_t>(kind::sum, scalar::int32, v, 0, 2, {0})[0] ==
        std::numeric_limits<std::int32_t>::min());
}

TEST_CASE("a sum of floating elements is the same each time, and near", "[reductions]") {
  std::vector<float> host(1000003);
  std::uint32_t x = 5;
  double exact = 0;
  for (float& f : host) x = x * 1664525u + 1013904223u, f = static_cast<float>(x) * 1e-9f, exact += f;
  device_uvector<float> v;
  v.assign(host);
  const float first = reduced<float, float>(kind::sum, scalar::float32, v, 0, v.size(), {0})[0];
  CHECK(std::abs(first - exact) < exact * 1e-5);
  for (int i = 0; i < 5; ++i) CHECK(reduced<float, float>(kind::sum, scalar::float32, v, 0, v.size(), {0})[0] == first);
  CHECK(std::abs(reduced<double, float>(kind::sum, scalar::float64, v, 0, v.size(), {0})[0] - exact) < exact * 1e-12);
}

TEMPLATE_TEST_CASE("extremes and counts are those of the elements", "[reductions]", std::int8_t, std::uint8_t, std::int16_t,
                   std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double) {
  using T = TestType;
  for (std::size_t n : {1, 2, 100, 70001}) {
    const std::vector<T> host = some<T>(n + 1);
    device_uvector<T> v;
    v.assign(host);
    const auto begin = host.begin() + 1, end = host.end();
    const T least = *std::min_element(begin, end), most = *std::max_element(begin, end);
    INFO(n << " elements");
    CHECK(reduced<T, T>(kind::minimum, scalar_of<T>(), v, 1, n, {host[1]})[0] == least);
    CHECK(reduced<T, T>(kind::maximum, scalar_of<T>(), v, 1, n, {host[1]})[0] == most);
    CHECK(reduced<T, T>(kind::minmax, scalar_of<T>(), v, 1, n, {host[1], host[1]}, 2) == std::vector<T>{least, most});
    CHECK(reduced<std::uint64_t, T>(kind::count, scalar::uint64, v, 1, n, {most})[0] ==
          static_cast<std::uint64_t>(std::count(begin, end, most)));
  }
  device_uvector<T> none(1);
  CHECK(reduced<T, T>(kind::minimum, scalar_of<T>(), none, 0, 0, {T{42}})[0] == T{42});
  CHECK(reduced<std::uint64_t, T>(kind::count, scalar::uint64, none, 0, 0, {T{1}})[0] == 0);
}

TEST_CASE("counting floating elements follows ==", "[reductions]") {
  device_uvector<double> v;
  v.assign({0.0, -0.0, std::numeric_limits<double>::quiet_NaN(), 1.0});
  CHECK(reduced<std::uint64_t, double>(kind::count, scalar::uint64, v, 0, 4, {-0.0})[0] == 2);
  CHECK(reduced<std::uint64_t, double>(kind::count, scalar::uint64, v, 0, 4, {std::numeric_limits<double>::quiet_NaN()})[0] ==
        0);
}

TEST_CASE("more than 2^32 elements are reduced", "[reductions]") {
  if (!VMM_ON_CUDA) return;  // takes a GPU's memory and speed
  const std::size_t n = (std::size_t{1} << 32) + 1001;
  device_uvector<std::uint8_t> v(n);
  v.fill(1);
  v.set_element(n - 1, 9);
  CHECK(reduced<std::int64_t, std::uint8_t>(kind::sum, scalar::int64, v, 0, n, {0})[0] == static_cast<std::int64_t>(n + 8));
  CHECK(reduced<std::uint64_t, std::uint8_t>(kind::count, scalar::uint64, v, 0, n, {9})[0] == 1);
  CHECK(reduced<std::uint8_t, std::uint8_t>(kind::maximum, scalar::uint8, v, 0, n, {0})[0] == 9);
  device_uvector<std::uint8_t> w(n);
  w.fill(1);
  CHECK(v != w);  // by the last one alone
  w.set_element(n - 1, 9);
  CHECK(v == w);
}

TEST_CASE("pairs of types that mean nothing are refused", "[reductions]") {
  device_uvector<float> v(10);
  device_uvector<double> answer(1);
  const stream_order q{v.device(), v.stream(), false};
  const vmm::engine::workspace workspace(backend(), q, backend().describe(v.device()).workspace_bytes);
  for (const auto& [element, result] : std::multimap<scalar, scalar>{{scalar::float32, scalar::int32},
                                                                     {scalar::int32, scalar::float64},
                                                                     {scalar::int64, scalar::int32},
                                                                     {scalar::int8, scalar::int8}}) {
    reduction how{kind::sum, element, result, {}, kernel_of(kind::sum)};
    CHECK_FALSE(backend().get_driver().reduce(q, how, v.data(), 1, workspace.data(), answer.data()).ok());
  }
}

TEST_CASE("a workspace comes from the cached ranges and goes back to them", "[workspace]") {
  counting_driver counting(backend().get_driver());
  vmm::engine::device_runtime m(counting);
  const stream_order q{0, vmm::default_stream(), false};
  { const vmm::engine::workspace s(m, q, 1000); }
  const std::size_t taken = counting.calls(verb::create) + counting.calls(verb::allocate);
  for (int i = 0; i < 10; ++i) {
    const vmm::engine::workspace s(m, q, static_cast<std::size_t>(i) * 100000 + 1);
    CHECK(s.data() != nullptr);
  }
  CHECK(counting.calls(verb::create) + counting.calls(verb::allocate) == taken);
  const vmm::engine::workspace nothing(m, q, 0);
  CHECK(nothing.data() == nullptr);
  m.trim(-1);
  CHECK(counting.balanced());
}

TEST_CASE("a workspace that is in use at the same time is not the same", "[workspace]") {
  counting_driver counting(backend().get_driver());
  {
    vmm::engine::device_runtime m(counting);
    const stream_order q{0, vmm::default_stream(), false};
    void* const a = m.acquire_workspace(q, 3_MiB);
    void* const b = m.acquire_workspace(q, 3_MiB);
    const auto distance = a < b ? static_cast<std::byte*>(b) - static_cast<std::byte*>(a)
                                : static_cast<std::byte*>(a) - static_cast<std::byte*>(b);
    CHECK(distance >= static_cast<std::ptrdiff_t>(3_MiB));
    m.release_workspace(a);
    CHECK(m.acquire_workspace(q, 2_MiB) == a);  // cached, in the same order
    m.release_workspace(a);
    m.release_workspace(b);
  }
  CHECK(counting.balanced());
}

TEST_CASE("where no block is free, a little temporary memory is had all the same", "[workspace]") {
  failing_driver failing(backend().get_driver());
  counting_driver counting(failing);
  {
    vmm::engine::device_runtime m(counting);
    const stream_order q{0, vmm::default_stream(), false};
    failing.fail(1, verb::create, errc::out_of_memory, true);
    {
      const vmm::engine::workspace s(m, q, 256_KiB);
      CHECK(s.data() != nullptr);
    }
    CHECK(failing.fired());
    CHECK_THROWS_AS(vmm::engine::workspace(m, q, 3_MiB), vmm::out_of_memory);
    failing.stop();
    CHECK_NOTHROW(vmm::engine::workspace(m, q, 3_MiB));
  }
  CHECK(counting.balanced());
}
