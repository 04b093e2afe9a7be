// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's algorithms that accumulate over a range or its runs of equal keys: scan, reduce, their by_key
/// and transform forms, inner_product, adjacent_difference; and unique, which keeps one element of each run.
#include "algorithms.hpp"

#include <thrust/adjacent_difference.h>
#include <thrust/execution_policy.h>
#include <thrust/functional.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/discard_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/transform_reduce.h>
#include <thrust/transform_scan.h>
#include <thrust/unique.h>

#include <cstdint>
#include <functional>
#include <numeric>

using namespace vmm_test;

namespace {

struct square {
  VMM_TEST_HOST_DEVICE long long operator()(int value) const { return static_cast<long long>(value) * value; }
};

struct distance_between {
  VMM_TEST_HOST_DEVICE int operator()(int a, int b) const { return a < b ? b - a : a - b; }
};

/// Calls visit(first, last) with the index range of each run of keys that are equal to their predecessors.
template <class Equal, class Visit>
void for_each_run(const host_ints& keys, Equal equal, Visit visit) {
  for (std::size_t first = 0, last; first < keys.size(); first = last) {
    last = first + 1;
    while (last < keys.size() && equal(keys[last - 1], keys[last])) ++last;
    visit(static_cast<std::ptrdiff_t>(first), static_cast<std::ptrdiff_t>(last));
  }
}

template <class Equal, class Operation>
host_ints inclusive_runs(const host_ints& keys, const host_ints& values, Equal equal, Operation operation) {
  host_ints result(values.size());
  const auto in = values.begin();
  for_each_run(keys, equal,
               [&](auto first, auto last) { std::inclusive_scan(in + first, in + last, result.begin() + first, operation); });
  return result;
}

template <class Equal, class Operation>
host_ints exclusive_runs(const host_ints& keys, const host_ints& values, Equal equal, int initial, Operation operation) {
  host_ints result(values.size());
  const auto in = values.begin();
  for_each_run(keys, equal, [&](auto first, auto last) {
    std::exclusive_scan(in + first, in + last, result.begin() + first, initial, operation);
  });
  return result;
}

/// The first key of each run with the reduction of its values.
template <class Equal, class Operation>
host_pairs reduced_runs(const host_ints& keys, const host_ints& values, Equal equal, Operation operation) {
  host_pairs result;
  const auto in = values.begin();
  for_each_run(keys, equal, [&](auto first, auto last) {
    const int reduced = std::accumulate(in + first + 1, in + last, in[first], operation);
    result.emplace_back(keys[offset(first)], reduced);
  });
  return result;
}

const auto maximum_of = [](int a, int b) { return std::max(a, b); };

}  // namespace

TEST_CASE("inclusive_scan and exclusive_scan accumulate", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1000, 1000, 31);
    const device_ints vector = on_device(input);
    device_ints result(size, -1);
    host_ints expected(size);
    const auto check = [&](const device_ints::iterator& end) {
      CHECK(offset(end - result.begin()) == size);
      CHECK(difference(result, expected) == "");
      result.assign(size, -1);
    };

    std::inclusive_scan(input.begin(), input.end(), expected.begin());
    check(thrust::inclusive_scan(vector.begin(), vector.end(), result.begin()));
    std::inclusive_scan(input.begin(), input.end(), expected.begin(), maximum_of);
    check(thrust::inclusive_scan(thrust::device, vector.cbegin(), vector.cend(), result.begin(), thrust::maximum<int>()));
    std::inclusive_scan(input.rbegin(), input.rend(), expected.begin(), std::plus<int>(), 17);
    check(thrust::inclusive_scan(vector.rbegin(), vector.rend(), result.begin(), 17, thrust::plus<int>()));

    std::exclusive_scan(input.begin(), input.end(), expected.begin(), 0);
    check(thrust::exclusive_scan(vector.begin(), vector.end(), result.begin()));
    std::exclusive_scan(input.begin(), input.end(), expected.begin(), 17);
    check(thrust::exclusive_scan(thrust::device, vector.cbegin(), vector.cend(), result.begin(), 17));
    std::exclusive_scan(input.begin(), input.end(), expected.begin(), -500, maximum_of);
    check(thrust::exclusive_scan(vector.begin(), vector.end(), result.begin(), -500, thrust::maximum<int>()));

    std::inclusive_scan(input.begin(), input.end(), expected.begin());
    result = input;
    check(thrust::inclusive_scan(result.begin(), result.end(), result.begin()));
  }
}

