// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector: construct, copy, move, swap, destroy; its stream and its device.
#include <vmm/device_uvector.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "support/catch.hpp"
#include "support/own_backend.hpp"
#include "support/refusals.hpp"

using namespace vmm_test;
using vmm::device_uvector;
using vmm::options;
using vmm::stream_ref;

namespace {

template <class T>
constexpr bool lives_as_a_container =
    std::is_nothrow_move_constructible_v<device_uvector<T>>&& std::is_nothrow_move_assignable_v<device_uvector<T>>&&
        std::is_nothrow_swappable_v<device_uvector<T>>&& std::is_nothrow_destructible_v<device_uvector<T>>&&
            std::is_default_constructible_v<device_uvector<T>>&& std::is_copy_constructible_v<device_uvector<T>>&&
                std::is_copy_assignable_v<device_uvector<T>> &&
    !std::is_convertible_v<std::size_t, device_uvector<T>> && std::is_same_v<typename device_uvector<T>::value_type, T> &&
    std::is_same_v<typename device_uvector<T>::iterator, T*> &&
    std::is_same_v<typename device_uvector<T>::const_pointer, const T*> &&
    std::is_same_v<typename device_uvector<T>::size_type, std::size_t>;
struct three_floats {
  float x, y, z;
};
static_assert(lives_as_a_container<int>);
static_assert(lives_as_a_container<double>);
static_assert(lives_as_a_container<bool>);
static_assert(lives_as_a_container<three_floats>);

template <class T>
std::vector<T> counting(std::size_t n) {
  std::vector<T> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<T>(i % 100);
  return v;
}

template <class T>
device_uvector<T> filled(std::size_t n, const options& o = {}) {
  device_uvector<T> v(vmm::default_stream(), o);
  const std::vector<T> values = counting<T>(n);
  v.append(values.begin(), values.end());
  return v;
}

}  // namespace

TEST_CASE("an empty vector takes no memory and needs no driver", "[life]") {
  struct absent_driver : forwarding_driver {
    using forwarding_driver::forwarding_driver;
    int current_device() noexcept override { return -1; }
    status admit(verb, std::size_t) noexcept override { return {errc::no_driver, "absent_driver", "none installed"}; }
  };
  own_backend m;
  absent_driver absent(m.counting);
  vmm::engine::device_runtime without(absent);
  options o = m.with(fixed());
  o.backend = &without;
  {
    device_uvector<int> v(vmm::default_stream(), o);
    CHECK(v.empty());
    CHECK(v.is_empty());
    CHECK(v.size() == 0);
    CHECK(v.capacity() == 0);
    CHECK(v.reserved() == 0);
    CHECK(v.data() == nullptr);
    CHECK(v.begin() == v.end());
    CHECK(v.view().empty());
    CHECK(v.to_vector().empty());
    v.fill(1);
    v.clear();
    v.shrink_to_fit();
    const device_uvector<int> copy(v), moved(std::move(v));
    CHECK(copy == moved);
    device_uvector<int> w(vmm::default_stream(), o);
    try {
      w.push_back(1);
      FAIL("pushed");
    } catch (const vmm::error& e) {
      CHECK(e.code() == errc::no_driver);
    }
    CHECK(w.empty());
  }
  CHECK(m.balanced());
  device_uvector<int> plain;
  CHECK(plain.empty());
  CHECK(plain.stream() == stream_ref(vmm::default_stream()));
}

TEST_CASE("n elements fit exactly and hold what is written", "[life]") {
  device_uvector<int> v(1000);
  CHECK(v.size() == 1000);
  CHECK(v.ssize() == 1000);
  CHECK(v.size_bytes() == 4000);
  CHECK(v.capacity() == 1000);
  CHECK_FALSE(v.empty());
  v.fill(7);
  CHECK((v.to_vector() == std::vector<int>(1000, 7)));
  CHECK(device_uvector<int>(0).data() == nullptr);
  const device_uvector<double> large(std::size_t{3} << 20, per_thread);
  CHECK(large.size() == std::size_t{3} << 20);
  CHECK(large.capacity() == large.size());
  CHECK(large.stream() == per_thread);
  CHECK(large.statistics().copied_bytes + large.statistics().promoted_bytes == 0);
}

