// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A stream goes into CUDA's and RMM's classes for streams and comes back, and nothing becomes ambiguous by it.
#include <memory>
#include <type_traits>

#include <vmm/stream.hpp>

#include <cuda/stream_ref>

namespace {

struct like_rmm {  // rmm::cuda_stream_view
  cudaStream_t handle = nullptr;
  constexpr like_rmm(cudaStream_t s) noexcept : handle(s) {}
  constexpr like_rmm(cuda::stream_ref s) noexcept : handle(s.get()) {}
  like_rmm(int) = delete;
  like_rmm(std::nullptr_t) = delete;
  constexpr cudaStream_t value() const noexcept { return handle; }
  constexpr operator cudaStream_t() const noexcept { return handle; }
  constexpr operator cuda::stream_ref() const noexcept { return handle; }
};
inline bool operator==(like_rmm a, like_rmm b) { return a.handle == b.handle; }
inline bool operator!=(like_rmm a, like_rmm b) { return !(a == b); }

void take_handle(cudaStream_t) {}
void take_cuda(cuda::stream_ref) {}
void take_rmm(like_rmm) {}
void take_ours(vmm::stream_ref) {}
void take_address(const void*) {}
template <class T>
void take_any(const T&) {}

[[maybe_unused]] bool use(vmm::stream_ref s, const vmm::stream_ref c, cudaStream_t h) {
  take_handle(s), take_cuda(s), take_rmm(s), take_ours(s), take_address(s), take_any(s);
  take_handle(c), take_cuda(c), take_rmm(c), take_ours(h);
  cuda::stream_ref a = s, b(s), d{s}, e = static_cast<cuda::stream_ref>(c);
  like_rmm w = s, x(s), y{c};
  a = s, w = s, s = a, s = w, a = c;
  take_ours(a), take_ours(w), take_ours(vmm::stream_ref(y));
  return s == a && a == s && s != b && b != s && c == d && e == c && s == h && h == s && s != h && h != c && s == w && w == s &&
         s != x && x != s && s == c && s != c && s.value() == s.get() && s;
}

static_assert(std::is_convertible_v<vmm::stream_ref, cuda::stream_ref> &&
              std::is_convertible_v<cuda::stream_ref, vmm::stream_ref>);
static_assert(!std::is_convertible_v<vmm::stream_ref, std::unique_ptr<CUstream_st>>);
static_assert(!std::is_convertible_v<vmm::stream_ref, std::shared_ptr<CUstream_st>>);
static_assert(!std::is_convertible_v<vmm::stream_ref, int> && !std::is_convertible_v<vmm::stream_ref, char*>);

}  // namespace
