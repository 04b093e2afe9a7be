// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// engine::raw_vector as an object: what costs nothing, what is done before an address is handed out, the device that it is on, and
/// elements with a large alignment.
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "memory/workspace.hpp"

#include "layers/raw_vectors.hpp"
#include "support/catch.hpp"

using namespace vmm_test;

namespace {

/// Whatever is asked is counted.
struct asked_driver : forwarding_driver {
  using forwarding_driver::forwarding_driver;
  std::size_t asked = 0;
  int devices() noexcept override { return ++asked, to_.devices(); }
  int current_device() noexcept override { return ++asked, to_.current_device(); }

 private:
  status admit(verb, std::size_t) noexcept override { return ++asked, status{}; }
};

/// Three devices that are all the first one; which are named is noted.
struct three_devices : forwarding_driver {
  explicit three_devices(driver& to = backend().get_driver()) noexcept : forwarding_driver(to) {}
  int current = 0;
  std::vector<int> taken, granted;  // of each allocation and block; of each grant

  int devices() noexcept override { return 3; }
  int current_device() noexcept override { return current; }
  status describe(int device, capabilities& answer) noexcept override {
    return device < 3 ? to_.describe(0, answer) : status{errc::no_device, "three_devices", "0, 1, 2"};
  }
  status create(int device, std::size_t bytes, block_handle& block) noexcept override {
    return taken.push_back(device), to_.create(0, bytes, block);
  }
  status allocate(const stream_order& order, std::size_t bytes, void*& address) noexcept override {
    return taken.push_back(order.device), to_.allocate(first(order), bytes, address);
  }
  status deallocate(const stream_order& order, void* address, std::size_t bytes) noexcept override {
    return to_.deallocate(first(order), address, bytes);
  }
  status map(void* address, std::size_t bytes, block_handle block, const int*, std::size_t) noexcept override {
    const int device = 0;
    return to_.map(address, bytes, block, &device, 1);
  }
  status grant(void*, std::size_t, const int* devices, std::size_t count) noexcept override {
    return granted.insert(granted.end(), devices, devices + count), status{};
  }
  status copy(const stream_order& order, void* to, const void* source, std::size_t bytes) noexcept override {
    return to_.copy(first(order), to, source, bytes);
  }
  status stream_synchronize(const stream_order& order) noexcept override { return to_.stream_synchronize(first(order)); }
  status device_synchronize(int) noexcept override { return to_.device_synchronize(0); }
  status outside_capture(const stream_order& order) noexcept override { return to_.outside_capture(first(order)); }

 private:
  static stream_order first(const stream_order& q) { return {0, q.stream, q.synchronous}; }
};

std::size_t misaligned(const void* p, std::size_t alignment) { return reinterpret_cast<std::uintptr_t>(p) % alignment; }

}  // namespace

TEST_CASE("an empty raw vector is made, moved, swapped and destroyed without a call", "[raw_vector]") {
  asked_driver d(backend().get_driver());
  vmm::engine::device_runtime m(d);
  {
    raw_vector a(m.default_options(), vmm::default_stream()), b(m, fixed(), vmm::default_stream(), true);
    raw_vector c(std::move(a));
    c.swap(b);
    b = std::move(c);
    a = raw_vector::like(b);
    a.expose();
    CHECK(a.data() == nullptr);
    CHECK(a.address() == nullptr);
    CHECK(a.size() + a.capacity() + a.reserved() == 0);
    CHECK(b.get_options().fixed_address);
    CHECK(a.get_options().fixed_address);
    a.set_size(0);
    a.shrink_to_fit();
    CHECK(a.statistics().growth_steps == 0);
  }
  CHECK(d.asked == 0);
}

TEST_CASE("memory changes hands with its vector, without a call", "[raw_vector]") {
  asked_driver d(backend().get_driver());
  vmm::engine::device_runtime m(d);
  raw_vector a(m.default_options(), vmm::default_stream()), b(m, fixed(), vmm::default_stream(), true);
  extend_to(a, 1000);
  extend_to(b, 3_MiB);
  std::byte *const plain = a.data(), *const range = b.data();
  const std::size_t before = d.asked;
  a.swap(b);
  raw_vector c(std::move(a));
  CHECK(c.address() == range);
  CHECK(b.address() == plain);
  CHECK(a.capacity() == 0);
  a.swap(c);
  CHECK(d.asked == before);
  CHECK(intact(a));
  CHECK(intact(b));
}

TEST_CASE("an address that was handed out is noted where elements wait on the host, and nowhere else", "[raw_vector]") {
  staged_driver slow;
  vmm::engine::device_runtime m(slow), real(backend().get_driver());
  raw_vector s(m.default_options(), vmm::default_stream());
  s.expose();
  CHECK_FALSE(s.is_exposed());  // there is none
  grow(s, 1000);
  CHECK_FALSE(s.is_exposed());
  s.expose();
  CHECK(s.is_exposed());
  s.hide();
  CHECK_FALSE(s.is_exposed());
  s.expose();
  CHECK(s.is_exposed());
  grow(s, s.capacity() + 1);
  CHECK_FALSE(s.is_exposed());
  s.expose();
  raw_vector other(std::move(s));
  CHECK(other.is_exposed());
  CHECK_FALSE(s.is_exposed());
  other.set_size(0);
  other.shrink_to_fit();
  CHECK_FALSE(other.is_exposed());

  raw_vector direct(real.default_options(), vmm::default_stream());
  grow(direct, 1000);
  direct.expose();
  CHECK(direct.is_exposed() == VMM_ON_CUDA);
}

