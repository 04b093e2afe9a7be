// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <cstring>

#include "../relations.hpp"
#include "kernels.hpp"

namespace vmm::kernels::host {
namespace {

template <class T, class Relation>
std::size_t first_unrelated(const void* a, const void* b, std::size_t count, Relation related) noexcept {
  const auto* x = static_cast<const T*>(a);
  const auto* y = static_cast<const T*>(b);
  std::size_t i = 0;
  while (i < count && related(x[i], y[i])) ++i;
  return i;
}

template <class Relation>
std::size_t by_type(const void* a, const void* b, std::size_t count, engine::scalar type, Relation related) noexcept {
  switch (type) {  // the sign makes no difference to either relation
    case engine::scalar::int8:
    case engine::scalar::uint8: return first_unrelated<std::uint8_t>(a, b, count, related);
    case engine::scalar::int16:
    case engine::scalar::uint16: return first_unrelated<std::uint16_t>(a, b, count, related);
    case engine::scalar::int32:
    case engine::scalar::uint32: return first_unrelated<std::uint32_t>(a, b, count, related);
    case engine::scalar::int64:
    case engine::scalar::uint64: return first_unrelated<std::uint64_t>(a, b, count, related);
    case engine::scalar::float32: return first_unrelated<float>(a, b, count, related);
    case engine::scalar::float64: return first_unrelated<double>(a, b, count, related);
  }
  return 0;
}

}  // namespace

std::size_t mismatch(const void* a, const void* b, std::size_t count, engine::scalar type,
                     engine::relation relate) noexcept {
  return relate == engine::relation::equal ? by_type(a, b, count, type, is_equal{})
                                           : by_type(a, b, count, type, is_equivalent{});
}

}  // namespace vmm::kernels::host
