// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Drivers that stand before another one and count, refuse or place what it is asked; they can be stacked. A call that
/// is refused here never reaches the backend. And the ways to bring bytes to a backend and back.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <type_traits>
#include <vector>

#include "driver/host/driver.hpp"
#include "backend/device_runtime.hpp"
#include <vmm/options.hpp>

#include "support/backends.hpp"
#include "support/forwarding_driver.hpp"

namespace vmm_test {

constexpr std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) << 10; }
constexpr std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) << 20; }
constexpr std::size_t operator""_GiB(unsigned long long n) { return static_cast<std::size_t>(n) << 30; }

/// Verbs that give back: a backend that refuses them leaks, whoever calls.
constexpr bool gives_back(verb v) {
  return v == verb::unreserve || v == verb::release || v == verb::unmap || v == verb::deallocate || v == verb::trim ||
         v == verb::make_current || v == verb::destroy_event || v == verb::unpin || v == verb::graph_deallocate;
}

/// What the backend behind it was asked and has granted. From several threads as well.
class counting_driver : public forwarding_driver {
 public:
  using forwarding_driver::forwarding_driver;

  std::size_t calls(verb v) const { return of(v).calls; }
  std::size_t bytes(verb v) const { return of(v).bytes; }
  /// All that was taken was given back once, in the same sizes, and the backend refused to take nothing back.
  bool balanced() const {
    return same({verb::reserve}, verb::unreserve) && same({verb::create, verb::create_host}, verb::release) &&
           same({verb::map, verb::map_host}, verb::unmap, bytes(verb::replace)) && same({verb::allocate}, verb::deallocate) &&
           same({verb::pin}, verb::unpin) && calls(verb::record) == calls(verb::destroy_event);
  }

 private:
  struct tally {
    std::atomic<std::size_t> calls{0}, bytes{0}, refused{0};
  };
  const tally& of(verb v) const { return tallies_[static_cast<std::size_t>(v)]; }
  bool same(std::initializer_list<verb> take, verb give, std::size_t given_besides = 0) const {
    std::size_t taken = 0, taken_bytes = 0;
    for (verb v : take) taken += calls(v), taken_bytes += bytes(v);
    return taken == calls(give) && taken_bytes == bytes(give) + given_besides && of(give).refused == 0;
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
    if (v == verb::create || v == verb::create_host || v == verb::allocate) held_ += bytes;
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
    return {errc::not_supported, "direct_driver", "no virtual memory"};
  }
};

/// Memory that the host cannot write in place: pushed elements are staged, on the host backend as on a GPU.
class staged_driver : public forwarding_driver {
 public:
  explicit staged_driver(driver& to = backend().get_driver()) noexcept : forwarding_driver(to) {}

  status describe(int device, capabilities& answer) noexcept override {
    const status s = to_.describe(device, answer);
    if (s.ok()) answer.host_addressable = false, answer.host_blocks = has_tails_;
    return s;
  }

 protected:
  staged_driver(driver& to, bool has_tails) noexcept : forwarding_driver(to), has_tails_(has_tails) {}

 private:
  bool has_tails_ = false;
};

/// The same, where vectors may end in blocks of the host: on the host backend the device's blocks as well as those are its memory,
/// but the vector knows nothing of it.
class tail_driver : public staged_driver {
 public:
  explicit tail_driver(driver& to = backend().get_driver()) noexcept : staged_driver(to, true) {}
};

/// Events of streams are reached when told so, awaited, or drained. Every device is accepted and stands for device 0.
class order_driver : public forwarding_driver {
 public:
  explicit order_driver(driver& to = backend().get_driver()) noexcept : forwarding_driver(to) {}
  std::vector<int> drained;               ///< devices, in order
  std::vector<vmm::stream_ref> followed;  ///< streams that were made to wait, in order
  std::size_t awaited = 0;                ///< events that were not reached yet
  std::size_t early = 0;                  ///< unmapped while an event was not reached

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
  status stream_wait_event(const stream_order& order, event_handle) noexcept override {
    return followed.push_back(order.stream), status{};
  }
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

/// What becomes of hints: refused; answered with another place; granted, with free addresses behind each range; or what the backend
/// behind it makes of them.
class hint_driver : public forwarding_driver {
 public:
  enum class answer { refused, elsewhere, granted, passed_on };
  hint_driver(driver& to, answer a) noexcept : forwarding_driver(to), answer_(a) {}

  status reserve(std::size_t bytes, void* hint, void*& address) noexcept override {
    if (answer_ == answer::granted && hint == nullptr && bytes <= 1_GiB) {  // larger ones are never full here
      void* arena = nullptr;
      if (status s = to_.reserve(bytes * 32, nullptr, arena); !s.ok()) return s;
      to_.unreserve(arena, bytes * 32);
      return to_.reserve(bytes, arena, address);
    }
    if (answer_ == answer::granted || answer_ == answer::passed_on || hint == nullptr) return to_.reserve(bytes, hint, address);
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

using hints = hint_driver::answer;

/// A driver of one's own: whatever the last one is asked is counted, may fail, and finds its neighbours as told.
struct own_drivers {
  explicit own_drivers(hints answer = hints::granted, driver& d = backend().get_driver()) : placing(d, answer) {}
  hint_driver placing;
  counting_driver counting{placing};
  failing_driver failing{counting};
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
