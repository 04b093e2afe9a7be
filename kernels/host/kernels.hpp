// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Host twins of kernels/cuda: the same results on memory that the host can reach.
#pragma once

#include <cstddef>

#include <vmm/detail/element_types.hpp>

namespace vmm::kernels::host {

void fill(void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count) noexcept;

std::size_t mismatch(const void* a, const void* b, std::size_t count, engine::scalar type, engine::relation relate) noexcept;

}  // namespace vmm::kernels::host
