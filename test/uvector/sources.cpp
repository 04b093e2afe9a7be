// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector: what append and assign read. What lies side by side is one copy; what does not may be the vector's own.
#include <array>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <list>
#include <string>
#include <vector>

#if __cplusplus >= 202002L
#  include <span>
#endif

#include <vmm/device_uvector.hpp>

#include "support/catch.hpp"
#include "support/iterators.hpp"
#include "support/numbers.hpp"
#include "support/own_backend.hpp"

using namespace vmm_test;
using vmm::device_uvector;
using vmm::options;

namespace {

template <class T>
struct own_allocator {
  using value_type = T;
  own_allocator() = default;
  template <class U>
  own_allocator(const own_allocator<U>&) noexcept {}
  T* allocate(std::size_t n) { return static_cast<T*>(std::malloc(n * sizeof(T))); }
  void deallocate(T* p, std::size_t) noexcept { std::free(p); }
  friend bool operator==(own_allocator, own_allocator) { return true; }
  friend bool operator!=(own_allocator, own_allocator) { return false; }
};

/// As cuda::std::span's: by a concept that this standard may not have.
struct stronger : std::random_access_iterator_tag {};
template <class T, class Reference, class Concept>
struct wrapped {
  using iterator_category = std::random_access_iterator_tag;
#if __cplusplus >= 202002L
  using iterator_concept = std::conditional_t<std::is_same_v<Concept, stronger>, std::contiguous_iterator_tag, Concept>;
#else
  using iterator_concept = Concept;
#endif
  using value_type = T;
  using element_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = T*;
  using reference = Reference;
  T* p = nullptr;
  wrapped() = default;
  explicit wrapped(T* q) : p(q) {}
  reference operator*() const { return *p; }
  T* operator->() const { return p; }
  reference operator[](std::ptrdiff_t i) const { return p[i]; }
  wrapped& operator++() { return ++p, *this; }
  wrapped operator++(int) { return wrapped(p++); }
  wrapped& operator--() { return --p, *this; }
  wrapped operator--(int) { return wrapped(p--); }
  wrapped& operator+=(std::ptrdiff_t n) { return p += n, *this; }
  wrapped& operator-=(std::ptrdiff_t n) { return p -= n, *this; }
  friend wrapped operator+(wrapped a, std::ptrdiff_t n) { return wrapped(a.p + n); }
  friend wrapped operator+(std::ptrdiff_t n, wrapped a) { return wrapped(a.p + n); }
  friend wrapped operator-(wrapped a, std::ptrdiff_t n) { return wrapped(a.p - n); }
  friend std::ptrdiff_t operator-(wrapped a, wrapped b) { return a.p - b.p; }
  friend bool operator==(wrapped a, wrapped b) { return a.p == b.p; }
  friend bool operator!=(wrapped a, wrapped b) { return a.p != b.p; }
  friend bool operator<(wrapped a, wrapped b) { return a.p < b.p; }
  friend bool operator>(wrapped a, wrapped b) { return a.p > b.p; }
  friend bool operator<=(wrapped a, wrapped b) { return a.p <= b.p; }
  friend bool operator>=(wrapped a, wrapped b) { return a.p >= b.p; }
};
struct proxy {
  operator int() const { return *p; }
  const int* p;
  proxy(const int& x) : p(&x) {}
};

template <class T, class It>
constexpr bool at_once = vmm::detail::is_contiguous_host<T, It>;
template <class T, class Range>
constexpr bool range_at_once = vmm::detail::is_contiguous_range<T, Range>;

using own_vector = std::vector<int, own_allocator<int>>;
static_assert(at_once<int, int*> && at_once<int, const int*> && at_once<bool, const bool*>);
static_assert(at_once<int, std::vector<int>::iterator> && at_once<int, std::vector<int>::const_iterator>);
static_assert(at_once<int, own_vector::iterator> && at_once<int, own_vector::const_iterator>);
static_assert(at_once<char, std::string::iterator> && at_once<char, std::string::const_iterator>);
static_assert(at_once<int, std::array<int, 3>::iterator> && at_once<int, std::array<int, 3>::const_iterator>);
static_assert(at_once<int, std::vector<int>::pointer> && at_once<int, vmm::view<const int>::iterator>);
static_assert(at_once<int, wrapped<int, int&, stronger>> && at_once<int, wrapped<const int, const int&, stronger>>);
static_assert(!at_once<int, wrapped<int, int&, std::random_access_iterator_tag>>);
static_assert(!at_once<int, wrapped<const int, proxy, std::random_access_iterator_tag>>);
static_assert(!at_once<int, volatile int*> && !at_once<int, const volatile int*> && !at_once<int, unsigned*> &&
              !at_once<int, int**>);
static_assert(!at_once<int, std::vector<short>::iterator> && !at_once<bool, std::vector<bool>::iterator>);
static_assert(!at_once<int, std::list<int>::iterator> && !at_once<int, std::deque<int>::iterator>);
static_assert(!at_once<int, std::reverse_iterator<int*>> && !at_once<int, std::vector<int>::reverse_iterator>);
static_assert(!at_once<int, std::move_iterator<std::list<int>::iterator>> && !at_once<int, std::istream_iterator<int>>);

static_assert(range_at_once<int, own_vector> && range_at_once<int, std::array<int, 2>> && range_at_once<int, int[4]>);
static_assert(range_at_once<int, std::initializer_list<int>> && range_at_once<int, vmm::view<const int>>);
static_assert(range_at_once<char, std::string> && range_at_once<int, const std::vector<int>>);
static_assert(!range_at_once<int, std::vector<short>> && !range_at_once<bool, std::vector<bool>> &&
              !range_at_once<int, std::list<int>>);
static_assert(!range_at_once<int, vmm::view<volatile int>> && !range_at_once<int, int> && !range_at_once<int, int*>);
#if __cplusplus >= 202002L
static_assert(at_once<int, std::span<int>::iterator> && at_once<int, std::span<const int>::iterator>);
static_assert(range_at_once<int, std::span<int>> && range_at_once<int, std::span<const int, 4>>);
#endif

using ints = device_uvector<int>;

}  // namespace

