// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// One pinned buffer of the pool, in use.
#pragma once

#include <cstddef>
#include <list>
#include <utility>

#include "memory/event.hpp"

namespace vmm::engine {

class pinned_buffer_pool;

struct pooled_buffer {
  std::byte* data;
  std::size_t bytes;
  void* slab;
  bool large;
  event sent;       // its last copy
  int device = -1;  // that the last copy went to
  completion last_copy = completion::idle;
};

class pinned_buffer {
 public:
  pinned_buffer() noexcept = default;
  pinned_buffer(pinned_buffer&& other) noexcept { swap(other); }
  pinned_buffer& operator=(pinned_buffer&& other) noexcept {
    pinned_buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~pinned_buffer() { release({}); }

  explicit operator bool() const noexcept { return owner_ != nullptr; }
  std::byte* data() const noexcept { return buffer_->data; }
  std::size_t size() const noexcept { return buffer_->bytes; }
  /// A copy to `device` was submitted: `unknown` until its event is recorded, and for good where it cannot be, so that the
  /// device has to be waited for.
  void set_last_copy(completion c, int device) noexcept { buffer_->last_copy = c, buffer_->device = device; }
  completion last_copy() const noexcept { return buffer_->last_copy; }
  /// It may be acquired again once `sent` is complete, and never while the last copy is `unknown`.
  void release(event&& sent) noexcept;
  void swap(pinned_buffer& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(buffer_, other.buffer_);
  }

 private:
  friend class pinned_buffer_pool;
  pinned_buffer(pinned_buffer_pool& owner, std::list<pooled_buffer>::iterator b) noexcept : owner_(&owner), buffer_(b) {}

  pinned_buffer_pool* owner_ = nullptr;
  std::list<pooled_buffer>::iterator buffer_{};
};

}  // namespace vmm::engine
