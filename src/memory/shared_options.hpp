// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Options that several vectors and the ranges that they left have in common, and the rule by which they are counted.
#pragma once

#include <atomic>
#include <cstddef>

#include <vmm/options.hpp>

namespace vmm::engine {

struct shared_options {
  explicit shared_options(const options& o) : value(o) {}
  const options value;
  mutable std::atomic<std::size_t> owners{1};
};

/// Of a null pointer the defaults, which are never destroyed and made at first use: vectors with static storage duration need
/// them at any time.
inline const options& value_of(const shared_options* o) noexcept {
  static const options& defaults = *new options;
  return o != nullptr ? o->value : defaults;
}

inline const shared_options* retain(const shared_options* o) noexcept {
  if (o != nullptr) o->owners.fetch_add(1, std::memory_order_relaxed);
  return o;
}
void release(const shared_options* o) noexcept;

}  // namespace vmm::engine
