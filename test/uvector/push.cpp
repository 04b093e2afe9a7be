// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector: elements that are pushed one by one wait on the host, and no member lets that be seen.
#include <vmm/device_uvector.hpp>

#include <vmm/back_inserter.hpp>
#include <vmm/memory.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/iterators.hpp"
#include "support/numbers.hpp"
#include "support/own_backend.hpp"

using namespace vmm_test;
using vmm::device_uvector;
using vmm::options;

namespace {

using ints = device_uvector<int>;

struct pod {
  char text[12];
};

}  // namespace

TEST_CASE("every member that shows elements shows those that were just pushed", "[push]") {
  const host_ints host{8, 9};
  int out[8];
  const std::vector<std::pair<const char*, std::function<void(ints&)>>> members{
      {"data", [](ints& v) { v.data(); }},
      {"data const", [](ints& v) { std::as_const(v).data(); }},
      {"begin", [](ints& v) { v.begin(); }},
      {"begin const", [](ints& v) { std::as_const(v).begin(); }},
      {"end", [](ints& v) { v.end(); }},
      {"end const", [](ints& v) { std::as_const(v).end(); }},
      {"cbegin", [](ints& v) { v.cbegin(); }},
      {"cend", [](ints& v) { v.cend(); }},
      {"rbegin", [](ints& v) { v.rbegin(); }},
      {"rend", [](ints& v) { v.rend(); }},
      {"rbegin const", [](ints& v) { std::as_const(v).rbegin(); }},
      {"rend const", [](ints& v) { std::as_const(v).rend(); }},
      {"crbegin", [](ints& v) { v.crbegin(); }},
      {"crend", [](ints& v) { v.crend(); }},
      {"view", [](ints& v) { v.view(); }},
      {"view const", [](ints& v) { std::as_const(v).view(); }},
      {"element_ptr", [](ints& v) { v.element_ptr(0); }},
      {"element_ptr const", [](ints& v) { std::as_const(v).element_ptr(0); }},
      {"to_vector", [](ints& v) { v.to_vector(); }},
      {"copy_to", [&](ints& v) { v.copy_to(out); }},
      {"copy_to of some", [&](ints& v) { v.copy_to(out, 1, 1), v.wait(); }},
      {"==", [](ints& v) { (void)(v == ints(v)); }},
      {"== on the right",
       [](ints& v) {
         ints w;
         for (int i = 1; i < 4; ++i) w.push_back(i);
         REQUIRE(w == v);
       }},
      {"<",
       [](ints& v) {
         ints w;
         w.push_back(1), w.push_back(3);
         REQUIRE(v < w);
       }},
      {"append of pointers", [&](ints& v) { v.append(host.data(), host.data() + 2); }},
      {"append of a vector", [&](ints& v) { v.append(host); }},
      {"append of a list of values",
       [](ints& v) {
         v.append({1, 2});
       }},
      {"append of itself", [](ints& v) { v.append(v.view()); }},
      {"append of a value", [](ints& v) { v.append(3, 9); }},
      {"append to another", [](ints& v) { ints().append(v.view()); }},
      {"resize", [](ints& v) { v.resize(9); }},
      {"resize with a value", [](ints& v) { v.resize(9, 5); }},
      {"resize without", [](ints& v) { v.resize(9, vmm::no_init); }},
      {"fill", [](ints& v) { v.fill(5); }},
      {"set_element", [](ints& v) { v.set_element(2, 5); }},
      {"set_element_async", [](ints& v) { v.set_element_async(2, 5, v.stream()); }},
      {"set_element_to_zero_async", [](ints& v) { v.set_element_to_zero_async(1, v.stream()); }},
      {"wait", [](ints& v) { v.wait(); }},
      {"flush", [](ints& v) { v.flush(); }},
      {"shrink_to_fit", [](ints& v) { v.shrink_to_fit(); }},
      {"copy construction", [](ints& v) { ints w(v); }},
      {"copy construction on a stream", [](ints& v) { ints w(v, v.stream()); }},
      {"copy assignment from it",
       [](ints& v) {
         ints w;
         w = v;
       }},
      {"assign of it",
       [](ints& v) {
         ints w;
         w.assign(v);
       }},
      {"assign of its own elements", [](ints& v) { v.assign(v.begin(), v.begin() + 2); }}};
  staging_places p;
  for (const auto& place : p.all)
    for (const auto& member : members) {
      INFO(member.first << " on " << place.name);
      ints v(place.options);
      v.resize(100, -1);
      const int* const data = v.data();
      v.clear();
      for (int i = 1; i < 4; ++i) v.push_back(i);
      CHECK(memory(data, 3) == (stages(place.options) ? host_ints{-1, -1, -1} : host_ints{1, 2, 3}));
      member.second(v);
      v.wait();
      const host_ints seen = memory(data, v.size());
      const host_ints now = v.to_vector();
      CHECK(seen == now);
      v.push_back(77);  // once more
      CHECK((memory(data + v.size() - 1, 1)[0] == 77) == !stages(place.options));
      CHECK(v.back_element() == 77);
      v.pop_back();
      CHECK(v.to_vector() == now);
    }
}

