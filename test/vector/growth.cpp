// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Growth maps and does not copy: addresses, contents, and what the statistics say that it cost.
#include "vector/counting.hpp"

#include <stdexcept>
#include <string>

using vmm_test::contents;
using vmm_test::count_up;
using vmm_test::counts_up;
using vmm_test::fixed;
using vmm_test::homes;
using vmm_test::host_ints;
using vmm_test::ints;
using vmm_test::iota;
using vmm_test::mebi;

namespace {

constexpr std::size_t small_limit = mebi;

/// Keeps the addresses behind a vector's range from being free. (Without assertions of Catch2 3 and without a
/// vmm_test::bench inside: cudafe++ of CUDA 13.0 never ended over a class that had both.)
class neighbour {
 public:
  explicit neighbour(const ints& v) { take(v.data().get(), v.reserved() * sizeof(int)); }
  neighbour(const void* data, std::size_t reserved) { take(data, reserved); }
  neighbour(const neighbour&) = delete;
  ~neighbour() { driver().unreserve(address_, granule_); }

 private:
  static vmm::engine::driver& driver() { return vmm_test::backend().get_driver(); }
  void take(const void* data, std::size_t reserved) {
    vmm::engine::capabilities properties;
    driver().describe(0, properties);
    granule_ = properties.granularity;
    void* const end = static_cast<char*>(const_cast<void*>(data)) + reserved;
    if (!driver().reserve(granule_, end, address_).ok()) throw std::runtime_error("no addresses for a neighbour");
  }

  std::size_t granule_ = 0;
  void* address_ = nullptr;
};

TEST_CASE("with a fixed address data() stays from the first element on", "[growth]") {
  ints v(fixed());
  v.push_back(0);
  const int* const address = v.data().get();
  const std::size_t counted = mebi / 4;
  v.resize(counted);
  count_up(v, 0, counted);
  host_ints pushed;
  for (std::size_t n = mebi; n <= 72 * mebi; n *= 2) {
    v.resize(n, vmm::no_init);
    v.push_back(static_cast<int>(n));
    CHECK(v.data().get() == address);
    CHECK(v[n] == static_cast<int>(n));
    CHECK(v.capacity() >= v.size());
  }
  v.resize(72 * mebi, vmm::no_init);
  count_up(v, v.size() - counted, counted);
  v.push_back(1);
  CHECK(v.data().get() == address);
  CHECK(v.size() * sizeof(int) > 256 * mebi);
  CHECK(counts_up(v, 0, counted));
  CHECK(counts_up(v, v.size() - 1 - counted, counted));
  CHECK(v[mebi] == static_cast<int>(mebi));
  CHECK(v[64 * mebi] == static_cast<int>(64 * mebi));

  const vmm::statistics s = v.statistics();
  CHECK(s.copied_bytes == 0);
  CHECK(s.promoted_bytes == 0);
  CHECK(s.relocations == 0);
  CHECK(s.growth_steps > 2);
  CHECK(s.growth_time.count() > 0);
  CHECK(s.peak_mapped == s.mapped);
}

TEST_CASE("every way to grow keeps a fixed address", "[growth]") {
  const host_ints more = iota(3 * mebi);
  ints v(3, 1, fixed());
  const int* const address = v.data().get();
  const auto grown = [&](std::size_t size) { return v.data().get() == address && v.size() == size; };
  v.append(more.begin(), more.end());
  CHECK(grown(3 + 3 * mebi));
  v.insert(v.begin() + 1, more.begin(), more.end());
  CHECK(grown(3 + 6 * mebi));
  v.insert(v.begin() + 1, 2 * mebi, 5);
  CHECK(grown(3 + 8 * mebi));
  v.reserve(12 * mebi);
  CHECK(grown(3 + 8 * mebi));
  const ints longer(13 * mebi, 2);
  v = longer;
  CHECK(grown(13 * mebi));
  v.assign(15 * mebi, 7);
  CHECK(grown(15 * mebi));
  v = more;
  v.append(v.begin(), v.end());
  CHECK(grown(6 * mebi));
  CHECK(counts_up(v, 0, 3 * mebi));
  CHECK(counts_up(v, 3 * mebi, 3 * mebi));
  CHECK(v.statistics().copied_bytes == 0);
}

TEST_CASE("vectors with fixed addresses grow beside each other", "[growth]") {
  std::vector<ints> all;
  std::vector<const int*> addresses;
  for (int i = 0; i < 8; ++i) {
    all.emplace_back(1, i, fixed());
    addresses.push_back(all.back().data().get());
  }
  for (int round = 0; round < 4; ++round)
    for (std::size_t i = 0; i < all.size(); ++i) all[i].append(mebi, static_cast<int>(i));
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].data().get() == addresses[i]);
    CHECK(all[i][0] == static_cast<int>(i));
    CHECK(all[i].back() == static_cast<int>(i));
  }
}

TEST_CASE("what is held is the data and a step", "[growth]") {
  vmm::trim();  // a cached range may hold a little more
  const auto most = [](std::size_t data) { return data + data / 8 + 32 * mebi; };
  ints v;
  for (int i = 0; i < 40; ++i) {
    v.resize(v.size() + mebi, vmm::no_init);
    CHECK(v.statistics().mapped >= v.size() * sizeof(int));
    CHECK(v.statistics().mapped <= most(v.size() * sizeof(int)));
  }
  vmm::options o = fixed();
  o.minimum_step = 8 * vmm_test::bench().granularity;
  CHECK(ints(1, o).statistics().mapped == o.minimum_step);
}

