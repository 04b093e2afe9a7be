// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// How much to take: arithmetic only, no backend. All sizes in bytes; results never wrap.
///
/// In a range: steps of 2, 2, 4 ... 32 MiB, then 1/8 of what is mapped, so that what is held never exceeds the data by
/// more than 12.5 % and 32 MiB. In direct memory: doubling, as Thrust.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include <vmm/capabilities.hpp>
#include <vmm/options.hpp>

namespace vmm::engine::growth {

inline constexpr std::size_t unlimited = (std::numeric_limits<std::size_t>::max)();
inline constexpr std::size_t smooth_step = std::size_t{32} << 20;

struct rule {
  std::size_t granularity = std::size_t{2} << 20;
  std::size_t largest_block = (std::size_t{4} << 30) - (std::size_t{2} << 20);
  double step_factor = 0.125;
  std::size_t minimum_step = 0;  ///< 0: the granularity at first, doubling up to smooth_step
};

/// Saturates instead of wrapping.
constexpr std::size_t add(std::size_t a, std::size_t b) noexcept { return a > unlimited - b ? unlimited : a + b; }
constexpr std::size_t multiply(std::size_t a, std::size_t b) noexcept {
  return b != 0 && a > unlimited / b ? unlimited : a * b;
}
constexpr std::size_t round_down(std::size_t bytes, std::size_t granularity) noexcept { return bytes - bytes % granularity; }
constexpr std::size_t round_up(std::size_t bytes, std::size_t granularity) noexcept {
  return round_down(add(bytes, granularity - 1), granularity);
}

/// What one step adds when it may choose: a multiple of the granularity, never 0.
constexpr std::size_t step(std::size_t mapped, const rule& r) noexcept {
  const std::size_t first = (std::max)(r.granularity, r.minimum_step);
  const std::size_t smallest = r.minimum_step != 0 ? round_up(r.minimum_step, r.granularity)
                                                   : (std::min)((std::max)(mapped, first), (std::max)(first, smooth_step));
  const double fraction = static_cast<double>(mapped) * r.step_factor;
  constexpr std::size_t half = unlimited / 2;
  const std::size_t share = !(fraction > 0)                         ? 0  // a factor that is no number adds nothing
                            : fraction >= static_cast<double>(half) ? half
                                                                    : static_cast<std::size_t>(fraction);
  return (std::max)(round_down((std::max)(share, smallest), r.granularity), r.granularity);
}

/// What to have mapped in the end so that `needed` bytes fit: a step more than now, or exactly what is needed if that
/// is more; not past `limit` unless `needed` is.
constexpr std::size_t target(std::size_t mapped, std::size_t needed, std::size_t limit, const rule& r) noexcept {
  const std::size_t minimum = round_up(needed, r.granularity);
  const std::size_t preferred = add(mapped, step(mapped, r));
  return (std::max)(minimum, (std::min)(preferred, round_down(limit, r.granularity)));
}

/// The most to hold for `needed` bytes, whoever mapped it.
constexpr std::size_t maximum_mapped(std::size_t needed, const rule& r) noexcept {
  return round_down(add(add(needed, needed / 8), smooth_step), r.granularity);
}

/// The next block on the way to mapping `missing` bytes more. As few as there can be, and all alike: two halves are quicker made
/// and given back than the largest block and a small rest.
constexpr std::size_t next_block(std::size_t missing, const rule& r) noexcept {
  const std::size_t most = round_down(r.largest_block, r.granularity);
  if (missing <= most) return missing;
  const std::size_t blocks = missing / most + (missing % most != 0);
  return (std::min)(round_up(missing / blocks + (missing % blocks != 0), r.granularity), most);
}

/// After a refusal: half of what was asked, but not less than `minimum`. The same value back means: give up.
constexpr std::size_t retreat(std::size_t asked, std::size_t minimum, const rule& r) noexcept {
  return (std::max)((std::max)(round_up(minimum, r.granularity), r.granularity), round_down(asked / 2, r.granularity));
}

/// Capacity of direct memory: Thrust's, doubling or what is needed.
constexpr std::size_t direct_capacity(std::size_t capacity, std::size_t needed) noexcept {
  return (std::max)(needed, multiply(capacity, 2));
}

/// Addresses for a new range: the device's memory; less while many ranges are live, so that 10 000 of them leave a quarter
/// of the address space (127 TiB on x86-64) to others; at least twice what is needed now where that is more.
constexpr std::size_t reservation(std::size_t device_memory, std::size_t live_ranges, std::size_t needed,
                                  std::size_t granularity) noexcept {
  const std::size_t share = (std::size_t{16} << 40) / (live_ranges + 1);
  const std::size_t preferred = (std::min)(device_memory, (std::max)(share, std::size_t{1} << 30));
  return round_up((std::max)(preferred, multiply(needed, 2)), granularity);
}

/// Of a vector's options on a device.
inline rule rule_of(const options& o, const capabilities& c) noexcept {
  rule r;
  r.granularity = c.granularity;
  r.largest_block = c.largest_block;
  r.step_factor = o.step_factor;
  r.minimum_step = o.minimum_step;
  return r;
}

}  // namespace vmm::engine::growth
