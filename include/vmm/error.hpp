// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// @file
/// What functions of the library throw: vmm::out_of_memory, vmm::error, std::length_error beyond max_size() or
/// options::limit, std::out_of_range for an index, and std::invalid_argument for options outside of their range, where
/// the vector is constructed. docs/guarantees.md says what each leaves behind.
#pragma once

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>

namespace vmm {

/// Why the backend failed.
enum class errc {
  ok,                ///< it did not; no exception has this code
  out_of_memory,     ///< physical memory ran out; containers throw vmm::out_of_memory for it
  out_of_addresses,  ///< no reservation of that size, or a range that may not move is full
  no_driver,         ///< no driver is installed, or it is older than the toolkit
  no_device,         ///< a driver, but no such device
  not_supported,     ///< the device lacks virtual memory management
  invalid_argument,  ///< what the backend cannot do, such as an alignment of elements beyond the granularity
  capturing,         ///< the call would wait, and its stream is being captured
  shutting_down,     ///< the process or its driver is going down
  device_lost,       ///< the context is broken; nothing more will work in it
  failed             ///< any other refusal; the message names it
};

/// The code in words, in a string that is never freed.
const char* to_string(errc code) noexcept;

/// A call of the backend failed. what() says what was asked, what there was and what to try.
class error : public std::runtime_error {
 public:
  /// As the library throws it, with a message that names the call.
  error(errc code, const std::string& message) : std::runtime_error(message), code_(code) {}

  /// Why it failed, for programs that treat causes differently.
  errc code() const noexcept { return code_; }

 private:
  errc code_;
};

/// Physical memory ran out, after everything that is kept for reuse has been released. All figures in bytes.
///
/// The call that throws it leaves the elements as they were; docs/guarantees.md names the exceptions.
class out_of_memory : public std::bad_alloc {
 public:
  /// As the library throws it. Allocates nothing.
  out_of_memory(std::size_t requested, std::size_t mapped, std::size_t free) noexcept;

  /// The figures in words and binary units.
  const char* what() const noexcept override { return message_; }

  std::size_t requested() const noexcept { return requested_; }  ///< what the failed call asked for
  std::size_t mapped() const noexcept { return mapped_; }        ///< what the vector already holds
  std::size_t free() const noexcept { return free_; }            ///< what the device reported as free

 private:
  std::size_t requested_, mapped_, free_;
  char message_[224];  // no allocation: memory is what has run out
};

}  // namespace vmm
