// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The library's algorithms and Thrust's with vmm::par, on memory that grew step by step. Where placement decides over a few
/// percent, a rival is measured in turn with ours on the same memory: `times_ours` is its time over ours there.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/fill.h>
#include <thrust/functional.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/tabulate.h>

#include <vmm/device_vector.hpp>
#include <vmm/algorithm.hpp>
#include <vmm/execution_policy.hpp>

#include "backend.hpp"
#include "register.hpp"
#include "scrambled.hpp"

#if VMM_ON_CUDA
#  include <cub/device/device_reduce.cuh>
#endif

namespace {

using namespace vmm_bench;

/// Seconds of what `f` submits to stream().
template <class F>
double device_seconds(F f) {
#if VMM_ON_CUDA
  static const auto event = [] {
    cudaEvent_t e;
    succeed(cudaEventCreate(&e), "cudaEventCreate");
    return e;
  };
  static const cudaEvent_t begin = event(), end = event();
  succeed(cudaEventRecord(begin, stream()), "cudaEventRecord");
  f();
  succeed(cudaEventRecord(end, stream()), "cudaEventRecord");
  succeed(cudaEventSynchronize(end), "cudaEventSynchronize");
  float ms = 0;
  succeed(cudaEventElapsedTime(&ms, begin, end), "cudaEventElapsedTime");
  return ms * 1e-3;
#else
  const stopwatch time;
  f();
  return time.seconds();
#endif
}

/// Memory that grew step by step, as elements of T.
template <class T>
class grown {
 public:
  explicit grown(std::size_t bytes) : v_(stream()) {
    for (std::size_t n = 1; n < bytes; n = (std::min)(v_.capacity() + 1, bytes)) v_.resize(n);
    v_.resize(bytes);
    // Not all alike: what is added up should have digits to carry.
    const auto pattern = static_cast<std::uint32_t>(0x01020304);
    vmm::fill(stream(), reinterpret_cast<std::uint32_t*>(v_.data()), reinterpret_cast<std::uint32_t*>(v_.data()) + bytes / 4,
              pattern);
  }
  T* begin() { return reinterpret_cast<T*>(v_.data()); }
  T* end() { return begin() + size(); }
  std::size_t size() const { return v_.size() / sizeof(T); }

 private:
  vmm::device_uvector<unsigned char> v_;
};

/// Rival and ours by turns, both warmed up.
template <class T, class Ours, class Rival>
void in_turn(benchmark::State& state, Ours ours, Rival rival) {
  for (auto _ : state) {
    clean_slate();
    grown<T> memory(sizes().array);
    std::vector<double> a, b;
    for (int i = 0; i < 6; ++i) {
      const double x = device_seconds([&] { rival(memory.begin(), memory.size()); });
      const double y = device_seconds([&] { ours(memory.begin(), memory.size()); });
      if (i != 0) a.push_back(x), b.push_back(y);
    }
    const double theirs = quantile(a, 0.5);
    state.counters["times_ours"] = theirs / quantile(b, 0.5);
    state.SetIterationTime(theirs);
  }
  state.counters["moved"] = static_cast<double>(sizes().array);
}

#if VMM_ON_CUDA
__global__ void store_words(uint4* to, uint4 value, std::size_t n) {
  const std::size_t i = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < n) to[i] = value;
}
#endif

struct alignas(16) quad {
  std::uint32_t a, b, c, d;
};

template <class T>
void register_fill(const char* type, const T value) {
  const std::string name = std::string("fill/") + type + "/";
  const auto ms = benchmark::kMillisecond;
  const auto ours = [value](T* p, std::size_t n) { vmm::fill(stream(), p, p + n, value); };
  const auto add_rival = [&](const char* who, auto rival) {
    add(
        name + who, [=](benchmark::State& s) { in_turn<T>(s, ours, rival); }, ms);
  };
  add_rival("vmm::fill", ours);
#if VMM_ON_CUDA
  add_rival("thrust::fill",
            [value](T* p, std::size_t n) { thrust::fill(thrust::cuda::par_nosync.on(stream()), p, p + n, value); });
  add_rival("memset", [](T* p, std::size_t n) { succeed(cudaMemsetAsync(p, 7, n * sizeof(T), stream()), "cudaMemsetAsync"); });
  add_rival("16-byte stores", [](T* p, std::size_t n) {
    const std::size_t words = n * sizeof(T) / 16;
    store_words<<<static_cast<unsigned>((words + 255) / 256), 256, 0, stream()>>>(reinterpret_cast<uint4*>(p),
                                                                                  uint4{7, 7, 7, 7}, words);
    succeed(cudaPeekAtLastError(), "store_words");
  });
#else
  add_rival("thrust::fill", [value](T* p, std::size_t n) { thrust::fill(thrust::device, p, p + n, value); });
#endif
}

