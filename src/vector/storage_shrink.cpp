// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// How storage gives memory back while it keeps its contents.
#include <utility>
#include <vector>

#include "memory/growth.hpp"
#include <vmm/detail/storage.hpp>

#include "vector/storage_resources.hpp"

namespace vmm::engine {

void storage::shrink_to_fit(relocate_fn relocate) {
  if (resources_ == nullptr) return;
  flush();
  write_end_ = 0;
  resources& r = *resources_;
  if (r.range) return shrink_range();
  if (size_ == 0) return release();
  if (size_ == capacity_) return;
  replaced_memory old(backend_->cached_ranges(), order_, access());
  allocation fresh = allocate(size_, size_);
  note_peak(fresh.size());
  relocate_to(aligned(fresh), relocate);
  old.direct = std::move(r.direct);
  adopt(std::move(fresh));
  account();
}

void storage::shrink_range() {
  address_range& range = resources_->range;
  const capabilities c = resolve();
  const std::size_t keep = growth::round_up(size_, c.granularity);
  if (keep == range.mapped()) return;
  const bool straddles = range.mapped_after(keep) != keep;
  if (straddles) refuse_in_capture("moving", size_);
  if (const status s = synchronize_readers(get_driver(), order_, access()); !s.is_quiescent()) throw_error(s, "waiting for work on", range.mapped());
  // An older place of this range still maps what goes.
  if (!backend_->cached_ranges().reclaim()) throw_error({errc::failed, "device_synchronize", "refused for a range that went before"}, "waiting for work on", size_);
  range.unmap_back(keep);
  if (size_ == 0 && !get_options().fixed_address) return release();
  update_capacity();
  account();
  if (straddles) replace_last_block(keep);
}

/// The block in which the contents end is larger than what it has to hold: a smaller one takes its place, at the same address. The
/// new one is filled at another address first, in a range that could replace this one: if neither the new block nor the old one
/// can be mapped where the old one was, the contents are there. pre: nobody uses the memory any more.
void storage::replace_last_block(std::size_t keep) {
  address_range& range = resources_->range;
  const std::size_t before = range.last_block(), bytes = keep - before;
  const std::vector<int> devices = access().with_owner(order_.device);
  replaced_memory beside(backend_->cached_ranges(), order_, access());  // waits for the copy where that could not be waited for
  block fresh;
  require(backend_->retry_after_trim(order_.device, [&] { return block::create(get_driver(), order_.device, bytes, fresh); }), "mapping", bytes);
  require(backend_->retry_after_trim(order_.device, [&] { return address_range::reserve(get_driver(), keep, beside.range); }), "reserving", keep);
  require(backend_->retry_after_trim(order_.device, [&] { return range.mirror_into(beside.range, devices, before); }), "moving a range of", before);
  require(backend_->retry_after_trim(order_.device, [&] { return beside.range.map_back(fresh, devices); }), "mapping", bytes);
  note_peak(bytes);
  require(get_driver().copy(order_, beside.range.data() + before, data_ + before, size_ - before), "copying", size_ - before);
  require(get_driver().stream_synchronize(order_), "waiting for work on", size_ - before);
  bool moved = false;
  const status replaced = range.replace_last(beside.range, devices, moved);
  if (moved) {
    range.hand_over(beside.range);
    const address_range old = std::move(range);
    adopt(std::move(beside.range));
    hide();
    ++resources_->stats.relocations;
    backend_->count_relocation();
  } else {
    beside.range = address_range();  // nothing uses it any more
    update_capacity();
  }
  account();
  require(replaced, "mapping", bytes);
}

}  // namespace vmm::engine
