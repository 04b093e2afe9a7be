// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Thrust's algorithms that write element by element: copy, fill, the uninitialized ones, for_each, generate,
/// transform, replace, gather, scatter, sequence, tabulate; and the steps of iterators.
#include "algorithms.hpp"

#include <thrust/advance.h>
#include <thrust/copy.h>
#include <thrust/execution_policy.h>
#include <thrust/fill.h>
#include <thrust/for_each.h>
#include <thrust/functional.h>
#include <thrust/gather.h>
#include <thrust/generate.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/permutation_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <thrust/iterator/transform_output_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/replace.h>
#include <thrust/scatter.h>
#include <thrust/sequence.h>
#include <thrust/tabulate.h>
#include <thrust/transform.h>
#include <thrust/tuple.h>
#include <thrust/uninitialized_copy.h>
#include <thrust/uninitialized_fill.h>

#include <cstdint>

using namespace vmm_test;

namespace {

struct apply_affine {
  VMM_TEST_HOST_DEVICE void operator()(int& value) const { value = affine()(value); }
};

struct add_first_to_second {
  template <class Tuple>
  VMM_TEST_HOST_DEVICE void operator()(Tuple elements) const {
    thrust::get<1>(elements) += thrust::get<0>(elements);
  }
};

struct always {
  int value;
  VMM_TEST_HOST_DEVICE int operator()() const { return value; }
};

struct weigh {
  VMM_TEST_HOST_DEVICE double operator()(const record& value, int factor) const {
    return static_cast<double>(value.weight) * factor;
  }
};

/// function(0), function(1), ... function(size - 1).
template <class Function>
host_ints indexed(std::size_t size, Function function) {
  host_ints values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = function(i);
  return values;
}

}  // namespace

TEST_CASE("copy and copy_n within the device and across", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1000, 1000, 71);
    const device_ints source = on_device(input);
    device_ints vector(size, -1);
    const auto end = thrust::copy(source.begin(), source.end(), vector.begin());
    CHECK(offset(end - vector.begin()) == size);
    CHECK(difference(vector, input) == "");

    vector.assign(size, -1);
    thrust::copy_n(thrust::device, source.crbegin(), size, vector.rbegin());
    CHECK(difference(vector, input) == "");

    vector.assign(size, -1);
    thrust::copy(input.begin(), input.end(), vector.begin());
    CHECK(difference(vector, input) == "");
    host_ints on_host(size, -1);
    thrust::copy_n(vector.cbegin(), size, on_host.begin());
    CHECK(on_host == input);
    thrust::host_vector<int> host_vector(size, -1);
    thrust::copy(vector.begin(), vector.end(), host_vector.begin());
    CHECK(std::equal(input.begin(), input.end(), host_vector.begin()));

    vector_under_test<long long> wide(size, -1);
    thrust::copy(source.begin(), source.end(), wide.begin());
    CHECK(difference(wide, std::vector<long long>(input.begin(), input.end())) == "");

    const std::vector<record> records = random_records(size, 72);
    const vector_under_test<record> record_vector = on_device(records);
    vector_under_test<record> record_copy(size);
    thrust::copy(record_vector.begin(), record_vector.end(), record_copy.begin());
    CHECK(difference(record_copy, records) == "");
  }
}

TEST_CASE("copy through iterators that compute", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, -1000, 1000, 73);
    const host_ints permutation = random_permutation(size, 74);
    const device_ints source = on_device(input);
    const device_ints map = on_device(permutation);
    const auto count = static_cast<std::ptrdiff_t>(size);

    device_ints vector(size, -1);
    const auto permuted = thrust::make_permutation_iterator(source.begin(), map.begin());
    thrust::copy(permuted, permuted + count, vector.begin());
    CHECK(difference(vector, indexed(size, [&](auto i) { return input[offset(permutation[i])]; })) == "");

    const host_ints transformed = indexed(size, [&](auto i) { return affine()(input[i]); });
    vector.assign(size, -1);
    const auto transforming = thrust::make_transform_iterator(source.begin(), affine());
    thrust::copy(transforming, transforming + count, vector.begin());
    CHECK(difference(vector, transformed) == "");
    vector.assign(size, -1);
    const auto transformed_output = thrust::make_transform_output_iterator(vector.begin(), affine());
    thrust::copy(source.begin(), source.end(), transformed_output);
    CHECK(difference(vector, transformed) == "");

    vector.assign(size, -1);
    thrust::copy_n(thrust::make_counting_iterator(100), size, vector.begin());
    CHECK(difference(vector, indexed(size, [](auto i) { return 100 + static_cast<int>(i); })) == "");
  }
}

