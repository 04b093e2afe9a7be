// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Owns reserved addresses and the blocks that are mapped in them, from the base upwards without a hole.
///
/// Mapping behind the end moves nothing and does not wait. Unmapping does not wait either: code that shrinks,
/// moves or destroys a range must know that nothing on the device still uses what goes.
#pragma once

#include <cstddef>
#include <vector>

#include "memory/block.hpp"
#include "driver/memory_driver.hpp"

namespace vmm::engine {

class address_range {
 public:
  address_range() noexcept = default;
  /// Fills `out`, or changes nothing. pre: bytes is a multiple of the granularity, and not 0.
  static status reserve(memory_driver& d, std::size_t bytes, address_range& out);
  address_range(address_range&& other) noexcept;
  address_range& operator=(address_range&& other) noexcept;
  ~address_range();

  explicit operator bool() const noexcept { return driver_ != nullptr; }
  std::byte* data() const noexcept;
  std::size_t reserved() const noexcept { return reserved_; }
  std::size_t mapped() const noexcept { return mapped_; }
  std::size_t blocks() const noexcept { return mappings_.size(); }
  std::size_t last_block() const noexcept { return mapped_ - mappings_.back().bytes; }  ///< where it begins
  /// Whether none of them was handed over.
  bool owns_blocks() const noexcept { return mappings_.empty() || bool(mappings_.front().owner); }

  /// Maps `b` behind the last block, for `devices`. On failure `b` still owns its memory.
  /// pre: mapped() + b.size() <= reserved().
  status map_back(block& b, const std::vector<int>& devices);

  /// Lets one more device read and write what is mapped so far.
  status grant(int device) const noexcept;

  /// Unmaps and releases whole blocks from the end, as long as at least `keep` bytes stay mapped.
  void unmap_back(std::size_t keep) noexcept;
  std::size_t mapped_after(std::size_t keep) const noexcept;  ///< what it would leave

  /// Reserves `bytes` more addresses right behind this range; errc::out_of_addresses if they are taken.
  status extend(std::size_t bytes);

  /// Maps the blocks below `end` into `target` as well: both ranges map the same memory. On failure target is empty again.
  /// pre: target is empty and at least as large.
  status mirror_into(address_range& target, const std::vector<int>& devices,
                     std::size_t end = static_cast<std::size_t>(-1)) const;
  /// Makes a mirror the owner of the blocks. This range still maps them until it is destroyed.
  void hand_over(address_range& target) noexcept;
  /// Takes the last block of `other` in place of its own last one, which goes. On failure it keeps its own; where that cannot be
  /// mapped again it is `lost`, and nothing of this range has moved but its end. pre: other is a mirror of the rest.
  status replace_last(address_range& other, const std::vector<int>& devices, bool& lost) noexcept;

 private:
  struct reservation {
    std::byte* address;
    std::size_t bytes;
  };
  struct mapping {
    block owner;  // empty once the blocks belong to another range
    std::size_t bytes;
  };

  void unmap_last() noexcept;
  void swap(address_range& other) noexcept;

  memory_driver* driver_ = nullptr;
  std::vector<reservation> reservations_;  // adjacent, ascending; each is given back by its own base and size
  std::vector<mapping> mappings_;          // ascending, without a hole
  std::size_t reserved_ = 0;
  std::size_t mapped_ = 0;
};

}  // namespace vmm::engine
