// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L5. What a raw_vector holds beside the fields of every access, from the moment that it first takes memory.
#pragma once

#include <cstddef>

#include "transfer/staging_writer.hpp"
#include "vector/buffer.hpp"
#include <vmm/detail/raw_vector.hpp>

namespace vmm::engine {

struct vector_state : vector_state_base {
  buffer memory;
  staging_writer writer;
};

/// Throws what a status means, with what the vector holds.
inline void require(const vector_handle& v, const status& s, const char* action, std::size_t bytes) {
  if (!s.ok()) v.get_backend().throw_error(s, action, bytes, v.order().device, v.statistics().mapped);
}

/// Throws where the vector's stream is being captured.
inline void refuse_in_capture(const vector_handle& v, const char* action, std::size_t bytes) {
  if (const status s = v.get_driver().outside_capture(v.order()); s.code == errc::capturing) require(v, s, action, bytes);
}

}  // namespace vmm::engine
