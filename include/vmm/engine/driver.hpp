// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// L1. The contract of a backend with virtual memory: the only thing that the layers above know of it.
///
/// A verb that returns anything but ok has changed nothing. No verb throws; every verb may be called from any thread and,
/// but for make_current, leaves the caller's current device as it was. Sizes are bytes. Two backends stand behind it,
/// src/cuda_driver.cpp and src/host_driver.cpp; they differ only inside.
#pragma once

#include <cstddef>
#include <cstdint>

#include <vmm/error.hpp>
#include <vmm/stream.hpp>

namespace vmm::engine {

struct status {
  errc code = errc::ok;
  const char* call = "";    ///< the backend's own name of what failed; static
  const char* reason = "";  ///< the backend's own word for why; static

  bool ok() const noexcept { return code == errc::ok; }
  /// Of what waits: nothing that was submitted runs any more, since it is done or its context is gone.
  bool is_quiescent() const noexcept { return ok() || code == errc::device_lost || code == errc::shutting_down; }
};

struct capabilities {
  bool virtual_memory = false;     ///< ranges can be reserved and mapped; without it there is direct memory alone
  bool host_addressable = false;   ///< the host can read and write the memory through the same pointer
  std::size_t granularity = 0;     ///< reserve, create and map take multiples of it; 0 without virtual memory
  std::size_t largest_block = 0;   ///< create takes no more at once
  std::size_t total_memory = 0;    ///< of the device, whoever holds it
  std::size_t workspace_bytes = 0;       ///< of device memory, for the verbs that take one; 0: they take null
};

struct memory_info {
  std::size_t free = 0, total = 0;
};

/// The order in which work on a vector's memory is done.
struct stream_order {
  stream_order(int on, stream_ref order, bool waits) noexcept : stream(order), device(on), synchronous(waits) {}

  stream_ref stream;
  int device;
  bool synchronous;  ///< calls return when their work is done, and direct memory is taken and freed without a stream
  unsigned char unused[3] = {};  // so that both are stored and copied at once
};

using block_handle = std::uint64_t;
using event_handle = std::uint64_t;

/// Types of elements that the backend can compare and combine.
enum class scalar : std::uint8_t { int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64 };

/// `equal`: a == b. `equivalent`: neither a < b nor b < a; a NaN is equivalent to everything.
enum class relation { equal, equivalent };

/// How an array becomes one value, or two. Of floating elements the result is the same whenever the count and the device are.
struct reduction {
  enum class kind : std::uint8_t { sum, minimum, maximum, minmax, count };
  kind what;
  scalar element;
  /// sum: int32, int64, float32 or float64, at least as wide as the element and floating if that is; integers wrap around.
  /// count: uint64. Others: the element's.
  scalar result;
  /// What the result starts with: one value of its type, for minmax two. count: the element that is looked for.
  alignas(8) unsigned char operand[16];
};

class driver {
 public:
  virtual ~driver() = default;

  /// @name The backend
  virtual status describe(int device, capabilities& out) noexcept = 0;
  virtual status memory(int device, memory_info& out) noexcept = 0;
  virtual int devices() noexcept = 0;         ///< how many there are; 0 where there is no driver
  virtual int current_device() noexcept = 0;  ///< of the calling thread; -1 where there is none
  virtual status make_current(int device) noexcept = 0;
  /// Gives back what the backend's own allocators keep for reuse; -1: on every device used so far.
  virtual void trim(int device) noexcept = 0;

  /// @name Addresses
  /// Aligned to the granularity. `hint` may be null and need not be granted: compare.
  virtual status reserve(std::size_t bytes, void* hint, void*& address) noexcept = 0;
  /// pre: exactly one earlier reservation, nothing mapped in it.
  virtual status unreserve(void* address, std::size_t bytes) noexcept = 0;

  /// @name Physical memory. Its contents are unspecified.
  virtual status create(int device, std::size_t bytes, block_handle& block) noexcept = 0;
  /// pre: mapped nowhere.
  virtual status release(block_handle block, std::size_t bytes) noexcept = 0;

  /// @name Mappings
  /// Maps a whole block and lets `devices[0 .. count)` read and write it. The same block may be mapped twice.
  /// pre: [address, address + bytes) lies in reserved addresses and is unmapped; count > 0.
  virtual status map(void* address, std::size_t bytes, block_handle block, const int* devices,
                     std::size_t count) noexcept = 0;
  /// Lets further devices read and write as well. Fails where one cannot reach the memory.
  /// pre: whole mappings, adjacent.
  virtual status grant(void* address, std::size_t bytes, const int* devices, std::size_t count) noexcept = 0;
  /// Does not wait. pre: exactly one earlier mapping.
  virtual status unmap(void* address, std::size_t bytes) noexcept = 0;

