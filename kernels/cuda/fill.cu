// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <numeric>

#include "kernels.hpp"
#include "launch.hpp"

namespace vmm::kernels::cuda {
namespace {

constexpr unsigned most_words = 64;

/// A pattern repeated until it fills whole 16-byte words, as it looks from the first aligned address on.
template <unsigned maximum>
struct words {
  uint4 word[maximum];
};

/// The bytes before the first aligned address and behind the last.
struct edges {
  unsigned char *head_at, *tail_at;
  unsigned char head[16], tail[16];
  unsigned head_bytes, tail_bytes;
};

/// Each thread stores one 16-byte word, the first block the edges as well. A pattern of one word is a register; longer ones go
/// through shared memory, since threads of a warp read different words. Parameters are __grid_constant__ because they are
/// indexed at run time: otherwise every thread would copy them to its stack first.
template <unsigned maximum>
__global__ void __launch_bounds__(threads) fill_words(uint4* to, std::size_t n, const __grid_constant__ words<maximum> w,
                                                      unsigned count, const __grid_constant__ edges e) {
  constexpr bool one = maximum == 1;
  __shared__ uint4 shared[maximum];
  if constexpr (!one) {
    for (unsigned i = threadIdx.x; i < count; i += threads) shared[i] = w.word[i];
    __syncthreads();
  }
  const std::size_t i = std::size_t{blockIdx.x} * threads + threadIdx.x;
  if (i < n) to[i] = one ? w.word[0] : shared[i % count];
  if (blockIdx.x == 0) {
    const unsigned k = threadIdx.x;
    if (k < e.head_bytes) e.head_at[k] = e.head[k];
    if (k < e.tail_bytes) e.tail_at[k] = e.tail[k];
  }
}

/// Patterns too long for whole words in registers: the first is written, then what is there is doubled.
cudaError_t fill_by_doubling(cudaStream_t stream, unsigned char* to, const void* pattern, std::size_t pattern_bytes,
                             std::size_t total) {
  const auto* const p = static_cast<const unsigned char*>(pattern);
  // Read before return, whatever memory it was in.
  const std::unique_ptr<unsigned char[]> pageable(new (std::nothrow) unsigned char[pattern_bytes]);
  if (!pageable) return cudaErrorUnknown;  // host memory: the device's would not help
  std::memcpy(pageable.get(), p, pattern_bytes);
  cudaError_t e = cudaMemcpyAsync(to, pageable.get(), pattern_bytes, cudaMemcpyHostToDevice, stream);
  for (std::size_t done = pattern_bytes; e == cudaSuccess && done < total;) {
    const std::size_t n = done < total - done ? done : total - done;
    e = cudaMemcpyAsync(to + done, to, n, cudaMemcpyDeviceToDevice, stream);
    done += n;
  }
  return e;
}

std::size_t words_for(std::size_t pattern_bytes) noexcept { return std::lcm(pattern_bytes, sizeof(uint4)) / sizeof(uint4); }

}  // namespace

bool fits_launch(std::size_t pattern_bytes) noexcept { return words_for(pattern_bytes) <= most_words; }

cudaError_t fill(cudaStream_t stream, void* to, const void* pattern, std::size_t pattern_bytes, std::size_t count) {
  if (count == 0) return cudaSuccess;
  auto* const out = static_cast<unsigned char*>(to);
  const auto* const p = static_cast<const unsigned char*>(pattern);
  const std::size_t total = pattern_bytes * count;
  const std::size_t count_words = words_for(pattern_bytes);
  const std::size_t period = count_words * sizeof(uint4);
  if (!fits_launch(pattern_bytes)) return fill_by_doubling(stream, out, pattern, pattern_bytes, total);

  const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(out) % sizeof(uint4);
  const std::size_t to_aligned = misaligned == 0 ? 0 : sizeof(uint4) - misaligned;
  const std::size_t head = to_aligned < total ? to_aligned : total;
  const std::size_t n = (total - head) / sizeof(uint4);
  const std::size_t tail = total - head - n * sizeof(uint4);
  const auto byte_at = [&](std::size_t offset) { return p[offset % pattern_bytes]; };

  edges e{};
  e.head_at = out, e.tail_at = out + total - tail;
  e.head_bytes = static_cast<unsigned>(head), e.tail_bytes = static_cast<unsigned>(tail);
  for (std::size_t i = 0; i < head; ++i) e.head[i] = byte_at(i);
  for (std::size_t i = 0; i < tail; ++i) e.tail[i] = byte_at(total - tail + i);
  words<most_words> w;
  unsigned char bytes[sizeof w];
  for (std::size_t i = 0; i < period; ++i) bytes[i] = byte_at(head + i);
  std::memcpy(w.word, bytes, period);
  auto* const aligned = reinterpret_cast<uint4*>(out + head);
  const unsigned blocks = n == 0 ? 1 : static_cast<unsigned>((n + threads - 1) / threads);
  if (count_words == 1) return launch(stream, blocks, threads, fill_words<1>, aligned, n, words<1>{{w.word[0]}}, 1u, e);
  return launch(stream, blocks, threads, fill_words<most_words>, aligned, n, w, static_cast<unsigned>(count_words), e);
}

}  // namespace vmm::kernels::cuda
