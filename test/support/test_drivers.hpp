// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Drivers that stand before another one and count, refuse or place what it is asked; they can be stacked. A call that
/// is refused here never reaches the backend. And the ways to bring bytes to a backend and back.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <set>
#include <type_traits>
#include <vector>

#include <vmm/engine/driver.hpp>
#include <vmm/engine/host_driver.hpp>
#include <vmm/engine/device_runtime.hpp>
#include <vmm/options.hpp>

#include "support/backends.hpp"

namespace vmm_test {

using vmm::errc;
using vmm::engine::block_handle;
using vmm::engine::capabilities;
using vmm::engine::driver;
using vmm::engine::event_handle;
using vmm::engine::memory_info;
using vmm::engine::stream_order;
using vmm::engine::reduction;
using vmm::engine::relation;
using vmm::engine::scalar;
using vmm::engine::status;

constexpr std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) << 10; }
constexpr std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) << 20; }
constexpr std::size_t operator""_GiB(unsigned long long n) { return static_cast<std::size_t>(n) << 30; }

enum class verb {
  describe, memory, make_current, trim, reserve, unreserve, create, release, map, grant, unmap, replace, allocate, deallocate, graph_allocate,
  graph_deallocate, pin, unpin, copy_from_pinned, copy, memmove, fill, mismatch, reduce, outside_capture, record, is_complete, stream_wait_event, destroy_event, event_synchronize, stream_synchronize,
  device_synchronize, any
};

/// Verbs that give back: a backend that refuses them leaks, whoever calls.
constexpr bool gives_back(verb v) {
  return v == verb::unreserve || v == verb::release || v == verb::unmap || v == verb::deallocate || v == verb::trim ||
         v == verb::make_current || v == verb::destroy_event || v == verb::unpin || v == verb::graph_deallocate;
}

/// Hands every verb on. `admit` may refuse before, `done` hears of it after the backend has answered.
class forwarding_driver : public driver {
 public:
  explicit forwarding_driver(driver& to) noexcept : to_(to) {}