TEMPLATE_TEST_CASE("a copy is equal, separate and no larger than needed", "[life]", int, double, unsigned char, bool) {
  for (std::size_t n : {std::size_t{1}, std::size_t{1000}, std::size_t{3} << 20}) {
    device_uvector<TestType> v = filled<TestType>(n);
    v.reserve(2 * n);
    const device_uvector<TestType> copy(v);
    CHECK(copy.size() == n);
    CHECK(copy.capacity() * sizeof(TestType) < n * sizeof(TestType) + 2_MiB);
    CHECK(copy.data() != v.data());
    CHECK(copy == v);
    v.fill(TestType{});
    CHECK((copy.to_vector() == counting<TestType>(n)));

    const device_uvector<TestType> elsewhere(copy, per_thread);
    CHECK(elsewhere.stream() == per_thread);
    CHECK(elsewhere == copy);
    CHECK(copy.stream() == stream_ref(vmm::default_stream()));
  }
}

TEST_CASE("a copy keeps the options and the backend", "[life]") {
  own_backend m;
  {
    const device_uvector<int> v = filled<int>(10, m.with(fixed()));
    device_uvector<int> copy(v), other(v, per_thread);
    const int* const data = copy.data();
    copy.resize(std::size_t{5} << 20);
    CHECK(copy.data() == data);
    CHECK(m.counting.calls(verb::reserve) == 3);
    CHECK(m.value.live_ranges() == 3);
    CHECK((other.to_vector() == counting<int>(10)));
  }
  CHECK(m.balanced());
  CHECK(m.value.live_ranges() == 0);
}

TEST_CASE("copy assignment replaces the contents and keeps room that suffices", "[life]") {
  const device_uvector<int> small = filled<int>(10), large = filled<int>(2000000);
  device_uvector<int> v;
  v = small;
  CHECK(v == small);
  v = large;
  CHECK(v == large);
  const int* const data = v.data();
  const std::size_t capacity = v.capacity();
  v = small;
  CHECK(v == small);
  CHECK(v.data() == data);
  CHECK(v.capacity() == capacity);
  device_uvector<int>& self = v;
  v = self;
  CHECK(v == small);
  v = device_uvector<int>();
  CHECK(v.empty());
}

TEST_CASE("a move hands over the memory and leaves an empty vector to use again", "[life]") {
  own_backend m;
  for (std::size_t n : {std::size_t{10}, std::size_t{1} << 20}) {
    device_uvector<int> v = filled<int>(n, m.with());
    const int* const data = v.data();
    device_uvector<int> w(std::move(v));
    CHECK(w.data() == data);
    CHECK(w.size() == n);
    CHECK(v.empty());
    CHECK(v.capacity() == 0);
    CHECK(v.data() == nullptr);

    v.push_back(5);
    CHECK((v.to_vector() == std::vector<int>{5}));
    v = std::move(w);
    CHECK(v.data() == data);
    CHECK((v.to_vector() == counting<int>(n)));
    CHECK(w.empty());
    w.resize(3, 1);
    CHECK((w.to_vector() == std::vector<int>{1, 1, 1}));

    device_uvector<int>& self = v;
    v = std::move(self);
    CHECK(v.data() == data);
    CHECK((v.to_vector() == counting<int>(n)));
  }
  CHECK(m.balanced());
}

TEST_CASE("vectors of vectors grow by moving", "[life]") {
  own_backend m;
  {
    std::vector<device_uvector<int>> all;
    for (int i = 0; i < 20; ++i) all.push_back(filled<int>(static_cast<std::size_t>(i) + 1, m.with()));
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].to_vector() == counting<int>(i + 1));
    CHECK(m.counting.calls(verb::allocate) == 20);
  }
  CHECK(m.balanced());
}

