// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Where work goes, and whether calls wait for it.
#pragma once

#include <vmm/stream.hpp>

namespace vmm::engine {

/// The order in which work on a vector's memory is done.
struct stream_order {
  stream_order(int on, stream_ref order, bool waits) noexcept : stream(order), device(on), synchronous(waits) {}

  stream_ref stream;
  int device;
  bool synchronous;  ///< calls return when their work is done, and direct memory is taken and freed without a stream
  unsigned char unused[3] = {};  // so that both are stored and copied at once
};

}  // namespace vmm::engine
