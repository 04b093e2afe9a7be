// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// Moving bytes to a place that overlaps the old one, in one pass and without a temporary copy. Blocks take tiles in the order
// in which memmove would move them. Each loads its tile into registers, says so, and waits until the tiles whose source it is
// going to overwrite are loaded as well. Those were taken before it, so the blocks that hold them run, and it ends.

#include <cstdint>

#include "kernels.hpp"
#include "launch.hpp"

namespace vmm::kernels::cuda {
namespace {

constexpr unsigned words_per_thread = 8;
constexpr unsigned tile_words = threads * words_per_thread;
constexpr unsigned word_bytes = sizeof(uint4);
constexpr std::size_t tile_bytes = std::size_t{tile_words} * word_bytes;
constexpr unsigned most_edge = 2 * word_bytes;

/// One launch. Words are those of the destination, aligned; their bytes begin `skew` bytes into a word of the source.
struct plan {
  unsigned char *to, *head_at, *tail_at;
  const unsigned char *from, *head_from, *tail_from;  // `from` is aligned
  std::size_t n;                                      // words
  unsigned tiles, head_bytes, tail_bytes, skew;
  long long ahead;  // bytes from where a tile's source begins to where it goes
  bool up;
};

__device__ uint4 joined(uint4 low, uint4 high, unsigned skew) {
  const unsigned w[8] = {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w};
  const unsigned whole = skew / 4, bits = skew % 4 * 8;
  unsigned out[4];
#pragma unroll
  for (unsigned k = 0; k < 4; ++k) {
    unsigned a = 0, b = 0;  // w[whole + k] and the one behind, without indexing registers at run time
#pragma unroll
    for (unsigned s = 0; s < 4; ++s)
      if (whole == s) a = w[k + s], b = w[k + s + 1 < 8 ? k + s + 1 : 7];
    out[k] = __funnelshift_r(a, b, bits);
  }
  return {out[0], out[1], out[2], out[3]};
}

__device__ bool is_loaded(const unsigned* flag) {
  unsigned value;
  asm volatile("ld.acquire.gpu.u32 %0, [%1];" : "=r"(value) : "l"(flag) : "memory");
  return value != 0;
}

__global__ void __launch_bounds__(threads) shift_tiles(plan p, unsigned* ticket, unsigned* loaded) {
  __shared__ unsigned taken;
  if (threadIdx.x == 0) taken = atomicAdd(ticket, 1u);
  __syncthreads();
  const unsigned t = p.up ? p.tiles - 1 - taken : taken;
  const std::size_t first = std::size_t{t} * tile_words + threadIdx.x;
  const bool has_head = t == 0 && threadIdx.x < p.head_bytes, has_tail = t == p.tiles - 1 && threadIdx.x < p.tail_bytes;

  uint4 low[words_per_thread], high[words_per_thread];
  const auto* const from = reinterpret_cast<const uint4*>(p.from);
#pragma unroll
  for (unsigned k = 0; k < words_per_thread; ++k) {
    const std::size_t i = first + std::size_t{k} * threads;
    if (i < p.n) {
      low[k] = from[i];
      if (p.skew != 0) high[k] = from[i + 1];
    }
  }
  const unsigned char head = has_head ? p.head_from[threadIdx.x] : 0, tail = has_tail ? p.tail_from[threadIdx.x] : 0;
  __syncthreads();
  if (threadIdx.x == 0) asm volatile("st.release.gpu.u32 [%0], %1;" : : "l"(loaded + t), "r"(1u) : "memory");

  // What this tile overwrites, counted in tiles of the source; a word or three more on either side are the edges.
  constexpr long long size = tile_bytes, slack = most_edge + word_bytes;
  const auto tile_of = [](long long offset) { return offset >= 0 ? offset / size : -((size - 1 - offset) / size); };
  long long lowest = tile_of(static_cast<long long>(t) * size + p.ahead - slack);
  long long highest = tile_of((static_cast<long long>(t) + 1) * size + p.ahead + slack);
  if (p.up)
    lowest = lowest > t ? lowest : static_cast<long long>(t) + 1;
  else
    highest = highest < t ? highest : static_cast<long long>(t) - 1;
  lowest = lowest < 0 ? 0 : lowest;
  highest = highest < p.tiles ? highest : static_cast<long long>(p.tiles) - 1;
  for (long long j = lowest + threadIdx.x; j <= highest; j += threads)
    while (!is_loaded(loaded + j)) __nanosleep(20);
  __syncthreads();

  auto* const to = reinterpret_cast<uint4*>(p.to);
#pragma unroll
  for (unsigned k = 0; k < words_per_thread; ++k) {
    const std::size_t i = first + std::size_t{k} * threads;
    if (i < p.n) to[i] = p.skew != 0 ? joined(low[k], high[k], p.skew) : low[k];
  }
  if (has_head) p.head_at[threadIdx.x] = head;
  if (has_tail) p.tail_at[threadIdx.x] = tail;
}

/// pre: bytes > 0.
plan plan_for(unsigned char* to, const unsigned char* from, std::size_t bytes) {
  plan p{};
  p.up = to > from;
  const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(to) % word_bytes;
  const std::size_t to_aligned = misaligned == 0 ? 0 : word_bytes - misaligned;
  const std::size_t head = to_aligned < bytes ? to_aligned : bytes;
  p.skew = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(from + head) % word_bytes);
  // A word reads up to the end of the second word of the source that it touches, which must not lie behind the source.
  const std::size_t past = p.skew == 0 ? 0 : word_bytes - p.skew;
  p.n = bytes - head > past ? (bytes - head - past) / word_bytes : 0;
  const std::size_t done = head + p.n * word_bytes;
  p.to = to + head, p.from = from + head - p.skew;
  p.head_at = to, p.head_from = from, p.head_bytes = static_cast<unsigned>(head);
  p.tail_at = to + done, p.tail_from = from + done, p.tail_bytes = static_cast<unsigned>(bytes - done);
  p.tiles = p.n == 0 ? 1 : static_cast<unsigned>((p.n + tile_words - 1) / tile_words);
  p.ahead = (to + head) - p.from;
  return p;
}

}  // namespace

cudaError_t memmove(cudaStream_t stream, void* to, const void* from, std::size_t bytes, void* workspace,
                    std::size_t workspace_bytes) {
  auto* const t = static_cast<unsigned char*>(to);
  const auto* const f = static_cast<const unsigned char*>(from);
  auto* const ticket = static_cast<unsigned*>(workspace);
  const std::size_t maximum = (workspace_bytes / sizeof(unsigned) - 2) * tile_bytes;  // of one launch
  cudaError_t e = cudaSuccess;
  for (std::size_t done = 0; e == cudaSuccess && done < bytes;) {
    const std::size_t n = bytes - done < maximum ? bytes - done : maximum;
    const std::size_t at = t < f ? done : bytes - done - n;
    const plan p = plan_for(t + at, f + at, n);
    e = cudaMemsetAsync(ticket, 0, (std::size_t{p.tiles} + 1) * sizeof(unsigned), stream);
    if (e == cudaSuccess) e = launch(stream, p.tiles, threads, shift_tiles, p, ticket, ticket + 1);
    // Whoever is out of memory may be asked once more, but not when some bytes have moved.
    if (e == cudaErrorMemoryAllocation && done != 0) e = cudaErrorLaunchOutOfResources;
    done += n;
  }
  return e;
}

}  // namespace vmm::kernels::cuda
