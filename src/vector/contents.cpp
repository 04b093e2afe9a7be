// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// What is done with the bytes of a vector, in its order.
#include <string>

#include <vmm/detail/raw_vector.hpp>

#include "memory/workspace.hpp"
#include "vector/vector_state.hpp"

namespace vmm::engine {

void write(raw_vector& v, std::size_t offset, const void* source, std::size_t bytes) {
  v.flush();
  if (bytes != 0) require(v, v.get_driver().copy(v.order(), v.address() + offset, source, bytes), "writing", bytes);
}

void copy_out(const raw_vector& v, void* to, std::size_t offset, std::size_t bytes) {
  v.flush();
  if (bytes != 0) require(v, v.get_driver().copy(v.order(), to, v.address() + offset, bytes), "reading", bytes);
}

void move_within(raw_vector& v, std::size_t to, std::size_t from, std::size_t bytes) {
  v.flush();
  if (bytes == 0 || to == from) return;
  device_runtime& backend = v.get_backend();
  const stream_order order = v.order();
  const bool overlaps = (to < from ? from - to : to - from) < bytes;
  const workspace temporary(backend, order, overlaps ? backend.describe(order.device).workspace_bytes : 0);
  const auto moved = [&] {
    return v.get_driver().memmove(order, v.address() + to, v.address() + from, bytes, temporary.data());
  };
  require(v, backend.retry_after_trim(order.device, moved), "moving", bytes);
}

void fill(raw_vector& v, std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  v.flush();
  const stream_order order = v.order();
  const auto filled = [&] { return v.get_driver().fill(order, v.address() + offset, pattern, pattern_bytes, count); };
  if (count != 0) require(v, v.get_backend().retry_after_trim(order.device, filled), "filling", pattern_bytes * count);
}

std::size_t mismatch(const raw_vector& v, const void* other, std::size_t count, scalar type, relation relate) {
  v.flush();
  std::size_t index = 0;
  if (count == 0) return index;
  v.refuse_in_capture("comparing", v.size());
  device_runtime& backend = v.get_backend();
  const stream_order order = v.order();
  const workspace temporary(backend, order, backend.describe(order.device).workspace_bytes);
  const auto compared = [&] {
    return v.get_driver().mismatch(order, v.address(), other, count, type, relate, temporary.data(), index);
  };
  require(v, backend.retry_after_trim(order.device, compared), "comparing", v.size());
  return index;
}

const void* within_reach(const raw_vector& v, const raw_vector& other, std::size_t bytes, raw_vector& temporary) {
  other.flush();
  if (v.order().device == other.order().device || bytes == 0) return other.address();
  v.refuse_in_capture("copying", bytes);
  temporary = raw_vector::temporary_copy(v, bytes);
  write(temporary, 0, other.address(), bytes);
  return temporary.address();
}

bool wait_for(const raw_vector& v, const raw_vector& source) {
  const bool same_order = v.device() == source.device() && v.order().stream == source.order().stream;
  source.flush();
  if (!same_order && !source.order().synchronous) source.synchronize();
  return !same_order;
}

device_scope::~device_scope() {
  if (before_ >= 0) driver_.make_current(before_);
}

device_scope::device_scope(const raw_vector& v) : driver_(v.get_driver()) {
  const int before = driver_.current_device(), device = v.order().device;
  if (device < 0 || device == before) return;
  if (const status out = driver_.make_current(device); !out.ok())
    throw error(out.code, "vmm: device " + std::to_string(device) + " cannot be made current: " + to_string(out.code) + " (" +
                              out.call + ": " + out.reason + ")");
  before_ = before;
}

}  // namespace vmm::engine
