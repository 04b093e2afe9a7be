// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Elements that are pushed one by one wait on the host for a large copy. Whatever a program may rely on with Thrust's
/// vector holds all the same: each member shows all elements, and through an address that was handed out all are there.
#include "support/own_backend.hpp"
#include "vector/vectors.hpp"

#include <vmm/back_inserter.hpp>

#include <thrust/reduce.h>
#include <thrust/sort.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <thread>

using namespace vmm_test;

namespace {

/// Empty, nothing shown, with room for 100 elements that read as -1. Where that is, is left in `data`.
ints blank(const vmm::options& o, const int*& data) {
  ints v(o);
  v.resize(100, -1);
  data = v.data().get();
  v.clear();
  return v;
}

/// Whether the last element is there for one who knows the address alone.
bool last_arrived(const ints& v, const int* data, int value) { return memory(data + v.size() - 1, 1)[0] == value; }

enum class after { shown, not_shown, either };
struct member {
  const char* name;
  after then;
  std::function<void(ints&)> call;
};

std::vector<member> members_that_show() {
  return {{"data", after::shown, [](ints& v) { v.data(); }},
          {"data const", after::shown, [](ints& v) { std::as_const(v).data(); }},
          {"begin", after::shown, [](ints& v) { v.begin(); }},
          {"begin const", after::shown, [](ints& v) { std::as_const(v).begin(); }},
          {"end", after::shown, [](ints& v) { v.end(); }},
          {"end const", after::shown, [](ints& v) { std::as_const(v).end(); }},
          {"cbegin", after::shown, [](ints& v) { v.cbegin(); }},
          {"cend", after::shown, [](ints& v) { v.cend(); }},
          {"rbegin", after::shown, [](ints& v) { v.rbegin(); }},
          {"rend", after::shown, [](ints& v) { v.rend(); }},
          {"rbegin const", after::shown, [](ints& v) { std::as_const(v).rbegin(); }},
          {"rend const", after::shown, [](ints& v) { std::as_const(v).rend(); }},
          {"crbegin", after::shown, [](ints& v) { v.crbegin(); }},
          {"crend", after::shown, [](ints& v) { v.crend(); }},
          {"an index", after::shown, [](ints& v) { v[1]; }},
          {"an index, const", after::shown, [](ints& v) { std::as_const(v)[1]; }},
          {"an index that is assigned to", after::shown, [](ints& v) { v[2] = 40; }},
          {"front", after::shown, [](ints& v) { v.front(); }},
          {"front const", after::shown, [](ints& v) { std::as_const(v).front(); }},
          {"back", after::shown, [](ints& v) { v.back(); }},
          {"back const", after::shown, [](ints& v) { std::as_const(v).back(); }},
          {"at", after::shown, [](ints& v) { v.at(0); }},
          {"at const", after::shown, [](ints& v) { std::as_const(v).at(0); }},
          {"view", after::shown, [](ints& v) { v.view(); }},
          {"view const", after::shown, [](ints& v) { std::as_const(v).view(); }},
          {"emplace_back", after::shown, [](ints& v) { v.emplace_back(8); }},
          {"insert", after::shown, [](ints& v) { v.insert(v.begin(), 8); }},
          {"insert at the end", after::shown, [](ints& v) { v.insert(v.cend(), 2, 8); }},
          {"insert of a list", after::shown,
           [](ints& v) {
             v.insert(v.begin(), {8, 9});
           }},
          {"erase", after::shown, [](ints& v) { v.erase(v.begin()); }},
          {"erase of none", after::shown, [](ints& v) { v.erase(v.cbegin(), v.cbegin()); }},
          {"erase of the last", after::shown, [](ints& v) { v.erase(v.cend() - 1); }}};
}

std::vector<member> members_that_flush() {
  const auto list = [] { return std::list<int>{8, 9}; };
  return {{"flush", after::not_shown, [](ints& v) { v.flush(); }},
          {"wait", after::not_shown, [](ints& v) { v.wait(); }},
          {"append of a value", after::not_shown, [](ints& v) { v.append(2, 8); }},
          {"append of a list", after::not_shown,
           [](ints& v) {
             v.append({8, 9});
           }},
          {"append of host elements", after::not_shown,
           [](ints& v) {
             const host_ints h{8};
             v.append(h.begin(), h.end());
           }},
          {"append of a list's", after::not_shown,
           [=](ints& v) {
             const auto l = list();
             v.append(l.begin(), l.end());
           }},
          {"resize", after::not_shown, [](ints& v) { v.resize(9); }},
          {"resize with a value", after::not_shown, [](ints& v) { v.resize(9, 8); }},
          {"resize without", after::not_shown, [](ints& v) { v.resize(9, vmm::no_init); }},
          {"shrink_to_fit", after::not_shown, [](ints& v) { v.shrink_to_fit(); }},
          {"==", after::not_shown, [](ints& v) { REQUIRE_FALSE(v == ints(3, 8)); }},
          {"== on the right", after::not_shown, [](ints& v) { REQUIRE_FALSE(ints(3, 8) == v); }},
          {"!=", after::not_shown, [](ints& v) { REQUIRE(v != ints(3, 8)); }},
          {"<", after::not_shown, [](ints& v) { REQUIRE(v < ints(3, 8)); }},
          {"== of std::vector", after::either,
           [](ints& v) {
             REQUIRE(v == host_ints{1, 2, 3});
           }},
          {"== of a host_vector", after::either, [](ints& v) { REQUIRE(v == thrust::host_vector<int>(v)); }},
          {"== of a device_vector", after::either, [](ints& v) { REQUIRE(v != thrust::device_vector<int>(3, 8)); }},
          {"copy construction", after::either,
           [](ints& v) {
             REQUIRE(contents(ints(v)) == host_ints{1, 2, 3});
           }},
          {"copy assignment", after::either,
           [](ints& v) {
             ints w(9, 8);
             w = v;
             REQUIRE(w[2] == 3);
           }},
          {"conversion of elements", after::either, [](ints& v) { REQUIRE(vmm::device_vector<long>(v)[2] == 3); }},
          {"to a host_vector", after::either,
           [](ints& v) {
             thrust::host_vector<int> h = v;
             REQUIRE(h[2] == 3);
           }},
          {"to a device_vector", after::either,
           [](ints& v) {
             vmm::stock_device_vector<int> d(v);
             REQUIRE(d[2] == 3);
           }},
          {"uvector().data()", after::either, [](ints& v) { v.uvector().data(); }}};
}

/// Of a type that is more than its bytes.
struct boxed {
  int value;
  VMM_TEST_BOTH_SIDES boxed(int v = 0) : value(v) {}
  VMM_TEST_BOTH_SIDES boxed(const boxed& other) : value(other.value) {}
  VMM_TEST_BOTH_SIDES boxed& operator=(const boxed& other) {
    value = other.value;
    return *this;
  }
};

}  // namespace