TEST_CASE("fill, generate, and the uninitialized ones write every element", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const std::size_t part = size / 2;
    const auto second_half = [&](int value) { return indexed(size, [&](auto i) { return i < part ? -1 : value; }); };
    device_ints vector(size, -1);
    thrust::fill(vector.begin(), vector.end(), 3);
    CHECK(difference(vector, host_ints(size, 3)) == "");
    vector.assign(size, -1);
    auto reverse_end = thrust::fill_n(thrust::device, vector.rbegin(), size - part, 4);
    CHECK(offset(reverse_end - vector.rbegin()) == size - part);
    CHECK(difference(vector, second_half(4)) == "");

    thrust::generate(vector.begin(), vector.end(), always{5});
    CHECK(difference(vector, host_ints(size, 5)) == "");
    vector.assign(size, -1);
    thrust::generate_n(vector.rbegin(), size - part, always{6});
    CHECK(difference(vector, second_half(6)) == "");

    thrust::uninitialized_fill(vector.begin(), vector.end(), 7);
    CHECK(difference(vector, host_ints(size, 7)) == "");
    vector.assign(size, -1);
    thrust::uninitialized_fill_n(vector.rbegin(), size - part, 8);
    CHECK(difference(vector, second_half(8)) == "");

    const host_ints input = random_ints(size, -1000, 1000, 75);
    const device_ints source = on_device(input);
    vector.assign(size, -1);
    auto end = thrust::uninitialized_copy(source.begin(), source.end(), vector.begin());
    CHECK(offset(end - vector.begin()) == size);
    CHECK(difference(vector, input) == "");
    vector.assign(size, -1);
    end = thrust::uninitialized_copy_n(source.cbegin(), part, vector.begin());
    CHECK(offset(end - vector.begin()) == part);
    CHECK(difference(vector, indexed(size, [&](auto i) { return i < part ? input[i] : -1; })) == "");
  }
}

TEMPLATE_TEST_CASE("fill writes any type", "[algorithms]", std::uint8_t, double) {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    vector_under_test<TestType> vector(size);
    thrust::fill(vector.begin(), vector.end(), TestType(77));
    CHECK(difference(vector, std::vector<TestType>(size, TestType(77))) == "");
  }
}

TEST_CASE("for_each and for_each_n change the elements", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const std::size_t part = size / 2;
    const host_ints input = random_ints(size, -1000, 1000, 76);
    const host_ints added = random_ints(size, -1000, 1000, 77);
    device_ints vector = on_device(input);
    thrust::for_each(vector.begin(), vector.end(), apply_affine());
    host_ints expected = indexed(size, [&](auto i) { return affine()(input[i]); });
    CHECK(difference(vector, expected) == "");
    vector = input;
    const auto end = thrust::for_each_n(thrust::device, vector.begin(), part, apply_affine());
    CHECK(offset(end - vector.begin()) == part);
    std::copy(input.begin() + static_cast<std::ptrdiff_t>(part), input.end(),
              expected.begin() + static_cast<std::ptrdiff_t>(part));
    CHECK(difference(vector, expected) == "");

    vector = input;
    const device_ints other = on_device(added);
    const auto first = thrust::make_zip_iterator(thrust::make_tuple(other.begin(), vector.begin()));
    thrust::for_each(first, first + static_cast<std::ptrdiff_t>(size), add_first_to_second());
    CHECK(difference(vector, indexed(size, [&](auto i) { return input[i] + added[i]; })) == "");
  }
}

