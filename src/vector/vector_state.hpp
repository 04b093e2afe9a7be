// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What a raw_vector holds beside the fields of every access, from the moment that it first takes memory.
#pragma once

#include "transfer/staging_writer.hpp"
#include "vector/buffer.hpp"
#include <vmm/detail/vector_memory.hpp>

namespace vmm::engine {

struct vector_state : vector_state_base {
  buffer memory;
  staging_writer writer;
  /// Work that was submitted may still use the bytes before: in a tail the CPU stores to none of them.
  std::size_t unseen_from = 0;
  /// How often elements had to be on the device before there were many of them, since memory last changed for that. A tail costs
  /// as much as sixteen elements that go by themselves; where it was refused, the next try comes later and later.
  static constexpr unsigned looks_at_first = 16;
  unsigned looks = 0, looks_before_tail = looks_at_first;
  void forget_looks() noexcept { looks = 0, looks_before_tail = looks_at_first; }
};

/// Throws what a status means, with what the vector holds.
template <class Vector>
void require(const Vector& v, const status& s, const char* action, std::size_t bytes) {
  if (!s.ok()) v.throw_error(s, action, bytes);
}

}  // namespace vmm::engine