TEST_CASE("each member shows what was pushed, and who got an address sees later pushes on return", "[push]") {
  staging_places p;
  for (const auto& members : {members_that_show(), members_that_flush()})
    for (const home& place : p.all)
      for (const member& m : members) {
        INFO(m.name << " on " << place);
        const int* data = nullptr;
        ints v = blank(place.options, data);
        for (int i = 1; i < 4; ++i) v.push_back(i);
        CHECK(memory(data, 3) == (stages(place.options) ? host_ints{-1, -1, -1} : host_ints{1, 2, 3}));
        m.call(v);
        v.wait();
        const host_ints seen = memory(data, v.size());
        v.push_back(77);
        if (m.then == after::shown) CHECK(last_arrived(v, data, 77));
        if (m.then == after::not_shown) CHECK(last_arrived(v, data, 77) == !stages(place.options));
        const int moved = 78;
        v.push_back(moved);
        if (m.then == after::shown) CHECK(last_arrived(v, data, 78));
        host_ints expected = seen;
        expected.push_back(77), expected.push_back(78);
        CHECK(contents(v) == expected);
        CHECK(v.data().get() == data);
      }
}

TEST_CASE("a program that is legal with Thrust reads through data() what it pushes behind it", "[push]") {
  constexpr int n = 3000;
  staged_place moving;
  staging_places p;
  std::vector<home> all = homes();
  all.insert(all.end(), p.all.begin(), p.all.end());
  all.push_back({"a backend that stages, direct memory", moving.how});
  for (const home& place : all) {
    INFO(place);
    ints v(place.options);
    v.reserve(n);
    const auto first = v.data();
    for (int i = 0; i < n; ++i) v.push_back(i);
    host_ints seen(n);
    thrust::copy(first, first + n, seen.begin());
    CHECK(seen == iota(n));
    v.clear();
    const auto begin = v.begin();
    for (int i = 0; i < n; ++i) {
      v.push_back(i);
      if (i % 500 == 0) CHECK(thrust::reduce(begin, begin + i + 1) == i * (i + 1) / 2);
    }
    CHECK(v.data() == first);
    ints::reference front = v.front();
    v.clear();
    v.push_back(4);
    CHECK(v.front() == 4);
    CHECK(front == 4);
  }
}

