// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L4. Growable bytes: what both containers stand on. Knows no element type.
///
/// Small contents live in direct memory that doubles; past options::small_limit, or from the first byte with
/// options::fixed_address, they live in an address range that grows by mapping behind the end, where nothing is copied
/// and nothing moves. Growth has the strong guarantee: whatever throws, size, capacity, address and contents stay.
#pragma once

#include <atomic>
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
#include <vmm/options.hpp>
#include <vmm/statistics.hpp>

namespace vmm::engine {

class address_range;
class allocation;
class driver;
struct access_set;
struct replaced_memory;
struct shared_options;
struct status;

/// Moves `bytes` of elements into raw memory and ends their life at the old place. For element types that are more than
/// their bytes; null stands for a copy of bytes. Strong guarantee.
using relocate_fn = void (*)(class storage& s, void* to, void* from, std::size_t bytes);

/// What a growth has replaced. Lives until the caller has read its sources, which may lie in the old place; then gives the
/// old place back, as the destructor of storage does.
class deferred_release {
 public:
  deferred_release() noexcept = default;
  deferred_release(deferred_release&& other) noexcept : parts_(std::exchange(other.parts_, nullptr)) {}
  deferred_release& operator=(deferred_release&&) = delete;
  ~deferred_release() {
    if (parts_ != nullptr) give_back();
  }

 private:
  friend class storage;
  void give_back() noexcept;
  replaced_memory* parts_ = nullptr;
};

struct storage_resources;

/// The fields of storage by which its memory changes hands, in pairs that are stored and loaded at once. What is loaded in other
/// pieces than it was stored, or goes by way of the stack as by std::swap, takes several times as long.
struct storage_fields {
  device_runtime* backend_;
  const shared_options* options_ = nullptr;  // null: the defaults
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  // The host may write the bytes from size_ up to write_end_, at write_begin_ + their offset: in a pinned buffer, which then
  // holds all from storage_resources::flushed_size on, or in the memory itself.
  std::uintptr_t write_begin_ = 0;
  mutable std::size_t write_end_ = 0;
  storage_resources* resources_ = nullptr;
  stream_order order_;
  std::uint32_t alignment_;
  bool any_device_;  // of a storage that holds memory it is order_'s; otherwise the one that is current
  /// The host writes into the memory itself, and no other device can be current: nothing is ever to be done before the address is
  /// handed out. Changed by members that no other thread may call meanwhile, so that compilers may load it once for a loop.
  bool host_writes_in_place_ = false;
  bool unused_[2] = {};  // fills the last pair