/// 1 MiB on the device for a result and, 256 bytes behind it, what CUB wants beside.
unsigned char* room() {
  static auto& made = *new vmm::device_uvector<unsigned char>(std::size_t{1} << 20, stream());
  return made.data();
}

/// Results stay on the device, but for Thrust's, which brings them back.
template <class T>
void register_reduce(const char* type) {
  using Result = std::conditional_t<(sizeof(T) < 4), std::int32_t, T>;
  const std::string name = std::string("reduce/") + type + "/";
  const auto ms = benchmark::kMillisecond;
  const auto ours = [](T* p, std::size_t n) { vmm::reduce_into(stream(), p, p + n, reinterpret_cast<Result*>(room())); };
  const auto add_rival = [&](const char* who, auto rival) {
    add(
        name + who, [=](benchmark::State& s) { in_turn<T>(s, ours, rival); }, ms);
  };
  add_rival("vmm::reduce_into", ours);
#if VMM_ON_CUDA
  add_rival("thrust::reduce", [](T* p, std::size_t n) {
    benchmark::DoNotOptimize(thrust::reduce(thrust::cuda::par_nosync.on(stream()), p, p + n, T{}));
  });
  add_rival("CUB", [](T* p, std::size_t n) {
    std::size_t bytes = (std::size_t{1} << 20) - 256;
    succeed(cub::DeviceReduce::Sum(room() + 256, bytes, p, reinterpret_cast<T*>(room()), n, stream()), "cub::DeviceReduce");
  });
#else
  add_rival("thrust::reduce",
            [](T* p, std::size_t n) { benchmark::DoNotOptimize(thrust::reduce(thrust::device, p, p + n, T{})); });
#endif
}

/// Calls on few elements, one behind the other; time for each.
template <class Call>
void add_calls(const std::string& name, Call call) {
  add(
      name,
      [call](benchmark::State& state) {
        const int calls = sizes().calls;
        for (auto _ : state) {
          call();
          synchronize();
          const stopwatch time;
          for (int i = 0; i < calls; ++i) call();
          synchronize();
          state.SetIterationTime(time.seconds() / calls);
        }
      },
      benchmark::kMicrosecond);
}

void register_small() {
  for (const std::size_t n : {std::size_t{1}, std::size_t{1000}, std::size_t{100000}}) {
    const std::string elements = std::to_string(n) + " elements/";
    const auto p = [] {
      static auto& made = *new vmm::device_uvector<int>(100000, stream());
      return made.data();
    };
    const auto result = [] { return reinterpret_cast<int*>(room()); };
    add_calls("fill few/" + elements + "vmm::fill", [=] { vmm::fill(stream(), p(), p() + n, 7); });
    add_calls("reduce few/" + elements + "vmm::reduce_into", [=] { vmm::reduce_into(stream(), p(), p() + n, result()); });
    add_calls("reduce few/" + elements + "vmm::reduce", [=] { benchmark::DoNotOptimize(vmm::reduce(stream(), p(), p() + n)); });
#if VMM_ON_CUDA
    add_calls("fill few/" + elements + "thrust::fill",
              [=] { thrust::fill(thrust::cuda::par_nosync.on(stream()), p(), p() + n, 7); });
    add_calls("reduce few/" + elements + "thrust::reduce",
              [=] { benchmark::DoNotOptimize(thrust::reduce(thrust::cuda::par_nosync.on(stream()), p(), p() + n)); });
#else
    add_calls("fill few/" + elements + "thrust::fill", [=] { thrust::fill(thrust::device, p(), p() + n, 7); });
    add_calls("reduce few/" + elements + "thrust::reduce",
              [=] { benchmark::DoNotOptimize(thrust::reduce(thrust::device, p(), p() + n)); });
#endif
  }
}

/// One of Thrust's algorithms under a policy, waiting; in turn with vmm::par on the same elements.
template <class Policy, class Run>
void with_policy(benchmark::State& state, const Policy& policy, std::size_t n, Run run) {
  for (auto _ : state) {
    clean_slate();
    vmm::device_vector<int> v(n, vmm::no_init);
    const auto seconds = [&](const auto& under) {
      thrust::tabulate(v.begin(), v.end(), scrambled{});
      synchronize();
      const stopwatch time;
      run(under, v);
      return time.seconds();
    };
    std::vector<double> theirs, ours;
    for (int i = 0; i < (n > 10000000 ? 4 : 2 + sizes().calls / 10); ++i) {
      const double x = seconds(policy), y = seconds(vmm::par);
      if (i != 0) theirs.push_back(x), ours.push_back(y);
    }
    const double time = quantile(theirs, 0.5);
    state.counters["times_ours"] = time / quantile(ours, 0.5);
    state.SetIterationTime(time);
  }
}