  /// Puts `block` where another one is mapped, from the same address on, and unmaps what that one has beyond. On failure the other
  /// one is mapped as before, or where even that fails, nothing is: `lost`. Does not wait.
  /// pre: exactly one earlier mapping, of `mapped` bytes of `before`; bytes <= mapped.
  virtual status replace(void* address, std::size_t mapped, block_handle before, std::size_t bytes, block_handle block,
                         const int* devices, std::size_t count, bool& lost) noexcept {
    lost = false;
    status s = unmap(address, mapped);
    if (!s.ok()) return s;
    s = map(address, bytes, block, devices, count);
    if (!s.ok()) lost = !map(address, mapped, before, devices, count).ok();
    return s;
  }

  /// @name Direct memory, aligned to 256 bytes
  virtual status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept = 0;
  /// Waits for the device where the order is synchronous, else takes effect in its order.
  virtual status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept = 0;
  /// Another number after the device was reset, which frees direct memory and may hand its addresses to others; mapped
  /// memory outlives it.
  virtual std::uint64_t epoch(int device) noexcept = 0;

  /// @name Direct memory of a graph
  /// Where the stream is being captured: memory that is the graph's own from here on until graph_deallocate. Elsewhere null.
  virtual status graph_allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept = 0;
  virtual status graph_deallocate(const stream_order& order, void* address) noexcept = 0;

  /// @name Host memory that the backend copies from while the host goes on; aligned to 256 bytes
  virtual status pin(std::size_t bytes, void*& address) noexcept = 0;
  virtual status unpin(void* address, std::size_t bytes) noexcept = 0;

  /// @name Data, in stream order; nothing waits unless it says so
  /// From pinned memory. Never part of a capture: where the stream is being captured, it is done beside it, and waits for the
  /// device.
  virtual status copy_from_pinned(const stream_order& order, void* to, const void* pinned, std::size_t bytes) noexcept = 0;
  /// Between any two places; `source` in pageable host memory may be reused on return.
  virtual status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept = 0;
  /// Overlapping ranges, as memmove.
  virtual status memmove(const stream_order& order, void* to, const void* from, std::size_t bytes, void* workspace) noexcept = 0;
  /// Writes `pattern` `count` times. pre: pattern_bytes > 0. `pattern` is read before return.
  virtual status fill(const stream_order& order, void* to, const void* pattern, std::size_t pattern_bytes,
                      std::size_t count) noexcept = 0;
  /// Index of the first pair that is not related, or `count`. Waits.
  virtual status mismatch(const stream_order& order, const void* a, const void* b, std::size_t count, scalar type,
                          relation relate, void* workspace, std::size_t& index) noexcept = 0;
  /// `result` is device memory, aligned to its type; for minmax the smallest element and behind it the largest.
  virtual status reduce(const stream_order& order, const reduction& how, const void* data, std::size_t count, void* workspace,
                        void* result) noexcept = 0;

  /// @name Order
  /// errc::capturing where the stream is being captured, or may not be used since another one is.
  virtual status outside_capture(const stream_order& order) noexcept = 0;
  /// An event stands for what was submitted to a stream until it was recorded.
  /// pre: the work of a synchronous order is done; its event is reached at once. errc::capturing during a capture; fails
  /// in a child process that shares its memory with its parent.
  virtual status record(const stream_order& order, event_handle& event) noexcept = 0;
  /// Whether that work is done. Fails where nobody can know any more, as in such a child.
  virtual status is_complete(event_handle event, bool& out) noexcept = 0;
  /// What is submitted to the stream from now on comes after that work. errc::capturing during a capture.
  virtual status stream_wait_event(const stream_order& order, event_handle event) noexcept = 0;
  /// Every recorded event is forgotten once.
  virtual void destroy_event(event_handle event) noexcept = 0;

  /// @name Time. All wait in a way that leaves stream captures of other threads valid.
  virtual status event_synchronize(event_handle event) noexcept = 0;
  /// For the stream; errc::capturing if that stream is being captured.
  virtual status stream_synchronize(const stream_order& order) noexcept = 0;
  /// For everything submitted to the device.
  virtual status device_synchronize(int device) noexcept = 0;
};

}  // namespace vmm::engine
