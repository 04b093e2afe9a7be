// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Growing, pushing, appending, inserting, shrinking and trimming from several threads, in rounds of a few seconds. Between rounds
/// no vector lives, and after trim() the device's memory, the process's memory and its addresses are what they were after the
/// first rounds. VMM_SOAK_SECONDS says how long, ten unless set; VMM_MODEL_SEED where the random numbers begin.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <malloc.h>
#include <unistd.h>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>
#include <vmm/device_vector.hpp>
#include <vmm/memory.hpp>

#include "support/catch.hpp"
#include "support/backends.hpp"
#include "support/own_stream.hpp"

namespace {

using clock_type = std::chrono::steady_clock;

constexpr int threads = 4, rounds_to_warm_up = 3;
constexpr std::size_t most = std::size_t{1} << 24;  // elements that are looked into; growth without a look goes further
#ifdef __has_feature
#  define VMM_HAS_ASAN __has_feature(address_sanitizer)
#else
#  define VMM_HAS_ASAN 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || VMM_HAS_ASAN
constexpr std::size_t sanitized = 50;  // times slower, and what is freed stays for a while
#else
constexpr std::size_t sanitized = 1;
#endif

double seconds_from(const char* name, double otherwise) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::strtod(text, nullptr) : otherwise;
}

/// One vector that holds 0, 1, 2 ... and what is done to it.
template <class V>
class subject {
 public:
  explicit subject(std::mt19937& random) : random_(random), v_(std::make_unique<V>(stream_.get())) {}

  /// Answers what is wrong.
  const char* step() {
    switch (below(13)) {
      case 0:
        return push(below(100000 / sanitized));
      case 1:
        return append(below(1000000 / sanitized));
      case 2:
        return push(below(100)), append(below(100));
      case 3:
        return v_->resize(below(v_->size() + 1)), nullptr;
      case 4:
        return v_->shrink_to_fit(), nullptr;
      case 5:
        return begin_anew();
      case 6:
        return copy();
      case 7:
        return go_far();
      case 8:
        return vmm::trim(), nullptr;
      case 9:
        return vmm::set_cache_limit(below(4) << 26), nullptr;
      case 10:
        return insert_and_erase(*v_);
      case 11:
        return v_->clear(), nullptr;
      default:
        return look();
    }
  }
  const char* look() const { return holds(*v_) ? nullptr : "the elements are not 0, 1, 2 ..."; }

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  const char* push(std::size_t n) {
    for (; n != 0 && v_->size() < most; --n) v_->push_back(static_cast<int>(v_->size()));
    return nullptr;
  }
  const char* append(std::size_t n) {
    if (v_->size() + n > most) return v_->clear(), nullptr;
    std::vector<int> more(n);
    std::iota(more.begin(), more.end(), static_cast<int>(v_->size()));
    v_->append(more.begin(), more.end());
    return nullptr;
  }
  const char* begin_anew() {
    vmm::options o;
    o.fixed_address = below(4) == 0;
    o.initial_reservation = !o.fixed_address && below(3) == 0 ? std::size_t{4} << 20 : 0;
    o.small_limit = below(2) == 0 ? 0 : std::size_t{1} << 20;
    o.staging = below(4) != 0;
    v_ = std::make_unique<V>(stream_.get(), o);
    return nullptr;
  }
  const char* copy() {
    V other(*v_);
    other.push_back(static_cast<int>(other.size()));
    v_->swap(other);
    V moved(std::move(other));
    return holds(moved) ? look() : "the copy differs";
  }
  /// Memory that nobody writes, then back: up to 1 GiB on a GPU.
  const char* go_far() {
    const std::size_t before = v_->size();
    v_->resize(below(VMM_ON_CUDA ? std::size_t{1} << 28 : std::size_t{1} << 22) + before, vmm::no_init);
    v_->resize(before);
    if (below(2) == 0) v_->shrink_to_fit();
    return nullptr;
  }
  template <class U>
  const char* insert_and_erase(vmm::device_vector<U>& v) {
    const auto at = static_cast<std::ptrdiff_t>(below(v.size() + 1));
    const auto n = static_cast<std::ptrdiff_t>(below(5000));
    v.insert(v.begin() + at, static_cast<std::size_t>(n), -1);
    v.erase(v.begin() + at, v.begin() + at + n);
    return look();
  }
  template <class U>
  const char* insert_and_erase(vmm::device_uvector<U>& v) {
    return v.flush(), nullptr;
  }