#if VMM_ON_CUDA
/// What Thrust's policy takes temporary memory from without asking the driver each time.
struct pool_allocator {
  using value_type = char;
  char* allocate(std::ptrdiff_t bytes) {
    void* p = nullptr;
    succeed(cudaMallocAsync(&p, static_cast<std::size_t>(bytes), nullptr), "cudaMallocAsync");
    return static_cast<char*>(p);
  }
  void deallocate(char* p, std::size_t) { cudaFreeAsync(p, nullptr); }
};
#endif

template <class Run>
void register_policies(const char* algorithm, Run run) {
  for (const std::size_t n : {sizes().large_count / 100000, sizes().large_count / 1000, sizes().large_count}) {
    const std::string name = std::string(algorithm) + "/" + std::to_string(n) + " elements/";
    const int rounds = n > 10000000 ? (sizes().rounds + 1) / 2 : sizes().rounds;
    add(
        name + "vmm::par", [=](benchmark::State& s) { with_policy(s, vmm::par, n, run); }, benchmark::kMicrosecond, rounds);
    add(
        name + "thrust::device", [=](benchmark::State& s) { with_policy(s, thrust::device, n, run); }, benchmark::kMicrosecond,
        rounds);
#if VMM_ON_CUDA
    add(
        name + "thrust::cuda::par, warm pool",
        [=](benchmark::State& s) {
          set_pool_threshold(~std::uint64_t{0});  // both keep all that they had
          vmm::set_cache_limit(~std::size_t{0});
          pool_allocator lends;
          with_policy(s, thrust::cuda::par(lends), n, run);
        },
        benchmark::kMicrosecond, rounds);
#endif
  }
}

/// Memory of the last turn is kept, so that what is left is writing the values.
template <bool growing>
void value_initialise(benchmark::State& state) {
  clean_slate();
  const std::size_t n = sizes().array / sizeof(int);
  vmm::set_cache_limit(2 * sizes().array);
  for (auto _ : state) {
    std::vector<double> a, b;
    for (int i = 0; i < 5; ++i) {
      const stopwatch time;
      vmm::device_vector<int> v(growing ? 0 : n);
      if constexpr (growing) v.resize(n);
      const double whole = time.seconds();
      const double filling = device_seconds([&] { vmm::fill(stream(), v.data().get(), v.data().get() + n, 0); });
      if (i != 0) a.push_back(whole), b.push_back(filling);
    }
    state.SetIterationTime(quantile(a, 0.5));
    state.counters["times_ours"] = quantile(a, 0.5) / quantile(b, 0.5);
  }
}

/// One element before all others, with room for it.
template <class Vector>
void insert_at_front(benchmark::State& state) {
  for (auto _ : state) {
    clean_slate();
    Vector v;
    v.reserve(sizes().inserted_into + 1);
    v.resize(sizes().inserted_into);
    std::vector<double> times;
    for (int i = 0; i < 4; ++i) {
      synchronize();
      const stopwatch time;
      v.insert(v.begin(), 7);
      synchronize();
      if (i != 0) times.push_back(time.seconds());
      v.pop_back();
    }
    state.SetIterationTime(quantile(times, 0.5));
  }
}

const bool registered = [] {
  add("insert/at the front/vmm::device_vector", insert_at_front<vmm::device_vector<int>>, benchmark::kMillisecond);
  add("insert/at the front/thrust::device_vector", insert_at_front<thrust::device_vector<int>>, benchmark::kMillisecond);
  register_fill<std::uint8_t>("1 byte", 7);
  register_fill<std::uint16_t>("2 bytes", 7);
  register_fill<std::uint32_t>("4 bytes", 7);
  register_fill<std::uint64_t>("8 bytes", 7);
  register_fill<quad>("16 bytes", quad{1, 2, 3, 4});
  register_reduce<std::int8_t>("int8");
  register_reduce<std::int32_t>("int32");
  register_reduce<std::int64_t>("int64");
  register_reduce<float>("float");
  register_reduce<double>("double");
  register_small();
  register_policies("sort", [](const auto& policy, auto& v) { thrust::sort(policy, v.begin(), v.end()); });
  register_policies("scan", [](const auto& policy, auto& v) { thrust::inclusive_scan(policy, v.begin(), v.end(), v.begin()); });
  register_policies("thrust reduce", [](const auto& policy, auto& v) {
    benchmark::DoNotOptimize(thrust::reduce(policy, v.begin(), v.end(), 0, thrust::bit_xor<int>()));
  });
  add("value-initialise/construct/vmm::device_vector", value_initialise<false>, benchmark::kMillisecond);
  add("value-initialise/resize/vmm::device_vector", value_initialise<true>, benchmark::kMillisecond);
  return true;
}();

}  // namespace
