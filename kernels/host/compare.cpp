// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

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
  return visit_scalar(type, [&](auto element) {  // the sign makes no difference to either relation
    return first_unrelated<engine::without_sign<typename decltype(element)::type>>(a, b, count, related);
  });
}

}  // namespace

std::size_t mismatch(const void* a, const void* b, std::size_t count, engine::scalar type, engine::relation relate) noexcept {
  return relate == engine::relation::equal ? by_type(a, b, count, type, functors::equal_to{})
                                           : by_type(a, b, count, type, functors::equivalent_to{});
}

}  // namespace vmm::kernels::host
