// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// The part of a buffer that ends in the host's memory.
#include <algorithm>
#include <chrono>
#include <utility>

#include "common/trace.hpp"
#include "memory/growth.hpp"
#include "vector/buffer.hpp"
#include "vector/tail.hpp"

namespace vmm::engine {

status buffer::bring_tail(const buffer_owner& o, const capabilities& c, std::size_t size) {
  if (tail_at(size).end > size) return {};
  const trace range("vmm growth");
  const auto begin = std::chrono::steady_clock::now();
  const access_set devices = access(o);
  tail_context t{o, devices, c, range_, size};
  status s;
  if (has_tail()) s = engine::turn_tail(t);
  const std::size_t before = range_.mapped();
  if (s.ok()) s = place_tail(t);
  const bool grew = range_.mapped() != before;
  note_peak(o, t.beside);
  update_capacity(o);
  account(o);
  if (grew) count_growth(o, begin);
  return s;
}

status buffer::promote_to_tail(const buffer_owner& o, const capabilities& c, const relocation& moved, deferred_release& old) {
  const trace range("vmm growth");
  const auto begin = std::chrono::steady_clock::now();
  const access_set devices = access(o);
  o.backend.require_alignment(o.alignment, o.order.device, c);
  auto replaced = std::make_unique<replaced_memory>(o.backend.cached_ranges(), o.order, devices);
  const range_request request = request_of(o, devices, {moved.bytes, true});
  replaced_memory fresh(o.backend.cached_ranges(), o.order, devices);  // until it is adopted
  fresh.range = o.backend.reserve(o.backend.addresses_for(request, c), request, c);
  const std::size_t whole = growth::round_down(moved.bytes, c.granularity);  // full blocks are device memory at once
  if (whole != 0) o.backend.map_until(fresh.range, whole, whole, request, c);
  tail_context t{o, devices, c, fresh.range, whole};
  if (const status s = place_tail(t); !s.ok()) return s;
  move_into(o, fresh.range, moved, replaced.get());
  old.parts_ = replaced.release();
  account(o);
  count_growth(o, begin);
  return {};
}

void buffer::turn_tail(const buffer_owner& o, const capabilities& c, std::size_t size) {
  if (!has_tail()) return;
  const access_set devices = access(o);
  tail_context t{o, devices, c, range_, size};
  const status s = engine::turn_tail(t);
  note_peak(o, t.beside);
  if (s.code != errc::capturing) require(o, s, "turning host memory at the end into device memory,", size);
}

}  // namespace vmm::engine