TEST_CASE("members are seen to flush by the driver, and what is not shown stays on the host", "[push]") {
  staged_place p(backend().get_driver(), fixed());
  {
    ints v(p.how);
    v.resize(100, -1);
    const int* const data = v.data();
    v.clear();
    for (int i = 0; i < 10; ++i) v.push_back(i);
    const std::size_t before = p.touched();
    CHECK(v.size() == 10);
    CHECK(v.ssize() == 10);
    CHECK(v.size_bytes() == 40);
    CHECK_FALSE(v.empty());
    CHECK_FALSE(v.is_empty());
    CHECK(v.capacity() >= 100);
    CHECK(v.reserved() >= v.capacity());
    CHECK(v.statistics().live == 1);
    CHECK(v.device() == 0);
    v.reserve(v.capacity() + 1);
    CHECK(v.element(3) == 3);
    CHECK(v.at(4) == 4);
    CHECK(v.front_element() == 0);
    CHECK(v.back_element() == 9);
    CHECK_THROWS_AS(v.at(10), std::out_of_range);
    v.pop_back();
    v.resize(5);
    v.resize(4, vmm::no_init);
    CHECK(v.back_element() == 3);
    ints moved(std::move(v));
    ints other(p.how);
    other.swap(moved);
    CHECK(other.size() == 4);
    CHECK(p.touched() == before);
    CHECK(memory(data, 4) == host_ints{-1, -1, -1, -1});
    other.flush();
    CHECK(p.counting.calls(verb::copy_from_pinned) == 1);
    CHECK(p.counting.bytes(verb::copy_from_pinned) == 16);
    CHECK(memory(data, 4) == host_ints{0, 1, 2, 3});
    other.push_back(4);
    other.clear();
    CHECK(p.counting.bytes(verb::copy_from_pinned) == 16);
    CHECK(moved.empty());
    other.push_back(5);
    CHECK(other.to_vector() == host_ints{5});
  }
  CHECK(p.balanced());
}

TEST_CASE("a million pushes are a million elements", "[push]") {
  staged_place p;
  for (const options& o : {options{}, p.how}) {
    ints v(o);
    host_ints model;
    std::mt19937 random(1);
    for (int i = 0; i < 1000000; ++i) {
      const int value = static_cast<int>(random());
      v.push_back(value), model.push_back(value);
      if (i % 100000 == 7) {
        v.pop_back(), model.pop_back();
        CHECK(v.element(v.size() / 2) == model[model.size() / 2]);
        CHECK(v.back_element() == model.back());
      }
    }
    CHECK(v.to_vector() == model);
    CHECK(v.statistics().copied_bytes <= 1_MiB);
  }
  CHECK(p.counting.calls(verb::copy_from_pinned) < 40);
  CHECK(p.counting.calls(verb::fill) == 0);
}