  storage_fields(device_runtime* m, int device, stream_ref stream, bool synchronous, std::size_t alignment, bool any_device) noexcept
      : backend_(m),
        order_(device, stream, synchronous),
        alignment_(static_cast<std::uint32_t>(alignment)),
        any_device_(any_device) {}
};
static_assert(std::is_trivially_copyable_v<storage_fields> && sizeof(storage_fields) % 16 == 8, "swap_fields copies bytes");

/// From data_ to resources_: three pairs.
inline void clear_memory_fields(storage_fields& f) noexcept {
  constexpr std::size_t first = offsetof(storage_fields, data_), end = offsetof(storage_fields, order_);
  static_assert(first % 16 == 0 && end - first == 48);
  std::memset(reinterpret_cast<unsigned char*>(&f) + first, 0, end - first);
}

template <std::size_t... Pair>
void swap_fields(storage_fields& a, storage_fields& b, std::index_sequence<Pair...>) noexcept {
  auto *p = reinterpret_cast<unsigned char*>(&a), *q = reinterpret_cast<unsigned char*>(&b);
  const auto swap_pair = [](void* x, void* y) {
    struct {
      std::uint64_t words[2];
    } mine, others;
    std::memcpy(&mine, x, 16), std::memcpy(&others, y, 16);
    std::memcpy(x, &others, 16), std::memcpy(y, &mine, 16);
  };
  (swap_pair(p + 16 * Pair, q + 16 * Pair), ...);
  std::uint64_t mine, others;
  p += 16 * sizeof...(Pair), q += 16 * sizeof...(Pair);
  std::memcpy(&mine, p, 8), std::memcpy(&others, q, 8);
  std::memcpy(p, &others, 8), std::memcpy(q, &mine, 8);
}

/// What every access needs is held here and inline; the memory itself, and what is needed when it changes, behind one pointer
/// that is null until memory is first taken. So an empty storage is made, moved, swapped and destroyed without a call.
class storage : private storage_fields {
 public:
  /// Takes no memory. A synchronous one is on the device that is current when it first takes memory, until it has given all
  /// back; one with a stream on the device that is current now. `alignment`, a power of two, of the elements.
  storage(device_runtime& m, stream_ref stream, bool synchronous, std::size_t alignment = 1) noexcept
      : storage_fields(&m, synchronous ? -1 : current_device(m), stream, synchronous, alignment, synchronous) {}
  /// options::backend, where set, replaces `m`. Throws std::invalid_argument for options that mean nothing.
  storage(device_runtime& m, const options& o, stream_ref stream, bool synchronous, std::size_t alignment = 1);
  /// Empty, with the options, device and stream of `other`.
  static storage like(const storage& other);
  /// With a capacity of `bytes`, for temporary use beside `other`, in its order.
  static storage temporary_copy(const storage& other, std::size_t bytes);
  storage(storage&& other) noexcept
      : storage_fields(other), attention_(other.attention_.load(std::memory_order_relaxed)) {
    if (options_ != nullptr) share_options();
    clear_memory_fields(other);
    other.attention_.store(0, std::memory_order_relaxed);
  }
  /// Gives its own memory back first, waiting as the destructor does.
  storage& operator=(storage&& other) noexcept {
    if (this == &other) return *this;
    if (resources_ != nullptr || options_ != nullptr) destroy();
    storage_fields::operator=(other);
    attention_.store(other.attention_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    if (options_ != nullptr) share_options();
    clear_memory_fields(other);
    other.attention_.store(0, std::memory_order_relaxed);
    return *this;
  }
  /// A range that goes waits for the device where synchronous, and for options::devices; otherwise nothing waits.
  ~storage() {
    if (resources_ != nullptr || options_ != nullptr) destroy();
  }
  void swap(storage& other) noexcept {
    swap_fields(*this, other, std::make_index_sequence<sizeof(storage_fields) / 16>());
    const unsigned char mine = attention_.load(std::memory_order_relaxed);
    attention_.store(other.attention_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    other.attention_.store(mine, std::memory_order_relaxed);
  }

  /// @name What there is, in bytes
  /// Flushes: whoever has the address sees every element.
  std::byte* data() const {
    flush();
    return data_;
  }
  /// Without a flush: for whoever has called expose().
  VMM_HOST_DEVICE std::byte* address() const noexcept { return data_; }
  VMM_HOST_DEVICE std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }  ///< fits without asking the backend
  std::size_t reserved() const noexcept;
  stream_order order() const noexcept { return {bound_device(), order_.stream, order_.synchronous}; }  ///< device -1: none yet
  /// That holds the memory, or would if it were taken now.
  int device() const noexcept {
    const int device = bound_device();
    return device >= 0 ? device : current_device(*backend_);
  }
  vmm::statistics statistics() const noexcept;
  const options& get_options() const noexcept;
  driver& get_driver() const noexcept;
  device_runtime& get_backend() const noexcept { return *backend_; }
  capabilities get_capabilities() const { return describe(*backend_, bound_device()); }
  /// The stream of everything from here on; what was submitted before is not waited for, and what is staged goes to the old.
  void set_stream(stream_ref stream) noexcept;

  /// @name Capacity. std::length_error past options::limit; vmm::out_of_memory; vmm::error.
  /// At least `bytes`, by the growth rule.
  [[nodiscard]] deferred_release grow(std::size_t bytes, relocate_fn relocate = nullptr) {
    return bytes <= capacity_ ? deferred_release() : grow(bytes, false, relocate);
  }
  /// At least `bytes`, and no more than the granularity forces.
  [[nodiscard]] deferred_release reserve(std::size_t bytes, relocate_fn relocate = nullptr) {
    return bytes <= capacity_ ? deferred_release() : grow(bytes, true, relocate);
  }
  /// Gives back direct memory past the size, or blocks past it. Waits for readers of what goes.
  void shrink_to_fit(relocate_fn relocate = nullptr);
  /// pre: bytes <= capacity(); nothing is staged where the size grows.
  void set_size(std::size_t bytes) noexcept {
    if (needs(staged_elements)) return set_staged_size(bytes);
    size_ = bytes;
  }

  /// @name New elements from the host. They wait in a staging buffer, for which device memory is mapped before, until
  /// flush() or a member that exposes elements. Strong guarantee.
  /// The fast path where a buffer has space, else what `slow` does, which returns the size after it. Both end in one store of
  /// the size: compilers then keep it in a register from one push of a loop to the next. pre: all elements of a storage have
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
  /// The slow path; returns the size. pre: `value` is not in this storage. Once the address is exposed, elements go to the
  /// device before push returns, unless the caller knows better.
  std::size_t push_back_slow(const void* value, std::size_t bytes, bool force);

  /// @name Before an address is handed out. They test a byte, and call nothing where there is nothing to do; where the host writes
  /// into the memory itself there never is. May be called from several threads.
  /// Sends what is staged, in stream order, or at once where that is being captured. On failure everything is kept.
  void flush() const {
    if (needs(staged_elements | copies_in_flight)) flush_staged();
  }
  /// From here on someone may know where elements are, until growth past the capacity or hide().
  void mark_exposed() const {
    if (needs(staged_elements | copies_in_flight | address_hidden)) mark_exposed_slow();
  }
  /// Lets the device that is current for this thread use the memory too, if it is another one and can reach it: what Thrust
  /// does with an address, it does on the current device.
  void grant_access_to_current_device() const noexcept {
    if (needs(other_devices)) grant_access(current_device(*backend_));
  }
  /// All three.
  void expose() const {
    if (needs(staged_elements | copies_in_flight | address_hidden | other_devices)) expose_slow();
  }
  void hide() noexcept {
    if (is_exposed()) change(address_exposed, address_hidden);
  }
  bool is_exposed() const noexcept { return needs(address_exposed); }

  /// @name Contents, in stream order; offsets from data(). Refusals throw vmm::error.
  void write(std::size_t offset, const void* source, std::size_t bytes);
  /// To host or device memory.
  void copy_out(void* to, std::size_t offset, std::size_t bytes) const;
  /// To host memory in the order of `stream`; waits for it.
  void read(void* to, std::size_t offset, std::size_t bytes, stream_ref stream) const;
  void memmove(std::size_t to, std::size_t from, std::size_t bytes);
  void fill(std::size_t offset, const void* pattern, std::size_t pattern_bytes, std::size_t count);
  std::size_t mismatch(const void* other, std::size_t count, scalar type, relation relate) const;
  /// The first `bytes` of `other` where kernels of this device can read them: in place, or copied to `temporary` in this order.
  const void* within_reach(const storage& other, std::size_t bytes, storage& temporary) const;
  void synchronize() const;  ///< for the stream
  /// Until what `source` was told to do is done, where it keeps another order than this. Returns whether it does.
  bool wait_for(const storage& source) const;
  /// Ends a public call: waits where the order is synchronous.
  void synchronize_if_blocking() const {
    if (order_.synchronous && capacity_ != 0) synchronize();
  }

 private:
  using resources = storage_resources;  // src/vector/storage_resources.hpp
  enum : unsigned char {
    staged_elements = 1,
    copies_in_flight = 2,  // sent without a wait by a synchronous order
    address_hidden = 4,         // to be noted when the address is handed out; never where the host writes into the memory itself
    address_exposed = 8,     // noted
    other_devices = 16     // may be current, and are to be granted access
  };

  bool needs(unsigned char bits) const noexcept {
    return !host_writes_in_place_ && (attention_.load(std::memory_order_acquire) & bits) != 0;
  }
  /// In members that no other thread may call meanwhile.
  void change(unsigned char from, unsigned char to) noexcept {
    const unsigned before = attention_.load(std::memory_order_relaxed);
    attention_.store(static_cast<unsigned char>((before & ~unsigned{from}) | to), std::memory_order_relaxed);
  }
  int bound_device() const noexcept { return any_device_ && data_ == nullptr ? -1 : order_.device; }

  deferred_release grow(std::size_t bytes, bool exact, relocate_fn relocate);
  void destroy() noexcept;
  void share_options() noexcept;
  void flush_staged() const;
  void mark_exposed_slow() const;
  void expose_slow() const;
  void set_staged_size(std::size_t bytes) noexcept;
  void grant_access(int device) const noexcept;

  capabilities resolve();
  bool holds_memory() const noexcept;
  std::size_t padding() const noexcept;
  std::byte* aligned(const allocation& direct) const noexcept;
  void refuse_in_capture(const char* action, std::size_t bytes) const;
  access_set access() const noexcept;
  std::size_t direct_target(std::size_t bytes, bool exact, const capabilities& c) const;
  void grow_direct(std::size_t target, std::size_t bytes, relocate_fn relocate, deferred_release& old);
  void promote(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, deferred_release& old);
  void grow_range(std::size_t bytes, bool exact, const capabilities& c, relocate_fn relocate, deferred_release& old);
  bool extend(std::size_t bytes);
  void move_range(std::size_t target, std::size_t minimum, const capabilities& c, relocate_fn relocate, deferred_release& old);
  allocation allocate(std::size_t target, std::size_t minimum);
  void relocate_to(void* to, relocate_fn relocate);
  std::size_t flushed_size() const noexcept;
  void shrink_range();
  void replace_last_block(std::size_t keep);
  bool open_write_range(std::size_t element, bool force);
  void send_staged(bool and_wait) const;
  class flushing;
  bool read_staged(void* to, std::size_t offset, std::size_t bytes) const;
  void drop_staged() noexcept;
  void adopt(allocation&& direct) noexcept;
  void adopt(address_range&& range) noexcept;
  void update_capacity() noexcept;
  void account() noexcept;
  void note_peak(std::size_t beside) noexcept;
  void release() noexcept;
  [[noreturn]] void throw_error(const status& s, const char* action, std::size_t bytes) const;
  void require(const status& s, const char* action, std::size_t bytes) const;

  mutable std::atomic<unsigned char> attention_{0};
};

/// Makes the device of an order current for this thread, and the caller's again at the end. Throws vmm::error.
class device_scope {
 public:
  explicit device_scope(const storage& s);
  ~device_scope();
  device_scope(const device_scope&) = delete;

 private:
  driver& driver_;
  int before_ = -1;  // to be made current again
};

}  // namespace vmm::engine
