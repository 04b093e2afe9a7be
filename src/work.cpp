// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/detail/work.hpp>

#include <algorithm>

#include <vmm/engine/machine.hpp>
#include <vmm/engine/scratch.hpp>

namespace vmm::work {
namespace {

using namespace engine;

/// One call: its queue, and its checks.
class task {
 public:
  task(machine& m, stream_ref stream, const char* action, std::size_t bytes)
      : m_(m), where_{(std::max)(m.get_driver().current_device(), 0), stream, false}, action_(action), bytes_(bytes) {}

  const queue& where() const noexcept { return where_; }
  capabilities can() const { return m_.describe(where_.device); }
  void require(const status& s) const {
    if (!s.ok()) m_.raise(s, action_, bytes_, where_.device, 0);
  }
  template <class Call>
  void launch(Call call) const {
    require(m_.with_room(where_.device, [&] { return call(m_.get_driver()); }));
  }
  void will_wait() const { require(m_.get_driver().outside_capture(where_)); }
  void wait() const { require(m_.get_driver().wait(where_)); }

 private:
  machine& m_;
  queue where_;
  const char* action_;
  std::size_t bytes_;
};

constexpr std::size_t result_room = 256;  // before a workspace, which stays aligned

constexpr std::size_t width(scalar s) noexcept {
  switch (s) {
    case scalar::int8:
    case scalar::uint8: return 1;
    case scalar::int16:
    case scalar::uint16: return 2;
    case scalar::int32:
    case scalar::uint32:
    case scalar::float32: return 4;
    default: return 8;
  }
}

}  // namespace

void will_wait(machine& m, const order& o) { task(m, o.stream, "waiting for a result of", 0).will_wait(); }

void fill(machine& m, const order& o, void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  if (count == 0) return;
  const task t(m, o.stream, "filling", pattern_bytes * count);
  if (o.waits) t.will_wait();
  t.launch([&](driver& d) { return d.fill(t.where(), to, pattern, pattern_bytes, count); });
  if (o.waits) t.wait();
}

void reduce_to_host(machine& m, const order& o, const reduction& how, const void* data, std::size_t count, void* result,
                    std::size_t result_bytes) {
  const task t(m, o.stream, "reducing", count * width(how.element));
  t.will_wait();
  const capabilities can = t.can();
  if (can.host_addressable)
    return t.launch([&](driver& d) { return d.reduce(t.where(), how, data, count, nullptr, result); });
  const scratch room(m, t.where(), result_room + can.workspace);
  t.launch([&](driver& d) { return d.reduce(t.where(), how, data, count, room.data() + result_room, room.data()); });
  t.require(m.get_driver().copy(t.where(), result, room.data(), result_bytes));
  t.wait();
}

void reduce_on_device(machine& m, const order& o, const reduction& how, const void* data, std::size_t count, void* result) {
  const task t(m, o.stream, "reducing", count * width(how.element));
  if (o.waits) t.will_wait();
  const scratch workspace(m, t.where(), t.can().workspace);
  t.launch([&](driver& d) { return d.reduce(t.where(), how, data, count, workspace.data(), result); });
  if (o.waits) t.wait();
}

bool equal(machine& m, const order& o, const void* a, const void* b, std::size_t count, scalar type) {
  if (count == 0) return true;
  const task t(m, o.stream, "comparing", count * width(type));
  t.will_wait();
  const scratch workspace(m, t.where(), t.can().workspace);
  std::size_t index = 0;
  t.launch([&](driver& d) {
    return d.mismatch(t.where(), a, b, count, type, relation::equal, workspace.data(), index);
  });
  return index == count;
}

}  // namespace vmm::work