TEST_CASE("own elements can be pushed", "[push]") {
  staged_place p;
  for (const options& o : {options{}, p.how}) {
    ints v(o);
    v.push_back(5), v.emplace_back(6), v.stage_back(7);
    host_ints model{5, 6, 7};
    for (std::size_t i = 0; i < 200; ++i) {
      v.push_back(v.element(i)), model.push_back(model[i]);
      v.push_back(v.back_element()), model.push_back(model.back());
      if (!VMM_ON_CUDA) v.push_back(v.data()[i / 2]), model.push_back(model[i / 2]);  // across growth, too
      if (!VMM_ON_CUDA) v.emplace_back(*v.begin()), model.push_back(5);
    }
    CHECK(v.to_vector() == model);
  }
}

TEST_CASE("other sizes of elements are pushed as well", "[push]") {
  staged_place p;
  for (const options& o : {options{}, p.how}) {
    device_uvector<pod> v(o);
    for (int i = 0; i < 5000; ++i) v.push_back(pod{{static_cast<char>(i), 'x', static_cast<char>(i / 128)}});
    const std::vector<pod> seen = v.to_vector();
    std::size_t wrong = 0;
    for (int i = 0; i < 5000; ++i)
      wrong += seen[i].text[0] != static_cast<char>(i) || seen[i].text[2] != static_cast<char>(i / 128);
    CHECK(seen.size() == 5000);
    CHECK(wrong == 0);
    device_uvector<bool> b(o);
    for (int i = 0; i < 100; ++i) b.push_back(i % 3 == 0);
    CHECK(b.element(99));
    CHECK_FALSE(b.to_vector()[98]);
  }
}

TEST_CASE("a thousand vectors filled in turn share sixteen MiB of buffers", "[push]") {
  for (std::size_t elements : {500, 3000}) {
    staged_place p;
    {
      std::vector<ints> many;
      for (int i = 0; i < 1000; ++i) many.emplace_back(p.how);
      std::size_t most = 0;
      for (std::size_t k = 0; k < elements; ++k) {
        for (std::size_t i = 0; i < many.size(); ++i) many[i].push_back(static_cast<int>(i * 10000 + k));
        most = (std::max)(most, p.value.statistics().pinned);
      }
      CHECK(most > 0);
      CHECK(most <= 16_MiB);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < many.size(); ++i) {
        host_ints model = iota(elements);
        for (int& x : model) x += static_cast<int>(i) * 10000;
        wrong += many[i].to_vector() != model;
      }
      CHECK(wrong == 0);
    }
    CHECK(p.balanced());
    CHECK(p.value.statistics().pinned == 0);
  }
}

TEST_CASE("several threads may read one const vector with staged elements", "[push]") {
  staged_place p;
  for (const options& o : {options{}, p.how})
    for (int round = 0; round < 60; ++round) {
      ints filled(o), same(o);
      for (int i = 0; i < 1000 + round; ++i) filled.push_back(i), same.push_back(i);
      if (round % 2 == 0) filled.flush();
      filled.push_back(5), same.push_back(5);
      const ints& v = filled;
      host_ints model = iota(1000 + round);
      model.push_back(5);
      std::atomic<std::size_t> wrong{0}, ready{0};
      std::vector<std::thread> threads;
      for (int id = 0; id < 4; ++id)
        threads.emplace_back([&, id] {
          for (++ready; ready != 4;) std::this_thread::yield();
          for (int turn = id; turn < id + 3; ++turn) {
            if (turn % 3 == 0) wrong += v.to_vector() != model;
            if (turn % 3 == 1) wrong += v.back_element() != 5 || v.element(900) != 900;
            if (turn % 3 == 2) wrong += !(v == same);
          }
        });
      for (std::thread& t : threads) t.join();
      CHECK(wrong == 0);
    }
}