TEST_CASE("Thrust's algorithms between pushes see every element", "[push]") {
  staging_places p;
  for (const home& place : p.all) {
    INFO(place);
    ints v(place.options);
    host_ints model;
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 100; ++i) v.push_back(i * 7919 % 1000), model.push_back(i * 7919 % 1000);
      thrust::sort(v.begin(), v.end());
      std::sort(model.begin(), model.end());
      v.pop_back(), model.pop_back();
      if (round % 5 == 4) v.shrink_to_fit();
    }
    CHECK(contents(v) == model);
  }
}

TEST_CASE("after clear, assignment, moves, swaps and growth nobody knows addresses, and pushes are staged again", "[push]") {
  staging_places p;
  const std::vector<std::pair<const char*, std::function<void(ints&)>>> replacing{
      {"clear", [](ints& v) { v.clear(); }},
      {"assign of a value", [](ints& v) { v.assign(5, 1); }},
      {"assign of a range",
       [](ints& v) {
         const host_ints h{1, 2};
         v.assign(h.begin(), h.end());
       }},
      {"assign of a list",
       [](ints& v) {
         v.assign({1, 2, 3});
       }},
      {"assignment of a std::vector",
       [](ints& v) {
         v = host_ints{1, 2};
       }},
      {"assignment of a list",
       [](ints& v) {
         v = {1, 2, 3};
       }},
      {"assignment of another", [](ints& v) {
         const ints w(3, 1);
         v = w;
       }}};
  for (const home& place : p.all)
    for (const auto& r : replacing) {
      INFO(r.first << " on " << place);
      const int* data = nullptr;
      ints v = blank(place.options, data);
      v.push_back(5);
      v.data();
      v.push_back(6);
      CHECK(last_arrived(v, data, 6));
      r.second(v);
      v.push_back(77);
      CHECK(last_arrived(v, data, 77) == !stages(place.options));
      CHECK(v.back() == 77);
      v.push_back(78);
      CHECK(last_arrived(v, data, 78));
    }
  for (const home& place : p.all) {
    INFO(place);
    const int *of_a = nullptr, *of_b = nullptr;
    ints a = blank(place.options, of_a), b = blank(place.options, of_b);
    a.push_back(1), b.push_back(2);
    a.data();
    a.swap(b);  // who knows where a's elements were knows where b's are
    a.push_back(3), b.push_back(4);
    CHECK(last_arrived(a, of_b, 3) == !stages(place.options));
    CHECK(last_arrived(b, of_a, 4));
    ints c(std::move(b));
    c.push_back(5);
    CHECK(last_arrived(c, of_a, 5));
    b.push_back(9);
    c = std::move(a);
    c.push_back(6);
    CHECK(last_arrived(c, of_b, 6) == !stages(place.options));
    CHECK(contents(c) == host_ints{2, 3, 6});
    CHECK(contents(b) == host_ints{9});
  }
}

TEST_CASE("growth past the capacity ends the time in which every push is a write", "[push]") {
  staged_place p;
  ints v(p.how);
  v.reserve(8);
  v.data();
  for (int i = 0; i < 8; ++i) v.push_back(i);
  CHECK(p.counting.calls(verb::fill) == 8);
  CHECK(p.counting.calls(verb::copy_from_pinned) == 0);
  for (int i = 8; i < 500; ++i) v.push_back(i);
  CHECK(p.counting.calls(verb::fill) == 8);
  CHECK(p.counting.calls(verb::copy_from_pinned) == 0);
  CHECK(contents(v) == iota(500));
  CHECK(p.counting.calls(verb::copy_from_pinned) == 1);
}

TEST_CASE("back_inserter and stage_back wait whatever was shown, until something is asked for", "[push]") {
  staging_places p;
  const std::list<int> list{3, 1, 2};
  for (const home& place : p.all) {
    INFO(place);
    const int* data = nullptr;
    ints v = blank(place.options, data);
    v.data();
    std::copy(list.begin(), list.end(), vmm::back_inserter(v));
    const bool at_once = !stages(place.options);
    CHECK(memory(data, 3) == (at_once ? host_ints{3, 1, 2} : host_ints{-1, -1, -1}));
    v.flush();
    CHECK(memory(data, 3) == host_ints{3, 1, 2});
    v.stage_back(4);
    CHECK(last_arrived(v, data, 4) == at_once);
    v.push_back(5);  // this one is complete on return, and so is what was before it
    CHECK(memory(data, 5) == host_ints{3, 1, 2, 4, 5});
    v.stage_back(6);
    v.pop_back();
    v.stage_back(7);
    CHECK(v.back() == 7);
    v.stage_back(8);
    v.resize(8, 9);
    CHECK(memory(data, 8) == host_ints{3, 1, 2, 4, 5, 7, 8, 9});
    *vmm::back_inserter(v)++ = v[0];
    CHECK(v.back() == 3);
  }
  CHECK(p.own.counting.calls(verb::copy_from_pinned) > 0);
}

