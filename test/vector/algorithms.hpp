// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// What algorithms_*.cpp share: seeded input, the comparison with the oracle's result, and functors.
#pragma once

#include "support/catch.hpp"
#include "support/vector_under_test.hpp"

#include <thrust/copy.h>
#include <thrust/device_ptr.h>
#include <thrust/distance.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#ifdef __CUDACC__
#  define VMM_TEST_HOST_DEVICE __host__ __device__
#else
#  define VMM_TEST_HOST_DEVICE
#endif

namespace vmm_test {

using host_ints = std::vector<int>;
using device_ints = vector_under_test<int>;

/// Nothing, one element, less than a warp, and several blocks of threads of which the last is not full.
inline constexpr std::size_t sizes[] = {0, 1, 17, 5003};

inline host_ints random_ints(std::size_t size, int low, int high, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<int> distribution(low, high);
  host_ints values(size);
  std::generate(values.begin(), values.end(), [&] { return distribution(engine); });
  return values;
}

inline host_ints sorted_ints(std::size_t size, int low, int high, unsigned seed) {
  host_ints values = random_ints(size, low, high, seed);
  std::sort(values.begin(), values.end());
  return values;
}

/// 0, 1, ... size - 1 in random order.
inline host_ints random_permutation(std::size_t size, unsigned seed) {
  host_ints values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<int>(i);
  std::shuffle(values.begin(), values.end(), std::mt19937(seed));
  return values;
}

/// Runs of 1 to 60 equal keys out of [0, 30).
inline host_ints random_runs(std::size_t size, unsigned seed) {
  std::mt19937 engine(seed);
  host_ints values;
  while (values.size() < size) {
    const int key = static_cast<int>(engine() % 30);
    const std::size_t length = std::min<std::size_t>(1 + engine() % 60, size - values.size());
    values.insert(values.end(), length, key);
  }
  return values;
}

template <class T>
vector_under_test<T> on_device(const std::vector<T>& values) {
  return vector_under_test<T>(values);
}

inline std::size_t offset(std::ptrdiff_t distance) { return static_cast<std::size_t>(distance); }

/// Reads through the bare address that data() gives: only what lies in the vector's own memory counts.
template <class Vector>
auto memory_of(const Vector& vector) {
  std::vector<typename Vector::value_type> elements(vector.size());
  const auto first = thrust::device_pointer_cast(thrust::raw_pointer_cast(vector.data()));
  thrust::copy(first, first + elements.size(), elements.begin());
  return elements;
}

/// Empty where the vector's memory holds exactly the expected elements, else a word on the first deviation.
template <class Vector>
std::string difference(const Vector& actual, const std::vector<typename Vector::value_type>& expected) {
  if (actual.size() != expected.size())
    return std::to_string(actual.size()) + " elements instead of " + std::to_string(expected.size());
  const auto elements = memory_of(actual);
  const auto deviation = std::mismatch(elements.begin(), elements.end(), expected.begin());
  if (deviation.first == elements.end()) return {};
  std::string text = "element " + std::to_string(deviation.first - elements.begin());
  if constexpr (std::is_arithmetic_v<typename Vector::value_type>)
    text += ": " + std::to_string(*deviation.first) + " instead of " + std::to_string(*deviation.second);
  return text;
}

/// Drops what lies behind the end that an algorithm returned.
template <class Vector, class Iterator>
void trim(Vector& vector, Iterator end) {
  vector.erase(end, vector.end());
}

/// Keys with their values, as the by_key algorithms take them and as the oracles do.
using host_pairs = std::vector<std::pair<int, int>>;

inline host_pairs paired(const host_ints& keys, const host_ints& values) {
  host_pairs pairs;
  for (std::size_t i = 0; i < keys.size(); ++i) pairs.emplace_back(keys[i], values[i]);
  return pairs;
}

inline host_ints keys_of(const host_pairs& pairs) {
  host_ints keys;
  for (const auto& pair : pairs) keys.push_back(pair.first);
  return keys;
}

inline host_ints values_of(const host_pairs& pairs) {
  host_ints values;
  for (const auto& pair : pairs) values.push_back(pair.second);
  return values;
}

/// An element of 12 bytes, which no vectorised load or atomic handles in one piece.
struct record {
  int key;
  float weight;
  int tag;

  friend VMM_TEST_HOST_DEVICE bool operator==(const record& a, const record& b) {
    return a.key == b.key && a.weight == b.weight && a.tag == b.tag;
  }
};
static_assert(sizeof(record) == 12 && std::is_trivial_v<record>);

inline std::vector<record> random_records(std::size_t size, unsigned seed) {
  const host_ints keys = random_ints(size, 0, 50, seed);
  std::vector<record> records;
  for (std::size_t i = 0; i < size; ++i) records.push_back({keys[i], 0.5F * static_cast<float>(keys[i]), static_cast<int>(i)});
  return records;
}

struct is_even {
  VMM_TEST_HOST_DEVICE bool operator()(int value) const { return value % 2 == 0; }
  VMM_TEST_HOST_DEVICE bool operator()(const record& value) const { return value.key % 2 == 0; }
};

struct affine {
  VMM_TEST_HOST_DEVICE int operator()(int value) const { return 3 * value - 7; }
};

/// Orders values from 0 more coarsely than less.
struct by_last_digit {
  VMM_TEST_HOST_DEVICE bool operator()(int a, int b) const { return a % 10 < b % 10; }
};

/// An equivalence coarser than equality, for values from 0.
struct same_decade {
  VMM_TEST_HOST_DEVICE bool operator()(int a, int b) const { return a / 10 == b / 10; }
};

}  // namespace vmm_test
