// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. One staging buffer on loan.
#pragma once

#include <cstddef>
#include <list>
#include <utility>

#include <vmm/engine/event.hpp>

namespace vmm::engine {

class staging;

struct staged_buffer {
  std::byte* data;
  std::size_t bytes;
  void* slab;
  bool large;
  event sent;             // its last copy
  int device = -1;        // that was sent to last
  bool in_doubt = false;  // a copy was sent, and nobody can say when it is done
};

class lease {
 public:
  lease() noexcept = default;
  lease(lease&& other) noexcept { swap(other); }
  lease& operator=(lease&& other) noexcept {
    lease(std::move(other)).swap(*this);
    return *this;
  }
  ~lease() { give_back({}); }

  explicit operator bool() const noexcept { return owner_ != nullptr; }
  std::byte* data() const noexcept { return buffer_->data; }
  std::size_t size() const noexcept { return buffer_->bytes; }
  /// From a copy to `device` until it is known when that is done; where it never is, the device has to be waited for.
  void set_in_doubt(int device) noexcept { buffer_->device = device, buffer_->in_doubt = true; }
  void set_known() noexcept { buffer_->in_doubt = false; }
  bool in_doubt() const noexcept { return buffer_->in_doubt; }
  /// It is lent again once `sent` is reached, and nothing is in doubt.
  void give_back(event&& sent) noexcept;
  void swap(lease& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(buffer_, other.buffer_);
  }

 private:
  friend class staging;
  lease(staging& owner, std::list<staged_buffer>::iterator b) noexcept : owner_(&owner), buffer_(b) {}

  staging* owner_ = nullptr;
  std::list<staged_buffer>::iterator buffer_{};
};

}  // namespace vmm::engine
