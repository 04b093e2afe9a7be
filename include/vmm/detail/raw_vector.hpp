// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The growable bytes below both containers, compiled once in the library: knows no element type.
///
/// Small contents live in direct memory that doubles; past options::small_limit, or from the first byte with
/// options::fixed_address, they live in an address range that grows by mapping behind the end, where nothing is copied
/// and nothing moves. Growth has the strong guarantee: whatever throws, size, capacity, address and contents stay.
///
/// A vector is 64 bytes: what every access needs, and one pointer to the rest, which is null until memory is first taken. So an
/// empty one asks nothing of a driver, and without options of its own is moved, swapped and destroyed without a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <vmm/capabilities.hpp>
#include <vmm/config.hpp>
#include <vmm/detail/backend.hpp>
#include <vmm/detail/element_types.hpp>
#include <vmm/detail/stream_order.hpp>
#include <vmm/detail/vector_memory.hpp>
#include <vmm/options.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

class driver;
struct buffer_owner;
struct shared_options;
struct status;
struct vector_state;

/// In pairs that are stored and loaded at once: what is loaded in other pieces than it was stored takes several times as long.
struct vector_fields {
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  // The host may write the bytes from size_ up to write_end_, at write_begin_ + their offset: in a pinned buffer, which then
  // holds all from the writer's flushed_size on, or in the memory itself.
  std::uintptr_t write_begin_ = 0;
  mutable std::size_t write_end_ = 0;
  vector_state_base* state_ = nullptr;
  const shared_options* options_;  // with the backend; counted where shares_options_
  stream_ref stream_;
  std::int32_t device_;  // of a vector that holds memory; otherwise, where any_device_, the one that is current
  mutable unsigned char attention_ = 0;
  /// The host writes into the memory itself, and no other device can be current: nothing is ever to be done before the address is
  /// handed out. Changed by members that no other thread may call meanwhile, so that compilers may load it once for a loop.
  bool host_writes_in_place_ = false;
  std::uint8_t alignment_log2_ = 0;
  bool synchronous_ : 1;
  bool any_device_ : 1;
  bool shares_options_ : 1;

  vector_fields(const shared_options* o, int device, stream_ref stream, bool synchronous, bool any_device, bool shares) noexcept
      : options_(o),
        stream_(stream),
        device_(device),
        synchronous_(synchronous),
        any_device_(any_device),
        shares_options_(shares) {}
};
static_assert(std::is_trivially_copyable_v<vector_fields> && sizeof(vector_fields) == 64, "four pairs, copied as bytes");

/// In registers: by way of the stack, as std::swap does it, they would be loaded in other pieces than they were stored.
inline void swap_fields(vector_fields& a, vector_fields& b) noexcept {
  auto *p = reinterpret_cast<unsigned char*>(&a), *q = reinterpret_cast<unsigned char*>(&b);
  for (int pair = 0; pair != 4; ++pair, p += 16, q += 16) {
    std::uint64_t mine[2], others[2];
    std::memcpy(mine, p, 16), std::memcpy(others, q, 16);
    std::memcpy(p, others, 16), std::memcpy(q, mine, 16);
  }
}

/// Owns the memory of a vector: made, moved, swapped and destroyed; and where it is, in which order work on it is done.
class vector_handle : protected vector_fields {
 public:
  /// Takes no memory. A synchronous one is on the device that is current when it first takes memory, until it has given all
  /// back; one with a stream on the device that is current now. `alignment`, a power of two, of the elements.
  vector_handle(const shared_options& defaults, stream_ref stream, std::size_t alignment = 1) noexcept
      : vector_fields(&defaults, -1, stream, true, true, false) {
    set_alignment(alignment);
  }
  /// options::backend, where set, replaces `backend`. Throws std::invalid_argument for options that mean nothing.
  vector_handle(device_runtime& backend, const options& o, stream_ref stream, bool synchronous, std::size_t alignment = 1);
  vector_handle(vector_handle&& other) noexcept : vector_fields(other) { moved_from(other); }
  /// Gives its own memory back first, waiting as the destructor does.
  vector_handle& operator=(vector_handle&& other) noexcept {
    if (this == &other) return *this;
    if (state_ != nullptr || shares_options_) destroy();
    vector_fields::operator=(other);
    moved_from(other);
    return *this;
  }
  /// A range that goes waits for the device where synchronous, and for options::devices; otherwise nothing waits.
  ~vector_handle() {
    if (state_ != nullptr || shares_options_) destroy();
  }
  void swap(vector_handle& other) noexcept { swap_fields(*this, other); }

