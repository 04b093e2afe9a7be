// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What a raw_vector and the memory behind it have in common.
#pragma once

#include <cstddef>
#include <utility>

namespace vmm::engine {

class raw_vector;
struct replaced_memory;

/// Moves `bytes` of elements into raw memory and ends their life at the old place. For element types that are more than
/// their bytes; null stands for a copy of bytes. Strong guarantee.
using relocate_fn = void (*)(raw_vector& v, void* to, void* from, std::size_t bytes);

/// What a growth has replaced. Lives until the caller has read its sources, which may lie in the old place; then gives the
/// old place back, as the destructor of a vector does.
class deferred_release {
 public:
  deferred_release() noexcept = default;
  deferred_release(deferred_release&& other) noexcept : parts_(std::exchange(other.parts_, nullptr)) {}
  deferred_release& operator=(deferred_release&&) = delete;
  ~deferred_release() {
    if (parts_ != nullptr) give_back();
  }

 private:
  friend class buffer;
  void give_back() noexcept;
  replaced_memory* parts_ = nullptr;
};

/// Memory, and what is needed when it changes: the part that is inline; src/vector/vector_state.hpp has the rest.
struct vector_state_base {
  std::size_t capacity = 0;
};

}  // namespace vmm::engine
