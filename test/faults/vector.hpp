// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What faults/faults.hpp asks of a container, answered by device_vector; and elements that count themselves.
#pragma once

#include <vmm/device_vector.hpp>

#include <atomic>

#include "faults/faults.hpp"

#if !VMM_ON_CUDA
namespace vmm_test {

struct census {
  std::atomic<int> alive{0}, errors{0};
};
template <class T>
census& census_of() {
  static census c;
  return c;
}

/// More than its bytes: knows where it lives.
struct tied {
  int number;
  tied(int n = 0) : number(n) { enter(); }
  tied(const tied& other) : number(other.number) { enter(); }
  tied(tied&& other) noexcept : number(other.number) { enter(); }
  tied& operator=(const tied& other) { return number = other.number, *this; }
  ~tied() {
    if (self_ != this) ++census_of<tied>().errors;
    self_ = nullptr;
    --census_of<tied>().alive;
  }
  friend bool operator==(const tied& a, const tied& b) { return a.number == b.number; }
  friend int number_of(const tied& t) { return t.self_ == &t ? t.number : -1; }

 private:
  void enter() { self_ = this, ++census_of<tied>().alive; }
  const tied* self_;
};

/// Has a destructor that counts, and may all the same be moved as bytes.
struct handle {
  int number;
  handle(int n = 0) : number(n) { ++census_of<handle>().alive; }
  handle(const handle& other) : number(other.number) { ++census_of<handle>().alive; }
  handle& operator=(const handle&) = default;
  ~handle() { --census_of<handle>().alive; }
  friend bool operator==(const handle& a, const handle& b) { return a.number == b.number; }
  friend int number_of(const handle& h) { return h.number; }
};

template <>
inline constexpr kind kind_of<tied> = kind::objects;
template <>
inline constexpr kind kind_of<handle> = kind::moved_as_bytes;

template <>
struct live_objects<tied> {
  static int count() { return census_of<tied>().alive; }
  static int errors() { return census_of<tied>().errors; }
};
template <>
struct live_objects<handle> {
  static int count() { return census_of<handle>().alive; }
  static int errors() { return census_of<handle>().errors; }
};

}  // namespace vmm_test
THRUST_PROCLAIM_TRIVIALLY_RELOCATABLE(vmm_test::handle)
#endif

namespace vmm_test {

template <class T>
struct access<vmm::device_vector<T>> {
  using V = vmm::device_vector<T>;
  static V make(const place& p, const options& o) {
    if (p.in_stream_order) return V(vmm::stream_ref(vmm::default_stream()), o);
    return V(o);
  }
  static contents_t read(V& v) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      return vmm_test::read(v.uvector());
    } else {  // on the host alone
      contents_t seen;
      const T* const first = v.data().get();
      for (std::size_t i = 0; i < v.size(); ++i) seen.push_back(number_of(first[i]));
      return seen;
    }
  }
  /// Not by data(), which would make the next elements go to the device at once.
  static const void* address(V& v) {
    if constexpr (std::is_trivially_copyable_v<T>)
      return v.uvector().data();
    else
      return v.data().get();
  }
};

}  // namespace vmm_test
