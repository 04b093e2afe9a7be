// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A driver that stands before another one and hands every verb on, made from one list: a new verb of the contract is one line
/// here. What it is derived for may refuse a verb before (`admit`), and hears of it after the backend has answered (`done`).
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/driver.hpp"

namespace vmm_test {

using vmm::errc;
using vmm::engine::block_handle;
using vmm::engine::capabilities;
using vmm::engine::driver;
using vmm::engine::event_handle;
using vmm::engine::memory_info;
using vmm::engine::reduction;
using vmm::engine::relation;
using vmm::engine::scalar;
using vmm::engine::status;
using vmm::engine::stream_order;

// Verbs that return a status: name, parameters, arguments, bytes.
#define VMM_TEST_VERBS(verb)                                                                                                  \
  verb(describe, (int device, capabilities& out), (device, out), 0) verb(                                                     \
      memory, (int device, memory_info& out), (device, out), 0) verb(make_current, (int device), (device), 0)                 \
      verb(reserve, (std::size_t bytes, void* hint, void*& address), (bytes, hint, address), bytes) verb(                     \
          unreserve, (void* address, std::size_t bytes), (address, bytes),                                                    \
          bytes) verb(create, (int device, std::size_t bytes, block_handle& block), (device, bytes, block), bytes)            \
          verb(create_host, (int device, std::size_t bytes, block_handle& block), (device, bytes, block), bytes) verb(        \
              map_host, (int device, void* address, std::size_t bytes, block_handle block), (device, address, bytes, block),  \
              bytes) verb(release, (block_handle block, std::size_t bytes), (block, bytes), bytes)                            \
              verb(map, (void* address, std::size_t bytes, block_handle block, const int* devices, std::size_t count),        \
                   (address, bytes, block, devices, count), bytes)                                                            \
                  verb(grant, (void* address, std::size_t bytes, const int* devices, std::size_t count),                      \
                       (address, bytes, devices, count), bytes)                                                               \
                      verb(unmap, (void* address, std::size_t bytes), (address, bytes), bytes) verb(                          \
                          allocate, (const stream_order& order, std::size_t bytes, void*& address), (order, bytes, address),  \
                          bytes) verb(deallocate, (const stream_order& order, void* address, std::size_t bytes),              \
                                      (order, address, bytes), bytes)                                                         \
                          verb(graph_allocate, (const stream_order& order, std::size_t bytes, void*& address),                \
                               (order, bytes, address),                                                                       \
                               bytes) verb(graph_deallocate, (const stream_order& order, void* address), (order, address), 0) \
                              verb(pin, (std::size_t bytes, void*& address), (bytes, address), bytes)                         \
                                  verb(unpin, (void* address, std::size_t bytes), (address, bytes), bytes) verb(              \
                                      copy_from_pinned,                                                                       \
                                      (const stream_order& order, void* to, const void* pinned, std::size_t bytes),           \
                                      (order, to, pinned, bytes), bytes)                                                      \
                                      verb(is_pageable, (const void* p, bool& out), (p, out), 0) verb(                        \
                                          copy, (const stream_order& order, void* to, const void* source, std::size_t bytes), \
                                          (order, to, source, bytes),                                                         \
                                          bytes) verb(memmove,                                                                \
                                                      (const stream_order& order, void* to, const void* from,                 \
                                                       std::size_t bytes, void* workspace),                                   \
                                                      (order, to, from, bytes, workspace),                                    \
                                                      bytes) verb(fill,                                                       \
                                                                  (const stream_order& order, void* to, const void* pattern,  \
                                                                   std::size_t size, std::size_t count),                      \
                                                                  (order, to, pattern, size, count), size* count)             \
                                          verb(mismatch,                                                                      \
                                               (const stream_order& order, const void* a, const void* b, std::size_t count,   \
                                                scalar type, relation relate, void* workspace, std::size_t& index),           \
                                               (order, a, b, count, type, relate, workspace, index),                          \
                                               0) verb(reduce,                                                                \
                                                       (const stream_order& order, const reduction& how, const void* data,    \
                                                        std::size_t count, void* workspace, void* result),                    \
                                                       (order, how, data, count, workspace, result),                          \
                                                       0) verb(outside_capture, (const stream_order& order), (order), 0)      \
                                              verb(record, (const stream_order& order, event_handle& event), (order, event),  \
                                                   0) verb(is_complete, (event_handle event, bool& out), (event, out), 0)     \
                                                  verb(stream_wait_event, (const stream_order& order, event_handle event),    \
                                                       (order, event), 0)                                                     \
                                                      verb(event_synchronize, (event_handle event), (event), 0)               \
                                                          verb(stream_synchronize, (const stream_order& order), (order), 0)   \
                                                              verb(device_synchronize, (int device), (device), 0)

#define VMM_TEST_NAME(name, parameters, arguments, bytes) name,
enum class verb { VMM_TEST_VERBS(VMM_TEST_NAME) replace, trim, destroy_event, any };
#undef VMM_TEST_NAME

class forwarding_driver : public driver {
 public:
  explicit forwarding_driver(driver& to) noexcept : to_(to) {}

#define VMM_TEST_FORWARD(name, parameters, arguments, bytes_)            \
  status name parameters noexcept override {                             \
    return pass(verb::name, bytes_, [&] { return to_.name arguments; }); \
  }
  VMM_TEST_VERBS(VMM_TEST_FORWARD)
#undef VMM_TEST_FORWARD

  int devices() noexcept override { return to_.devices(); }
  int current_device() noexcept override { return to_.current_device(); }
  std::uint64_t epoch(int device) noexcept override { return to_.epoch(device); }
  void trim(int device) noexcept override {
    pass(verb::trim, 0, [&] { return to_.trim(device), status{}; });
  }
  void destroy_event(event_handle event) noexcept override {
    pass(verb::destroy_event, 0, [&] { return to_.destroy_event(event), status{}; });
  }
  status replace(void* address, std::size_t mapped, block_handle before, std::size_t bytes, block_handle block,
                 const int* devices, std::size_t count, bool& lost) noexcept override {
    lost = false;
    const status s = pass(verb::replace, mapped - bytes,
                          [&] { return to_.replace(address, mapped, before, bytes, block, devices, count, lost); });
    if (lost) done(verb::unmap, mapped, {});
    return s;
  }

 protected:
  virtual status admit(verb, std::size_t) noexcept { return {}; }
  virtual void done(verb, std::size_t, const status&) noexcept {}
  driver& to_;

 private:
  template <class Call>
  status pass(verb v, std::size_t bytes, Call call) noexcept {
    if (status s = admit(v, bytes); !s.ok()) return s;
    status s = call();
    done(v, bytes, s);
    return s;
  }
};

#undef VMM_TEST_VERBS

}  // namespace vmm_test
