// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L2. Owner of one event: what was submitted to a stream up to a moment. An empty one is reached.
#pragma once

#include <utility>

#include <vmm/engine/driver.hpp>

namespace vmm::engine {

class event {
 public:
  event() noexcept = default;
  /// Fills `made`, or changes nothing.
  static status record(driver& d, const stream_order& order, event& made) noexcept {
    event e;
    status s = d.record(order, e.handle_);
    if (!s.ok()) return s;
    e.driver_ = &d;
    made = std::move(e);
    return s;
  }
  event(event&& other) noexcept { swap(other); }
  event& operator=(event&& other) noexcept {
    event(std::move(other)).swap(*this);
    return *this;
  }
  ~event() {
    if (driver_ != nullptr) driver_->forget(handle_);
  }

  status reached(bool& answer) const noexcept {
    answer = driver_ == nullptr;
    return driver_ != nullptr ? driver_->reached(handle_, answer) : status{};
  }
  status hold_back(const stream_order& order) const noexcept {
    return driver_ != nullptr ? driver_->follow(order, handle_) : status{};
  }
  status await() const noexcept { return driver_ != nullptr ? driver_->await(handle_) : status{}; }

 private:
  void swap(event& other) noexcept {
    std::swap(driver_, other.driver_);
    std::swap(handle_, other.handle_);
  }

  driver* driver_ = nullptr;
  event_handle handle_ = 0;
};

}  // namespace vmm::engine
