// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/machine.hpp>

#include <ostream>

#include "sizes.hpp"

namespace vmm::engine {

void machine::count_mapped(std::ptrdiff_t change) noexcept {
  const std::size_t now = mapped_.fetch_add(static_cast<std::size_t>(change)) + static_cast<std::size_t>(change);
  std::size_t peak = peak_.load(std::memory_order_relaxed);
  while (change > 0 && now > peak && !peak_.compare_exchange_weak(peak, now)) {
  }
}

void machine::count_step(std::chrono::nanoseconds spent) noexcept {
  steps_.fetch_add(1);
  time_.fetch_add(spent.count());
}

vmm::statistics machine::statistics() const noexcept {
  vmm::statistics s;
  s.reserved = reserved_.load();
  s.mapped = mapped_.load();
  s.peak_mapped = peak_.load();
  s.growth_steps = steps_.load();
  s.relocations = relocations_.load();
  s.promoted_bytes = promoted_.load();
  s.copied_bytes = copied_.load();
  s.growth_time = std::chrono::nanoseconds(time_.load());
  return s;
}

}  // namespace vmm::engine

namespace vmm {

std::ostream& operator<<(std::ostream& out, const statistics& s) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(s.growth_time).count();
  return out << "mapped " << human(s.mapped).text << " (peak " << human(s.peak_mapped).text << ") in "
             << human(s.reserved).text << " of addresses\n"
             << "growth " << s.growth_steps << " steps in " << micros << " us, " << s.relocations << " relocations\n"
             << "copied " << human(s.promoted_bytes).text << " by promotion, " << human(s.copied_bytes).text
             << " by other growth\n";
}

}  // namespace vmm
