// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>

#include <vmm/error.hpp>

#include "common/format_bytes.hpp"

namespace vmm {

const char* to_string(errc code) noexcept {
  switch (code) {
    case errc::ok:
      return "ok";
    case errc::out_of_memory:
      return "out of memory";
    case errc::out_of_addresses:
      return "out of addresses";
    case errc::no_driver:
      return "no driver";
    case errc::no_device:
      return "no device";
    case errc::not_supported:
      return "not supported";
    case errc::invalid_argument:
      return "invalid argument";
    case errc::capturing:
      return "stream is being captured";
    case errc::shutting_down:
      return "shutting down";
    case errc::device_lost:
      return "device lost";
    case errc::failed:
      return "failed";
  }
  return "unknown";
}

out_of_memory::out_of_memory(std::size_t requested, std::size_t mapped, std::size_t free) noexcept
    : requested_(requested), mapped_(mapped), free_(free) {
  std::snprintf(message_, sizeof message_,
                "vmm: out of memory: %s more requested, %s already held, %s free on the device; "
                "free other memory, ask for less, or use a device with more",
                format_bytes(requested).text, format_bytes(mapped).text, format_bytes(free).text);
}

}  // namespace vmm
