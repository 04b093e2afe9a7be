// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Growable bytes: what both containers stand on. Knows no element type.
///
/// Small contents live in plain memory that doubles; past options::small_limit, or from the first byte with
/// options::fixed_address, they live in an address range that grows by mapping behind the end, where nothing is copied
/// and nothing moves. Growth has the strong guarantee: whatever throws, size, capacity, address and contents stay.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include <vmm/engine/address_range.hpp>
#include <vmm/engine/audience.hpp>
#include <vmm/engine/block.hpp>
#include <vmm/engine/driver.hpp>
#include <vmm/engine/event.hpp>
#include <vmm/engine/lease.hpp>
#include <vmm/engine/machine.hpp>
#include <vmm/options.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

/// Moves `bytes` of elements into raw memory and ends their life at the old place. For element types that are more than
/// their bytes; null stands for a copy of bytes. Strong guarantee.
using relocate_fn = void (*)(class storage& s, void* to, void* from, std::size_t bytes);

/// What a growth has replaced. Lives until the caller has read its sources, which may lie in the old place; then gives the
/// old place back, as the destructor of storage does.
class retired {
 public:
  retired() noexcept = default;
  retired(retired&&) noexcept = default;
  retired& operator=(retired&&) = delete;
  ~retired();

 private:
  friend class storage;
  range_cache* warm_ = nullptr;
  queue where_{-1, default_stream(), true};
  audience who_;
  allocation plain_;
  address_range range_;
};

class storage {
 public:
  /// Takes no memory and needs no driver. options::machine, where set, replaces `m`. Throws std::invalid_argument for
  /// options that mean nothing.
  storage(machine& m, const options& o, stream_ref stream, bool synchronous);
  /// Empty, with the options, device and stream of `other`.
  static storage like(const storage& other);
  /// Room for `bytes` of passing use beside `other`, in its order.
  static storage aside(const storage& other, std::size_t bytes);
  /// Empty, for what is no vector's and shows in no figures; see engine/scratch.hpp.
  static storage passing(machine& m, const queue& where);
  storage(storage&& other) noexcept;
  storage& operator=(storage&& other) noexcept;  ///< gives its own memory back first, waiting as the destructor does
  /// A range that goes waits for the device where synchronous, and for options::devices; otherwise nobody waits.
  ~storage();
  void swap(storage& other) noexcept;