  VMM_HOST_DEVICE std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept {
    return state_ != nullptr ? state_->capacity : 0;
  }  ///< fits without asking the backend
  std::size_t reserved() const noexcept;
  stream_order order() const noexcept { return {bound_device(), stream_, synchronous_}; }  ///< device -1: none yet
  /// That holds the memory, or would if it were taken now.
  int device() const noexcept;
  vmm::statistics statistics() const noexcept;
  const options& get_options() const noexcept;
  driver& get_driver() const noexcept;
  device_runtime& get_backend() const noexcept;
  /// Throws what a status means, with what the vector holds.
  [[noreturn]] void throw_error(const status& s, const char* action, std::size_t bytes) const;
  /// Throws where the vector's stream is being captured.
  void refuse_in_capture(const char* action, std::size_t bytes) const;

 protected:
  int bound_device() const noexcept { return any_device_ && data_ == nullptr ? -1 : device_; }
  vector_state& state() const noexcept;
  buffer_owner owner() const noexcept;

 private:
  void set_alignment(std::size_t alignment) noexcept {
    alignment_log2_ = static_cast<std::uint8_t>(__builtin_ctzll(alignment));
  }
  /// Leaves the options, the device and the stream.
  void moved_from(vector_handle& other) noexcept {
    if (shares_options_) retain_options();
    std::memset(static_cast<void*>(static_cast<vector_fields*>(&other)), 0, offsetof(vector_fields, options_));
    other.attention_ = 0;
  }
  void retain_options() noexcept;
  void destroy() noexcept;
};

/// What is done before the address is handed out, and what is known of it.
class vector_exposure : public vector_handle {
 public:
  using vector_handle::vector_handle;

  /// @name Before an address is handed out. They test a byte, and call nothing where there is nothing to do; where the host writes
  /// into the memory itself there never is. May be called from several threads.
  /// Sends what is staged, in stream order, or at once where that is being captured. On failure everything is kept.
  void flush() const {
    if (needs(staged_elements | copies_in_flight | unmapped_blocks)) flush_staged();
  }
  /// Lets the device that is current for this thread use the memory too, if it is another one and can reach it: what Thrust
  /// does with an address, it does on the current device.
  void grant_access_to_current_device() const noexcept {
    if (needs(other_devices)) grant_access_slow();
  }
  /// Both; and from here on the address is known to others, until growth past the capacity or hide().
  void expose() const {
    if (needs(staged_elements | copies_in_flight | unmapped_blocks | address_hidden | other_devices)) expose_slow();
  }
  void hide() noexcept {
    if (is_exposed()) change(address_exposed, address_hidden);
  }
  bool is_exposed() const noexcept { return needs(address_exposed); }

 protected:
  enum : unsigned char {
    staged_elements = 1,
    copies_in_flight = 2,  // sent without a wait by a synchronous order
    address_hidden = 4,    // to be noted when the address is handed out; never where the host writes into the memory itself
    address_exposed = 8,   // noted; neither of the two while the CPU writes into a tail: then it makes no difference
    other_devices = 16,    // may be current, and are to be granted access
    ends_in_tail = 32,     // is the memory, so that bulk operations are noted
    unmapped_blocks = 64   // could not be mapped again
  };

  /// After a change of memory, whatever it has thrown.
  struct following {
    vector_exposure& vector;
    ~following() { vector.follow_buffer(); }
  };

  bool needs(unsigned bits) const noexcept {
    return !host_writes_in_place_ && (__atomic_load_n(&attention_, __ATOMIC_ACQUIRE) & bits) != 0;
  }
  void change(unsigned char from, unsigned char to) const noexcept;
  void follow_buffer() noexcept;
  void flush_writer(bool and_wait) const;

 private:
  void flush_staged() const;
  void grant_access_slow() const noexcept;
  void expose_slow() const;
};

class raw_vector : public vector_exposure {
 public:
  using vector_exposure::vector_exposure;
  /// Empty, with the options, device and stream of `other`.
  static raw_vector like(const raw_vector& other);
  /// With a capacity of `bytes`, for temporary use beside `other`, in its order.
  static raw_vector temporary_copy(const raw_vector& other, std::size_t bytes);

  /// Flushes: whoever has the address sees every element.
  std::byte* data() const {
    flush();
    return data_;
  }
  /// Without a flush: for whoever has called expose().
  VMM_HOST_DEVICE std::byte* address() const noexcept { return data_; }
  /// The stream of everything from here on; what was submitted before is not waited for, and what is staged goes to the old.
  void set_stream(stream_ref stream) noexcept;

  /// @name Capacity. std::length_error past options::limit; vmm::out_of_memory; vmm::error.
  /// At least `bytes`, by the growth rule.
  [[nodiscard]] deferred_release grow(std::size_t bytes, relocate_fn relocate = nullptr) {
    if (needs(ends_in_tail)) note_device_use(bytes);
    return bytes <= capacity() ? deferred_release() : grow(bytes, false, relocate);
  }
  /// At least `bytes`, and no more than the granularity forces.
  [[nodiscard]] deferred_release reserve(std::size_t bytes, relocate_fn relocate = nullptr) {
    return bytes <= capacity() ? deferred_release() : grow(bytes, true, relocate);
  }
  /// Gives back direct memory past the size, or blocks past it. Waits for readers of what goes.
  void shrink_to_fit(relocate_fn relocate = nullptr);
  /// Device memory in place of a tail in the host's memory. Waits for readers where there is one.
  void to_device();
  /// pre: bytes <= capacity(); nothing is staged where the size grows.
  void set_size(std::size_t bytes) noexcept {
    if (needs(staged_elements | ends_in_tail)) return set_size_slow(bytes);
    size_ = bytes;
  }

