// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/engine/audience.hpp>

namespace vmm::engine {
namespace {

template <class Visit>
void each(const audience& who, int owner, Visit visit) {
  std::uint64_t seen = owner >= 0 && owner < 64 ? std::uint64_t{1} << owner : 0;
  if (who.how)
    for (int device : who.how->value.devices) {
      const std::uint64_t bit = device >= 0 && device < 64 ? std::uint64_t{1} << device : 0;
      if (device != owner && (bit == 0 || (seen & bit) == 0)) visit(device);  // what does not exist is refused by its name
      seen |= bit;
    }
  for (int device = 0; device < 64; ++device)
    if (((who.guests & ~seen) >> device & 1) != 0) visit(device);
}

}  // namespace

std::vector<int> audience::with_owner(int owner) const {
  std::vector<int> devices{owner};
  each(*this, owner, [&](int device) { devices.push_back(device); });
  return devices;
}

status audience::drain(driver& d, int owner) const noexcept {
  status answer;
  each(*this, owner, [&](int device) {
    if (const status s = d.drain(device); !s.still() || answer.ok()) answer = s;
  });
  return answer;
}

status await_readers(driver& d, const stream_order& order, const audience& who) noexcept {
  status s = order.synchronous ? d.drain(order.device) : d.wait(order);
  if (s.code == errc::capturing) s = d.drain(order.device);  // a stream that is being captured cannot be waited for; the device can
  const status others = who.drain(d, order.device);
  return s.ok() || !others.still() ? others : s;
}

}  // namespace vmm::engine