  /// A sum on the device and the last element; few elements one by one.
  static bool holds(const V& v) {
    const auto n = static_cast<std::int64_t>(v.size());
    const auto view = v.view();
    if (vmm::reduce(v.stream(), view, std::int64_t{0}) != n * (n - 1) / 2) return false;
    if (n != 0 && element(v, v.size() - 1) != static_cast<int>(n - 1)) return false;
    if (n > 100000) return true;
    int next = 0;
    const std::vector<int> all = elements(v);
    return std::all_of(all.begin(), all.end(), [&next](int x) { return x == next++; });
  }
  static std::vector<int> elements(const vmm::device_vector<int>& v) {
    return elements(const_cast<vmm::device_vector<int>&>(v).uvector());
  }
  static std::vector<int> elements(const vmm::device_uvector<int>& v) { return v.to_vector(); }
  static int element(const vmm::device_vector<int>& v, std::size_t i) { return v[i]; }
  static int element(const vmm::device_uvector<int>& v, std::size_t i) { return v.element(i); }

  std::mt19937& random_;
  vmm_test::own_stream stream_;
  std::unique_ptr<V> v_;
};

/// Works until then, and answers the steps done, or what was wrong.
struct work {
  std::atomic<std::uint64_t> steps{0};
  std::atomic<const char*> wrong{nullptr};

  void operator()(std::mt19937& random, clock_type::time_point end) try {
    subject<vmm::device_vector<int>> a(random);
    subject<vmm::device_uvector<int>> b(random);
    while (clock_type::now() < end && wrong == nullptr) {
      const char* const first = a.step();
      const char* const second = b.step();
      if (first != nullptr || second != nullptr) wrong = first != nullptr ? first : second;
      steps += 2;
    }
    if (wrong == nullptr && (a.look() != nullptr || b.look() != nullptr)) wrong = "elements at the end of a round";
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    wrong = "it threw";
  }
};

/// Bytes.
struct sample {
  std::size_t device = 0, resident = 0, addresses = 0;

  static sample now() {
    sample s;
    malloc_trim(0);
    vmm::engine::memory_info info;
    REQUIRE(vmm_test::backend().get_driver().memory(0, info).ok());
    s.device = info.total - info.free;
    std::ifstream statm("/proc/self/statm");
    statm >> s.addresses >> s.resident;
    REQUIRE(statm.good());
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    s.addresses *= page, s.resident *= page;
    return s;
  }
};

}  // namespace

TEST_CASE("memory is flat, however long it goes on", "[soak]") {
  const double length = seconds_from("VMM_SOAK_SECONDS", 10), round = std::min(5.0, length / 10);
  const auto seed = static_cast<std::mt19937::result_type>(seconds_from("VMM_MODEL_SEED", 20261124));
  std::vector<std::mt19937> random;
  for (unsigned i = 0; i < threads; ++i) random.emplace_back(seed + i);
  work shared;
  sample first, last;
  const auto begin = clock_type::now();
  const auto since = [begin] { return std::chrono::duration<double>(clock_type::now() - begin).count(); };
  std::printf("seconds, steps, MiB of the device, resident MiB, GiB of addresses, growth steps, relocations\n");
  for (int r = 0; since() < length || r <= rounds_to_warm_up; ++r) {
    const auto end = clock_type::now() + std::chrono::duration_cast<clock_type::duration>(std::chrono::duration<double>(round));
    std::vector<std::thread> all;
    for (auto& own : random) all.emplace_back([&] { shared(own, end); });
    for (std::thread& t : all) t.join();
    REQUIRE(shared.wrong == nullptr);
    vmm::trim();
    const vmm::statistics s = vmm::query_statistics();
    REQUIRE(s.live + s.mapped + s.reserved + s.cached + s.pinned == 0);
    last = sample::now();
    if (r < rounds_to_warm_up) first = last;
    std::printf("%.1f, %" PRIu64 ", %zu, %zu, %zu, %zu, %zu\n", since(), shared.steps.load(), last.device >> 20,
                last.resident >> 20, last.addresses >> 30, s.growth_steps, s.relocations);
    std::fflush(stdout);
#if VMM_ON_CUDA  // elsewhere the device's memory is the computer's, and others use it
    REQUIRE(last.device <= first.device + (std::size_t{2} << 20));
#endif
    REQUIRE(last.resident <= first.resident + sanitized * (std::size_t{16} << 20));
    REQUIRE(last.addresses <= first.addresses + (std::size_t{1} << 30));
  }
  vmm::set_cache_limit(std::size_t{256} << 20);
}