TEST_CASE("transform_inclusive_scan and transform_exclusive_scan accumulate", "[algorithms]") {
  using long_vector = vector_under_test<long long>;
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1'000'000, 1'000'000, 32);
    const device_ints vector = on_device(input);
    long_vector result(size, -1);
    std::vector<long long> expected(size);
    const auto check = [&](const long_vector::iterator& end) {
      CHECK(offset(end - result.begin()) == size);
      CHECK(difference(result, expected) == "");
      result.assign(size, -1);
    };

    const std::plus<long long> add;
    const thrust::plus<long long> plus;
    const auto first = vector.begin();
    const auto last = vector.end();
    std::transform_inclusive_scan(input.begin(), input.end(), expected.begin(), add, square());
    check(thrust::transform_inclusive_scan(first, last, result.begin(), square(), plus));
    std::transform_inclusive_scan(input.begin(), input.end(), expected.begin(), add, square(), 5LL);
    check(thrust::transform_inclusive_scan(first, last, result.begin(), square(), 5LL, plus));
    std::transform_exclusive_scan(input.begin(), input.end(), expected.begin(), 5LL, add, square());
    check(thrust::transform_exclusive_scan(thrust::device, first, last, result.begin(), square(), 5LL, plus));
  }
}

TEST_CASE("inclusive_scan_by_key and exclusive_scan_by_key start anew with each run", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input_keys = random_runs(size, 33);
    const host_ints input_values = random_ints(size, -1000, 1000, 34);
    const device_ints keys = on_device(input_keys);
    const device_ints values = on_device(input_values);
    device_ints result(size, -1);
    const auto check = [&](const device_ints::iterator& end, const host_ints& expected) {
      CHECK(offset(end - result.begin()) == size);
      CHECK(difference(result, expected) == "");
      result.assign(size, -1);
    };
    const std::equal_to<int> equal;
    const std::plus<int> add;
    const thrust::maximum<int> maximum;
    const auto first = keys.begin();
    const auto last = keys.end();
    const auto in = values.begin();

    check(thrust::inclusive_scan_by_key(first, last, in, result.begin()), inclusive_runs(input_keys, input_values, equal, add));
    check(thrust::inclusive_scan_by_key(first, last, in, result.begin(), same_decade()),
          inclusive_runs(input_keys, input_values, same_decade(), add));
    check(thrust::inclusive_scan_by_key(first, last, in, result.begin(), same_decade(), maximum),
          inclusive_runs(input_keys, input_values, same_decade(), maximum_of));

    check(thrust::exclusive_scan_by_key(first, last, in, result.begin()),
          exclusive_runs(input_keys, input_values, equal, 0, add));
    check(thrust::exclusive_scan_by_key(thrust::device, first, last, in, result.begin(), 17),
          exclusive_runs(input_keys, input_values, equal, 17, add));
    check(thrust::exclusive_scan_by_key(first, last, in, result.begin(), 17, same_decade()),
          exclusive_runs(input_keys, input_values, same_decade(), 17, add));
    check(thrust::exclusive_scan_by_key(first, last, in, result.begin(), -500, same_decade(), maximum),
          exclusive_runs(input_keys, input_values, same_decade(), -500, maximum_of));
  }
}

// Multiples of 1/4 in a range where float is exact, thus in every order of summation.
TEMPLATE_TEST_CASE("reduce adds up", "[algorithms]", std::uint8_t, int, long long, float, double) {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    std::vector<TestType> input;
    for (const int quarters : random_ints(size, 0, 1000, 35)) input.push_back(static_cast<TestType>(quarters / 4.0));
    const vector_under_test<TestType> vector = on_device(input);
    const auto expected = std::accumulate(input.begin(), input.end(), TestType(0), std::plus<TestType>());
    CHECK(thrust::reduce(vector.begin(), vector.end()) == expected);
  }
}

TEST_CASE("reduce and transform_reduce combine with an initial value", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, 0, 1'000'000, 36);
    const device_ints vector = on_device(input);
    const auto first = vector.begin();
    const auto last = vector.end();
    CHECK(thrust::reduce(first, last, 17LL) == std::accumulate(input.begin(), input.end(), 17LL));
    CHECK(thrust::reduce(thrust::device, vector.crbegin(), vector.crend(), 17, thrust::maximum<int>()) ==
          std::accumulate(input.begin(), input.end(), 17, maximum_of));
    const auto squares = std::transform_reduce(input.begin(), input.end(), 17LL, std::plus<>(), square());
    CHECK(thrust::transform_reduce(first, last, square(), 17LL, thrust::plus<long long>()) == squares);
    CHECK(thrust::reduce(thrust::make_transform_iterator(first, square()), thrust::make_transform_iterator(last, square()),
                         17LL) == squares);
  }
}

TEST_CASE("inner_product combines two ranges", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints a = random_ints(size, -500, 500, 37);
    const host_ints b = random_ints(size, -500, 500, 38);
    const device_ints device_a = on_device(a);
    const device_ints device_b = on_device(b);
    const auto first = device_a.begin();
    const auto last = device_a.end();
    CHECK(thrust::inner_product(first, last, device_b.begin(), 17) == std::inner_product(a.begin(), a.end(), b.begin(), 17));
    const thrust::maximum<int> maximum;
    CHECK(thrust::inner_product(first, last, device_b.cbegin(), -1, maximum, distance_between()) ==
          std::inner_product(a.begin(), a.end(), b.begin(), -1, maximum_of, distance_between()));
  }
}