  /// @name What there is, in bytes
  /// Flushes: whoever has the address sees every element.
  std::byte* data() const {
    flush();
    return data_;
  }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }  ///< fits without asking the machine
  std::size_t reserved() const noexcept { return range_ ? range_.reserved() : capacity_; }
  const queue& where() const noexcept { return where_; }
  vmm::statistics statistics() const noexcept;
  const options& get_options() const noexcept;
  driver& get_driver() const noexcept { return machine_->get_driver(); }
  machine& get_machine() const noexcept { return *machine_; }
  /// Of its device; which it must have.
  capabilities get_capabilities() const { return machine_->describe(where_.device); }
  /// Lets the device that is current for this thread use the memory too, if it is another one and can reach it: what Thrust
  /// does with an address, it does on the current device.
  void let_in_current_device() const noexcept {
    if (range_) let_in(get_driver().current_device());
  }
  /// The stream of everything from here on; what was submitted before is not waited for, and what is staged goes to the old.
  void follow(stream_ref stream) noexcept;

  /// @name Room. std::length_error past options::limit; vmm::out_of_memory; vmm::error.
  /// At least `bytes`, by the growth rule.
  [[nodiscard]] retired grow(std::size_t bytes, relocate_fn relocate = nullptr) { return grow(bytes, false, relocate); }
  /// At least `bytes`, and no more than the granularity forces.
  [[nodiscard]] retired reserve(std::size_t bytes, relocate_fn relocate = nullptr) {
    return grow(bytes, true, relocate);
  }
  /// Gives back plain memory past the size, or whole blocks past it. Waits for readers of what goes.
  void shrink_to_fit(relocate_fn relocate = nullptr);
  /// pre: bytes <= capacity(); nothing is staged where the size grows.
  void set_size(std::size_t bytes) noexcept;

  /// @name New elements from the host. They wait in a staging buffer, for which device memory is mapped before, until
  /// flush() or a member that shows elements. Strong guarantee.
  /// The quick way where a buffer has room, else what `slowly` does, which answers the size after it. Both end in one store of
  /// the size: compilers then keep it in a register from one push of a loop to the next. pre: all elements of a storage have
  /// the same size.
  template <std::size_t Bytes, class Slowly>
  void put(const void* value, bool even_if_shown, Slowly slowly) {
    std::size_t size = size_;
    if (size < window_end_ && (even_if_shown || !shown())) {
      std::memcpy(reinterpret_cast<void*>(window_ + size), value, Bytes);
      size += Bytes;
    } else {
      size = slowly();
    }
    size_ = size;
  }
  /// The other way; answers the size. pre: `value` is not in this storage. Once the address was shown, elements go to the
  /// device before push returns, unless the caller knows better.
  std::size_t push(const void* value, std::size_t bytes, bool even_if_shown);
  /// Sends what is staged, in the queue's order, or at once where that is being captured. Refused, everything is kept.
  void flush() const {
    if (staged_.load(std::memory_order_acquire) || in_flight_.load(std::memory_order_acquire)) flush_staged();
  }
  /// From here on someone may know where elements are, until growth past the capacity or forget_shown(). Makes no difference
  /// where the host writes into the memory itself.
  void show() const {
    flush();
    const bool direct = window_end_ != 0 && window_ == reinterpret_cast<std::uintptr_t>(data_);
    if (!direct) shown_.store(true, std::memory_order_relaxed);
  }
  void forget_shown() noexcept { shown_.store(false, std::memory_order_relaxed); }
  bool shown() const noexcept { return shown_.load(std::memory_order_relaxed); }

  /// @name Contents, in the queue's order; offsets from data(). Refusals throw vmm::error.
  void write(std::size_t offset, const void* source, std::size_t bytes);
  /// To host or device memory.
  void copy_out(void* to, std::size_t offset, std::size_t bytes) const;
  /// To host memory in the order of `stream`; waits for it.
  void read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const;
  void shift(std::size_t to, std::size_t from, std::size_t bytes);
  void fill(std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count);
  std::size_t mismatch(const void* other, std::size_t count, scalar type, relation relate) const;
  /// The first `bytes` of `other` where kernels of this device can read them: in place, or copied to `aside` in this order.
  const void* within_reach(const storage& other, std::size_t bytes, storage& aside) const;
  void wait() const;  ///< for the queue's stream
  /// Until what `source` was told to do is done, where it keeps another order than this. Answers whether it does.
  bool wait_for(const storage& source) const;
  /// Ends a public call: waits where the queue is synchronous.
  void settle() const {
    if (where_.synchronous && capacity_ != 0) wait();
  }

 private:
  retired grow(std::size_t bytes, bool exact, relocate_fn relocate);
  capabilities resolve();
  void bind(retired& r) const noexcept;
  void let_in(int device) const noexcept;
  void refuse_in_capture(const char* action, std::size_t bytes) const;
  audience who() const noexcept { return {options_, guests_.load(std::memory_order_relaxed)}; }
  template <class Call>
  status with_room(Call call) const {
    return machine_->with_room(where_.device, call);
  }
  std::size_t plain_wish(std::size_t bytes, bool exact, const capabilities& c) const;
  void grow_plain(std::size_t wish, std::size_t bytes, relocate_fn relocate, retired& old);
  void promote(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, retired& old);
  void grow_range(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, retired& old);
  bool extend(std::size_t bytes);
  void move_range(std::size_t target, std::size_t least, const capabilities& c, relocate_fn relocate, retired& old);
  address_range reserve_addresses(std::size_t wish, std::size_t bytes, const capabilities& c);
  void map_until(address_range& r, std::size_t target, std::size_t least, const capabilities& c);
  allocation allocate(std::size_t wish, std::size_t least);
  void carry(void* to, relocate_fn relocate);
  std::size_t placed() const noexcept { return staged_.load(std::memory_order_relaxed) ? placed_ : size_; }
  bool open_window(std::size_t element, bool even_if_shown);
  void send_staged(bool and_wait) const;
  class flushing;
  void flush_staged() const;
  bool read_staged(void* to, std::size_t offset, std::size_t bytes) const;
  void drop_staged() noexcept;
  void install(allocation&& plain) noexcept;
  void install(address_range&& range) noexcept;
  void use_mapped() noexcept;
  void account() noexcept;
  void note_peak(std::size_t beside) noexcept;
  void release() noexcept;
  [[noreturn]] void raise(const status& s, const char* action, std::size_t bytes) const;
  void require(const status& s, const char* action, std::size_t bytes) const {
    if (!s.ok()) raise(s, action, bytes);
  }

  machine* machine_;
  std::shared_ptr<const options> options_;  // null: the defaults
  queue where_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  allocation plain_;     // at most one of the two holds memory
  address_range range_;
  mutable std::atomic<std::uint64_t> guests_{0};  // a bit for each device that was let in

  // The host may write the bytes from size_ up to window_end_, at window_ + their offset: in a staging buffer, which then
  // holds all from placed_ on, or in the memory itself.
  std::uintptr_t window_ = 0;
  mutable std::size_t window_end_ = 0;
  std::size_t placed_ = 0;
  bool large_ = false;  // a small buffer was filled: ask for a large one
  bool passing_ = false;
  mutable lease lease_;
  mutable event sent_;  // of a synchronous queue: the last buffer that went without a wait
  mutable std::atomic<bool> staged_{false}, in_flight_{false}, shown_{false}, busy_{false};
  vmm::statistics stats_;
};

/// Makes the device of a queue current for this thread, and the caller's again at the end. Throws vmm::error.
class device_scope {
 public:
  explicit device_scope(const storage& s);
  ~device_scope() {
    if (before_ >= 0) driver_.make_current(before_);
  }
  device_scope(const device_scope&) = delete;

 private:
  driver& driver_;
  int before_ = -1;  // to be made current again
};

}  // namespace vmm::engine
