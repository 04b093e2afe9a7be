// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "memory/access_set.hpp"

namespace vmm::engine {
namespace {

template <class Visit>
void each(const access_set& access, int owner, Visit visit) {
  std::uint64_t seen = owner >= 0 && owner < 64 ? std::uint64_t{1} << owner : 0;
  if (access.options)
    for (int device : access.options->value.devices) {
      const std::uint64_t bit = device >= 0 && device < 64 ? std::uint64_t{1} << device : 0;
      if (device != owner && (bit == 0 || (seen & bit) == 0))
        visit(device);  // one that does not exist fails under its own number
      seen |= bit;
    }
  for (int device = 0; device < 64; ++device)
    if (((access.peer_devices & ~seen) >> device & 1) != 0) visit(device);
}

}  // namespace

std::vector<int> access_set::with_owner(int owner) const {
  std::vector<int> devices{owner};
  each(*this, owner, [&](int device) { devices.push_back(device); });
  return devices;
}

status access_set::synchronize(stream_driver& d, int owner) const noexcept {
  status out;
  each(*this, owner, [&](int device) {
    if (const status s = d.device_synchronize(device); !s.is_quiescent() || out.ok()) out = s;
  });
  return out;
}

status synchronize_readers(stream_driver& d, const stream_order& order, const access_set& access) noexcept {
  status s = order.synchronous ? d.device_synchronize(order.device) : d.stream_synchronize(order);
  if (s.code == errc::capturing)
    s = d.device_synchronize(order.device);  // a stream that is being captured cannot be waited for; the device can
  const status others = access.synchronize(d, order.device);
  return s.ok() || !others.is_quiescent() ? others : s;
}

}  // namespace vmm::engine
