// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's algorithms that look for elements or pick them: find, count, all_of and its kin, equal, mismatch,
/// the extrema, copy_if, remove, partition.
#include "algorithms.hpp"

#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/equal.h>
#include <thrust/execution_policy.h>
#include <thrust/extrema.h>
#include <thrust/find.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/discard_iterator.h>
#include <thrust/logical.h>
#include <thrust/mismatch.h>
#include <thrust/partition.h>
#include <thrust/remove.h>

#include <cstdint>

using namespace vmm_test;

namespace {

struct is_above {
  int limit;
  VMM_TEST_HOST_DEVICE bool operator()(int value) const { return value > limit; }
};

/// The elements whose stencils are even, or those whose stencils are odd.
host_ints picked(const host_ints& values, const host_ints& stencils, bool even) {
  host_ints result;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (is_even()(stencils[i]) == even) result.push_back(values[i]);
  return result;
}

host_ints sorted(host_ints values) {
  std::sort(values.begin(), values.end());
  return values;
}

host_ints joined(host_ints front, const host_ints& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

/// Both parts hold the expected elements, in whatever order each.
bool is_split(const device_ints& vector, std::size_t border, const host_ints& front, const host_ints& back) {
  const host_ints elements = memory_of(vector);
  if (border != front.size() || elements.size() != front.size() + back.size()) return false;
  const auto middle = elements.begin() + static_cast<std::ptrdiff_t>(border);
  return sorted({elements.begin(), middle}) == sorted(front) && sorted({middle, elements.end()}) == sorted(back);
}

}  // namespace

TEST_CASE("find, find_if and find_if_not stop at the first match", "[algorithms]") {
  for (const std::size_t size : sizes) {
    host_ints input = random_ints(size, 0, 1000, 51);
    if (size > 2) input[size / 2] = 5000;
    const device_ints vector = on_device(input);
    for (const int value : {5000, 1000, size > 0 ? input[size - 1] : 0, -1}) {
      CAPTURE(size, value);
      const std::size_t forward = offset(std::find(input.begin(), input.end(), value) - input.begin());
      CHECK(offset(thrust::find(vector.begin(), vector.end(), value) - vector.begin()) == forward);
      const std::size_t backward = offset(std::find(input.rbegin(), input.rend(), value) - input.rbegin());
      CHECK(offset(thrust::find(vector.rbegin(), vector.rend(), value) - vector.rbegin()) == backward);

      const is_above above{value - 1};
      const auto first = vector.cbegin();
      const auto last = vector.cend();
      CHECK(offset(thrust::find_if(first, last, above) - first) ==
            offset(std::find_if(input.begin(), input.end(), above) - input.begin()));
      CHECK(offset(thrust::find_if_not(thrust::device, first, last, above) - first) ==
            offset(std::find_if_not(input.begin(), input.end(), above) - input.begin()));
    }
  }
}

TEST_CASE("count and count_if", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, 0, 9, 52);
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    device_ints vector = on_device(input);
    const vector_under_test<std::uint8_t> byte_vector = on_device(bytes);
    const std::ptrdiff_t sevens = std::count(input.begin(), input.end(), 7);
    CHECK(thrust::count(vector.begin(), vector.end(), 7) == sevens);
    CHECK(thrust::count(byte_vector.begin(), byte_vector.end(), 7) == sevens);
    const std::ptrdiff_t even = std::count_if(input.begin(), input.end(), is_even());
    CHECK(thrust::count_if(thrust::device, vector.cbegin(), vector.cend(), is_even()) == even);
  }
}

TEST_CASE("all_of, any_of and none_of", "[algorithms]") {
  for (const std::size_t size : sizes) {
    const host_ints input = random_ints(size, 0, 1000, 53);
    const device_ints vector = on_device(input);
    const auto first = vector.begin();
    const auto last = vector.end();
    const int middle = size > 0 ? input[size / 2] : 0;
    for (const int limit : {-1, 0, middle, 999, 1000}) {
      CAPTURE(size, limit);
      const is_above above{limit};
      CHECK(thrust::all_of(first, last, above) == std::all_of(input.begin(), input.end(), above));
      CHECK(thrust::any_of(first, last, above) == std::any_of(input.begin(), input.end(), above));
      CHECK(thrust::none_of(first, last, above) == std::none_of(input.begin(), input.end(), above));
    }
  }
}

