// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's algorithms that make or use an order: sort, the binary searches, merge, the set operations,
/// reverse, swap_ranges, shuffle.
#include "algorithms.hpp"

#include <thrust/binary_search.h>
#include <thrust/execution_policy.h>
#include <thrust/functional.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/merge.h>
#include <thrust/random.h>
#include <thrust/reverse.h>
#include <thrust/set_operations.h>
#include <thrust/shuffle.h>
#include <thrust/sort.h>
#include <thrust/swap.h>
#include <thrust/tuple.h>

#include <functional>

using namespace vmm_test;

// A function template as an argument.
#define CALL(function) [](auto... arguments) { return function(arguments...); }

namespace {

struct by_key {
  VMM_TEST_HOST_DEVICE bool operator()(const record& a, const record& b) const { return a.key < b.key; }
};

/// Lets the oracle order pairs as a by_key algorithm orders their keys.
template <class Order>
auto by_first(Order order) {
  return [order](const auto& a, const auto& b) { return order(a.first, b.first); };
}

/// Keys that ascend with many duplicates, and values that tell each element from every other.
struct table {
  host_pairs pairs;
  device_ints keys;
  device_ints values;

  table(std::size_t size, int first_value, unsigned seed) {
    for (const int key : sorted_ints(size, 0, 400, seed)) pairs.emplace_back(key, first_value++);
    keys = keys_of(pairs);
    values = values_of(pairs);
  }
};

/// Calls Thrust's algorithm and the oracle on ranges of all pairs of sizes, first ascending, then descending.
template <class Algorithm, class Oracle>
void check_on_ordered_ranges(Algorithm algorithm, Oracle oracle) {
  const thrust::greater<int> greater;
  for (const std::size_t left : sizes) {
    for (const std::size_t right : sizes) {
      CAPTURE(left, right);
      const host_ints host_a = sorted_ints(left, -600, 600, 11);
      const host_ints host_b = sorted_ints(right, -600, 600, 12);
      const device_ints a = on_device(host_a);
      const device_ints b = on_device(host_b);

      host_ints expected(left + right);
      trim(expected, oracle(host_a.begin(), host_a.end(), host_b.begin(), host_b.end(), expected.begin()));
      device_ints result(left + right, -1);
      trim(result, algorithm(a.begin(), a.end(), b.cbegin(), b.cend(), result.begin()));
      CHECK(difference(result, expected) == "");

      expected.assign(left + right, 0);
      trim(expected, oracle(host_a.rbegin(), host_a.rend(), host_b.rbegin(), host_b.rend(), expected.begin(), greater));
      result.assign(left + right, -1);
      trim(result, algorithm(a.rbegin(), a.rend(), b.crbegin(), b.crend(), result.begin(), greater));
      CHECK(difference(result, expected) == "");
    }
  }
}

/// The same for an algorithm that takes keys and values, with the pairs of both for the oracle.
template <class Algorithm, class Oracle>
void check_on_ordered_tables(Algorithm algorithm, Oracle oracle) {
  const thrust::greater<int> greater;
  for (const std::size_t left : sizes) {
    for (const std::size_t right : sizes) {
      CAPTURE(left, right);
      const table a(left, 0, 21);
      const table b(right, 1'000'000, 22);
      host_pairs expected(left + right);
      device_ints keys(left + right, -1);
      device_ints values(left + right, -1);
      const auto check = [&](const auto& ends) {
        trim(keys, ends.first);
        trim(values, ends.second);
        CHECK(difference(keys, keys_of(expected)) == "");
        CHECK(difference(values, values_of(expected)) == "");
      };

      trim(expected, oracle(a.pairs.begin(), a.pairs.end(), b.pairs.begin(), b.pairs.end(), expected.begin(),
                            by_first(std::less<int>())));
      check(algorithm(a.keys.begin(), a.keys.end(), b.keys.begin(), b.keys.end(), a.values.begin(), b.values.begin(),
                      keys.begin(), values.begin()));

      expected.assign(left + right, {});
      trim(expected,
           oracle(a.pairs.rbegin(), a.pairs.rend(), b.pairs.rbegin(), b.pairs.rend(), expected.begin(), by_first(greater)));
      keys.assign(left + right, -1);
      values.assign(left + right, -1);
      check(algorithm(a.keys.rbegin(), a.keys.rend(), b.keys.rbegin(), b.keys.rend(), a.values.rbegin(), b.values.rbegin(),
                      keys.begin(), values.begin(), greater));
    }
  }
}

}  // namespace

TEST_CASE("sort and stable_sort order the elements", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    // From 0: the host systems of CCCL 3.0.1 order negative ints behind all others (NVIDIA/cccl issue 4919).
    const host_ints input = random_ints(size, 0, 2000, 1);
    host_ints ascending = input;
    std::sort(ascending.begin(), ascending.end());
    const host_ints descending(ascending.rbegin(), ascending.rend());

    device_ints vector = on_device(input);
    thrust::sort(vector.begin(), vector.end());
    CHECK(difference(vector, ascending) == "");

    vector = input;
    thrust::stable_sort(thrust::device, vector.begin(), vector.end());
    CHECK(difference(vector, ascending) == "");

    vector = input;
    thrust::sort(thrust::device, vector.begin(), vector.end(), thrust::greater<int>());
    CHECK(difference(vector, descending) == "");

    vector = input;
    thrust::stable_sort(vector.rbegin(), vector.rend());
    CHECK(difference(vector, descending) == "");
  }
}

