// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <vmm/detail/raw_vector.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

#include "common/format_bytes.hpp"
#include "memory/growth.hpp"
#include "vector/vector_state.hpp"

namespace vmm::engine {

// -- life ------------------------------------------------------------------------------------------------------------

raw_vector raw_vector::like(const raw_vector& other) {
  raw_vector v(*other.options_, other.stream_);
  v.device_ = other.device_;
  v.alignment_log2_ = other.alignment_log2_;
  v.synchronous_ = other.synchronous_;
  v.any_device_ = other.any_device_;
  v.shares_options_ = other.shares_options_;
  if (v.shares_options_) retain(v.options_);
  return v;
}

raw_vector raw_vector::temporary_copy(const raw_vector& other, std::size_t bytes) {
  raw_vector v(other.get_backend().default_options(), other.stream_);
  v.device_ = other.bound_device();
  v.alignment_log2_ = other.alignment_log2_;
  v.synchronous_ = other.synchronous_;
  v.any_device_ = v.device_ < 0;
  const deferred_release none = v.reserve(bytes);
  return v;
}

// -- memory ----------------------------------------------------------------------------------------------------------

deferred_release raw_vector::grow(std::size_t bytes, bool exact, relocate_fn relocate) {
  if (const std::size_t limit = get_options().limit; bytes > limit)
    throw std::length_error("vmm: " + std::to_string(bytes) + " bytes asked for, options::limit allows " +
                            std::to_string(limit) + " (" + format_bytes(limit).text + ")");
  if (state_ == nullptr) state_ = new vector_state;
  if (needs(unmapped_blocks)) flush();
  if (bound_device() < 0) device_ = (std::max)(get_driver().current_device(), 0);
  const capabilities c = get_backend().describe(device_);
  vector_state& s = state();
  const following whatever_happens{*this};
  if (needs(ends_in_tail)) close_tail(), s.forget_looks();
  const relocation moved{needs(staged_elements) ? s.writer.flushed_size() : size_, relocate, this};
  deferred_release old = s.memory.grow(owner(), {bytes, exact}, c, moved);
  follow_buffer();
  change(address_exposed | address_hidden,
         c.host_addressable ? 0 : address_hidden);  // by std::vector's rules nobody knows where elements are
  host_writes_in_place_ = c.host_addressable && (attention_ & other_devices) == 0;
  return old;
}

void raw_vector::shrink_to_fit(relocate_fn relocate) {
  if (state_ == nullptr) return;
  flush();
  if (needs(ends_in_tail)) close_tail();
  const following whatever_happens{*this};
  state().forget_looks();
  state().memory.shrink_to_fit(owner(), {size_, relocate, this});
}

void raw_vector::to_device() {
  flush();
  if (!needs(ends_in_tail)) return;
  refuse_in_capture("turning host memory at the end into device memory,", size_);
  close_tail();
  const following whatever_happens{*this};
  state().forget_looks();
  state().memory.turn_tail(owner(), get_backend().describe(device_), size_);
}

// -- new elements from the host --------------------------------------------------------------------------------------

std::size_t raw_vector::push_back_slow(const void* value, std::size_t bytes, bool force) {
  if (store_on_host(value, bytes)) {
    const std::size_t end = size_ + bytes;
    if (const write_range tail = state().memory.tail_at(end); tail.end > end) {
      write_begin_ = tail.begin;
      write_end_ = tail.end / bytes * bytes;
      change(address_exposed | address_hidden, ends_in_tail);
    }
    return size_ = end;
  }
  const std::size_t needed = growth::add(size_, bytes);
  const deferred_release old = needed <= capacity() ? deferred_release() : grow(needed, false, nullptr);
  if (open_write_range(bytes, force)) {
    std::memcpy(reinterpret_cast<void*>(write_begin_ + size_), value, bytes);
  } else {
    refuse_in_capture("pushing an element of", bytes);  // a graph would write it again and again
    ++state().looks;
    note_device_use(size_ + bytes);
    fill(*this, size_, value, bytes, 1);
    synchronize_if_blocking();
  }
  return size_ += bytes;
}

/// Space for at least one element of that size behind the others, in a buffer or in the memory itself; or none. pre: there is
/// memory for it.
bool raw_vector::open_write_range(std::size_t element, bool force) {
  const bool may_stage = force || !is_exposed();  // others may be staged all the same
  if (size_ < write_end_ && (may_stage || !needs(staged_elements))) return true;
  if (get_backend().describe(device_).host_addressable) {
    write_begin_ = reinterpret_cast<std::uintptr_t>(data_);
    write_end_ = capacity() / element * element;
    return true;
  }
  if (!get_options().staging || !may_stage) return false;
  staging_writer& writer = state().writer;
  if (writer.is_full(size_, element)) {
    flush_writer(false);
    writer.prefer_large();
  }
  const write_range range = writer.open(get_backend().pinned_buffers(), size_, capacity(), element);
  if (range.end == 0) return false;
  write_begin_ = range.begin;
  write_end_ = range.end;
  change(0, staged_elements);
  return true;
}

void raw_vector::set_stream(stream_ref stream) noexcept {
  if (needs(staged_elements) && stream != stream_) {
    try {
      flush_writer(false);             // in the order in which it was pushed
    } catch (const std::exception&) {  // kept, and told by the flush that comes
    }
  }
  stream_ = stream;
  if (state_ != nullptr) state().memory.set_stream(stream);
}

/// Bytes that are still staged are copied on the host, whoever flushes meanwhile.
void raw_vector::read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const {
  if (needs(unmapped_blocks)) flush();
  if (needs(staged_elements)) {
    const staging_writer::exclusive alone(state().writer);
    if (needs(staged_elements) && state().writer.read(to, offset, bytes)) return;
  }
  const stream_order order{device_, stream, synchronous_};
  require(*this, get_driver().copy(order, to, data_ + offset, bytes), "reading", bytes);
  require(*this, get_driver().stream_synchronize(order), "waiting for work on", bytes);
}

void raw_vector::synchronize() const {
  flush();
  const stream_order order{device(), stream_, synchronous_};
  if (order.device >= 0) require(*this, get_driver().stream_synchronize(order), "waiting for work on", size_);
}

}  // namespace vmm::engine