TEST_CASE("a small vector moves into its range once", "[growth]") {
  ints v;
  std::size_t size = 0;
  while (v.statistics().reserved == 0) {
    v.append(1000, 1);
    size += 1000;
  }
  const vmm::statistics promoted = v.statistics();
  CHECK(2 * size * sizeof(int) > small_limit);  // the next doubling would have passed it
  CHECK(promoted.promoted_bytes == (size - 1000) * sizeof(int));
  CHECK(promoted.promoted_bytes <= small_limit);
  CHECK(promoted.copied_bytes < 2 * small_limit);
  CHECK(promoted.relocations == 0);
  const int* const address = v.data().get();
  v.resize(size);
  count_up(v, 0, size);
  for (int i = 0; i < 20; ++i) {
    v.resize(v.size() + mebi, vmm::no_init);
    v.push_back(i);
    CHECK(v.data().get() == address);
  }
  CHECK(counts_up(v, 0, size));
  CHECK(v.statistics().promoted_bytes == promoted.promoted_bytes);
  CHECK(v.statistics().copied_bytes == promoted.copied_bytes);
}

TEST_CASE("a reserve past small_limit spares the move", "[growth]") {
  ints v;
  v.reserve(small_limit);
  const int* const address = v.data().get();
  v.push_back(1);
  v.resize(8 * mebi, vmm::no_init);
  CHECK(v.data().get() == address);
  CHECK(v[0] == 1);
  CHECK(v.statistics().promoted_bytes == 0);
  CHECK(v.statistics().copied_bytes == 0);
}

TEST_CASE("a full range is extended, or mapped elsewhere without a copy", "[growth]") {
  const std::size_t granularity = vmm_test::bench().granularity, n = granularity / sizeof(int);
  vmm::options o;
  o.small_limit = 0;
  o.initial_reservation = granularity;
  ints v(n, o);
  REQUIRE(v.reserved() == n);
  count_up(v, 0, n);
  const int* const address = v.data().get();

  SECTION("with neighbours that may be free") {
    for (int i = 0; i < 4; ++i) v.resize(v.size() + 5 * n, i);
    CHECK(counts_up(v, 0, n));
    CHECK((v.statistics().relocations == 0) == (v.data().get() == address));
  }
  SECTION("with a neighbour in the way") {
    const neighbour taken(v);
    v.push_back(7);
    CHECK(v.data().get() != address);
    CHECK(v.statistics().relocations == 1);
    CHECK(v.reserved() > n);
    CHECK(counts_up(v, 0, n));
    CHECK(v.back() == 7);
    v.resize(3 * n, 1);
    v.shrink_to_fit();
    CHECK(counts_up(v, 0, n));
  }
  CHECK(v.statistics().copied_bytes == 0);
  CHECK(v.statistics().promoted_bytes == 0);
}

TEST_CASE("a fixed address that cannot stay is an error, and nothing changes", "[growth]") {
  vmm::trim();  // the neighbour shall be ours, not a cached range that can be given up
  const std::size_t granularity = vmm_test::bench().granularity, n = granularity / sizeof(int);
  vmm::options o = fixed();
  o.initial_reservation = granularity;
  ints v(n, o);
  count_up(v, 0, n);
  const int* const address = v.data().get();
  const neighbour taken(v);
  try {
    v.push_back(1);
    FAIL("the neighbouring addresses were taken");
  } catch (const vmm::error& e) {
    CHECK(e.code() == vmm::errc::out_of_addresses);
  }
  CHECK_THROWS_AS(v.reserve(2 * n), vmm::error);
  CHECK(v.data().get() == address);
  CHECK(v.size() == n);
  CHECK(counts_up(v, 0, n));
  v.pop_back();
  v.push_back(static_cast<int>(n) - 1);
  CHECK(counts_up(v, 0, n));
}

TEST_CASE("shrink_to_fit after clear gives everything back", "[growth]") {
  for (const auto& home : homes()) {
    INFO(home);
    const vmm::statistics before = vmm::query_statistics();
    ints v(home.options);
    v.resize(5 * mebi, 1);
    CHECK(vmm::query_statistics().mapped >= before.mapped + 5 * mebi * sizeof(int));
    v.clear();
    v.shrink_to_fit();
    CHECK(v.capacity() == 0);
    CHECK(v.statistics().mapped == 0);
    CHECK(vmm::query_statistics().mapped == before.mapped);
    if (!home.options.fixed_address) CHECK(vmm::query_statistics().reserved == before.reserved);
    v.append({1, 2, 3});
    CHECK(contents(v) == host_ints{1, 2, 3});
  }
}

#if !VMM_ON_CUDA
TEST_CASE("elements that are more than their bytes follow when their range is full", "[growth]") {
  const std::size_t granularity = vmm_test::bench().granularity, n = granularity / sizeof(std::string);
  vmm::options o;
  o.small_limit = 0;
  o.initial_reservation = granularity;
  vmm::device_vector<std::string> v(o);
  for (std::size_t i = 0; i < n; ++i) v.push_back(std::to_string(i));
  const neighbour taken(v.data().get(), v.statistics().reserved);
  v.push_back("last");
  CHECK(v.statistics().relocations == 0);
  CHECK(v.statistics().copied_bytes == n * sizeof(std::string));
  bool same = v.data().get()[n] == "last";
  for (std::size_t i = 0; i < n; ++i) same = same && v.data().get()[i] == std::to_string(i);
  CHECK(same);
}
#endif

}  // namespace