TEST_CASE("a range whose elements lie side by side is one copy", "[sources]") {
  own_backend m;
  const host_ints source = iota(5000);
  const own_vector own(source.begin(), source.end());
  std::array<int, 64> array{};
  for (int i = 0; i < 64; ++i) array[static_cast<std::size_t>(i)] = i;
  int plain[64];
  std::copy(array.begin(), array.end(), plain);
  const auto copies = [&](auto put) {
    ints v(vmm::default_stream(), m.with());
    v.reserve(10000);
    const std::size_t before = m.counting.calls(verb::copy);
    put(v);
    CHECK(m.counting.calls(verb::copy) == before + 1);
    const host_ints seen = v.to_vector();
    CHECK(seen == iota(seen.size()));
    CHECK(seen.size() >= 64);
  };
  copies([&](ints& v) { v.append(source); });
  copies([&](ints& v) { v.append(own); });
  copies([&](ints& v) { v.append(own.begin(), own.end()); });
  copies([&](ints& v) { v.append(array); });
  copies([&](ints& v) { v.append(array.begin(), array.end()); });
  copies([&](ints& v) { v.append(plain); });
  copies([&](ints& v) { v.append(vmm::view<const int>(plain, 64)); });
  copies([&](ints& v) { v.append(vmm::view<int>(plain, 64)); });
  copies([&](ints& v) { v.append(wrapped<int, int&, stronger>(plain), wrapped<int, int&, stronger>(plain + 64)); });
  copies([&](ints& v) { v.assign(own); });
  copies([&](ints& v) { v.assign(own.begin(), own.end()); });
  copies([&](ints& v) { v.assign(plain); });
  copies([&](ints& v) { v.assign(array); });
#if __cplusplus >= 202002L
  copies([&](ints& v) { v.append(std::span<const int>(source)); });
  copies([&](ints& v) { v.assign(std::span<int>(plain)); });
#endif
  device_uvector<char> text;
  text.append(std::string("abc"));
  CHECK(text.to_vector() == std::vector<char>{'a', 'b', 'c'});
}

TEST_CASE("empty ranges change nothing, or clear", "[sources]") {
  ints v;
  v.append(host_ints{});
  v.append(own_vector{});
  v.append(own_vector{}.begin(), own_vector{}.begin() + 0);
  CHECK(v.empty());
  v.append({1, 2});
  v.append(std::array<int, 0>{});
  CHECK(v.to_vector() == host_ints{1, 2});
  const own_vector none;
  v.assign(none.begin(), none.end());
  CHECK(v.empty());
  v.append({1, 2});
  v.assign(none);
  CHECK(v.empty());
}

