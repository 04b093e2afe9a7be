// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A driver whose work is done as late as is allowed: in the order of its stream, when somebody waits for it. What the host changes
/// before, kernels see; so whoever writes where submitted work has yet to read is found out, each time.
#pragma once

#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "support/test_drivers.hpp"

namespace vmm_test {

class late_driver : public tail_driver {
 public:
  explicit late_driver(driver& to = backend().get_driver()) noexcept : tail_driver(to) {}

  ~late_driver() { finish(); }

  /// A kernel of the test's own.
  void submit(const stream_order& order, std::function<void()> work) {
    queue& q = streams_[order.stream.get()];
    q.work.push_back(std::move(work));
  }
  void finish() {
    for (auto& s : streams_) finish(s.second, s.second.done + s.second.work.size());
  }

  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
    const status s = to_.reserve(bytes, hint, address);
    if (s.ok()) device_[address] = bytes;
    return s;
  }
  status unreserve(void* address, std::size_t bytes) noexcept override {
    device_.erase(address);
    return to_.unreserve(address, bytes);
  }
  status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override {
    const status s = to_.allocate(order, bytes, address);
    if (s.ok()) device_[address] = bytes;
    return s;
  }
  status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept override {
    if (order.synchronous) finish();
    return later(order, [=] {
      device_.erase(address);
      to_.deallocate(order, address, bytes);
    });
  }
  status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept override {
    return later(order, [=] { std::memcpy(to, pinned, bytes); });
  }
  status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept override {
    if (!is_device(to)) return finish(order), std::memcpy(to, source, bytes), status{};
    if (is_device(source)) return later(order, [=] { std::memcpy(to, source, bytes); });
    const auto* const first = static_cast<const unsigned char*>(source);
    return later(order,
                 [to, copy = std::vector<unsigned char>(first, first + bytes)] { std::memcpy(to, copy.data(), copy.size()); });
  }
  status is_pageable(const void* p, bool& out) noexcept override { return out = !is_device(p), status{}; }
  status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes, void*) noexcept override {
    return later(order, [=] { std::memmove(to, from, bytes); });
  }
  status fill(const stream_order& order, void* to, const void* pattern, std::size_t size, std::size_t count) noexcept override {
    const auto* const first = static_cast<const unsigned char*>(pattern);
    return later(order, [=, copy = std::vector<unsigned char>(first, first + size)] {
      for (std::size_t i = 0; i < count; ++i) std::memcpy(static_cast<unsigned char*>(to) + i * size, copy.data(), size);
    });
  }
  status record(const stream_order& order, event_handle& event) noexcept override {
    const queue& q = streams_[order.stream.get()];
    event = ++last_;
    events_[event] = {order.stream.get(), q.done + q.work.size()};
    return {};
  }
  status is_complete(event_handle event, bool& out) noexcept override {
    const auto& e = events_.at(event);
    return out = streams_[e.first].done >= e.second, status{};
  }
  status stream_wait_event(const stream_order& order, event_handle event) noexcept override {
    return later(order, [this, e = events_.at(event)] { finish(streams_[e.first], e.second); });
  }
  void destroy_event(event_handle event) noexcept override { events_.erase(event); }
  status event_synchronize(event_handle event) noexcept override {
    const auto& e = events_.at(event);
    return finish(streams_[e.first], e.second), status{};
  }
  status stream_synchronize(const stream_order& order) noexcept override { return finish(order), status{}; }
  status device_synchronize(int) noexcept override { return finish(), status{}; }

 private:
  struct queue {
    std::deque<std::function<void()>> work;
    std::size_t done = 0;
  };

  status later(const stream_order& order, std::function<void()> work) noexcept {
    return submit(order, std::move(work)), status{};
  }
  void finish(const stream_order& order) {
    queue& q = streams_[order.stream.get()];
    finish(q, q.done + q.work.size());
  }
  static void finish(queue& q, std::size_t until) {
    while (q.done < until) {
      const std::function<void()> next = std::move(q.work.front());
      q.work.pop_front();
      next();
      ++q.done;
    }
  }
  bool is_device(const void* p) const {
    auto after = device_.upper_bound(const_cast<void*>(p));
    if (after == device_.begin()) return false;
    --after;
    return p < static_cast<const std::byte*>(after->first) + after->second;
  }

  std::map<const void*, queue> streams_;
  std::map<void*, std::size_t> device_;  // places and their sizes
  std::map<event_handle, std::pair<const void*, std::size_t>> events_;
  event_handle last_ = 0;
};

}  // namespace vmm_test