  /// @name New elements from the host. They wait in a pinned buffer, for which device memory is mapped before, until
  /// flush() or a member that exposes elements. Strong guarantee.
  /// The fast path where a buffer has space, else what `slow` does, which returns the size after it. Both end in one store of
  /// the size: compilers then keep it in a register from one push of a loop to the next. pre: all elements of a vector have
  /// the same size.
  template <std::size_t Bytes, class Slow>
  void push_back_fast(const void* value, bool force, Slow slow) {
    std::size_t size = size_;
    if (size < write_end_ && (force || !is_exposed())) {
      std::memcpy(reinterpret_cast<void*>(write_begin_ + size), value, Bytes);
      size += Bytes;
    } else {
      size = slow();
    }
    size_ = size;
  }
  /// The slow path; returns the size. pre: `value` is not in this vector. Once the address is exposed, elements go to the
  /// device before push returns, unless the caller knows better.
  std::size_t push_back_slow(const void* value, std::size_t bytes, bool force);
  /// Elements from host memory, by the CPU into a tail; false where there is none to write to, and then nothing has changed.
  bool append_on_host(const void* source, std::size_t bytes);

  /// To host memory in the order of `stream`; waits for it.
  void read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const;
  void synchronize() const;  ///< for the stream
  /// Ends a public call: waits where the order is synchronous.
  void synchronize_if_blocking() const {
    if (synchronous_ && capacity() != 0) synchronize();
  }

 private:
  deferred_release grow(std::size_t bytes, bool exact, relocate_fn relocate);
  void set_size_slow(std::size_t bytes) noexcept;
  void note_device_use(std::size_t end) noexcept;
  void close_tail() noexcept;
  bool bring_tail(std::size_t at, std::size_t end);
  bool may_store_again();
  bool wants_tail() const noexcept;
  bool store_on_host(const void* source, std::size_t bytes);
  bool open_write_range(std::size_t element, bool force);
};

/// @name Contents, in stream order; offsets from data(). Failures throw vmm::error.
void write(raw_vector& v, std::size_t offset, const void* source, std::size_t bytes);
/// To host or device memory.
void copy_out(const raw_vector& v, void* to, std::size_t offset, std::size_t bytes);
void move_within(raw_vector& v, std::size_t to, std::size_t from, std::size_t bytes);
void fill(raw_vector& v, std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count);
std::size_t mismatch(const raw_vector& v, const void* other, std::size_t count, scalar type, relation relate);
/// The first `bytes` of `other` where kernels of v's device can read them: in place, or copied to `temporary` in v's order.
const void* within_reach(const raw_vector& v, const raw_vector& other, std::size_t bytes, raw_vector& temporary);
/// Until what `source` was told to do is done, where it keeps another order than v. Returns whether it does.
bool wait_for(const raw_vector& v, const raw_vector& source);

/// What fills a gap that begins at an offset, and waits where that is to be waited for. Outlived by what it calls.
struct gap_filler {
  template <class Fill>
  gap_filler(const Fill& fill) noexcept  // NOLINT: a lambda is given
      : call([](const void* c, std::size_t at) { (*static_cast<const Fill*>(c))(at); }), context(&fill) {}
  void (*call)(const void* context, std::size_t at);
  const void* context;
};

/// @name Modifiers, counted in bytes, for elements that are no more than that. Strong guarantee, but for the last wait of erase
/// and assign: where it fails, they are done; and where an insert cannot be undone, other bytes are left. Sources are host or
/// device memory, and may be the vector's own bytes.
/// Bytes of unspecified value, which the gap's filler makes.
void insert_gap(raw_vector& v, std::size_t at, std::size_t bytes, const gap_filler& fill_gap);
void insert(raw_vector& v, std::size_t at, const void* source, std::size_t bytes);
/// `pattern` is host memory that growth and the gap do not move.
void insert_fill(raw_vector& v, std::size_t at, const void* pattern, std::size_t pattern_bytes, std::size_t count);
void erase(raw_vector& v, std::size_t first, std::size_t last);
/// In place of all that there is; the address is hidden again.
void assign(raw_vector& v, const void* source, std::size_t bytes);
void assign_fill(raw_vector& v, const void* pattern, std::size_t pattern_bytes, std::size_t count);

/// Makes the device of an order current for this thread, and the caller's again at the end. Throws vmm::error.
class device_scope {
 public:
  explicit device_scope(const raw_vector& v);
  ~device_scope();
  device_scope(const device_scope&) = delete;

 private:
  driver& driver_;
  int before_ = -1;  // to be made current again
};

}  // namespace vmm::engine