TEST_CASE("large numbers of pushes arrive, and pop_back and smaller sizes do not touch the device", "[push]") {
  staging_places p;
  for (const home& place : p.all) {
    INFO(place);
    ints v(place.options);
    for (int i = 0; i < 300000; ++i) v.push_back(i);
    CHECK(contents(v) == iota(300000));
    v.clear();
    v.push_back(1), v.push_back(2), v.push_back(3);
    const std::size_t before = p.own.touched();
    v.pop_back();
    v.resize(1);
    v.push_back(5);
    CHECK(v.size() == 2);
    CHECK_FALSE(v.empty());
    CHECK(v.capacity() >= 300000);
    CHECK(v.statistics().live == 1);
    CHECK(p.own.touched() == before);
    CHECK(contents(v) == host_ints{1, 5});
  }
}

TEST_CASE("the vector without Thrust behind a vector stages in the same place", "[push]") {
  staging_places p;
  for (const home& place : p.all) {
    INFO(place);
    ints v(place.options);
    v.push_back(1);
    v.uvector().push_back(2);
    CHECK(v.uvector().element(0) == 1);
    v.push_back(3);
    CHECK(v.uvector().to_vector() == host_ints{1, 2, 3});
    v.uvector().push_back(4);
    CHECK(v.back() == 4);
    CHECK(contents(v) == host_ints{1, 2, 3, 4});
  }
}

TEST_CASE("in stream order the same holds once the stream has passed", "[push]") {
  staging_places p;
  for (const home& place : p.all) {
    INFO(place);
    ints v(vmm::default_stream(), place.options);
    v.reserve(100);
    const int* const data = v.data().get();
    v.push_back(1), v.push_back(2);
    v.wait();
    CHECK(memory(data, 2) == host_ints{1, 2});
    v.stage_back(3);
    CHECK(v[2] == 3);
    v.stage_back(4);
    v.push_back(5);
    v.wait();
    CHECK(memory(data, 5) == host_ints{1, 2, 3, 4, 5});
  }
}

TEST_CASE("elements that are more than their bytes go to the device at once", "[push]") {
  staging_places p;
  for (const home& place : p.all) {
    INFO(place);
    vmm::device_vector<boxed> v(place.options);
    v.reserve(50);
    v.push_back(boxed(0));
    const int* const data = reinterpret_cast<const int*>(v.data().get());
    v.clear();
    for (int i = 0; i < 50; ++i) {
      const boxed x(i);
      if (i % 3 == 0) v.push_back(x);
      if (i % 3 == 1) v.push_back(boxed(i));
      if (i % 3 == 2) v.stage_back(x);
      REQUIRE(memory(data, v.size()) == iota(static_cast<std::size_t>(i) + 1));
    }
  }
  CHECK(p.own.counting.calls(verb::copy_from_pinned) == 0);
  CHECK(p.own.counting.calls(verb::pin) == 0);
}

TEST_CASE("several threads may read one const device_vector with staged elements", "[push]") {
  staging_places p;
  for (const home& place : p.all)
    for (int round = 0; round < 40; ++round) {
      ints filled(place.options), same(place.options);
      for (int i = 0; i < 500; ++i) filled.push_back(i), same.push_back(i);
      const ints& v = filled;
      const host_ints model = iota(500);
      std::atomic<int> wrong{0}, ready{0};
      std::vector<std::thread> threads;
      for (int id = 0; id < 4; ++id)
        threads.emplace_back([&, id] {
          for (++ready; ready != 4;) std::this_thread::yield();
          if (id == 0) wrong += contents(v) != model;
          if (id == 1) wrong += v[499] != 499;
          if (id == 2) wrong += !(v == same);
          if (id == 3) wrong += contents(ints(v)) != model;
        });
      for (std::thread& t : threads) t.join();
      CHECK(wrong == 0);
    }
}

struct moved_only {
  explicit moved_only(int v) : value(v) {}
  moved_only(moved_only&&) = default;
  moved_only& operator=(moved_only&&) = default;
  int value;
};

TEST_CASE("elements that can only be moved are pushed", "[push]") {
  vmm::device_vector<moved_only> v;
  for (int i = 0; i < 3000; ++i) v.push_back(moved_only(i));
  CHECK(v.size() == 3000);
}
