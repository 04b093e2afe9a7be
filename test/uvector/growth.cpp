// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector: room. Growth that maps instead of copying, what it costs, and what happens when it is refused.
#include <vmm/device_uvector.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <list>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/own_backend.hpp"
#include "support/refusals.hpp"

using namespace vmm_test;
using vmm::device_uvector;
using vmm::options;

namespace {

/// Past 1 GiB on the host, past half of the memory on a GPU.
std::size_t far() {
  memory_info info;
  REQUIRE(backend().get_driver().memory(0, info).ok());
  const std::size_t bytes = VMM_ON_CUDA ? info.total / 20 * 11 : 1_GiB + 40_MiB;
  INFO("needs " << (bytes >> 20) << " MiB, free " << (info.free >> 20));
  REQUIRE(info.free > bytes + bytes / 8);
  return bytes;
}

/// Whether elements [first, last) all equal `value`: each equals the next, and the first is it. Reads on the device.
bool all_are(const device_uvector<std::uint64_t>& v, std::size_t first, std::size_t last, std::uint64_t value) {
  std::size_t index = 0;
  const stream_order q{v.device(), v.stream(), false};
  const std::size_t pairs = last - first - 1;
  device_uvector<unsigned char> workspace(backend().describe(v.device()).workspace_bytes, v.stream());
  return backend()
             .get_driver()
             .mismatch(q, v.data() + first, v.data() + first + 1, pairs, scalar::uint64, relation::equal, workspace.data(),
                       index)
             .ok() &&
         index == pairs && v.element(first) == value;
}

}  // namespace

TEST_CASE("with a fixed address data() is the same from one element to more than a GiB", "[growth]") {
  const std::size_t end = far() / sizeof(std::uint64_t);
  device_uvector<std::uint64_t> v(vmm::default_stream(), fixed());
  v.push_back(0);
  std::uint64_t* const data = v.data();
  std::vector<std::size_t> borders{0, 1};
  while (v.size() < end) {
    const std::size_t next = (std::min)(v.size() * 3 + 1, end);
    v.append(next - v.size(), borders.size() - 1);
    borders.push_back(next);
    REQUIRE(v.data() == data);
    REQUIRE(v.capacity() - v.size() <= v.size() / 8 + 32_MiB / sizeof(std::uint64_t));
  }
  for (std::size_t i = 1; i < borders.size(); ++i) CHECK(all_are(v, borders[i - 1], borders[i], i - 1));
  const vmm::statistics s = v.statistics();
  CHECK(s.copied_bytes == 0);
  CHECK(s.promoted_bytes == 0);
  CHECK(s.relocations == 0);
  CHECK(s.mapped == v.capacity() * sizeof(std::uint64_t));
  CHECK(s.peak_mapped == s.mapped);
}

TEST_CASE("without one, no more than small_limit is copied into the range", "[growth]") {
  device_uvector<std::uint64_t> v;
  while (v.size() < 100000) v.push_back(v.size());
  v.shrink_to_fit();
  CHECK(v.statistics().promoted_bytes == 0);
  CHECK(v.statistics().mapped == 800000);
  while (v.size_bytes() < 40_MiB) v.append(50000, v.size());
  CHECK(v.statistics().promoted_bytes > 0);
  CHECK(v.statistics().promoted_bytes <= options{}.small_limit);
  CHECK(v.statistics().copied_bytes <= 2 * options{}.small_limit);
  const std::uint64_t* const data = v.data();
  v.resize(10000000, 7);
  CHECK(v.data() == data);
  CHECK(v.element(99999) == 99999);
  CHECK(all_are(v, 100000, 150000, 100000));
}