TEST_CASE("another vector is appended, and the vector itself", "[sources]") {
  ints v, other(per_thread);
  other.append(iota(1000));
  v.append(other);
  v.append(v);
  host_ints model = iota(1000);
  model.insert(model.end(), model.begin(), model.begin() + 1000);
  CHECK(v.to_vector() == model);
}

TEST_CASE("elements of another type are converted one by one", "[sources]") {
  const std::vector<short> shorts{1, -2, 3};
  volatile int flags[2] = {4, 5};
  const std::vector<bool> bits{true, false};
  ints v;
  v.append(shorts.begin(), shorts.end());
  v.append(flags, flags + 2);
  v.append(bits.begin(), bits.end());
  CHECK(v.to_vector() == host_ints{1, -2, 3, 4, 5, 1, 0});
}

#if !VMM_ON_CUDA
TEST_CASE("own elements are read by iterators of every kind as if copied first", "[sources]") {
  own_backend own(backend().get_driver());
  options moves = own.with();
  moves.small_limit = 0, moves.initial_reservation = 1;
  for (const options& how : {own.with(), own.with(fixed()), moves})
    for (std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{5000}, std::size_t{700000}})
      for (bool room : {false, true}) {
        const auto check = [&](auto put, auto expect) {
          ints v(vmm::default_stream(), how);
          v.append(iota(n));
          room ? v.reserve(3 * n + 8) : v.shrink_to_fit();
          host_ints model = iota(n);
          put(v), expect(model);
          REQUIRE(v.to_vector() == model);
        };
        const auto appended = [](auto first, auto last) {
          return [=](host_ints& m) {
            const host_ints copy(first(m), last(m));
            m.insert(m.end(), copy.begin(), copy.end());
          };
        };
        const auto assigned = [](auto first, auto last) { return [=](host_ints& m) { m = host_ints(first(m), last(m)); }; };
        const auto rbegin = [](auto& v) { return v.rbegin(); };
        const auto rend = [](auto& v) { return v.rend(); };
        check([](ints& v) { v.append(v.rbegin(), v.rend()); }, appended(rbegin, rend));
        check([](ints& v) { v.append(v.crbegin(), v.crend()); }, appended(rbegin, rend));
        check([](ints& v) { v.assign(v.rbegin(), v.rend()); }, assigned(rbegin, rend));
        check([](ints& v) { v.assign(v.rbegin() + 1, v.rend()); }, assigned([](auto& m) { return m.rbegin() + 1; }, rend));
        check([](ints& v) { v.append(input(v.begin()), input(v.end())); },
              appended([](auto& m) { return m.begin(); }, [](auto& m) { return m.end(); }));
        check([](ints& v) { v.assign(input(v.begin() + 1), input(v.end())); },
              assigned([](auto& m) { return m.begin() + 1; }, [](auto& m) { return m.end(); }));
        check([](ints& v) { v.append(input(v.rbegin()), input(v.rend())); }, appended(rbegin, rend));
        check([](ints& v) { v.assign(input(v.rbegin()), input(v.rend())); }, assigned(rbegin, rend));
        check([](ints& v) { v.append(v.begin(), v.end()); },
              appended([](auto& m) { return m.begin(); }, [](auto& m) { return m.end(); }));
        check([](ints& v) { v.assign(v.begin() + 1, v.end()); },
              assigned([](auto& m) { return m.begin() + 1; }, [](auto& m) { return m.end(); }));
        check(
            [](ints& v) {
              std::list<const int*> which;
              for (std::size_t i = 0; i < 3; ++i) which.push_front(v.data() + i % v.size());
              struct through : std::list<const int*>::iterator {
                using base = std::list<const int*>::iterator;
                using value_type = int;
                using reference = const int&;
                using pointer = const int*;
                explicit through(base b) : base(b) {}
                const int& operator*() const { return *base::operator*(); }
              };
              v.assign(through(which.begin()), through(which.end()));
            },
            [](host_ints& m) {
              const int size = static_cast<int>(m.size());
              m = {2 % size, 1 % size, 0};
            });
      }
}

TEST_CASE("assignment of own elements in reverse keeps a fixed address", "[sources]") {
  ints v(fixed());
  v.append(iota(1000));
  const int* const data = v.data();
  v.assign(v.rbegin(), v.rend());
  CHECK(v.data() == data);
  CHECK(v.element(0) == 999);
}
#endif