TEST_CASE("sort orders negative and fractional numbers", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints eighths = random_ints(size, -9000, 9000, 2);
    std::vector<float> expected;
    for (const int value : eighths) expected.push_back(0.125F * static_cast<float>(value));
    vector_under_test<float> vector = on_device(expected);
    thrust::sort(vector.begin(), vector.end());
    std::sort(expected.begin(), expected.end());
    CHECK(difference(vector, expected) == "");
  }
}

TEST_CASE("stable_sort keeps the order of equivalent records", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    std::vector<record> expected = random_records(size, 3);
    vector_under_test<record> vector = on_device(expected);
    thrust::stable_sort(vector.begin(), vector.end(), by_key());
    std::stable_sort(expected.begin(), expected.end(), by_key());
    CHECK(difference(vector, expected) == "");
  }
}

TEST_CASE("sort_by_key and stable_sort_by_key move the values along", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints unique_keys = random_permutation(size, 4);
    const host_ints repeated_keys = random_ints(size, 0, 99, 5);
    const host_ints input_values = random_permutation(size, 6);
    device_ints keys, values;
    const auto check = [&](const host_pairs& expected) {
      CHECK(difference(keys, keys_of(expected)) == "");
      CHECK(difference(values, values_of(expected)) == "");
    };

    host_pairs expected = paired(unique_keys, input_values);
    std::sort(expected.begin(), expected.end());
    keys = unique_keys;
    values = input_values;
    thrust::sort_by_key(keys.begin(), keys.end(), values.begin());
    check(expected);

    expected = paired(repeated_keys, input_values);
    std::stable_sort(expected.begin(), expected.end(), by_first(std::less<int>()));
    keys = repeated_keys;
    values = input_values;
    thrust::stable_sort_by_key(thrust::device, keys.begin(), keys.end(), values.begin());
    check(expected);

    expected = paired(repeated_keys, input_values);
    std::stable_sort(expected.begin(), expected.end(), by_first(by_last_digit()));
    keys = repeated_keys;
    values = input_values;
    thrust::stable_sort_by_key(keys.begin(), keys.end(), values.begin(), by_last_digit());
    check(expected);

    expected = paired(repeated_keys, input_values);
    std::sort(expected.begin(), expected.end());
    keys = repeated_keys;
    values = input_values;
    const auto first = thrust::make_zip_iterator(thrust::make_tuple(keys.begin(), values.begin()));
    thrust::sort(first, first + static_cast<std::ptrdiff_t>(size));
    check(expected);
  }
}

TEST_CASE("is_sorted and is_sorted_until find the first descent", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    host_ints input = sorted_ints(size, -1000, 1000, 6);
    const device_ints ordered = on_device(input);
    CHECK(thrust::is_sorted(ordered.begin(), ordered.end()));
    CHECK(thrust::is_sorted(ordered.crbegin(), ordered.crend(), thrust::greater<int>()));
    CHECK(offset(thrust::is_sorted_until(ordered.cbegin(), ordered.cend()) - ordered.cbegin()) == size);
    if (size < 2) continue;

    input[size * 2 / 3] = -1001;
    device_ints broken = on_device(input);
    CHECK_FALSE(thrust::is_sorted(broken.cbegin(), broken.cend()));
    CHECK_FALSE(thrust::is_sorted(broken.crbegin(), broken.crend(), thrust::greater<int>()));
    CHECK(offset(thrust::is_sorted_until(broken.begin(), broken.end()) - broken.begin()) == size * 2 / 3);
  }
}

TEST_CASE("lower_bound, upper_bound, equal_range and binary_search find one value", "[algorithms]") {
  for (const std::size_t size : sizes) {
    const host_ints sorted = sorted_ints(size, 0, 300, 7);
    const device_ints vector = on_device(sorted);
    const auto first = vector.begin();
    const auto last = vector.end();
    const thrust::greater<int> greater;
    for (const int value : {-1, 0, 42, 150, 151, 300, 301}) {
      CAPTURE(size, value);
      const auto expected = std::equal_range(sorted.begin(), sorted.end(), value);
      const std::size_t lower = offset(expected.first - sorted.begin());
      const std::size_t upper = offset(expected.second - sorted.begin());
      CHECK(offset(thrust::lower_bound(first, last, value) - first) == lower);
      CHECK(offset(thrust::upper_bound(thrust::device, first, last, value) - first) == upper);
      CHECK(thrust::binary_search(first, last, value) == (lower != upper));
      const auto range = thrust::equal_range(first, last, value);
      CHECK(offset(range.first - first) == lower);
      CHECK(offset(range.second - first) == upper);

      const auto last_equal = thrust::lower_bound(vector.rbegin(), vector.rend(), value, greater);
      CHECK(offset(last_equal - vector.rbegin()) == size - upper);
    }
  }
}

