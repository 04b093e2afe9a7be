// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Owner of one event: what was submitted to a stream up to a moment. An empty one is reached.
#pragma once

#include <cstdint>
#include <utility>

#include "driver/stream_driver.hpp"

namespace vmm::engine {

/// What is known of work that may have been submitted: none was; an event says when it is done; nothing but a wait for the whole
/// device does.
enum class completion : std::uint8_t { idle, in_flight, unknown };

class event {
 public:
  event() noexcept = default;
  /// Fills `out`, or changes nothing.
  static status record(stream_driver& d, const stream_order& order, event& out) noexcept {
    event e;
    status s = d.record(order, e.handle_);
    if (!s.ok()) return s;
    e.driver_ = &d;
    out = std::move(e);
    return s;
  }
  event(event&& other) noexcept { swap(other); }
  event& operator=(event&& other) noexcept {
    event(std::move(other)).swap(*this);
    return *this;
  }
  ~event() {
    if (driver_ != nullptr) driver_->destroy_event(handle_);
  }

  status is_complete(bool& out) const noexcept {
    out = driver_ == nullptr;
    return driver_ != nullptr ? driver_->is_complete(handle_, out) : status{};
  }
  status stream_wait(const stream_order& order) const noexcept {
    return driver_ != nullptr ? driver_->stream_wait_event(order, handle_) : status{};
  }
  status synchronize() const noexcept { return driver_ != nullptr ? driver_->event_synchronize(handle_) : status{}; }

 private:
  void swap(event& other) noexcept {
    std::swap(driver_, other.driver_);
    std::swap(handle_, other.handle_);
  }

  stream_driver* driver_ = nullptr;
  event_handle handle_ = 0;
};

}  // namespace vmm::engine