  status describe(int device, capabilities& answer) noexcept override {
    return pass(verb::describe, 0, [&] { return to_.describe(device, answer); });
  }
  status memory(int device, memory_info& answer) noexcept override {
    return pass(verb::memory, 0, [&] { return to_.memory(device, answer); });
  }
  int devices() noexcept override { return to_.devices(); }
  int current_device() noexcept override { return to_.current_device(); }
  status make_current(int device) noexcept override {
    return pass(verb::make_current, 0, [&] { return to_.make_current(device); });
  }
  void trim(int device) noexcept override {
    pass(verb::trim, 0, [&] { return to_.trim(device), status{}; });
  }
  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
    return pass(verb::reserve, bytes, [&] { return to_.reserve(bytes, hint, address); });
  }
  status unreserve(void* address, std::size_t bytes) noexcept override {
    return pass(verb::unreserve, bytes, [&] { return to_.unreserve(address, bytes); });
  }
  status create(int device, std::size_t bytes, block_handle& block) noexcept override {
    return pass(verb::create, bytes, [&] { return to_.create(device, bytes, block); });
  }
  status release(block_handle block, std::size_t bytes) noexcept override {
    return pass(verb::release, bytes, [&] { return to_.release(block, bytes); });
  }
  status map(void* address, std::size_t bytes, block_handle block, const int* devices,
             std::size_t count) noexcept override {
    return pass(verb::map, bytes, [&] { return to_.map(address, bytes, block, devices, count); });
  }
  status grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept override {
    return pass(verb::grant, bytes, [&] { return to_.grant(address, bytes, devices, count); });
  }
  status unmap(void* address, std::size_t bytes) noexcept override {
    return pass(verb::unmap, bytes, [&] { return to_.unmap(address, bytes); });
  }
  status replace(void* address, std::size_t mapped, block_handle before, std::size_t bytes, block_handle block, const int* devices,
                 std::size_t count, bool& lost) noexcept override {
    lost = false;
    const status s = pass(verb::replace, mapped - bytes,
                          [&] { return to_.replace(address, mapped, before, bytes, block, devices, count, lost); });
    if (lost) done(verb::unmap, mapped, {});
    return s;
  }
  status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override {
    return pass(verb::allocate, bytes, [&] { return to_.allocate(order, bytes, address); });
  }
  status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept override {
    return pass(verb::deallocate, bytes, [&] { return to_.deallocate(order, address, bytes); });
  }
  std::uint64_t epoch(int device) noexcept override { return to_.epoch(device); }
  status graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override {
    return pass(verb::graph_allocate, bytes, [&] { return to_.graph_allocate(order, bytes, address); });
  }
  status graph_deallocate(const stream_order& order, void* address) noexcept override {
    return pass(verb::graph_deallocate, 0, [&] { return to_.graph_deallocate(order, address); });
  }
  status pin(std::size_t bytes, void*& address) noexcept override {
    return pass(verb::pin, bytes, [&] { return to_.pin(bytes, address); });
  }
  status unpin(void* address, std::size_t bytes) noexcept override {
    return pass(verb::unpin, bytes, [&] { return to_.unpin(address, bytes); });
  }
  status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept override {
    return pass(verb::copy_from_pinned, bytes, [&] { return to_.copy_from_pinned(order, to, pinned, bytes); });
  }
  status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept override {
    return pass(verb::copy, bytes, [&] { return to_.copy(order, to, source, bytes); });
  }
  status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes, void* workspace) noexcept override {
    return pass(verb::memmove, bytes, [&] { return to_.memmove(order, to, from, bytes, workspace); });
  }
  status fill(const stream_order& order, void* to, const void* pattern, std::size_t size, std::size_t n) noexcept override {
    return pass(verb::fill, size * n, [&] { return to_.fill(order, to, pattern, size, n); });
  }
  status mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type, relation relate,
                  void* workspace, std::size_t& index) noexcept override {
    return pass(verb::mismatch, 0, [&] { return to_.mismatch(order, a, b, count, type, relate, workspace, index); });
  }
  status reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count, void* workspace,
                void* result) noexcept override {
    return pass(verb::reduce, 0, [&] { return to_.reduce(order, how, data, count, workspace, result); });
  }
  status outside_capture(const stream_order& order) noexcept override {
    return pass(verb::outside_capture, 0, [&] { return to_.outside_capture(order); });
  }
  status record(const stream_order& order, event_handle& event) noexcept override {
    return pass(verb::record, 0, [&] { return to_.record(order, event); });
  }
  status is_complete(event_handle event, bool& answer) noexcept override {
    return pass(verb::is_complete, 0, [&] { return to_.is_complete(event, answer); });
  }
  status stream_wait_event(const stream_order& order, event_handle event) noexcept override {
    return pass(verb::stream_wait_event, 0, [&] { return to_.stream_wait_event(order, event); });
  }
  void destroy_event(event_handle event) noexcept override {
    pass(verb::destroy_event, 0, [&] { return to_.destroy_event(event), status{}; });
  }
  status event_synchronize(event_handle event) noexcept override {
    return pass(verb::event_synchronize, 0, [&] { return to_.event_synchronize(event); });
  }
  status stream_synchronize(const stream_order& order) noexcept override {
    return pass(verb::stream_synchronize, 0, [&] { return to_.stream_synchronize(order); });
  }
  status device_synchronize(int device) noexcept override {
    return pass(verb::device_synchronize, 0, [&] { return to_.device_synchronize(device); });
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

/// What the backend behind it was asked and has granted. From several threads as well.
class counting_driver : public forwarding_driver {
 public:
  using forwarding_driver::forwarding_driver;

  std::size_t calls(verb v) const { return of(v).calls; }
  std::size_t bytes(verb v) const { return of(v).bytes; }
  /// All that was taken was given back once, in the same sizes, and the backend refused to take nothing back.
  bool balanced() const {
    return same(verb::reserve, verb::unreserve) && same(verb::create, verb::release) &&
           same(verb::map, verb::unmap, bytes(verb::replace)) &&
           same(verb::allocate, verb::deallocate) && same(verb::pin, verb::unpin) && calls(verb::record) == calls(verb::destroy_event);
  }

 private:
  struct tally {
    std::atomic<std::size_t> calls{0}, bytes{0}, refused{0};
  };
  const tally& of(verb v) const { return tallies_[static_cast<std::size_t>(v)]; }
  bool same(verb take, verb give, std::size_t given_besides = 0) const {
    return calls(take) == calls(give) && bytes(take) == bytes(give) + given_besides && of(give).refused == 0;
  }
  void done(verb v, std::size_t bytes, const status& s) noexcept override {
    tally& t = tallies_[static_cast<std::size_t>(v)];
    if (s.ok())
      ++t.calls, t.bytes += bytes;
    else
      ++t.refused;
  }

  std::array<tally, static_cast<std::size_t>(verb::any)> tallies_{};
};

/// Refuses the n-th call that could be refused, of all verbs or of one; then, where told so, every later one as well.
class failing_driver : public forwarding_driver {
 public:
  using forwarding_driver::forwarding_driver;

  void fail(std::size_t nth, verb only = verb::any, errc code = errc::failed, bool and_all_after = false) {
    left_ = nth, only_ = only, code_ = code, persistent_ = and_all_after, fired_ = false;
  }
  void stop() { left_ = 0; }
  bool fired() const { return fired_; }
  verb first() const { return first_; }  ///< what was refused first; pre: fired()

 private:
  status admit(verb v, std::size_t) noexcept override {
    if (left_ == 0 || (only_ == verb::any ? gives_back(v) : v != only_)) return {};
    if (left_ > 1) return --left_, status{};
    left_ = persistent_ ? 1 : 0;
    if (!fired_) first_ = v;
    fired_ = true;
    return {code_, "failing_driver", "told so"};
  }

  std::size_t left_ = 0;
  verb only_ = verb::any, first_ = verb::any;
  errc code_ = errc::failed;
  bool persistent_ = false, fired_ = false;
};

/// A small device: out of memory past `budget`, and figures that nobody else changes.
class budget_driver : public forwarding_driver {
 public:
  explicit budget_driver(std::size_t budget, driver& to = backend().get_driver()) noexcept
      : forwarding_driver(to), budget_(budget) {}

  status describe(int device, capabilities& answer) noexcept override {
    const status s = to_.describe(device, answer);
    if (s.ok()) answer.total_memory = budget_;
    return s;
  }
  status memory(int, memory_info& answer) noexcept override {
    answer.total = budget_;
    answer.free = budget_ - held_;
    return {};
  }

 private:
  status admit(verb v, std::size_t bytes) noexcept override {
    if ((v == verb::create || v == verb::allocate) && bytes > budget_ - held_)
      return {errc::out_of_memory, "budget_driver", "the budget is spent"};
    return {};
  }
  void done(verb v, std::size_t bytes, const status& s) noexcept override {
    if (!s.ok()) return;
    if (v == verb::create || v == verb::allocate) held_ += bytes;
    if (v == verb::release || v == verb::deallocate) held_ -= bytes;
  }

  std::size_t budget_, held_ = 0;
};

/// The small device of either backend: the host's own kind has a size already.
using small_driver = std::conditional_t<VMM_ON_CUDA, budget_driver, vmm::engine::host_driver>;

/// Direct memory alone, as a GPU without virtual memory management.
class direct_driver : public forwarding_driver {
 public:
  explicit direct_driver(driver& to = backend().get_driver()) noexcept : forwarding_driver(to) {}
  std::size_t asked = 0;  ///< for what it does not have

  status describe(int device, capabilities& answer) noexcept override {
    const status s = to_.describe(device, answer);
    if (s.ok()) answer.virtual_memory = false, answer.granularity = answer.largest_block = 0;
    return s;
  }

 private:
  status admit(verb v, std::size_t) noexcept override {
    if (v != verb::reserve && v != verb::create && v != verb::map) return {};
    ++asked;
    return {errc::not_supported, "plain_driver", "no virtual memory"};
  }
};

/// Memory that the host cannot write in place: pushed elements are staged, on the host backend as on a GPU.
class staged_driver : public forwarding_driver {
 public:
  explicit staged_driver(driver& to = backend().get_driver()) noexcept : forwarding_driver(to) {}

  status describe(int device, capabilities& answer) noexcept override {
    const status s = to_.describe(device, answer);
    if (s.ok()) answer.host_addressable = false;
    return s;
  }
};

/// A backend of its own that stages and counts, for vectors that are given `how`.
struct staged_place {
  explicit staged_place(driver& to = backend().get_driver(), bool fixed_address = false) : staged(to) {
    how.backend = &value;
    how.fixed_address = fixed_address;
  }
  staged_driver staged;
  counting_driver counting{staged};
  vmm::engine::device_runtime value{counting};
  vmm::options how;

  /// Calls that have read or written device memory so far.
  std::size_t touched() const {
    return counting.calls(verb::copy_from_pinned) + counting.calls(verb::copy) + counting.calls(verb::fill) +
           counting.calls(verb::memmove) + counting.calls(verb::mismatch) + counting.calls(verb::reduce);
  }
  bool balanced() {
    value.trim(-1);
    value.unpin();
    return counting.balanced();
  }
};

/// Events of streams are reached when told so, awaited, or drained. Every device is accepted and stands for device 0.
class order_driver : public forwarding_driver {
 public:
  explicit order_driver(driver& to = backend().get_driver()) noexcept : forwarding_driver(to) {}
  std::vector<int> drained;                 ///< devices, in order
  std::vector<vmm::stream_ref> followed;    ///< streams that were made to wait, in order
  std::size_t awaited = 0;                  ///< events that were not reached yet
  std::size_t early = 0;                    ///< unmapped while an event was not reached

  void reach() { to_.device_synchronize(0), pending_.clear(); }

  status map(void* address, std::size_t bytes, block_handle b, const int* devices, std::size_t) noexcept override {
    return to_.map(address, bytes, b, devices, 1);
  }
  status unmap(void* address, std::size_t bytes) noexcept override {
    early += pending_.empty() ? 0 : 1;
    return to_.unmap(address, bytes);
  }
  status record(const stream_order& order, event_handle& event) noexcept override {
    event = ++last_;
    if (!order.synchronous) pending_.insert(event);
    return {};
  }
  status is_complete(event_handle event, bool& answer) noexcept override {
    answer = pending_.count(event) == 0;
    return {};
  }
  status stream_wait_event(const stream_order& order, event_handle) noexcept override { return followed.push_back(order.stream), status{}; }
  void destroy_event(event_handle event) noexcept override { pending_.erase(event); }
  status event_synchronize(event_handle event) noexcept override {
    awaited += pending_.erase(event);
    return to_.device_synchronize(0);
  }
  status device_synchronize(int device) noexcept override {
    drained.push_back(device);
    if (device == 0) pending_.clear();
    return to_.device_synchronize(0);
  }

 private:
  event_handle last_ = 0;
  std::set<event_handle> pending_;
};

/// What becomes of hints: refused; answered with another place; or granted, with free addresses behind each range.
class hint_driver : public forwarding_driver {
 public:
  enum class answer { refused, elsewhere, granted };
  hint_driver(driver& to, answer a) noexcept : forwarding_driver(to), answer_(a) {}

  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
    if (answer_ == answer::granted && hint == nullptr && bytes <= 1_GiB) {  // larger ones are never full here
      void* arena = nullptr;
      if (status s = to_.reserve(bytes * 32, nullptr, arena); !s.ok()) return s;
      to_.unreserve(arena, bytes * 32);
      return to_.reserve(bytes, arena, address);
    }
    if (answer_ == answer::granted || hint == nullptr) return to_.reserve(bytes, hint, address);
    if (answer_ == answer::refused) return {errc::out_of_addresses, "hint_driver", "no hints"};
    void* at_hint = nullptr;
    const bool occupied = to_.reserve(bytes, hint, at_hint).ok();
    status s = to_.reserve(bytes, nullptr, address);
    if (occupied) to_.unreserve(at_hint, bytes);
    return s;
  }

 private:
  answer answer_;
};

/// @name Bytes to a backend and back; both wait
template <class T>
status upload(driver& d, const stream_order& q, void* to, const std::vector<T>& values) {
  const status s = d.copy(q, to, values.data(), values.size() * sizeof(T));
  return s.ok() ? d.stream_synchronize(q) : s;
}

template <class T>
std::vector<T> fetch(driver& d, const stream_order& q, const void* from, std::size_t count) {
  std::vector<T> values(count);
  status s = d.copy(q, values.data(), from, count * sizeof(T));
  if (s.ok()) s = d.stream_synchronize(q);
  if (!s.ok()) values.clear();
  return values;
}

/// Distinct words, so that whatever is lost, doubled or moved shows.
inline std::vector<std::uint32_t> words(std::size_t count, std::uint32_t first = 0) {
  std::vector<std::uint32_t> values(count);
  for (std::uint32_t& v : values) v = first++;
  return values;
}

}  // namespace vmm_test