TEST_CASE("without staging each element is on the device when push_back returns", "[push]") {
  for (int how : {0, 1, 2}) {
    staged_place p(backend().get_driver(), fixed());
    if (how == 0) p.how.staging = false;
    if (how == 1) p.value.set_staging(0, 0);
    if (how == 2) p.value.set_staging(0, 64);
    ints v(p.how);
    v.resize(100, -1);
    const int* const data = v.data();
    v.clear();
    for (int i = 0; i < 100; ++i) {
      v.push_back(i);
      v.wait();
      REQUIRE(memory(data, v.size()) == iota(v.size()));
    }
    CHECK(p.counting.calls(verb::copy_from_pinned) == 0);
    CHECK(p.value.statistics().pinned == 0);
    p.value.set_staging(256_KiB, 64);
    v.push_back(7);
    CHECK(v.back_element() == 7);
  }
}

TEST_CASE("the default backend can be told not to stage, and to give its buffers back", "[push]") {
  ints v;
  v.push_back(1);
  vmm::set_staging(0, 0);
  for (int i = 2; i < 2000; ++i) v.push_back(i);
  host_ints model = iota(2000);
  model.erase(model.begin());
  CHECK(v.to_vector() == model);
  vmm::trim();
  CHECK(vmm::query_statistics().pinned == 0);
  vmm::set_staging(256_KiB, 64);
  ints w;
  w.push_back(1);
  CHECK((vmm::query_statistics().pinned != 0) == VMM_ON_CUDA);
  CHECK(vmm::query_statistics().pinned <= 16_MiB);
  CHECK(w.back_element() == 1);
}

TEST_CASE("host iterators are staged, and a source that throws leaves the vector as it was", "[push]") {
  staged_place p;
  for (const options& o : {options{}, p.how})
    for (int before : {0, 3, 5000}) {
      ints v(o);
      for (int i = 0; i < before; ++i) v.push_back(i);
      for (int flushed : {0, 1}) {
        if (flushed != 0) v.flush();
        for (int bad : {0, 1, 4000, 100000}) {
          CHECK_THROWS_AS(v.append(input_source<int>(0, bad), input_source<int>(200000, bad)), std::runtime_error);
          REQUIRE(v.size() == static_cast<std::size_t>(before));
          if (before != 0) CHECK(v.back_element() == before - 1);
        }
      }
      CHECK(v.to_vector() == iota(before));
      host_ints model = iota(before);
      const std::list<int> list{4, 5, 6};
      v.append(list.begin(), list.end());
      std::copy(list.begin(), list.end(), vmm::back_inserter(v));
      v.append(input_source<int>(0, -1), input_source<int>(3000, -1));
      model.insert(model.end(), list.begin(), list.end());
      model.insert(model.end(), list.begin(), list.end());
      for (int i : iota(3000)) model.push_back(i);
      CHECK(v.to_vector() == model);
      v.assign(list.begin(), list.end());
      CHECK(v.to_vector() == host_ints{4, 5, 6});
    }
}

TEST_CASE("copies of vectors with staged elements have their elements", "[push]") {
  staged_place p;
  for (const options& from : {options{}, p.how})
    for (const options& to : {options{}, p.how}) {
      ints a(from), b(to);
      a.push_back(1), a.push_back(2), b.push_back(9);
      ints c = a;
      c.push_back(3), a.push_back(4);
      b = a;
      CHECK(c.to_vector() == host_ints{1, 2, 3});
      CHECK(b.to_vector() == host_ints{1, 2, 4});
      b.push_back(5), a.push_back(6);
      swap(a, b);
      a.push_back(7), b.push_back(8);
      CHECK(a.to_vector() == host_ints{1, 2, 4, 5, 7});
      CHECK(b.to_vector() == host_ints{1, 2, 4, 6, 8});
      c = std::move(a);
      c.push_back(0);
      CHECK(c.to_vector() == host_ints{1, 2, 4, 5, 7, 0});
    }
}

TEST_CASE("own staged elements are appended, whether the vector grows or not", "[push]") {
  staged_place p;
  for (const options& how : {options{}, p.how})
    for (std::size_t room : {5, 100}) {
      ints v(how);
      v.reserve(room);
      const int* const own = std::as_const(v).data();
      for (int i = 1; i <= 5; ++i) v.push_back(i);
      v.append(own, own + 5);
      CHECK(v.to_vector() == host_ints{1, 2, 3, 4, 5, 1, 2, 3, 4, 5});
    }
}
