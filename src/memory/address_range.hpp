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
#include "memory/host_block.hpp"
#include "driver/memory_driver.hpp"

namespace vmm::engine {

/// What can be mapped: one of the two.
struct tile {
  block device;
  host_block host;
  explicit operator bool() const noexcept { return device || host; }
  std::size_t size() const noexcept { return host ? host.size() : device.size(); }
  block_handle handle() const noexcept { return host ? host.handle() : device.handle(); }
};

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
  /// Whether none of them was handed over.
  bool owns_blocks() const noexcept { return mappings_.empty() || bool(mappings_.front().owned); }

  /// Maps `b` behind the last block, for `devices`. On failure `b` still owns its memory.
  /// pre: mapped() + b.size() <= reserved().
  status map_back(block& b, const std::vector<int>& devices);

  /// The same of a block of the host, for all devices. pre: there is none yet.
  status map_back(host_block& b);
  /// Unmaps the last block.
  tile detach_last() noexcept;

  /// One block: its number, and the bytes of the range that it holds.
  struct extent {
    std::size_t block, begin, end;
  };
  extent extent_of(std::size_t block) const noexcept;
  /// The one that holds the byte at `offset`. pre: offset < mapped().
  extent at(std::size_t offset) const noexcept;
  /// Whether one is a block of the host; where it is; and where the CPU reaches it.
  bool has_tail() const noexcept { return tail_ != none; }
  extent tail() const noexcept { return extent_of(tail_); }                                   ///< pre: has_tail()
  std::byte* tail_cpu() const noexcept { return mappings_[tail_].owned.host.cpu_address(); }  ///< pre: has_tail()
  /// Puts `with` in place of as many bytes of blocks, and leaves what was there in it. On failure everything is as before, or where
  /// even that is refused, some blocks are mapped nowhere: incomplete(), until repair() could map them.
  /// pre: blocks [first, first + count) of the same size together; nobody uses them.
  status exchange(std::size_t first, std::size_t count, std::vector<tile>& with, const std::vector<int>& devices);
  bool incomplete() const noexcept { return unmapped_ != 0; }
  status repair(const std::vector<int>& devices) noexcept;

  /// Lets one more device read and write what is mapped so far.
  status grant(int device) const noexcept;

  /// Unmaps and releases whole blocks from the end, as long as at least `keep` bytes stay mapped.
  void unmap_back(std::size_t keep) noexcept;

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
    tile owned;  // empty once the blocks belong to another range
    std::size_t bytes = 0;
    bool is_mapped = true;
  };

  status map_last(block_handle handle, std::size_t bytes, const std::vector<int>& devices);
  status unmap_all(std::size_t first, std::size_t count) noexcept;
  void substitute(std::size_t first, std::size_t count, std::vector<tile>& in, std::vector<tile>& out) noexcept;
  void swap(address_range& other) noexcept;

  memory_driver* driver_ = nullptr;
  std::vector<reservation> reservations_;  // adjacent, ascending; each is given back by its own base and size
  std::vector<mapping> mappings_;          // ascending, without a hole
  std::size_t reserved_ = 0;
  std::size_t mapped_ = 0;
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t tail_ = none;   // the block of the host
  std::size_t unmapped_ = 0;  // blocks
};

}  // namespace vmm::engine