TEST_CASE("reserve maps what n elements need, and then nothing is asked for", "[growth]") {
  own_backend m;
  const counting_driver& counting = m.counting;
  device_uvector<int> v(vmm::default_stream(), m.with());
  v.reserve(1000);
  CHECK(v.capacity() == 1000);
  CHECK(v.size() == 0);
  v.reserve(10);
  CHECK(v.capacity() == 1000);
  v.reserve(std::size_t{3} << 20);
  CHECK(v.capacity() == std::size_t{3} << 20);
  CHECK(v.reserved() >= v.capacity());
  CHECK(counting.bytes(verb::create) == 12_MiB);
  const int* const data = v.data();
  const std::size_t calls = counting.calls(verb::create) + counting.calls(verb::map) + counting.calls(verb::reserve);
  for (int i = 0; i < 1000; ++i) v.push_back(i);
  v.resize(v.capacity());
  CHECK(counting.calls(verb::create) + counting.calls(verb::map) + counting.calls(verb::reserve) == calls);
  CHECK(v.data() == data);
  CHECK(v.element(999) == 999);
}

TEST_CASE("shrink_to_fit gives back what is past the size", "[growth]") {
  small_driver small(256_MiB);
  own_backend m(small);
  device_uvector<int> v(vmm::default_stream(), m.with());
  memory_info info;
  v.resize(std::size_t{1} << 20, 1);
  v.resize(std::size_t{20} << 20, 2);
  const int* const data = v.data();
  v.resize(std::size_t{1} << 20);
  CHECK(v.capacity() >= std::size_t{20} << 20);
  v.shrink_to_fit();
  CHECK(v.data() == data);
  CHECK(v.capacity() < std::size_t{5} << 20);
  small.memory(0, info);
  CHECK(info.free == 256_MiB - v.statistics().mapped);
  CHECK((v.to_vector() == std::vector<int>(std::size_t{1} << 20, 1)));
  v.clear();
  CHECK(v.capacity() > 0);
  v.shrink_to_fit();
  CHECK(v.capacity() == 0);
  small.memory(0, info);
  CHECK(info.free == 256_MiB);
  v.append({1, 2, 3});
  v.reserve(1000);
  v.shrink_to_fit();
  CHECK(v.capacity() == 3);
  CHECK((v.to_vector() == std::vector<int>{1, 2, 3}));
}

TEST_CASE("sizes that nothing can hold are length errors and change nothing", "[growth]") {
  using vector = device_uvector<double>;
  vector v(10);
  v.fill(1.5);
  const double* const data = v.data();
  const std::size_t most = (std::numeric_limits<std::size_t>::max)();
  const std::vector<std::function<void()>> tries{[&] { v.reserve(vector::max_size() + 1); },
                                                 [&] { v.resize(most); },
                                                 [&] { v.resize(most / 8 + 2); },
                                                 [&] { v.resize(most, 2.0); },
                                                 [&] { v.append(most, 2.0); },
                                                 [&] { v.append(vector::max_size(), 2.0); },
                                                 [&] { v.append(most - 5, 2.0); }};
  for (const auto& attempt : tries) {
    CHECK_THROWS_AS(attempt(), std::length_error);
    CHECK(v.data() == data);
    CHECK((v.to_vector() == std::vector<double>(10, 1.5)));
  }
  CHECK_THROWS_AS(v.reserve(vector::max_size()), vmm::out_of_memory);
  CHECK_THROWS_AS(v.resize(vector::max_size() - 1), vmm::out_of_memory);
  CHECK(v.data() == data);

  options o;
  o.limit = 80;
  vector limited(vmm::default_stream(), o);
  limited.append(10, 1.0);
  CHECK_THROWS_AS(limited.push_back(2.0), std::length_error);
  CHECK((limited.to_vector() == std::vector<double>(10, 1.0)));
}

TEST_CASE("out of memory leaves the vector as it was and names the figures", "[growth]") {
  small_driver small(64_MiB);
  own_backend m(small);
  device_uvector<int> v(vmm::default_stream(), m.with());
  v.append(5000000, 7);
  const int* const data = v.data();
  const std::size_t capacity = v.capacity();
  try {
    v.resize(16000000 + capacity);
    FAIL("resized");
  } catch (const vmm::out_of_memory& e) {
    CHECK(e.mapped() == capacity * sizeof(int));
    CHECK(e.free() == 64_MiB - e.mapped());
    CHECK(e.requested() > e.free());
    CHECK(std::string(e.what()).find("MiB") != std::string::npos);
  }
  CHECK(v.data() == data);
  CHECK(v.size() == 5000000);
  CHECK(v.capacity() == capacity);
  CHECK((v.to_vector() == std::vector<int>(5000000, 7)));
  v.append(16_MiB / 4, 8);
  CHECK(v.back_element() == 8);
}

