// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// The part of <vmm/detail/raw_vector.hpp> that knows who has the address: sends what is staged before it is handed out.
#include <vmm/detail/raw_vector.hpp>

#include <algorithm>

#include "vector/vector_state.hpp"

namespace vmm::engine {

/// After a change of memory.
void vector_exposure::follow_buffer() noexcept {
  const buffer& memory = state().memory;
  const bool moved = memory.data() != data_;
  data_ = memory.data();
  state_->capacity = memory.capacity();
  write_end_ = 0;
  change(unmapped_blocks | ends_in_tail,
         static_cast<unsigned char>((memory.incomplete() ? unmapped_blocks : 0) | (memory.has_tail() ? ends_in_tail : 0)));
  if (!moved) return;
  if (data_ == nullptr) {
    size_ = 0;
    attention_ = 0;
    state().writer.clear();
    state().unseen_from = 0;
  } else {
    hide();
    if (memory.has_range()) change(other_devices, get_driver().devices() > 1 ? other_devices : 0);
  }
}

/// Sets before it clears: other threads see at no time neither of the two.
void vector_exposure::change(unsigned char from, unsigned char to) const noexcept {
  __atomic_fetch_or(&attention_, to, __ATOMIC_RELEASE);
  __atomic_fetch_and(&attention_, static_cast<unsigned char>(~(from & ~to)), __ATOMIC_RELEASE);
}

void vector_exposure::grant_access_slow() const noexcept { state().memory.grant(get_driver().current_device(), device_); }

void vector_exposure::expose_slow() const {
  flush();  // maps again what could not be mapped before
  grant_access_to_current_device();
  if (needs(address_hidden)) change(address_hidden, address_exposed);
}

/// Sends what is staged and gives the buffer back. Where that fails everything stays as it is.
void vector_exposure::flush_writer(bool and_wait) const {
  const stream_order order{device_, stream_, synchronous_};
  const staging_writer::result sent = state().writer.flush(get_driver(), order, data_, size_, and_wait);
  require(*this, sent.error, sent.action, size_ - state().writer.flushed_size());
  write_end_ = 0;
  change(staged_elements, sent.in_flight ? copies_in_flight : 0);
  vector_state& s = state();
  s.unseen_from = (std::max)(s.unseen_from, size_);
}

/// Where the order is synchronous, what was sent before must have arrived as well.
void vector_exposure::flush_staged() const {
  const staging_writer::exclusive alone(state().writer);
  if (needs(unmapped_blocks)) {
    state().memory.repair(owner());
    change(unmapped_blocks, 0);
  }
  if (needs(copies_in_flight)) {
    require(*this, state().writer.synchronize(), "waiting for staged elements,", size_);
    change(copies_in_flight, 0);
  }
  if (!needs(staged_elements)) return;
  constexpr std::size_t few = std::size_t{16} << 10;
  if (size_ - state().writer.flushed_size() < few) ++state().looks;
  flush_writer(synchronous_);
}

}  // namespace vmm::engine
