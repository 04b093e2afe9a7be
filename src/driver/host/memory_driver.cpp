// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "driver/host/driver.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

namespace vmm::engine {
namespace {

constexpr std::size_t alignment = 256;  // what cudaMalloc promises

status refuse(errc code, const char* call) noexcept { return {code, call, std::strerror(errno)}; }

std::size_t physical_memory() noexcept {
  return static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// What the system could hand out without swapping; everything where it does not say.
std::size_t available_memory() noexcept {
  std::size_t out = physical_memory();
  if (std::FILE* f = std::fopen("/proc/meminfo", "re")) {
    char line[128];
    std::uintmax_t kib = 0;
    while (std::fgets(line, sizeof line, f) != nullptr) {
      if (std::sscanf(line, "MemAvailable: %" SCNuMAX, &kib) == 1) out = static_cast<std::size_t>(kib) << 10;
    }
    std::fclose(f);
  }
  return out;
}

int allocate_pages(int file, int mode, std::size_t offset, std::size_t bytes) noexcept {
  int result;
  do result = fallocate(file, mode, static_cast<off_t>(offset), static_cast<off_t>(bytes));
  while (result != 0 && errno == EINTR);
  return result;
}

}  // namespace

host_driver::host_driver(std::size_t memory, std::size_t granularity) noexcept
    : total_(memory != 0 ? memory : physical_memory()), granularity_(granularity), owner_(getpid()) {}

host_driver::~host_driver() {
  for (const file& f : files_) close(f.descriptor);
}

status host_driver::describe(int device, capabilities& out) noexcept {
  if (device != 0) return {errc::no_device, "host device", "the host backend has one device, number 0"};
  out.virtual_memory = true;
  out.host_addressable = true;
  out.host_blocks = true;
  out.granularity = granularity_;
  out.largest_block = (std::size_t{4} << 30) - granularity_;
  out.total_memory = total_;
  return {};
}

status host_driver::memory(int, memory_info& out) noexcept {
  const std::size_t available = available_memory();
  std::lock_guard lock(mutex_);
  out.total = total_;
  out.free = total_ - taken_ < available ? total_ - taken_ : available;
  return {};
}

bool host_driver::take(std::size_t bytes) noexcept {
  if (bytes > total_ - taken_) return false;
  taken_ += bytes;
  return true;
}

void host_driver::give(std::size_t bytes) noexcept { taken_ -= bytes; }

/// A handle is the number of its file and the offset there.
constexpr unsigned file_shift = 56;
constexpr std::size_t offset_of(block_handle block) noexcept { return block & ((block_handle{1} << file_shift) - 1); }

int host_driver::descriptor_of(block_handle block) noexcept {
  std::lock_guard lock(mutex_);
  return files_[block >> file_shift].descriptor;
}

status host_driver::open() noexcept try {
  if (!files_.empty() && files_.back().owner == getpid()) return {};
  if (files_.size() >> (64 - file_shift) != 0) return {errc::failed, "memfd_create", "forked too often"};
  files_.reserve(files_.size() + 1);
  const int descriptor = memfd_create("vmm", MFD_CLOEXEC);
  if (descriptor < 0) return refuse(errc::failed, "memfd_create");
  files_.push_back({descriptor, getpid()});
  holes_.clear();
  file_size_ = 0;
  return {};
} catch (const std::bad_alloc&) {
  return {errc::out_of_memory, "operator new", "host memory for bookkeeping"};
}

status host_driver::reserve(std::size_t bytes, void* hint, void*& address) noexcept {
  const auto map_nothing = [](void* at, std::size_t size) {
    void* const p = mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p != MAP_FAILED ? static_cast<std::byte*>(p) : nullptr;
  };
  const auto misplaced = [&](std::byte* p) { return reinterpret_cast<std::uintptr_t>(p) % granularity_; };
  std::byte* p = map_nothing(hint, bytes);
  if (p != nullptr && misplaced(p) != 0) {  // more than that, of which the aligned part stays
    munmap(p, bytes);
    p = map_nothing(nullptr, bytes + granularity_);
    if (p != nullptr) {
      const std::size_t before = (granularity_ - misplaced(p)) % granularity_;
      if (before != 0) munmap(p, before);
      p += before;
      munmap(p + bytes, granularity_ - before);
    }
  }
  if (p == nullptr) return refuse(errc::out_of_addresses, "mmap");
  address = p;
  return {};
}

status host_driver::unreserve(void* address, std::size_t bytes) noexcept {
  return munmap(address, bytes) != 0 ? refuse(errc::failed, "munmap") : status{};
}

void host_driver::insert_hole(std::size_t offset, std::size_t bytes) {
  auto next = holes_.lower_bound(offset);
  if (next != holes_.begin()) {
    auto before = std::prev(next);
    if (before->first + before->second == offset) offset = before->first, bytes += before->second, holes_.erase(before);
  }
  if (next != holes_.end() && offset + bytes == next->first) bytes += next->second, holes_.erase(next);
  holes_.emplace(offset, bytes);
}

status host_driver::create(int, std::size_t bytes, block_handle& block) noexcept {
  const bool fits = bytes <= available_memory();
  std::lock_guard lock(mutex_);
  if (status s = open(); !s.ok()) return s;
  if (!fits || !take(bytes)) return {errc::out_of_memory, "fallocate", "not enough free memory"};

  auto hole = holes_.begin();
  while (hole != holes_.end() && hole->second < bytes) ++hole;
  const std::size_t offset = hole != holes_.end() ? hole->first : file_size_;
  // Pages are taken now, not at the first touch: a refusal must come here, where it can be answered.
  const int descriptor = files_.back().descriptor;
  if (allocate_pages(descriptor, 0, offset, bytes) != 0) {
    status s = refuse(errno == ENOMEM || errno == ENOSPC ? errc::out_of_memory : errc::failed, "fallocate");
    allocate_pages(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes);
    give(bytes);
    return s;
  }
  if (hole == holes_.end()) {
    file_size_ += bytes;
  } else if (hole->second == bytes) {
    holes_.erase(hole);
  } else {  // the hole starts later: its node is kept, so nothing can fail
    auto node = holes_.extract(hole);
    node.key() += bytes;
    node.mapped() -= bytes;
    holes_.insert(std::move(node));
  }
  block = (block_handle{files_.size() - 1} << file_shift) | offset;
  return {};
}

status host_driver::release(block_handle block, std::size_t bytes) noexcept {
  std::lock_guard lock(mutex_);
  const file& f = files_[block >> file_shift];
  if (f.owner != getpid()) return give(bytes), status{};  // the pages are the other process's, too
  const std::size_t offset = offset_of(block);
  if (allocate_pages(f.descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, bytes) != 0)
    return refuse(errc::failed, "fallocate");
  give(bytes);
  try {
    insert_hole(offset, bytes);
  } catch (const std::bad_alloc&) {  // the extent is not used again; its pages are back already
  }
  return {};
}

/// There is one device, number 0.
status host_driver::grant(void*, std::size_t, const int* devices, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    if (devices[i] != 0) return {errc::no_device, "host device", "the host backend has one device, number 0"};
  return {};
}

status host_driver::map(void* address, std::size_t bytes, block_handle block, const int* devices, std::size_t count) noexcept {
  if (status s = grant(address, bytes, devices, count); !s.ok()) return s;
  void* p = mmap(address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor_of(block),
                 static_cast<off_t>(offset_of(block)));
  return p == MAP_FAILED ? refuse(errc::failed, "mmap") : status{};
}

status host_driver::unmap(void* address, std::size_t bytes) noexcept {
  void* p = mmap(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  return p == MAP_FAILED ? refuse(errc::failed, "mmap") : status{};
}

/// In one step, so that nothing is ever lost.
status host_driver::replace(void* address, std::size_t mapped, block_handle, std::size_t bytes, block_handle block,
                            const int* devices, std::size_t count, bool& lost) noexcept {
  lost = false;
  if (status s = map(address, bytes, block, devices, count); !s.ok()) return s;
  if (bytes < mapped) unmap(static_cast<std::byte*>(address) + bytes, mapped - bytes);
  return {};
}

status host_driver::allocate(const stream_order&, std::size_t bytes, void*& address) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (!take(bytes)) return {errc::out_of_memory, "operator new", "not enough free memory"};
  }
  address = ::operator new (bytes, std::align_val_t{alignment}, std::nothrow);
  if (address != nullptr) return {};
  std::lock_guard lock(mutex_);
  give(bytes);
  return {errc::out_of_memory, "operator new", "not enough free memory"};
}

status host_driver::deallocate(const stream_order&, void* address, std::size_t bytes) noexcept {
  ::operator delete (address, std::align_val_t{alignment});
  std::lock_guard lock(mutex_);
  give(bytes);
  return {};
}

/// Nothing is ever captured.
status host_driver::graph_allocate(const stream_order&, std::size_t, void*& address) noexcept {
  address = nullptr;
  return {};
}

status host_driver::pin(std::size_t bytes, void*& address) noexcept {
  void* const p = ::operator new (bytes, std::align_val_t{alignment}, std::nothrow);
  if (p == nullptr) return {errc::out_of_memory, "operator new", "not enough free memory"};
  address = p;
  return {};
}

status host_driver::unpin(void* address, std::size_t) noexcept {
  ::operator delete (address, std::align_val_t{alignment});
  return {};
}

}  // namespace vmm::engine