TEST_CASE("swap exchanges everything", "[life]") {
  own_backend m;
  {
    device_uvector<int> a = filled<int>(10), b = filled<int>(1000000, m.with(fixed()));
    b.set_stream(per_thread);
    const int* const pa = a.data();
    const int* const pb = b.data();
    swap(a, b);
    CHECK(a.data() == pb);
    CHECK(b.data() == pa);
    CHECK(a.size() == 1000000);
    CHECK(b.size() == 10);
    CHECK(a.stream() == per_thread);
    a.swap(b);
    CHECK((a.to_vector() == counting<int>(10)));
    CHECK(b.data() == pb);
    std::swap(a, b);
    CHECK(a.data() == pb);
    a.swap(a);
    CHECK(a.size() == 1000000);
  }
  CHECK(m.balanced());
}

TEST_CASE("a vector knows its stream and its device", "[life]") {
  const int current = backend().get_driver().current_device();
  options o;
  o.device = 0;
  device_uvector<int> v(per_thread, o);
  CHECK(v.device() == 0);
  CHECK(device_uvector<int>().device() == current);
  CHECK(v.stream() == per_thread);
  v.resize(10, legacy);
  CHECK(v.stream() == legacy);
  v.fill(1);
  v.set_stream(per_thread);
  v.push_back(2);
  CHECK(v.element(10) == 2);
  CHECK(v.element(0, legacy) == 1);
  CHECK(v.stream() == per_thread);
  v.reserve(100, per_thread);
  CHECK(v.stream() == per_thread);
  CHECK(v.capacity() == 100);
  v.shrink_to_fit(legacy);
  CHECK(v.stream() == legacy);
  CHECK(v.capacity() == 11);
  CHECK(v.front_element(per_thread) == 1);
  CHECK(v.stream() == legacy);
  CHECK(v.back_element(legacy) == 2);
  v.wait();
  CHECK(stream_ref(static_cast<CUstream_st*>(nullptr)) == vmm::default_stream());
  CHECK(legacy != per_thread);
  CHECK(backend().get_driver().current_device() == current);
}

TEST_CASE("a constructor that is refused leaves nothing behind", "[life]") {
  own_backend m;
  CHECK_THROWS_AS(device_uvector<int>(device_uvector<int>::max_size() + 1), std::length_error);
  CHECK_THROWS_AS(device_uvector<int>((std::numeric_limits<std::size_t>::max)()), std::length_error);
  CHECK_THROWS_AS(device_uvector<int>(device_uvector<int>::max_size()), std::bad_alloc);
  CHECK(device_uvector<double>::max_size() == static_cast<std::size_t>(PTRDIFF_MAX) / 8);
  const device_uvector<int> v = filled<int>(1000000, m.with());
  const outcomes all = refuse_each_call(errc::failed, false, 50, [&](const refusal& r) {
    const outcome answer =
        while_refused(m.failing, r, [&] { return throws<vmm::error>([&] { const device_uvector<int> copy(v); }); });
    if (!answer.fired) return answer;
    CHECK((answer.threw || r.nth > 4));
    CHECK(m.value.live_ranges() == 1);
    CHECK((v.to_vector() == counting<int>(1000000)));
    return answer;
  });
  CHECK(all.fired >= 4);
}

TEST_CASE("options may stand where the stream would", "[life]") {
  options o;
  o.small_limit = 0;
  const device_uvector<int> a(o), b(5, o), c(5, vmm::no_init);
  CHECK(a.empty());
  CHECK(b.size() == 5);
  CHECK(c.size() == 5);
  CHECK(b.capacity() * sizeof(int) == bench().granularity);
  CHECK(c.capacity() == 5);
}

TEST_CASE("options that mean nothing are refused", "[life]") {
  options factor, device;
  factor.step_factor = -1;
  CHECK_THROWS_AS(device_uvector<int>(factor), std::invalid_argument);
  factor.step_factor = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(device_uvector<int>(factor), std::invalid_argument);
  factor.step_factor = 1e30;
  CHECK_THROWS_AS(device_uvector<int>(factor), std::invalid_argument);
  device.device = -2;
  CHECK_THROWS_AS(device_uvector<int>(device), std::invalid_argument);
}

