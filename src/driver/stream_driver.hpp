// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The contract of a backend, second part: devices, streams, events and waiting.
#pragma once

#include <cstdint>

#include "common/status.hpp"
#include <vmm/detail/stream_order.hpp>

namespace vmm::engine {

using event_handle = std::uint64_t;

class stream_driver {
 public:
  /// @name Devices
  virtual int devices() noexcept = 0;         ///< how many there are; 0 where there is no driver
  virtual int current_device() noexcept = 0;  ///< of the calling thread; -1 where there is none
  virtual status make_current(int device) noexcept = 0;

  /// @name Order
  /// errc::capturing where the stream is being captured, or may not be used since another one is.
  virtual status outside_capture(const stream_order& order) noexcept = 0;
  /// An event stands for what was submitted to a stream until it was recorded.
  /// pre: the work of a synchronous order is done; its event is reached at once. errc::capturing during a capture; fails
  /// in a child process that shares its memory with its parent.
  virtual status record(const stream_order& order, event_handle& event) noexcept = 0;
  /// Whether that work is done. Fails where nobody can know any more, as in such a child.
  virtual status is_complete(event_handle event, bool& out) noexcept = 0;
  /// What is submitted to the stream from now on comes after that work. errc::capturing during a capture.
  virtual status stream_wait_event(const stream_order& order, event_handle event) noexcept = 0;
  /// Every recorded event is forgotten once.
  virtual void destroy_event(event_handle event) noexcept = 0;

  /// @name Time. All wait in a way that leaves stream captures of other threads valid.
  virtual status event_synchronize(event_handle event) noexcept = 0;
  /// For the stream; errc::capturing if that stream is being captured.
  virtual status stream_synchronize(const stream_order& order) noexcept = 0;
  /// For everything submitted to the device.
  virtual status device_synchronize(int device) noexcept = 0;

 protected:
  ~stream_driver() = default;
};

}  // namespace vmm::engine