TEST_CASE("a device that is current when an address is handed out is granted access, once", "[raw_vector]") {
  three_devices d;
  vmm::engine::device_runtime m(d);
  raw_vector plain(m.default_options(), vmm::default_stream()), range(m, fixed(), vmm::default_stream(), true);
  grow(plain, 1000);
  grow(range, 1000);
  for (int device : {0, 2, 2, 1, 0}) {
    d.current = device;
    plain.expose();
    range.expose();
  }
  CHECK(d.granted == std::vector<int>{2, 1});
  raw_vector moved(std::move(range));
  moved.expose();
  CHECK(d.granted.size() == 2);
  moved = std::move(plain);
  d.current = 2;
  moved.expose();
  CHECK(d.granted.size() == 2);
}

TEST_CASE("without a stream a vector is on the device that is current when it takes memory", "[raw_vector]") {
  three_devices d;
  vmm::engine::device_runtime m(d);
  std::vector<raw_vector> per_device;
  for (int i = 0; i < 3; ++i) per_device.emplace_back(m.default_options(), vmm::default_stream());
  for (int i = 0; i < 3; ++i) {
    d.current = i;
    extend_to(per_device[static_cast<std::size_t>(i)], 1000);
  }
  CHECK(d.taken == std::vector<int>{0, 1, 2});
  d.current = 0;
  raw_vector& s = per_device[2];
  CHECK(s.device() == 2);
  extend_to(s, 3_MiB);  // stays where it is
  CHECK(d.taken.back() == 2);
  CHECK(raw_vector::temporary_copy(s, 10).device() == 2);
  CHECK(raw_vector::like(s).device() == 0);  // has no memory yet
  raw_vector taken(std::move(s));
  CHECK(taken.device() == 2);
  CHECK(s.device() == 0);
  taken.set_size(0);
  taken.shrink_to_fit();
  CHECK(taken.device() == 0);
  d.current = 1;
  CHECK(taken.device() == 1);
  extend_to(taken, 3_MiB);
  CHECK(d.taken.back() == 1);
  d.current = 0;
  CHECK(taken.device() == 1);

  options how = fixed();
  how.device = 2;
  raw_vector on_two(m, how, vmm::default_stream(), true);
  CHECK(on_two.device() == 2);
  CHECK(raw_vector::like(on_two).device() == 2);
  raw_vector on_stream(m, {}, vmm::default_stream(), false);
  d.current = 1;
  CHECK(on_stream.device() == 0);
  extend_to(on_stream, 100);
  CHECK(d.taken.back() == 0);
}

TEST_CASE("a vector that could take no memory is on no device", "[raw_vector]") {
  three_devices d;
  failing_driver failing(d);
  vmm::engine::device_runtime m(failing);
  raw_vector s(m.default_options(), vmm::default_stream());
  for (const verb refused : {verb::describe, verb::allocate}) {
    failing.fail(1, refused);
    CHECK_THROWS_AS(grow(s, 100), vmm::error);
    failing.stop();
    d.current = 1;
    CHECK(s.device() == 1);
    CHECK(s.order().device == -1);
    d.current = 0;
  }
}

TEST_CASE("elements are aligned as they ask, in small vectors and in large", "[raw_vector]") {
  for (const bool virtual_memory : {true, false})
    for (const std::size_t alignment : {256_KiB, 4_KiB, std::size_t{512}, std::size_t{256}, std::size_t{1}}) {
      direct_driver without;
      own_backend m(hints::granted, virtual_memory ? backend().get_driver() : without);
      {
        std::vector<raw_vector> many;  // wherever the backend puts them
        for (std::size_t i = 0; i < 8; ++i) {
          many.emplace_back(m.value, options{}, vmm::default_stream(), i % 2 == 0, alignment);
          raw_vector& s = many.back();
          for (const std::size_t bytes : {std::size_t{4}, std::size_t{1000}, 64_KiB, 3_MiB}) {
            extend_to(s, bytes);
            CHECK(misaligned(s.data(), alignment) == 0);
            CHECK(s.capacity() >= bytes);
            CHECK(intact(s));
          }
        }
        raw_vector &s = many.front(), like = raw_vector::like(s);
        reserve(like, 1000);
        CHECK(like.capacity() == 1000);  // elements, not what is left free before them
        CHECK(like.statistics().mapped == 1000 + (alignment > 256 ? alignment - 256 : 0));
        extend_to(like, 300);
        like.shrink_to_fit();
        CHECK(like.capacity() == 300);
        CHECK(misaligned(like.data(), alignment) == 0);
        CHECK(intact(like));
        const raw_vector temporary = raw_vector::temporary_copy(s, 100), moved(std::move(like));
        CHECK(misaligned(temporary.address(), alignment) == 0);
        reserve(like, 10);
        CHECK(misaligned(like.address(), alignment) == 0);
        const vmm::engine::workspace workspace(m.value, s.order(), 100, alignment);
        CHECK(misaligned(workspace.data(), alignment) == 0);
      }
      CHECK(m.balanced());
    }
}

TEST_CASE("an alignment that no range has is refused by name when memory is first taken", "[raw_vector]") {
  own_backend m;
  raw_vector s(m.value.default_options(), vmm::default_stream(), 4_MiB);
  try {
    grow(s, 100);
    FAIL("grew");
  } catch (const vmm::error& e) {
    CHECK(e.code() == errc::invalid_argument);
    const std::string what = e.what();
    CHECK(what.find("4.00 MiB") != std::string::npos);
    CHECK(what.find("2.00 MiB") != std::string::npos);
  }
  CHECK(s.capacity() == 0);
  CHECK(m.counting.calls(verb::allocate) + m.counting.calls(verb::reserve) == 0);
}
