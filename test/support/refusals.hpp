// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The sweep that refuses the first, second ... call of a driver, until there is none left to refuse.
#pragma once

#include <cstddef>
#include <exception>
#include <ostream>

#include <vmm/error.hpp>

#include "support/catch.hpp"
#include "support/test_drivers.hpp"

namespace vmm_test {

/// The n-th call, and all after it where `persistent`.
struct refusal {
  std::size_t nth;
  errc code = errc::failed;
  bool persistent = false;
};
inline std::ostream& operator<<(std::ostream& out, const refusal& r) {
  return out << "call " << r.nth << ", " << vmm::to_string(r.code) << (r.persistent ? " from then on" : " once");
}

/// Whether there was a call to refuse, and whether what made it threw.
struct outcome {
  bool fired, threw;
};
struct outcomes {
  std::size_t fired = 0, threw = 0;
};

template <class Error = std::exception, class Act>
bool throws(Act act) {
  try {
    act();
  } catch (const Error&) {
    return true;
  }
  return false;
}

/// `act` answers whether it threw.
template <class Act>
outcome while_refused(failing_driver& driver, const refusal& r, Act act) {
  driver.fail(r.nth, verb::any, r.code, r.persistent);
  const bool threw = act();
  driver.stop();
  return {driver.fired(), threw};
}

/// `refuse(refusal)` answers with the outcome; it is asked fewer than `most` times.
template <class Refuse>
outcomes refuse_each_call(errc code, bool persistent, std::size_t most, Refuse refuse) {
  outcomes all;
  for (std::size_t nth = 1;; ++nth) {
    const refusal r{nth, code, persistent};
    INFO(r);
    REQUIRE(nth < most);
    const outcome answer = refuse(r);
    all.fired += answer.fired, all.threw += answer.threw;
    if (!answer.fired) return all;
  }
}

}  // namespace vmm_test