TEST_CASE("whichever call is refused, adding elements has the strong guarantee", "[growth]") {
  const std::vector<int> values(300000, 4);
  const std::list<int> list(300000, 5);
  const std::vector<std::pair<const char*, std::function<void(device_uvector<int>&)>>> ways{
      {"push_back", [](auto& v) { v.push_back(1); }},
      {"append pointers", [&](auto& v) { v.append(values.data(), values.data() + values.size()); }},
      {"append a list", [&](auto& v) { v.append(list.begin(), list.end()); }},
      {"append n", [](auto& v) { v.append(300000, 6); }},
      {"resize with a value", [](auto& v) { v.resize(v.size() + 300000, 6); }},
      {"resize", [](auto& v) { v.resize(v.size() + 300000); }},
      {"reserve", [](auto& v) { v.reserve(v.size() + 300000); }},
      {"append its own", [](auto& v) { v.append(std::as_const(v).begin(), std::as_const(v).end()); }}};
  for (const auto& way : ways)
    for (std::size_t before : {std::size_t{100}, std::size_t{262144}, std::size_t{524288}})
      for (errc code : {errc::failed, errc::out_of_memory}) {
        INFO(way.first << " to " << before);
        refuse_each_call(code, true, 50, [&](const refusal& r) {
          own_backend m;
          outcome answer{};
          {
            device_uvector<int> v(before, vmm::default_stream(), m.with());
            v.fill(3);
            answer = while_refused(m.failing, r, [&] { return throws([&] { way.second(v); }); });
            if (answer.threw) {
              CHECK(v.size() == before);
              v.resize(before);
            }
            const std::vector<int> seen = v.to_vector();
            CHECK((std::vector<int>(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(before)) ==
                   std::vector<int>(before, 3)));
            CHECK_NOTHROW(way.second(v));
          }
          CHECK(m.balanced());
          return answer;
        });
      }
}

TEST_CASE("statistics add up for one vector and for the backend, and can be read by people", "[growth]") {
  own_backend m;
  {
    device_uvector<int> a(vmm::default_stream(), m.with()), b(vmm::default_stream(), m.with());
    for (int i = 0; i < 10; ++i) a.append(100000, i), b.append(1000, i);
    const vmm::statistics x = a.statistics(), y = b.statistics(), all = m.value.statistics();
    CHECK(all.mapped == x.mapped + y.mapped);
    CHECK(all.reserved == x.reserved + y.reserved);
    CHECK(all.growth_steps == x.growth_steps + y.growth_steps);
    CHECK(all.promoted_bytes == x.promoted_bytes);
    CHECK(all.copied_bytes == x.copied_bytes + y.copied_bytes);
    CHECK(all.peak_mapped >= all.mapped);
    CHECK(y.reserved == 0);
    std::ostringstream text;
    text << x;
    CHECK(text.str().find("growth") != std::string::npos);
    CHECK(text.str().find("MiB") != std::string::npos);
  }
  CHECK(m.value.statistics().mapped == 0);
  CHECK(m.value.statistics().reserved == 0);
  const vmm::statistics before = vmm::query_statistics();
  const device_uvector<int> v(1000);
  CHECK(vmm::query_statistics().mapped == before.mapped + 4000);
}

TEST_CASE("what a device can do, and why something was refused, can be printed", "[growth]") {
  std::ostringstream text;
  text << vmm::query_capabilities();
  CHECK(text.str().find("virtual memory yes") != std::string::npos);
  CHECK(text.str().find("granularity") != std::string::npos);
  vmm::engine::capabilities none;
  text.str("");
  text << none;
  CHECK(text.str().find("virtual memory no") != std::string::npos);
  CHECK(text.str().find("granularity") == std::string::npos);
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(vmm::errc::failed) + 1; ++code)
    names.insert(vmm::to_string(static_cast<vmm::errc>(code)));
  CHECK(names.size() == static_cast<std::size_t>(vmm::errc::failed) + 2);  // each its own, and "unknown"
}
