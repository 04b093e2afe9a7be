// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The memory of one vector: a direct allocation while it is small, then an address range. Grows, shrinks and accounts; knows
/// how many bytes are to be moved, but neither elements nor what still waits on the host.
///
/// Strong guarantee: whatever throws, address, capacity and contents stay, but for shrink_to_fit, which may have given back
/// memory before.
#pragma once

#include <cstddef>

#include "vector/held_memory.hpp"

namespace vmm::engine {

/// How the contents of a vector get to another place: by its function, or as bytes where it has none.
struct relocation {
  std::size_t bytes;  ///< in device memory
  relocate_fn relocate;
  raw_vector* vector;  ///< what `relocate` is given
};

/// Memory that is given back as the buffer that held it would.
struct replaced_memory {
  replaced_memory(range_cache& ranges, const stream_order& o, const access_set& devices) noexcept
      : cache(ranges), order(o), access(devices) {}
  replaced_memory(const replaced_memory&) = delete;
  ~replaced_memory() {
    if (range) cache.release(order, access, std::move(range));
  }

  range_cache& cache;
  stream_order order;
  access_set access;
  allocation direct;
  address_range range;
};

class buffer : public held_memory {
 public:
  /// At least `request.bytes`. Returns what was replaced; it still holds the contents where bytes alone were copied.
  [[nodiscard]] deferred_release grow(const buffer_owner& o, const growth_request& request, const capabilities& c,
                                      const relocation& moved);
  /// Gives back direct memory past the size, or blocks past it; all of it where nothing is held. Waits for readers of what goes.
  void shrink_to_fit(const buffer_owner& o, const relocation& moved);
  void release(const buffer_owner& o) noexcept;

  /// @name The tail, see tail.hpp
  /// Brings it to where `size` bytes end: from elsewhere, or anew. The memory keeps its place. Fails as place_tail; a tail
  /// that was elsewhere may have turned.
  status bring_tail(const buffer_owner& o, const capabilities& c, std::size_t size);
  /// From direct memory into a range that begins with a tail. pre: no range; `moved` are bytes.
  status promote_to_tail(const buffer_owner& o, const capabilities& c, const relocation& moved, deferred_release& old);
  /// Device memory takes its place, if there is one; in a capture nothing happens. Waits for readers.
  void turn_tail(const buffer_owner& o, const capabilities& c, std::size_t size);

 private:
  std::size_t direct_target(const buffer_owner& o, const growth_request& r, const capabilities& c) const;
  allocation allocate(const buffer_owner& o, std::size_t target, std::size_t minimum) const;
  void relocate_to(const buffer_owner& o, void* to, const relocation& moved) const;
  void grow_direct(const buffer_owner& o, std::size_t target, std::size_t bytes, const relocation& moved, replaced_memory* old);
  void promote(const buffer_owner& o, const growth_request& r, const capabilities& c, const relocation& moved,
               replaced_memory* old);
  void move_into(const buffer_owner& o, address_range& range, const relocation& moved, replaced_memory* old);
  void grow_range(const buffer_owner& o, const growth_request& r, const capabilities& c, const relocation& moved,
                  replaced_memory* old);
  bool extend(const buffer_owner& o, std::size_t bytes);
  void move_range(const buffer_owner& o, std::size_t target, std::size_t minimum, const capabilities& c,
                  const relocation& moved, replaced_memory* old);
  void shrink_range(const buffer_owner& o, std::size_t size);
  void replace_last_block(const buffer_owner& o, std::size_t size, std::size_t keep);
};

/// Throws where the order's stream is being captured.
void refuse_in_capture(const buffer_owner& o, const char* action, std::size_t bytes, std::size_t held);

}  // namespace vmm::engine
