// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What device_vector does with its elements, counted in elements: grow, open a gap, fill it, close it. The door above adds
/// names, overloads and Thrust's types.
///
/// What may throw leaves the elements as they were. The exceptions are std::vector's: assign, and insert and erase before
/// the end where moving or copying an element throws; the vector is then valid, with other elements. Two are the machine's: a
/// last wait that is refused finds erase and assign done, and an insert that nothing can undo leaves other elements.
/// docs/guarantees.md says it for each operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/config.hpp>
#include <vmm/detail/elements.hpp>
#include <vmm/detail/host_source.hpp>
#include <vmm/detail/sources.hpp>
#include <vmm/device_uvector.hpp>
#include <vmm/engine/scratch.hpp>
#include <vmm/engine/storage.hpp>

namespace vmm {
namespace detail {

struct room_access {
  template <class Room>
  VMM_HOST_DEVICE static engine::storage& storage_of(Room& room) noexcept {
    return room.storage_;
  }
  template <class Room>
  VMM_HOST_DEVICE static const engine::storage& storage_of(const Room& room) noexcept {
    return room.storage_;
  }
  template <class Room, class... Arguments>
  static Room make(Arguments&&... arguments) {
    return Room(as_room{}, std::forward<Arguments>(arguments)...);
  }
};

}  // namespace detail

inline namespace VMM_SYSTEM_NAMESPACE {
namespace typed {

/// Whether new elements may go before others. At the end nothing has to be moved, so T need not be assignable.
enum class place { end, anywhere };

template <class T, class Alloc>
class vector_core {
 public:
  using room = device_uvector<T>;
  using life = element_life<T, Alloc>;

  /// `arguments` make the storage.
  template <class... Arguments>
  explicit vector_core(const life& l, Arguments&&... arguments)
      : room_(detail::room_access::make<room>(std::forward<Arguments>(arguments)...)), life_(l) {}
  vector_core(vector_core&& other) noexcept : room_(std::move(other.room_)), life_(other.life_) {}
  vector_core& operator=(vector_core&& other) noexcept {
    if (this != &other) {
      destroy_all();
      room_ = std::move(other.room_);
      life_ = other.life_;
    }
    return *this;
  }
  ~vector_core() {
    if constexpr (!ends_trivially<T, Alloc>) truncate(0);
  }
  void swap(vector_core& other) noexcept {
    room_.swap(other.room_);
    std::swap(life_, other.life_);
  }

  room& get_room() noexcept { return room_; }
  VMM_HOST_DEVICE storage& bytes() noexcept { return detail::room_access::storage_of(room_); }
  VMM_HOST_DEVICE const storage& bytes() const noexcept { return detail::room_access::storage_of(room_); }
  const life& get_life() const noexcept { return life_; }
  T* data() const { return reinterpret_cast<T*>(bytes().data()); }
  /// Without what is staged.
  VMM_HOST_DEVICE T* address() const noexcept { return reinterpret_cast<T*>(bytes().address()); }
  VMM_HOST_DEVICE std::size_t size() const noexcept { return bytes().size() / sizeof(T); }
  static constexpr std::size_t max_size() noexcept {
    return static_cast<std::size_t>((std::numeric_limits<std::ptrdiff_t>::max)()) / sizeof(T);
  }

  // -- room
  [[nodiscard]] engine::retired grow(std::size_t n) { return bytes().grow(checked(n), relocation<T>()); }
  void reserve(std::size_t n) {
    if (checked(n) <= bytes().capacity()) return;
    auto old = bytes().reserve(checked(n), relocation<T>());
    bytes().settle();
  }
  void shrink_to_fit() {
    bytes().shrink_to_fit(relocation<T>());
    bytes().settle();
  }

  // -- adding one from the host. What is no more than bytes waits for a large copy unless someone may know where it is.
  void push(const T& value, bool even_if_shown = false) {
    if constexpr (is_staged) {
      bytes().template put<sizeof(T)>(std::addressof(value), even_if_shown,
                                      [&] { return push_slowly(value, even_if_shown); });
    } else {
      insert_fill<place::end>(size(), 1, value);
    }
  }
  static constexpr bool is_staged =
      std::is_trivially_copyable_v<T> && !constructs_copies<Alloc, T> && !destroys<Alloc, T>;

  // -- adding. `construct(index)` makes n elements from there on.
  template <place Where, class Construct>
  void insert_gap(std::size_t at, std::size_t n, Construct construct) {
    const std::size_t before = size();
    if (n == 0) return;
    if (n > max_size() - before) too_long();
    auto old = grow(before + n);
    bytes().flush();
    if constexpr (as_host_objects<T>) {
      construct(before);
      bytes().set_size((before + n) * sizeof(T));
      if constexpr (Where == place::anywhere) rotate(at, before);
    } else {
      open_gap(at, n, construct);
      bytes().set_size((before + n) * sizeof(T));
    }
  }
  void append_default(std::size_t n) {
    insert_gap<place::end>(size(), n, [&](std::size_t i) { life_.construct_default(bytes(), i, n); });
  }
  void append_raw(std::size_t n) {
    insert_gap<place::end>(size(), n, [](std::size_t) {});
  }
  template <place Where = place::anywhere>
  void insert_fill(std::size_t at, std::size_t n, const T& value) {
    if constexpr (!as_bytes<T> && !VMM_ON_CUDA && !constructs_copies<Alloc, T>)
      if (n == 1) return insert_moved<Where>(at, T(value));  // a copy that throws does so before anything grows
    with_own(value, [&](const T& x) {
      insert_gap<Where>(at, n, [&](std::size_t i) { life_.construct_fill(bytes(), i, n, x); });
    });
  }
  template <place Where = place::anywhere>
  void insert_moved(std::size_t at, T&& value) {
    if (size() == max_size()) too_long();
    const std::size_t own = own_index(static_cast<const T*>(std::addressof(value)), 1);
    auto old = grow(size() + 1);  // before the value is moved from: it stays the caller's if memory is refused
    with_own(std::move(own == none ? value : data()[own]), [&](auto&& x) {
      insert_gap<Where>(at, 1, [&](std::size_t i) { life_.construct_from_host(bytes(), i, static_cast<T&&>(x)); });
    });
  }

  /// What the iterators say when the call begins, also where they say what this vector holds.
  template <place Where = place::anywhere, class It>
  void insert_range(std::size_t at, It first, It last) {
    if constexpr (is_byte_source<T, It, Alloc>() || is_device_source<It>) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      if constexpr (is_own_kind<T, It>()) {
        insert_known<Where>(at, first, n);
      } else if (stays_readable<Where>(at, n, first)) {
        insert_gap<Where>(at, n, [&](std::size_t i) { life_.construct_copy(bytes(), i, first, n); });
      } else {
        insert_copies<Where>(at, copied(first, last));
      }
    } else if constexpr (detail::is_forward<It>) {
      const std::size_t n = static_cast<std::size_t>(std::distance(first, last));
      if (stays_readable<Where>(at, n, first))
        insert_gap<Where>(at, n, [&](std::size_t i) { construct_pieces(i, first, last); });
      else
        insert_copies<Where>(at, copied(first, last));
    } else if ((Where == place::end || at == size()) && (as_bytes<T> || !may_read(first, 1))) {
      append_pieces(first, last);
    } else {  // of unknown length: copied first, so that the tail moves once
      insert_copies<Where>(at, copied(first, last));
    }
  }

  // -- removing
  void erase(std::size_t first, std::size_t last) {
    if (first == last) return;
    close_gap(first, last);
    bytes().settle();
  }
  void truncate(std::size_t n) noexcept {
    life_.destroy(bytes(), n, size() - n);
    bytes().set_size(n * sizeof(T));
  }
  void destroy_all() noexcept {
    truncate(0);
    bytes().forget_shown();
  }

  // -- replacing. Nothing is lost when memory is refused, nor when a copy of bytes is that lie side by side. Input iterators, of
  // which nobody knows how many there are, come after the old elements are gone, unless they may read these.
  void assign_fill(std::size_t n, const T& value) {
    with_own(value, [&](const T& x) {
      auto old = grow(n);
      replace(n, [&](std::size_t i) { life_.construct_fill(bytes(), i, n, x); });
    });
  }
  template <class It>
  void assign_range(It first, It last) {
    if constexpr (is_byte_source<T, It, Alloc>() || is_device_source<It>) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      if (const std::size_t own = own_index(first, n); own != none) return keep(own, n);
      if (may_read(first, static_cast<std::ptrdiff_t>(n))) return assign_copies(copied(first, last));
      auto old = grow(n);
      replace(n, [&](std::size_t i) { life_.construct_copy(bytes(), i, first, n); });
    } else if (may_read(first, distance_of(first, last))) {
      assign_copies(copied(first, last));
    } else if constexpr (detail::is_forward<It>) {
      const std::size_t n = static_cast<std::size_t>(std::distance(first, last));
      auto old = grow(n);
      replace(n, [&](std::size_t i) { construct_pieces(i, first, last); });
    } else {
      destroy_all();
      append_pieces(first, last);
    }
  }

  static std::size_t checked(std::size_t n) {
    if (n > max_size()) too_long();
    return n * sizeof(T);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t push_slowly(const T& value, bool even_if_shown) {
    if (size() == max_size()) too_long();
    alignas(T) unsigned char copy[sizeof(T)];  // growth may move what `value` is part of
    std::memcpy(copy, std::addressof(value), sizeof(T));
    return bytes().push(copy, sizeof(T), even_if_shown);
  }

  [[noreturn]] static void too_long() { throw std::length_error("vmm::device_vector: more elements than max_size()"); }

  // -- sources that may read this vector's own elements
  template <class It>
  static std::ptrdiff_t distance_of(const It& first, const It& last) {
    if constexpr (detail::is_forward<It>)
      return std::distance(first, last);
    else
      return 1;  // of input iterators nobody knows
  }
  template <class It>
  bool may_read(const It& first, std::ptrdiff_t n) const {
    const auto begin = reinterpret_cast<std::uintptr_t>(address());
    return reader<It>::may_read(first, 0, n, {begin, begin + bytes().size()});
  }
  /// Whether `first` reads the same while n elements come in at `at`. Bytes that are only moved elsewhere, as a whole, stay
  /// where they were until the call ends.
  template <place Where, class It>
  bool stays_readable(std::size_t at, std::size_t n, const It& first) const {
    const bool nothing_moves = (Where == place::end || at == size()) && (as_bytes<T> || n <= bytes().capacity() / sizeof(T) - size());
    return nothing_moves || !may_read(first, static_cast<std::ptrdiff_t>(n));
  }
  /// A temporary copy, in this vector's order.
  template <class It>
  vector_core copied(It first, It last) const {
    vector_core copy(life_, storage::aside(bytes(), 0));
    if constexpr (is_byte_source<T, It, Alloc>() || is_device_source<It>) {
      const std::size_t n = static_cast<std::size_t>(last - first);
      copy.reserve_raw(n);
      copy.template insert_gap<place::end>(0, n, [&](std::size_t i) { life_.construct_copy(copy.bytes(), i, first, n); });
    } else {
      if constexpr (detail::is_forward<It>) copy.reserve_raw(static_cast<std::size_t>(std::distance(first, last)));
      copy.append_pieces(first, last);
    }
    return copy;
  }
  void reserve_raw(std::size_t n) { auto none_yet = bytes().reserve(checked(n), relocation<T>()); }
  template <place Where>
  void insert_copies(std::size_t at, vector_core&& copy) {
    const std::size_t n = copy.size();
    insert_gap<Where>(at, n, [&](std::size_t i) { take(i, copy, n); });
  }
  void assign_copies(vector_core&& copy) {
    const std::size_t n = copy.size();
    auto old = grow(n);
    replace(n, [&](std::size_t i) { take(i, copy, n); });
  }
  /// Its elements, into raw memory from `at` on.
  void take(std::size_t at, vector_core& copy, std::size_t n) {
    if constexpr (as_bytes<T>) {
      bytes().write(at * sizeof(T), copy.address(), n * sizeof(T));
    } else {
      relocate(bytes(), data() + at, copy.data(), n);
    }
    copy.bytes().set_size(0);  // moved out
  }

  /// Where [first, first + n) starts in this vector, if those are its own elements.
  template <class It>
  std::size_t own_index(It first, std::size_t n) const {
    if constexpr (is_own_kind<T, It>()) {
      if (n == 0 || size() == 0) return none;
      const T* const p = address_of(first);
      const auto distance = reinterpret_cast<std::uintptr_t>(p) - reinterpret_cast<std::uintptr_t>(data());
      if (distance < size() * sizeof(T)) return distance / sizeof(T);
    }
    return none;
  }
  /// n elements by `construct` instead of all that there are; bytes are written over the old ones. Where the wait is refused,
  /// it is done all the same. pre: there is room.
  template <class Construct>
  void replace(std::size_t n, Construct construct) {
    if constexpr (copies_as_bytes<T> && ends_trivially<T, Alloc>)
      bytes().flush();
    else
      destroy_all();
    if (n != 0) construct(0);
    bytes().set_size(n * sizeof(T));
    bytes().forget_shown();
    if constexpr (!as_host_objects<T>) bytes().settle();
  }
  /// Nothing but the n elements from `first` on.
  void keep(std::size_t first, std::size_t n) {
    if constexpr (copies_as_bytes<T> && ends_trivially<T, Alloc>) {
      replace(n, [&](std::size_t) { bytes().shift(0, first * sizeof(T), n * sizeof(T)); });
    } else {
      close_gap(0, first);
      truncate(n);
      bytes().settle();  // where that is refused, it is done all the same
    }
  }

  template <place Where = place::anywhere, class It>
  void insert_known(std::size_t at, It first, std::size_t n) {
    if (const std::size_t own = own_index(first, n); own == none) {
      insert_gap<Where>(at, n, [&](std::size_t i) { life_.construct_copy(bytes(), i, first, n); });
    } else if (Where == place::end || at == size()) {  // growth may move what is read
      insert_gap<Where>(at, n, [&](std::size_t i) { life_.construct_copy(bytes(), i, static_cast<const T*>(data()) + own, n); });
    } else if constexpr (Where == place::anywhere) {  // the gap moves what is read
      insert_copies<Where>(at, copied(first, first + static_cast<std::ptrdiff_t>(n)));
    }
  }

  /// Calls `use` with a value that stays while elements move: on the host machine it may be one of them.
  template <class Value, class Use>
  void with_own(Value&& value, Use use) {
    if constexpr (VMM_ON_CUDA) {
      use(std::forward<Value>(value));
    } else {
      T own(std::forward<Value>(value));
      use(std::forward<Value>(own));
    }
  }

  /// Makes [middle, size()) come first in [first, size()), by swaps.
  void rotate(std::size_t first, std::size_t middle) {
    if (first == middle) return;
    reverse(first, middle);
    reverse(middle, size());
    reverse(first, size());
  }
  void reverse(std::size_t first, std::size_t last) {
    using std::swap;
    for (; first + 1 < last; ++first) swap(data()[first], data()[--last]);
  }

  /// Removes [first, last). Waits for nobody.
  void close_gap(std::size_t first, std::size_t last) {
    const std::size_t tail = size() - last, n = last - first;
    if (n == 0) return;
    if (tail == 0) return truncate(first);
    if constexpr (as_host_objects<T>) {
      for (std::size_t i = 0; i < tail; ++i) data()[first + i] = std::move(data()[last + i]);
      return truncate(first + tail);
    } else if constexpr (as_bytes<T> && ends_trivially<T, Alloc>) {
      bytes().shift(first * sizeof(T), last * sizeof(T), tail * sizeof(T));
    } else if constexpr (as_bytes<T>) {  // destroyed elsewhere, once the tail has moved: all of it may be refused until then
      const engine::scratch gone(bytes().get_machine(), bytes().where(), n * sizeof(T));
      bytes().copy_out(gone.data(), first * sizeof(T), n * sizeof(T));
      bytes().shift(first * sizeof(T), last * sizeof(T), tail * sizeof(T));
      life_.destroy(bytes(), reinterpret_cast<T*>(gone.data()), n);
    } else {
      storage aside = storage::aside(bytes(), tail * sizeof(T));
      life_.destroy(bytes(), first, n);
      relocate(bytes(), typed::at<T>(aside, 0), data() + last, tail);
      relocate(bytes(), data() + first, typed::at<T>(aside, 0), tail);
    }
    bytes().set_size((first + tail) * sizeof(T));
  }

  /// Waits while what was done can be undone.
  template <class Construct>
  void open_gap(std::size_t at, std::size_t n, Construct& construct) {
    const std::size_t tail = size() - at;
    const auto complete = [&] {
      construct(at);
      try {
        bytes().settle();
      } catch (...) {
        life_.destroy(bytes(), at, n);
        throw;
      }
    };
    if (tail == 0) {
      complete();
    } else if constexpr (as_bytes<T>) {
      bytes().shift((at + n) * sizeof(T), at * sizeof(T), tail * sizeof(T));
      try {
        complete();
      } catch (...) {
        bytes().shift(at * sizeof(T), (at + n) * sizeof(T), tail * sizeof(T));
        throw;
      }
    } else {  // on the device, where moves do not throw, or not assignable
      storage aside = storage::aside(bytes(), tail * sizeof(T));
      relocate(bytes(), typed::at<T>(aside, 0), data() + at, tail);
      try {
        complete();
      } catch (...) {
        relocate(bytes(), data() + at, typed::at<T>(aside, 0), tail);
        throw;
      }
      relocate(bytes(), data() + at + n, typed::at<T>(aside, 0), tail);
      bytes().set_size((size() + n) * sizeof(T));
      bytes().settle();
    }
  }

  /// Into raw memory from `at` on; what is constructed is destroyed again if the source throws.
  template <class It>
  void construct_pieces(std::size_t at, It first, It last) {
    std::size_t done = 0;
    try {
      detail::for_each_piece<T>(first, last, [&](const T* p, std::size_t n) {
        life_.construct_from_host(bytes(), at + done, p, n);
        done += n;
      });
    } catch (...) {
      life_.destroy(bytes(), at, done);
      throw;
    }
  }
  /// While the vector is small growth moves it: what was replaced is kept until all is read.
  template <class It>
  void append_pieces(It first, It last) {
    const std::size_t before = size();
    std::vector<engine::retired> replaced;
    try {
      detail::for_each_piece<T>(first, last, [&](const T* p, std::size_t n) {
        const T* const here = address();
        auto old = grow(sum(size(), n));
        if (address() != here) replaced.push_back(std::move(old));
        insert_gap<place::end>(size(), n, [&](std::size_t i) { life_.construct_from_host(bytes(), i, p, n); });
      });
    } catch (...) {
      truncate(before);
      throw;
    }
  }
  static std::size_t sum(std::size_t a, std::size_t b) {
    if (b > max_size() - a) too_long();
    return a + b;
  }

  room room_;
  life life_;
};

}  // namespace typed
}  // namespace VMM_SYSTEM_NAMESPACE
}  // namespace vmm