TEST_CASE("equal and mismatch compare two ranges", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    host_ints input = random_ints(size, 0, 1000, 54);
    const device_ints a = on_device(input);
    device_ints b = a;
    CHECK(thrust::equal(a.begin(), a.end(), b.begin()));
    CHECK(offset(thrust::mismatch(a.begin(), a.end(), b.cbegin()).first - a.begin()) == size);
    if (size == 0) continue;

    // The last element but two, still in the same ten or not.
    const std::size_t place = size - 1 - std::min<std::size_t>(2, size - 1);
    for (const bool close : {true, false}) {
      CAPTURE(close);
      b[place] = close ? (input[place] / 10 * 10 + (input[place] + 1) % 10) : input[place] + 10;
      CHECK_FALSE(thrust::equal(thrust::device, a.begin(), a.end(), b.cbegin()));
      CHECK(thrust::equal(a.begin(), a.end(), b.cbegin(), same_decade()) == close);
      const auto places = thrust::mismatch(a.begin(), a.end(), b.cbegin());
      CHECK(offset(places.first - a.begin()) == place);
      CHECK(offset(places.second - b.cbegin()) == place);
      const auto decades = thrust::mismatch(a.begin(), a.end(), b.cbegin(), same_decade());
      CHECK(offset(decades.first - a.begin()) == (close ? size : place));
    }
  }
}

// Unlike std::minmax_element, Thrust's gives the first of several greatest elements.
TEST_CASE("min_element, max_element and minmax_element find the first extremum", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, 0, 300, 55);
    const device_ints vector = on_device(input);
    const auto first = vector.begin();
    const auto last = vector.end();

    std::size_t least = offset(std::min_element(input.begin(), input.end()) - input.begin());
    std::size_t greatest = offset(std::max_element(input.begin(), input.end()) - input.begin());
    CHECK(offset(thrust::min_element(first, last) - first) == least);
    CHECK(offset(thrust::max_element(thrust::device, first, last) - first) == greatest);
    auto both = thrust::minmax_element(first, last);
    CHECK(offset(both.first - first) == least);
    CHECK(offset(both.second - first) == greatest);

    const by_last_digit order;
    least = offset(std::min_element(input.begin(), input.end(), order) - input.begin());
    greatest = offset(std::max_element(input.begin(), input.end(), order) - input.begin());
    CHECK(offset(thrust::min_element(first, last, order) - first) == least);
    CHECK(offset(thrust::max_element(first, last, order) - first) == greatest);
    both = thrust::minmax_element(first, last, order);
    CHECK(offset(both.first - first) == least);
    CHECK(offset(both.second - first) == greatest);
  }
}

TEST_CASE("copy_if keeps the order", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1000, 1000, 56);
    const host_ints stencils = random_ints(size, 0, 9, 57);
    const device_ints vector = on_device(input);
    const device_ints stencil = on_device(stencils);

    device_ints result(size, -1);
    trim(result, thrust::copy_if(vector.begin(), vector.end(), result.begin(), is_even()));
    CHECK(difference(result, picked(input, input, true)) == "");
    result.assign(size, -1);
    trim(result, thrust::copy_if(thrust::device, vector.begin(), vector.end(), stencil.cbegin(), result.begin(), is_even()));
    CHECK(difference(result, picked(input, stencils, true)) == "");

    // The indices of the even elements.
    host_ints indices(size);
    for (std::size_t i = 0; i < size; ++i) indices[i] = static_cast<int>(i);
    const thrust::counting_iterator<int> first(0);
    const auto last = first + static_cast<int>(size);
    result.assign(size, -1);
    trim(result, thrust::copy_if(first, last, stencil.begin(), result.begin(), is_even()));
    CHECK(difference(result, picked(indices, stencils, true)) == "");

    std::vector<record> records = random_records(size, 58);
    const vector_under_test<record> record_vector = on_device(records);
    vector_under_test<record> even_records(size);
    trim(even_records, thrust::copy_if(record_vector.begin(), record_vector.end(), even_records.begin(), is_even()));
    trim(records, std::stable_partition(records.begin(), records.end(), is_even()));
    CHECK(difference(even_records, records) == "");
  }
}

TEST_CASE("remove and its kin close the gaps", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, 0, 3, 59);
    const host_ints stencils = random_ints(size, 0, 9, 60);
    const device_ints source = on_device(input);
    const device_ints stencil = on_device(stencils);
    host_ints without_two = input;
    trim(without_two, std::remove(without_two.begin(), without_two.end(), 2));

    device_ints vector = source;
    trim(vector, thrust::remove(vector.begin(), vector.end(), 2));
    CHECK(difference(vector, without_two) == "");
    vector = source;
    trim(vector, thrust::remove_if(vector.begin(), vector.end(), is_even()));
    CHECK(difference(vector, picked(input, input, false)) == "");
    vector = source;
    trim(vector, thrust::remove_if(thrust::device, vector.begin(), vector.end(), stencil.begin(), is_even()));
    CHECK(difference(vector, picked(input, stencils, false)) == "");

    vector.assign(size, -1);
    trim(vector, thrust::remove_copy(source.begin(), source.end(), vector.begin(), 2));
    CHECK(difference(vector, without_two) == "");
    vector.assign(size, -1);
    trim(vector, thrust::remove_copy_if(source.cbegin(), source.cend(), vector.begin(), is_even()));
    CHECK(difference(vector, picked(input, input, false)) == "");
    vector.assign(size, -1);
    trim(vector, thrust::remove_copy_if(source.rbegin(), source.rend(), stencil.rbegin(), vector.begin(), is_even()));
    host_ints expected = picked(input, stencils, false);
    std::reverse(expected.begin(), expected.end());
    CHECK(difference(vector, expected) == "");
  }
}

