// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// What containers do to their elements where these are no more than bytes.
#include <cstdint>

#include <vmm/detail/raw_vector.hpp>

#include "memory/growth.hpp"

namespace vmm::engine {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

/// Where `source` lies in the vector, if it does. Flushes, since growth leaves what is staged where it is.
std::size_t own_offset(const raw_vector& v, const void* source, std::size_t bytes) {
  if (bytes == 0) return none;
  const auto offset = reinterpret_cast<std::uintptr_t>(source) - reinterpret_cast<std::uintptr_t>(v.data());
  return offset < v.size() ? offset : none;
}

/// A gap at the end, where nothing moves but by growth, whose old place stays readable meanwhile. What is read may be v's own, so
/// nothing is staged when it grows.
template <class Fill>
void append(raw_vector& v, std::size_t bytes, Fill fill_gap) {
  if (bytes == 0) return;
  const std::size_t before = v.size();
  v.flush();
  const deferred_release old = v.grow(growth::add(before, bytes));
  fill_gap(before);
  v.synchronize_if_blocking();
  v.set_size(before + bytes);
}

void replaced(raw_vector& v, std::size_t bytes) {
  v.set_size(bytes);
  v.hide();
  v.synchronize_if_blocking();
}

}  // namespace

void insert_gap(raw_vector& v, std::size_t at, std::size_t bytes, const gap_filler& fill_gap) {
  const std::size_t before = v.size(), tail = before - at;
  if (bytes == 0) return;
  const deferred_release old = v.grow(growth::add(before, bytes));
  v.flush();
  if (tail != 0) move_within(v, at + bytes, at, tail);
  try {
    fill_gap.call(fill_gap.context, at);
  } catch (...) {
    if (tail != 0) move_within(v, at, at + bytes, tail);
    throw;
  }
  v.set_size(before + bytes);
}

void insert(raw_vector& v, std::size_t at, const void* source, std::size_t bytes) {
  if (at == v.size()) {
    if (v.append_on_host(source, bytes)) return;
    return append(v, bytes, [&](std::size_t offset) { write(v, offset, source, bytes); });
  }
  const std::size_t own = own_offset(v, source, bytes);
  const auto insert_from = [&](auto address) {
    insert_gap(v, at, bytes, [&](std::size_t offset) {
      write(v, offset, address(), bytes);
      v.synchronize_if_blocking();
    });
  };
  if (own == none) {
    insert_from([&] { return source; });
  } else {  // the gap moves what is read
    raw_vector copy = raw_vector::temporary_copy(v, bytes);
    write(copy, 0, source, bytes);
    insert_from([&] { return copy.address(); });
  }
}

void insert_fill(raw_vector& v, std::size_t at, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  const std::size_t bytes = growth::multiply(pattern_bytes, count);
  if (at == v.size()) return append(v, bytes, [&](std::size_t offset) { fill(v, offset, pattern, pattern_bytes, count); });
  insert_gap(v, at, bytes, [&](std::size_t offset) {
    fill(v, offset, pattern, pattern_bytes, count);
    v.synchronize_if_blocking();
  });
}

void erase(raw_vector& v, std::size_t first, std::size_t last) {
  const std::size_t tail = v.size() - last;
  if (first == last) return;
  if (tail != 0) move_within(v, first, last, tail);
  v.set_size(first + tail);
  v.synchronize_if_blocking();
}

void assign(raw_vector& v, const void* source, std::size_t bytes) {
  const std::size_t own = own_offset(v, source, bytes);
  const deferred_release old = v.grow(bytes);
  if (own != none)
    move_within(v, 0, own, bytes);
  else
    write(v, 0, source, bytes);
  replaced(v, bytes);
}

void assign_fill(raw_vector& v, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  const std::size_t bytes = growth::multiply(pattern_bytes, count);
  const deferred_release old = v.grow(bytes);
  fill(v, 0, pattern, pattern_bytes, count);
  replaced(v, bytes);
}

}  // namespace vmm::engine
