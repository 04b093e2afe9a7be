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
};

/// Throws what a status means, with what the vector holds.
template <class Vector>
void require(const Vector& v, const status& s, const char* action, std::size_t bytes) {
  if (!s.ok()) v.throw_error(s, action, bytes);
}

}  // namespace vmm::engine
