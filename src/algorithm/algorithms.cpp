// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include <vmm/detail/algorithm_dispatch.hpp>

#include "backend/device_runtime.hpp"
#include "memory/workspace.hpp"

namespace vmm::engine {
namespace {

/// One call: its order, and its checks.
class task {
 public:
  task(device_runtime& m, stream_ref stream, const char* action, std::size_t bytes)
      : m_(m), order_{(std::max)(m.get_driver().current_device(), 0), stream, false}, action_(action), bytes_(bytes) {}

  const stream_order& order() const noexcept { return order_; }
  capabilities properties() const { return m_.describe(order_.device); }
  void require(const status& s) const {
    if (!s.ok()) m_.throw_error(s, action_, bytes_, order_.device, 0);
  }
  template <class Call>
  void launch(Call call) const {
    require(m_.retry_after_trim(order_.device, [&] { return call(m_.get_driver()); }));
  }
  void will_wait() const { require(m_.get_driver().outside_capture(order_)); }
  void wait() const { require(m_.get_driver().stream_synchronize(order_)); }

 private:
  device_runtime& m_;
  stream_order order_;
  const char* action_;
  std::size_t bytes_;
};

constexpr std::size_t result_bytes_reserved = 256;  // before a workspace, which stays aligned

constexpr std::size_t width(scalar s) noexcept {
  return visit_scalar(s, [](auto element) { return sizeof(typename decltype(element)::type); });
}

}  // namespace

void will_wait(device_runtime& m, const stream_order& o) { task(m, o.stream, "waiting for a result of", 0).will_wait(); }

void fill(device_runtime& m, const stream_order& o, void* to, const void* pattern, std::size_t pattern_bytes,
          std::size_t count) {
  if (count == 0) return;
  const task t(m, o.stream, "filling", pattern_bytes * count);
  if (o.synchronous) t.will_wait();
  t.launch([&](driver& d) { return d.fill(t.order(), to, pattern, pattern_bytes, count); });
  if (o.synchronous) t.wait();
}

void reduce_to_host(device_runtime& m, const stream_order& o, const reduction& how, const void* data, std::size_t count,
                    void* result, std::size_t result_bytes) {
  const task t(m, o.stream, "reducing", count * width(how.element));
  t.will_wait();
  const capabilities properties = t.properties();
  if (properties.host_addressable)
    return t.launch([&](driver& d) { return d.reduce(t.order(), how, data, count, nullptr, result); });
  const workspace temporary(m, t.order(), result_bytes_reserved + properties.workspace_bytes);
  t.launch([&](driver& d) {
    return d.reduce(t.order(), how, data, count, temporary.data() + result_bytes_reserved, temporary.data());
  });
  t.require(m.get_driver().copy(t.order(), result, temporary.data(), result_bytes));
  t.wait();
}

void reduce_on_device(device_runtime& m, const stream_order& o, const reduction& how, const void* data, std::size_t count,
                      void* result) {
  const task t(m, o.stream, "reducing", count * width(how.element));
  if (o.synchronous) t.will_wait();
  const workspace workspace(m, t.order(), t.properties().workspace_bytes);
  t.launch([&](driver& d) { return d.reduce(t.order(), how, data, count, workspace.data(), result); });
  if (o.synchronous) t.wait();
}

bool equal(device_runtime& m, const stream_order& o, const void* a, const void* b, std::size_t count, scalar type) {
  if (count == 0) return true;
  const task t(m, o.stream, "comparing", count * width(type));
  t.will_wait();
  const workspace workspace(m, t.order(), t.properties().workspace_bytes);
  std::size_t index = 0;
  t.launch([&](driver& d) { return d.mismatch(t.order(), a, b, count, type, relation::equal, workspace.data(), index); });
  return index == count;
}

}  // namespace vmm::engine
