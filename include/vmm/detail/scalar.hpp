// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Which of a backend's types an arithmetic type is.
#pragma once

#include <type_traits>

#include <vmm/detail/element_types.hpp>

namespace vmm::detail {

/// Types that engine::scalar can name.
template <class T>
inline constexpr bool is_scalar =
    std::is_arithmetic_v<T> && (std::is_integral_v<T> ? sizeof(T) <= 8
                                                      : std::is_same_v<std::remove_cv_t<T>, float> ||
                                                            std::is_same_v<std::remove_cv_t<T>, double>);

template <class T>
constexpr engine::scalar scalar_of() noexcept {
  static_assert(is_scalar<T>, "vmm: only arithmetic types have kernels in the library");
  using engine::scalar;
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? scalar::float32 : scalar::float64;
  } else if constexpr (std::is_signed_v<T>) {
    return sizeof(T) == 1 ? scalar::int8 : sizeof(T) == 2 ? scalar::int16 : sizeof(T) == 4 ? scalar::int32 : scalar::int64;
  } else {
    return sizeof(T) == 1   ? scalar::uint8
           : sizeof(T) == 2 ? scalar::uint16
           : sizeof(T) == 4 ? scalar::uint32
                            : scalar::uint64;
  }
}

}  // namespace vmm::detail