TEST_CASE("lower_bound, upper_bound and binary_search find many values", "[algorithms]") {
  for (const std::size_t size : sizes) {
    for (const std::size_t count : sizes) {
      CAPTURE(size, count);
      const host_ints sorted = sorted_ints(size, 0, 300, 7);
      const host_ints needles = random_ints(count, -2, 302, 8);
      host_ints lower, upper, found;
      for (const int value : needles) {
        const auto range = std::equal_range(sorted.begin(), sorted.end(), value);
        lower.push_back(static_cast<int>(range.first - sorted.begin()));
        upper.push_back(static_cast<int>(range.second - sorted.begin()));
        found.push_back(range.first != range.second);
      }

      const device_ints vector = on_device(sorted);
      const device_ints values = on_device(needles);
      device_ints result(count, -1);
      thrust::lower_bound(vector.begin(), vector.end(), values.begin(), values.end(), result.begin());
      CHECK(difference(result, lower) == "");
      thrust::upper_bound(vector.cbegin(), vector.cend(), values.begin(), values.end(), result.begin());
      CHECK(difference(result, upper) == "");
      const auto end = thrust::binary_search(vector.begin(), vector.end(), values.begin(), values.end(), result.begin());
      CHECK(offset(end - result.begin()) == count);
      CHECK(difference(result, found) == "");
    }
  }
}

TEST_CASE("merge, set_union, set_intersection, set_difference, set_symmetric_difference", "[algorithms]") {
  SECTION("merge") { check_on_ordered_ranges(CALL(thrust::merge), CALL(std::merge)); }
  SECTION("set_union") { check_on_ordered_ranges(CALL(thrust::set_union), CALL(std::set_union)); }
  SECTION("set_intersection") { check_on_ordered_ranges(CALL(thrust::set_intersection), CALL(std::set_intersection)); }
  SECTION("set_difference") { check_on_ordered_ranges(CALL(thrust::set_difference), CALL(std::set_difference)); }
  SECTION("set_symmetric_difference") {
    check_on_ordered_ranges(CALL(thrust::set_symmetric_difference), CALL(std::set_symmetric_difference));
  }
}

TEST_CASE("merge_by_key and the set operations by key", "[algorithms]") {
  SECTION("merge") { check_on_ordered_tables(CALL(thrust::merge_by_key), CALL(std::merge)); }
  SECTION("set_union") { check_on_ordered_tables(CALL(thrust::set_union_by_key), CALL(std::set_union)); }
  SECTION("set_intersection") {
    const auto without_second_values = [](auto a, auto a_end, auto b, auto b_end, auto values, auto,
                                          auto... results_and_order) {
      return thrust::set_intersection_by_key(a, a_end, b, b_end, values, results_and_order...);
    };
    check_on_ordered_tables(without_second_values, CALL(std::set_intersection));
  }
  SECTION("set_difference") { check_on_ordered_tables(CALL(thrust::set_difference_by_key), CALL(std::set_difference)); }
  SECTION("set_symmetric_difference") {
    check_on_ordered_tables(CALL(thrust::set_symmetric_difference_by_key), CALL(std::set_symmetric_difference));
  }
}

TEST_CASE("reverse, reverse_copy and swap_ranges move elements", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1000, 1000, 87);
    const host_ints backwards(input.rbegin(), input.rend());
    const device_ints source = on_device(input);
    device_ints vector = source;
    thrust::reverse(vector.begin(), vector.end());
    CHECK(difference(vector, backwards) == "");
    vector.assign(size, -1);
    thrust::reverse_copy(thrust::device, source.begin(), source.end(), vector.begin());
    CHECK(difference(vector, backwards) == "");

    const host_ints others = random_ints(size, 2000, 3000, 88);
    vector = source;
    device_ints other = on_device(others);
    const auto end = thrust::swap_ranges(vector.begin(), vector.end(), other.begin());
    CHECK(offset(end - other.begin()) == size);
    CHECK(difference(vector, others) == "");
    CHECK(difference(other, input) == "");
    thrust::swap_ranges(vector.begin(), vector.end(), other.rbegin());
    CHECK(difference(vector, backwards) == "");
    CHECK(difference(other, host_ints(others.rbegin(), others.rend())) == "");
  }
}

TEST_CASE("shuffle and shuffle_copy permute the elements", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_permutation(size, 89);
    const device_ints source = on_device(input);
    device_ints vector = source;
    thrust::default_random_engine engine(90);
    thrust::shuffle(vector.begin(), vector.end(), engine);
    host_ints shuffled = memory_of(vector);
    CHECK((shuffled == input) == (size < 2));
    device_ints copy(size, -1);
    thrust::shuffle_copy(thrust::device, source.begin(), source.end(), copy.begin(), thrust::default_random_engine(90));
    CHECK(difference(copy, shuffled) == "");
    std::sort(shuffled.begin(), shuffled.end());
    host_ints ascending = input;
    std::sort(ascending.begin(), ascending.end());
    CHECK(shuffled == ascending);
  }
}
