// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstring>

#include "driver/host/driver.hpp"
#include "kernels/host/kernels.hpp"

namespace vmm::engine {

status host_driver::copy(const stream_order&, void* to, const void* source, std::size_t bytes) noexcept {
  std::memcpy(to, source, bytes);
  return {};
}

status host_driver::memmove(const stream_order&, void* to, const void* from, std::size_t bytes, void*) noexcept {
  std::memmove(to, from, bytes);
  return {};
}

status host_driver::fill(const stream_order&, void* to, const void* pattern, std::size_t pattern_bytes,
                         std::size_t count) noexcept {
  kernels::host::fill(to, pattern, pattern_bytes, count);
  return {};
}

status host_driver::mismatch(const stream_order&, const void* a, const void* b, std::size_t count, scalar type, relation relate,
                             void*, std::size_t& index) noexcept {
  index = kernels::host::mismatch(a, b, count, type, relate);
  return {};
}

status host_driver::reduce(const stream_order&, const reduction& how, const void* data, std::size_t count, void*,
                           void* result) noexcept {
  if (how.kernel({nullptr, how, data, count, nullptr, 0, result}) == 0) return {};
  return {errc::invalid_argument, "reduce", "no such pair of types"};
}

}  // namespace vmm::engine
