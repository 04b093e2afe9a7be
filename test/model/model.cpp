// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Both containers against std::vector, see model.hpp: a million operations unless VMM_MODEL_OPERATIONS says how many each of eight
/// element types gets; on a GPU device_uvector alone, and less. VMM_MODEL_SEED sets where the random numbers begin; a failing sequence is made short and printed.
#include <cstdlib>
#include <random>

#include "model/kinds.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

unsigned long number_from(const char* name, unsigned long otherwise) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::strtoul(text, nullptr, 10) : otherwise;
}

steps random_steps(std::mt19937& random, std::size_t n) {
  std::vector<unsigned char> bytes(6 * n);
  for (unsigned char& b : bytes) b = static_cast<unsigned char>(random() >> 11);
  return steps_from(bytes.data(), bytes.size());
}

/// In sequences of 200, each with vectors of its own.
template <class Kind>
void hold_against_the_model() {
  const unsigned long seed = number_from("VMM_MODEL_SEED", 20261124),
                      operations = number_from("VMM_MODEL_OPERATIONS", VMM_ON_CUDA ? 10000 : 125000);
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  std::size_t refused = 0;
  for (unsigned long done = 0; done < operations; done += 200) {
    const steps s = random_steps(random, 200);
    model_run<Kind> run(s);
    if (const auto why = run.failure()) {
      const steps less = shortest(s, [](const steps& t) { return model_run<Kind>(t).failure().has_value(); });
      FAIL("seed " << seed << " after " << done << " operations: " << *why << "\nshortest: " << *model_run<Kind>(less).failure()
                   << "\n"
                   << model_run<Kind>(less).code());
    }
    refused += run.refused();
  }
  CHECK(refused > operations / 200);  // faults were met on the way
}

}  // namespace

TEMPLATE_TEST_CASE("device_uvector does what std::vector does, whatever is refused", "[model]", unsigned char, int,
                   (bytes_type<3, 1>), (bytes_type<40, 8>), (bytes_type<64, 64>)) {
  hold_against_the_model<uvector_kind<TestType>>();
}

#if !VMM_ON_CUDA
TEMPLATE_TEST_CASE("device_vector does what std::vector does, whatever is refused", "[model]", int, (bytes_type<12, 4>),
                   owner) {
  hold_against_the_model<vector_kind<TestType>>();
}
#endif

namespace {

/// A vector that forgets the last element when it is told to shrink with an odd number of elements above 20.
struct forgetful : vmm::device_uvector<int> {
  using vmm::device_uvector<int>::device_uvector;
  void shrink_to_fit() {
    if (size() > 20 && size() % 2 == 1) pop_back();
    vmm::device_uvector<int>::shrink_to_fit();
  }
  void swap(forgetful& other) noexcept { vmm::device_uvector<int>::swap(other); }
};
struct forgetful_kind : uvector_kind<int> {
  using vector = forgetful;
};

}  // namespace

TEST_CASE("a defect is found, and its sequence made short and printed", "[model]") {
  std::mt19937 random(1);
  for (int tries = 0;; ++tries) {
    REQUIRE(tries < 100);
    const steps s = random_steps(random, 200);
    if (!model_run<forgetful_kind>(s).failure()) continue;
    const steps less = shortest(s, [](const steps& t) { return model_run<forgetful_kind>(t).failure().has_value(); });
    const std::string code = model_run<forgetful_kind>(less).code();
    INFO(code);
    CHECK(less.size() <= 6);
    CHECK(code.find("shrink_to_fit") != std::string::npos);
    break;
  }
}
