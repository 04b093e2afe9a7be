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
  if (bound_device() < 0) device_ = (std::max)(get_driver().current_device(), 0);
  const capabilities c = get_backend().describe(device_);
  vector_state& s = state();
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
  struct following {
    raw_vector& vector;
    ~following() { vector.follow_buffer(); }
  } const whatever_happens{*this};
  state().memory.shrink_to_fit(owner(), {size_, relocate, this});
}

/// After a change of memory.
void raw_vector::follow_buffer() noexcept {
  const buffer& memory = state().memory;
  const bool moved = memory.data() != data_;
  data_ = memory.data();
  state_->capacity = memory.capacity();
  write_end_ = 0;
  if (!moved) return;
  if (data_ == nullptr) {
    size_ = 0;
    attention_ = 0;
    state().writer.clear();
  } else {
    hide();
    if (memory.has_range()) change(other_devices, get_driver().devices() > 1 ? other_devices : 0);
  }
}

// -- what is done before an address is handed out --------------------------------------------------------------------

/// Sets before it clears: other threads see at no time neither of the two.
void raw_vector::change(unsigned char from, unsigned char to) const noexcept {
  __atomic_fetch_or(&attention_, to, __ATOMIC_RELEASE);
  __atomic_fetch_and(&attention_, static_cast<unsigned char>(~(from & ~to)), __ATOMIC_RELEASE);
}

void raw_vector::grant_access_slow() const noexcept { state().memory.grant(get_driver().current_device(), device_); }

void raw_vector::expose_slow() const {
  grant_access_to_current_device();
  flush();
  if (needs(address_hidden)) change(address_hidden, address_exposed);
}

// -- new elements from the host --------------------------------------------------------------------------------------

std::size_t raw_vector::push_back_slow(const void* value, std::size_t bytes, bool force) {
  const deferred_release old = grow(growth::add(size_, bytes));
  if (open_write_range(bytes, force)) {
    std::memcpy(reinterpret_cast<void*>(write_begin_ + size_), value, bytes);
  } else {
    refuse_in_capture("pushing an element of", bytes);  // a graph would write it again and again
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

/// Sends what is staged and gives the buffer back. Where that fails everything stays as it is.
void raw_vector::flush_writer(bool and_wait) const {
  const stream_order order{device_, stream_, synchronous_};
  const staging_writer::result sent = state().writer.flush(get_driver(), order, data_, size_, and_wait);
  require(*this, sent.error, sent.action, size_ - state().writer.flushed_size());
  write_end_ = 0;
  change(staged_elements, sent.in_flight ? copies_in_flight : 0);
}

/// Where the order is synchronous, what was sent before must have arrived as well.
void raw_vector::flush_staged() const {
  const staging_writer::exclusive alone(state().writer);
  if (needs(copies_in_flight)) {
    require(*this, state().writer.synchronize(), "waiting for staged elements,", size_);
    change(copies_in_flight, 0);
  }
  if (needs(staged_elements)) flush_writer(synchronous_);
}

void raw_vector::set_staged_size(std::size_t bytes) noexcept {
  assert(bytes <= size_);
  if (bytes <= state().writer.flushed_size()) {
    state().writer.drop();
    write_end_ = 0;
    change(staged_elements, 0);
  }
  size_ = bytes;
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
