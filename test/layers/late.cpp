// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector on a driver whose work is done late, and kernels that read what the vector held when they were submitted.
#include "support/backends.hpp"

#if !VMM_ON_CUDA  // a device's memory is not written by way of a deque

#  include <algorithm>
#  include <cstdint>
#  include <random>
#  include <vector>

#  include "layers/raw_vectors.hpp"
#  include "memory/host_block.hpp"
#  include "support/catch.hpp"
#  include "support/late_driver.hpp"

using namespace vmm_test;

namespace {

template <std::size_t Bytes>
struct late_run {
  vmm::engine::host_driver small{256_MiB, 16_KiB};  // so that tails are full soon
  late_driver driver{small};
  own_backend m{driver};
  twin<Bytes> t;
  std::mt19937 random;
  std::size_t readers = 0, misread = 0;

  late_run(unsigned seed, const options& o, bool synchronous) : t(m.make(o, synchronous)), random(seed) {}

  std::size_t below(std::size_t n) { return random() % n; }
  std::size_t size() const { return t.model.size() / Bytes; }

  /// A kernel in the vector's stream.
  void read() {
    t.s.expose();
    const std::byte* const place = t.s.address();
    if (place == nullptr) return;
    ++readers;
    driver.submit(t.s.order(), [this, place, expected = t.model] {
      misread += std::equal(expected.begin(), expected.end(), reinterpret_cast<const unsigned char*>(place)) ? 0 : 1;
    });
  }
  void step() {
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        for (std::size_t n = below(40); n != 0; --n) {
          t.push(1, below(8) == 0);
          t.s.expose();
          if (below(8) == 0) read();
        }
        break;
      case 3:
        t.push(below(3000), false);
        break;
      case 4:
        read();
        break;
      case 5:
        t.cut(0);
        t.s.hide();
        break;
      case 6:
        t.cut(below(size() + 1));
        break;
      case 7: {
        const std::vector<unsigned char> block = t.fresh(below(1000));
        insert(t.s, t.s.size(), block.data(), block.size());
        t.model.insert(t.model.end(), block.begin(), block.end());
        break;
      }
      case 8: {
        const std::size_t first = below(size() + 1), last = first + below(size() - first + 1);
        erase(t.s, first * Bytes, last * Bytes);
        t.model.erase(t.model.begin() + static_cast<std::ptrdiff_t>(first * Bytes),
                      t.model.begin() + static_cast<std::ptrdiff_t>(last * Bytes));
        break;
      }
      case 9:
        grow(t.s, t.s.size() + below(5000) * Bytes);
        break;
      case 10:
        below(3) == 0 ? t.s.to_device() : reserve(t.s, t.s.size() + below(100000));
        break;
      default:
        if (below(4) == 0) t.s.shrink_to_fit();
        break;
    }
  }
};

/// Returns how many tails there were.
template <std::size_t Bytes>
std::size_t run_late(unsigned seed) {
  options o;
  if (seed % 3 != 0) o.small_limit = 0;
  if (seed % 5 == 0) o.initial_reservation = 64_KiB;
  if (seed % 7 == 0) o.staging = false;
  late_run<Bytes> run(seed, o, seed % 2 == 0);
  for (int i = 0; i < 150; ++i) run.step();
  INFO("seed " << seed << ", " << Bytes << " bytes, " << run.readers << " readers");
  CHECK(run.t.same());
  run.driver.finish();
  CHECK(run.misread == 0);
  return run.m.counting.calls(verb::map_host);
}

}  // namespace

TEST_CASE("no kernel that was submitted sees what was pushed later", "[tail][late]") {
  std::size_t tails = 0;
  for (unsigned seed = 0; seed < 16; ++seed) tails += run_late<4>(seed) + run_late<12>(seed) + run_late<1000>(seed);
  CHECK(tails > 16);
}

#endif