TEST_CASE("partition and stable_partition split in place", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_permutation(size, 61);
    const host_ints stencils = random_ints(size, 0, 9, 62);
    const device_ints stencil = on_device(stencils);
    const host_ints even = picked(input, input, true);
    const host_ints odd = picked(input, input, false);
    const host_ints chosen = picked(input, stencils, true);
    const host_ints others = picked(input, stencils, false);

    device_ints vector = on_device(input);
    auto border = thrust::partition(vector.begin(), vector.end(), is_even());
    CHECK(is_split(vector, offset(border - vector.begin()), even, odd));
    vector = input;
    border = thrust::partition(vector.begin(), vector.end(), stencil.begin(), is_even());
    CHECK(is_split(vector, offset(border - vector.begin()), chosen, others));

    vector = input;
    border = thrust::stable_partition(thrust::device, vector.begin(), vector.end(), is_even());
    CHECK(offset(border - vector.begin()) == even.size());
    CHECK(difference(vector, joined(even, odd)) == "");
    vector = input;
    border = thrust::stable_partition(vector.begin(), vector.end(), stencil.cbegin(), is_even());
    CHECK(offset(border - vector.begin()) == chosen.size());
    CHECK(difference(vector, joined(chosen, others)) == "");
  }
}

TEST_CASE("partition_copy and stable_partition_copy split into two vectors", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_permutation(size, 63);
    const host_ints stencils = random_ints(size, 0, 9, 64);
    const device_ints vector = on_device(input);
    const device_ints stencil = on_device(stencils);
    const auto first = vector.begin();
    const auto last = vector.end();
    const is_even even;
    device_ints front(size, -1);
    device_ints back(size, -1);
    const auto trim_both = [&](const auto& ends) {
      trim(front, ends.first);
      trim(back, ends.second);
    };
    const auto reset = [&] {
      front.assign(size, -1);
      back.assign(size, -1);
    };

    trim_both(thrust::partition_copy(first, last, front.begin(), back.begin(), even));
    CHECK(sorted(memory_of(front)) == sorted(picked(input, input, true)));
    CHECK(sorted(memory_of(back)) == sorted(picked(input, input, false)));
    reset();
    trim_both(thrust::partition_copy(first, last, stencil.begin(), front.begin(), back.begin(), even));
    CHECK(sorted(memory_of(front)) == sorted(picked(input, stencils, true)));
    CHECK(sorted(memory_of(back)) == sorted(picked(input, stencils, false)));
    reset();
    trim_both(thrust::stable_partition_copy(thrust::device, first, last, front.begin(), back.begin(), even));
    CHECK(difference(front, picked(input, input, true)) == "");
    CHECK(difference(back, picked(input, input, false)) == "");
    reset();
    trim_both(thrust::stable_partition_copy(first, last, stencil.begin(), front.begin(), back.begin(), even));
    CHECK(difference(front, picked(input, stencils, true)) == "");
    CHECK(difference(back, picked(input, stencils, false)) == "");

    reset();
    const auto nowhere = thrust::make_discard_iterator();
    trim(front, thrust::stable_partition_copy(first, last, front.begin(), nowhere, even).first);
    CHECK(difference(front, picked(input, input, true)) == "");
  }
}

TEST_CASE("is_partitioned and partition_point", "[algorithms]") {
  for (const std::size_t size : sizes) {
    host_ints input = sorted_ints(size, 0, 1000, 65);
    std::reverse(input.begin(), input.end());
    const device_ints vector = on_device(input);
    for (const int limit : {-1, 0, 500, 999, 1000}) {
      CAPTURE(size, limit);
      const is_above above{limit};
      const auto middle = std::partition_point(input.begin(), input.end(), above);
      const std::size_t border = offset(middle - input.begin());
      CHECK(thrust::is_partitioned(vector.begin(), vector.end(), above));
      CHECK(thrust::is_partitioned(vector.rbegin(), vector.rend(), above) == (border == 0 || border == size));
      CHECK(offset(thrust::partition_point(vector.begin(), vector.end(), above) - vector.begin()) == border);
    }
  }
}