TEST_CASE("reduce_by_key condenses each run", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input_keys = random_runs(size, 39);
    const host_ints input_values = random_ints(size, -1000, 1000, 40);
    const device_ints keys = on_device(input_keys);
    const device_ints values = on_device(input_values);
    device_ints result_keys(size, -1);
    device_ints result_values(size, -1);
    // Which of several equivalent keys stands for its run is the backend's choice: CUB takes the last, the others the first.
    const auto check = [&](const auto& ends, const host_pairs& expected, bool by_decade = false) {
      trim(result_keys, ends.first);
      trim(result_values, ends.second);
      const host_ints expected_keys = keys_of(expected);
      if (by_decade) {
        const host_ints found = memory_of(result_keys);
        CHECK(std::equal(found.begin(), found.end(), expected_keys.begin(), expected_keys.end(), same_decade()));
      } else {
        CHECK(difference(result_keys, expected_keys) == "");
      }
      CHECK(difference(result_values, values_of(expected)) == "");
      result_keys.assign(size, -1);
      result_values.assign(size, -1);
    };

    const auto first = keys.begin();
    const auto last = keys.end();
    const auto in = values.begin();
    check(thrust::reduce_by_key(first, last, in, result_keys.begin(), result_values.begin()),
          reduced_runs(input_keys, input_values, std::equal_to<int>(), std::plus<int>()));
    check(thrust::reduce_by_key(first, last, in, result_keys.begin(), result_values.begin(), same_decade()),
          reduced_runs(input_keys, input_values, same_decade(), std::plus<int>()), true);
    check(thrust::reduce_by_key(thrust::device, first, last, in, result_keys.begin(), result_values.begin(), same_decade(),
                                thrust::maximum<int>()),
          reduced_runs(input_keys, input_values, same_decade(), maximum_of), true);

    // The length of each run.
    const auto ends = thrust::reduce_by_key(first, last, thrust::make_constant_iterator(1), thrust::make_discard_iterator(),
                                            result_values.begin());
    trim(result_values, ends.second);
    const host_ints ones(size, 1);
    const host_pairs lengths = reduced_runs(input_keys, ones, std::equal_to<int>(), std::plus<int>());
    CHECK(difference(result_values, values_of(lengths)) == "");
  }
}

TEST_CASE("unique and its kin keep the first of each run", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_runs(size, 41);
    const host_ints payload = random_permutation(size, 42);
    const auto first_of = [](int a, int) { return a; };
    const host_pairs equal = reduced_runs(input, payload, std::equal_to<int>(), first_of);
    const host_pairs similar = reduced_runs(input, payload, same_decade(), first_of);

    const device_ints source = on_device(input);
    const device_ints source_values = on_device(payload);
    CHECK(offset(thrust::unique_count(source.begin(), source.end())) == equal.size());
    CHECK(offset(thrust::unique_count(source.cbegin(), source.cend(), same_decade())) == similar.size());

    device_ints vector = source;
    trim(vector, thrust::unique(vector.begin(), vector.end()));
    CHECK(difference(vector, keys_of(equal)) == "");
    vector = source;
    trim(vector, thrust::unique(thrust::device, vector.begin(), vector.end(), same_decade()));
    CHECK(difference(vector, keys_of(similar)) == "");

    vector.assign(size, -1);
    trim(vector, thrust::unique_copy(source.begin(), source.end(), vector.begin()));
    CHECK(difference(vector, keys_of(equal)) == "");

    vector = source;
    device_ints values = source_values;
    auto ends = thrust::unique_by_key(vector.begin(), vector.end(), values.begin(), same_decade());
    trim(vector, ends.first);
    trim(values, ends.second);
    CHECK(difference(vector, keys_of(similar)) == "");
    CHECK(difference(values, values_of(similar)) == "");

    vector.assign(size, -1);
    values.assign(size, -1);
    ends = thrust::unique_by_key_copy(source.begin(), source.end(), source_values.begin(), vector.begin(), values.begin());
    trim(vector, ends.first);
    trim(values, ends.second);
    CHECK(difference(vector, keys_of(equal)) == "");
    CHECK(difference(values, values_of(equal)) == "");
  }
}

TEST_CASE("adjacent_difference combines neighbours", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1000, 1000, 43);
    host_ints expected(size);
    const device_ints vector = on_device(input);
    device_ints result(size, -1);
    std::adjacent_difference(input.begin(), input.end(), expected.begin());
    auto end = thrust::adjacent_difference(vector.begin(), vector.end(), result.begin());
    CHECK(offset(end - result.begin()) == size);
    CHECK(difference(result, expected) == "");

    std::adjacent_difference(input.begin(), input.end(), expected.begin(), distance_between());
    result = input;
    thrust::adjacent_difference(result.begin(), result.end(), result.begin(), distance_between());
    CHECK(difference(result, expected) == "");
  }
}