namespace {
struct stream_of_another_library {
  operator CUstream_st*() const { return per_thread.get(); }
};
struct handle_by_get {  // as cuda::stream_ref
  CUstream_st* handle;
  CUstream_st* get() const noexcept { return handle; }
};
struct no_stream {
  int* get() const noexcept { return nullptr; }
};
}  // namespace

TEST_CASE("streams compare and convert", "[life]") {
  const device_uvector<int> v(3, stream_of_another_library{});
  CHECK(v.stream() == per_thread);
  CHECK(v.stream() == per_thread.get());
  CHECK(per_thread.get() == v.stream());
  CHECK(v.stream() != vmm::default_stream());
  device_uvector<int> w(3, handle_by_get{per_thread.get()});
  CHECK(w.stream() == per_thread);
  w.resize(4, handle_by_get{nullptr});
  CHECK(w.stream() == vmm::default_stream());
  static_assert(!std::is_convertible_v<no_stream, stream_ref>);
  CHECK(stream_ref(static_cast<CUstream_st*>(nullptr)) == vmm::default_stream());
  static_assert(!std::is_constructible_v<stream_ref, std::nullptr_t>);
  static_assert(!std::is_constructible_v<device_uvector<int>, int, int>);
}

TEST_CASE("what programs do with rmm::device_uvector", "[life]") {
  const handle_by_get s{per_thread.get()};
  device_uvector<int> v(10, s);
  v.reserve(20, s);
  v.resize(12, s);
  v.shrink_to_fit(s);
  const int five = 5;
  for (std::size_t i = 0; i < v.size(); ++i) v.set_element_async(i, five, s);
  v.set_element_to_zero_async(1, s);
  v.set_element(11, 7, s);
  CHECK(v.element(1, s) == 0);
  CHECK(v.front_element(s) == 5);
  CHECK(v.back_element(s) == 7);
  CHECK(v.element_ptr(3) == v.data() + 3);
  CHECK(v.end() - v.begin() == v.ssize());
  CHECK(v.rend() - v.rbegin() == v.ssize());
  v.set_stream(s);
  const device_uvector<int> copy(v, s);
  CHECK(copy.cend() - copy.cbegin() == 12);
  CHECK(copy.back_element(s) == 7);
  device_uvector<int> moved(std::move(v));
  CHECK(moved.size() == 12);
  moved.resize(0, s);
  CHECK(moved.is_empty());
}

TEST_CASE("a const vector is read in another stream and keeps its own", "[life]") {
  device_uvector<int> w(legacy);
  w.append({7, 8, 9});
  w.wait();
  const device_uvector<int>& v = w;
  CHECK(v.element(1, per_thread) == 8);
  CHECK(v.front_element(per_thread) == 7);
  CHECK(v.back_element(per_thread) == 9);
  CHECK(v.stream() == legacy);
  CHECK(v.element_ptr(2) == v.data() + 2);
  CHECK(v.crend() - v.crbegin() == 3);
}

TEST_CASE("a std::vector is appended and assigned whole", "[life]") {
  device_uvector<int> v;
  const std::vector<int> some{1, 2}, others{3};
  v.append(some);
  v.append(others);
  CHECK((v.to_vector() == std::vector<int>{1, 2, 3}));
  v.assign(others);
  CHECK(v.to_vector() == others);
}

#if !VMM_ON_CUDA
TEST_CASE("a child process that gives memory back takes nothing from its parent", "[life]") {
  options o;
  o.small_limit = 0;
  device_uvector<int> v(3, o);
  v.fill(42);
  const pid_t child = fork();
  if (child == 0) {
    v = device_uvector<int>(o);
    device_uvector<int> w(1000000, o);
    w.fill(7);
    v.push_back(w.back_element());
    _exit(v.element(0) == 7 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(v.to_vector() == std::vector<int>(3, 42));
  device_uvector<int> w(1000000, o);
  w.fill(8);
  v.append(1000000, 9);
  CHECK(v.element(0) == 42);
  CHECK(v.back_element() == 9);
  CHECK(w.back_element() == 8);
}
#endif