TEST_CASE("transform and transform_if map one or two ranges", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints a = random_ints(size, -1000, 1000, 78);
    const host_ints b = random_ints(size, -1000, 1000, 79);
    const host_ints stencils = random_ints(size, 0, 9, 80);
    const device_ints device_a = on_device(a);
    const device_ints device_b = on_device(b);
    const device_ints stencil = on_device(stencils);
    const auto first = device_a.begin();
    const auto last = device_a.end();
    const auto other = device_b.begin();
    const thrust::minus<int> minus;
    device_ints result(size, -1);
    const auto check = [&](const device_ints::iterator& end, const host_ints& expected) {
      CHECK(offset(end - result.begin()) == size);
      CHECK(difference(result, expected) == "");
      result.assign(size, -1);
    };

    check(thrust::transform(first, last, result.begin(), affine()), indexed(size, [&](auto i) { return affine()(a[i]); }));
    check(thrust::transform(thrust::device, first, last, device_b.crbegin(), result.begin(), minus),
          indexed(size, [&](auto i) { return a[i] - b[size - 1 - i]; }));
    check(thrust::transform_if(first, last, result.begin(), affine(), is_even()),
          indexed(size, [&](auto i) { return is_even()(a[i]) ? affine()(a[i]) : -1; }));
    check(thrust::transform_if(first, last, stencil.begin(), result.begin(), affine(), is_even()),
          indexed(size, [&](auto i) { return is_even()(stencils[i]) ? affine()(a[i]) : -1; }));
    check(thrust::transform_if(first, last, other, stencil.begin(), result.begin(), minus, is_even()),
          indexed(size, [&](auto i) { return is_even()(stencils[i]) ? a[i] - b[i] : -1; }));

    result = a;
    const auto fives = thrust::make_constant_iterator(5);
    check(thrust::transform(result.begin(), result.end(), fives, result.begin(), minus),
          indexed(size, [&](auto i) { return a[i] - 5; }));

    const std::vector<record> records = random_records(size, 81);
    const vector_under_test<record> record_vector = on_device(records);
    vector_under_test<double> weights(size, -1.0);
    thrust::transform(record_vector.begin(), record_vector.end(), first, weights.begin(), weigh());
    std::vector<double> expected;
    for (std::size_t i = 0; i < size; ++i) expected.push_back(weigh()(records[i], a[i]));
    CHECK(difference(weights, expected) == "");
  }
}

TEST_CASE("replace and its kin", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, 0, 5, 82);
    const host_ints stencils = random_ints(size, 0, 9, 83);
    const device_ints source = on_device(input);
    const device_ints stencil = on_device(stencils);
    const is_even even;
    const host_ints by_value = indexed(size, [&](auto i) { return input[i] == 2 ? 99 : input[i]; });
    const host_ints by_element = indexed(size, [&](auto i) { return even(input[i]) ? 99 : input[i]; });
    const host_ints by_stencil = indexed(size, [&](auto i) { return even(stencils[i]) ? 99 : input[i]; });

    device_ints vector = source;
    thrust::replace(vector.begin(), vector.end(), 2, 99);
    CHECK(difference(vector, by_value) == "");
    vector = source;
    thrust::replace_if(thrust::device, vector.begin(), vector.end(), is_even(), 99);
    CHECK(difference(vector, by_element) == "");
    vector = source;
    thrust::replace_if(vector.begin(), vector.end(), stencil.begin(), is_even(), 99);
    CHECK(difference(vector, by_stencil) == "");

    vector.assign(size, -1);
    thrust::replace_copy(source.begin(), source.end(), vector.begin(), 2, 99);
    CHECK(difference(vector, by_value) == "");
    vector.assign(size, -1);
    thrust::replace_copy_if(source.cbegin(), source.cend(), vector.begin(), is_even(), 99);
    CHECK(difference(vector, by_element) == "");
    vector.assign(size, -1);
    thrust::replace_copy_if(source.begin(), source.end(), stencil.begin(), vector.begin(), is_even(), 99);
    CHECK(difference(vector, by_stencil) == "");
  }
}

TEST_CASE("gather, scatter and their conditional forms", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    const host_ints input = random_ints(size, 0, 1000, 84);
    const host_ints permutation = random_permutation(size, 85);
    const host_ints stencils = random_ints(size, 0, 2, 86);
    const device_ints source = on_device(input);
    const device_ints map = on_device(permutation);
    const device_ints stencil = on_device(stencils);
    const auto gathered = [&](auto condition) {
      host_ints values(size, -1);
      for (std::size_t i = 0; i < size; ++i)
        if (condition(stencils[i])) values[i] = input[offset(permutation[i])];
      return values;
    };
    const auto scattered = [&](auto condition) {
      host_ints values(size, -1);
      for (std::size_t i = 0; i < size; ++i)
        if (condition(stencils[i])) values[offset(permutation[i])] = input[i];
      return values;
    };
    const auto always_true = [](int) { return true; };
    const auto not_zero = [](int value) { return value != 0; };
    device_ints result(size, -1);
    const auto check = [&](const host_ints& expected) {
      CHECK(difference(result, expected) == "");
      result.assign(size, -1);
    };

    thrust::gather(map.begin(), map.end(), source.begin(), result.begin());
    check(gathered(always_true));
    thrust::gather_if(map.begin(), map.end(), stencil.begin(), source.begin(), result.begin());
    check(gathered(not_zero));
    thrust::gather_if(thrust::device, map.cbegin(), map.cend(), stencil.cbegin(), source.cbegin(), result.begin(), is_even());
    check(gathered(is_even()));

    thrust::scatter(source.begin(), source.end(), map.begin(), result.begin());
    check(scattered(always_true));
    thrust::scatter_if(source.begin(), source.end(), map.begin(), stencil.begin(), result.begin());
    check(scattered(not_zero));
    thrust::scatter_if(thrust::device, source.cbegin(), source.cend(), map.cbegin(), stencil.cbegin(), result.begin(),
                       is_even());
    check(scattered(is_even()));
  }
}

TEST_CASE("sequence and tabulate number the elements", "[algorithms]") {
  for (const std::size_t size : sizes) {
    CAPTURE(size);
    device_ints vector(size, -1);
    thrust::sequence(vector.begin(), vector.end());
    CHECK(difference(vector, indexed(size, [](auto i) { return static_cast<int>(i); })) == "");
    thrust::sequence(vector.rbegin(), vector.rend(), 5);
    CHECK(difference(vector, indexed(size, [&](auto i) { return static_cast<int>(size - i) + 4; })) == "");
    thrust::sequence(thrust::device, vector.begin(), vector.end(), 5, -2);
    CHECK(difference(vector, indexed(size, [](auto i) { return 5 - 2 * static_cast<int>(i); })) == "");
    thrust::tabulate(vector.begin(), vector.end(), affine());
    CHECK(difference(vector, indexed(size, [](auto i) { return affine()(static_cast<int>(i)); })) == "");
  }
}

TEST_CASE("advance, next, prev and distance step through the vector", "[algorithms]") {
  const host_ints input = random_permutation(5003, 91);
  const device_ints vector = on_device(input);
  auto place = vector.begin();
  thrust::advance(place, 1234);
  CHECK(static_cast<int>(*place) == input[1234]);
  CHECK(static_cast<int>(*thrust::next(place)) == input[1235]);
  CHECK(static_cast<int>(*thrust::prev(place, 200)) == input[1034]);
  CHECK(thrust::distance(place, vector.end()) == 5003 - 1234);
  CHECK(thrust::distance(vector.rbegin(), vector.rend()) == 5003);
}
