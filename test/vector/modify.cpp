// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Adding, removing and replacing elements, step by step beside a std::vector, wherever the vector lives.
#include "vector/vectors.hpp"

#include <list>
#include <random>
#include <sstream>
#include <type_traits>

using vmm_test::contents;
using vmm_test::forward_source;
using vmm_test::homes;
using vmm_test::host_ints;
using vmm_test::input_source;
using vmm_test::ints;
using vmm_test::iota;
using vmm_test::source_error;

namespace {

/// 0 ... n-1 with the options of a home.
ints counted(const vmm_test::home& home, std::size_t n) {
  ints v(home.options);
  v = iota(n);
  return v;
}

/// An insertion at the begin, in the middle and at the end: where it says that the first new element is, and the rest.
template <class Insert, class InsertInModel>
void insert_everywhere(Insert insert, InsertInModel insert_in_model) {
  for (const auto& home : homes()) {
    for (const std::size_t size : {0, 1, 7, 10}) {
      for (const std::size_t at : {std::size_t{0}, size / 2, size}) {
        INFO(home << ", " << size << " elements, at " << at);
        ints v = counted(home, size);
        host_ints model = iota(size);
        const ints::iterator first = insert(v, v.cbegin() + static_cast<std::ptrdiff_t>(at));
        insert_in_model(model, model.cbegin() + static_cast<std::ptrdiff_t>(at));
        CHECK(contents(v) == model);
        CHECK(first - v.begin() == static_cast<std::ptrdiff_t>(at));
      }
    }
  }
}

TEST_CASE("push_back and emplace_back add at the end", "[modify]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v(home.options);
    host_ints model;
    for (int i = 0; i < 40; ++i) {
      v.push_back(i);
      const int copied = i + 100;
      v.push_back(copied);
      CHECK(v.emplace_back(i + 200) == i + 200);
      model.insert(model.end(), {i, i + 100, i + 200});
    }
    v.emplace_back();
    model.emplace_back();
    CHECK(contents(v) == model);
    v.emplace_back(5) += 2;
    CHECK(v.back() == 7);
  }
}

TEST_CASE("own elements can be added", "[modify]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v(home.options);
    v = {1, 2};
    host_ints model = {1, 2};
    for (int i = 0; i < 20; ++i) {
      v.push_back(v[0]);
      model.push_back(1);
      v.emplace_back(v[1]);
      model.push_back(2);
    }
    v.insert(v.begin(), v.back());
    model.insert(model.begin(), 2);
    v.resize(v.size() + 30, v[1]);
    model.resize(model.size() + 30, 1);
    CHECK(contents(v) == model);
  }
}

#if !VMM_ON_CUDA
TEST_CASE("own elements can be added by a plain reference where the host can have one", "[modify]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints pushed = counted(home, 9), inserted = pushed, assigned = pushed;
    host_ints model = iota(9);
    for (int i = 0; i < 20; ++i) {
      pushed.push_back(pushed.data().get()[1]);
      model.push_back(1);
    }
    CHECK(contents(pushed) == model);
    inserted.shrink_to_fit();
    for (int i = 0; i < 3; ++i) {
      inserted.insert(inserted.begin() + 2, inserted.data().get()[5 + i]);
      CHECK(inserted[2] == 5);
    }
    assigned.assign(3, assigned.data().get()[2]);
    CHECK(contents(assigned) == host_ints(3, 2));
  }
}
#endif

TEST_CASE("insert of one element", "[modify]") {
  const int value = 77;
  insert_everywhere([&](ints& v, ints::const_iterator at) { return v.insert(at, value); },
                    [&](host_ints& v, auto at) { v.insert(at, value); });
  insert_everywhere([](ints& v, ints::const_iterator at) { return v.insert(at, 78); },
                    [](host_ints& v, auto at) { v.insert(at, 78); });
}

TEST_CASE("insert of copies, where two integers are a number and a value", "[modify]") {
  for (const int n : {0, 1, 5, 20}) {
    const std::size_t count = static_cast<std::size_t>(n);
    insert_everywhere([&](ints& v, ints::const_iterator at) { return v.insert(at, n, 7); },
                      [&](host_ints& v, auto at) { v.insert(at, count, 7); });
    insert_everywhere([&](ints& v, ints::const_iterator at) { return v.insert(at, count, 7); },
                      [&](host_ints& v, auto at) { v.insert(at, count, 7); });
  }
}

TEST_CASE("insert of ranges and lists", "[modify]") {
  const host_ints source = iota(12, 50);
  const std::list<int> list(source.begin(), source.end());
  const ints device = source;
  const auto as_source = [&](host_ints& v, auto at) { v.insert(at, source.begin(), source.end()); };
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, source.begin(), source.end()); }, as_source);
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, source.data(), source.data() + 12); }, as_source);
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, list.begin(), list.end()); }, as_source);
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, device.begin(), device.end()); }, as_source);
  insert_everywhere([](ints& v, auto at) { return v.insert(at, input_source<int>(50), input_source<int>(62)); }, as_source);
  insert_everywhere(
      [](ints& v, auto at) {
        return v.insert(at, {1, 2, 3});
      },
      [](host_ints& v, auto at) {
        v.insert(at, {1, 2, 3});
      });
  const auto nothing = [](host_ints&, auto) {};
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, list.end(), list.end()); }, nothing);
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, device.end(), device.end()); }, nothing);
}

TEST_CASE("insert and append of a part of the vector itself", "[modify]") {
  const auto doubled = [](host_ints& v, auto at) {
    const host_ints copy = v;
    v.insert(at, copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 3), copy.end());
  };
  const auto third = [](const ints& v) { return static_cast<std::ptrdiff_t>(v.size() / 3); };
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, v.begin() + third(v), v.end()); }, doubled);
  insert_everywhere([&](ints& v, auto at) { return v.insert(at, v.data() + third(v), v.data() + v.size()); }, doubled);
  insert_everywhere(
      [&](ints& v, auto at) {
        const std::ptrdiff_t index = at - v.cbegin();
        v.reserve(100);
        return v.insert(v.begin() + index, v.cbegin() + third(v), v.cend());
      },
      doubled);
  for (const auto& home : homes()) {
    INFO(home);
    ints v = counted(home, 3);
    host_ints model = iota(3);
    for (int i = 0; i < 5; ++i) {
      v.append(v.begin(), v.end());
      const host_ints copy = model;
      model.insert(model.end(), copy.begin(), copy.end());
    }
    CHECK(contents(v) == model);
  }
}

TEST_CASE("append", "[modify]") {
  for (const auto& home : homes()) {
    INFO(home);
    const std::list<int> list = {1, 2, 3};
    const ints device = {4, 5};
    ints v(home.options);
    v.append(list.begin(), list.end());
    v.append(device.begin(), device.end());
    v.append(3, 6);
    v.append({7, 8, 9, 10, 11, 12});
    v.append(0, 99);
    v.append(list.end(), list.end());
    std::istringstream in("13 14");
    v.append(std::istream_iterator<int>(in), std::istream_iterator<int>());
    CHECK(contents(v) == host_ints{1, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9, 10, 11, 12, 13, 14});
  }
}

TEST_CASE("pop_back, erase and clear keep the room", "[modify]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v = counted(home, 20);
    const std::size_t capacity = v.capacity();
    const int* const address = v.data().get();
    const auto erase = [&](std::ptrdiff_t first, std::ptrdiff_t last) {
      const ints::iterator next = v.erase(v.cbegin() + first, v.cbegin() + last);
      return next - v.begin();
    };
    const auto erase_one = [&](std::ptrdiff_t at) {
      const ints::iterator next = v.erase(v.begin() + at);
      return next - v.begin();
    };
    v.pop_back();
    CHECK(contents(v) == iota(19));
    CHECK(erase_one(0) == 0);
    CHECK(erase_one(3) == 3);
    CHECK(erase_one(16) == 16);
    CHECK(contents(v) == host_ints{1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17});
    CHECK(erase(1, 10) == 1);
    CHECK(contents(v) == host_ints{1, 12, 13, 14, 15, 16, 17});
    CHECK(erase(5, 7) == 5);
    CHECK(erase(2, 2) == 2);
    CHECK(erase(0, 1) == 0);
    CHECK(contents(v) == host_ints{12, 13, 14, 15});
    CHECK(erase(0, 4) == 0);
    CHECK(v.empty());
    v = iota(5);
    v.clear();
    CHECK(v.empty());
    CHECK(v.capacity() == capacity);
    CHECK(v.data().get() == address);
    v.clear();
    v.push_back(8);
    CHECK(contents(v) == host_ints{8});
  }
}

TEST_CASE("assign", "[modify][assign]") {
  for (const auto& home : homes()) {
    INFO(home);
    const std::list<int> list = {1, 2, 3};
    const ints device = iota(30);
    ints v = counted(home, 4);
    v.assign(12, 7);
    CHECK(contents(v) == host_ints(12, 7));
    v.assign(std::size_t{2}, 9);
    CHECK(contents(v) == host_ints(2, 9));
    v.assign(list.begin(), list.end());
    CHECK(contents(v) == host_ints{1, 2, 3});
    v.assign(device.begin(), device.end());
    CHECK(contents(v) == iota(30));
    v.assign({4, 5});
    CHECK(contents(v) == host_ints{4, 5});
    v.assign(input_source<int>(0), input_source<int>(50));
    CHECK(contents(v) == iota(50));
    v.assign(3, v[40]);
    CHECK(contents(v) == host_ints(3, 40));
    v.assign(list.end(), list.end());
    CHECK(v.empty());
  }
}

TEST_CASE("assign of a part of the vector itself", "[modify][assign]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v = counted(home, 20);
    v.assign(v.begin(), v.end());
    CHECK(contents(v) == iota(20));
    v.assign(v.begin() + 2, v.end() - 2);
    CHECK(contents(v) == iota(16, 2));
    v.assign(v.data() + 1, v.data() + 10);
    CHECK(contents(v) == iota(9, 3));
    v.assign(v.cbegin() + 4, v.cend());
    CHECK(contents(v) == iota(5, 7));
    v.assign(v.end(), v.end());
    CHECK(v.empty());
  }
}

TEST_CASE("resize both ways", "[modify][capacity]") {
  for (const auto& home : homes()) {
    INFO(home);
    ints v = counted(home, 5);
    v.resize(9, 1);
    CHECK(contents(v) == host_ints{0, 1, 2, 3, 4, 1, 1, 1, 1});
    v.resize(3);
    const std::size_t capacity = v.capacity();
    v.resize(6);
    CHECK(contents(v) == host_ints{0, 1, 2, 0, 0, 0});
    CHECK(v.capacity() == capacity);
    v.resize(2, 9);
    v.resize(2);
    CHECK(contents(v) == host_ints{0, 1});
    v.resize(3000, 4);
    v.resize(5000);
    host_ints model = {0, 1};
    model.resize(3000, 4);
    model.resize(5000);
    CHECK(contents(v) == model);
    v.resize(4, vmm::no_init);
    v.resize(4000, vmm::no_init);
    CHECK(v.size() == 4000);
    CHECK(contents(ints(v.begin(), v.begin() + 4)) == host_ints{0, 1, 4, 4});
    v.resize(0);
    CHECK(v.empty());
  }
}

/// What throws, and leaves behind what was there before.
template <class Change>
void changes_nothing(const Change& change) {
  for (const auto& home : homes()) {
    INFO(home);
    ints v = counted(home, 8);
    CHECK_THROWS_AS(change(v), source_error);
    CHECK(contents(v) == iota(8));
    v.push_back(8);
    CHECK(contents(v) == iota(9));
  }
}

TEST_CASE("a source that throws leaves the vector as it was", "[modify]") {
  // The later failure comes when elements of an input range have gone into the vector already.
  for (const int bad : {0, 5, 299999}) {
    INFO("throws at " << bad);
    const forward_source<int> first(0, bad), last(300000);
    const input_source<int> begin(0, bad), end(300000);
    changes_nothing([&](ints& v) { v.append(first, last); });
    changes_nothing([&](ints& v) { v.append(begin, end); });
    changes_nothing([&](ints& v) { v.insert(v.begin() + 3, first, last); });
    changes_nothing([&](ints& v) { v.insert(v.begin() + 3, begin, end); });
    CHECK_THROWS_AS(ints(first, last), source_error);
    CHECK_THROWS_AS(ints(begin, end), source_error);
  }
}

TEST_CASE("a thousand random changes, beside std::vector", "[modify]") {
  for (const auto& home : homes()) {
    std::mt19937 random(7);
    const auto below = [&](std::size_t n) { return static_cast<std::ptrdiff_t>(random() % (n + 1)); };
    ints v(home.options);
    host_ints model;
    for (int step = 0; step < 1000; ++step) {
      const std::ptrdiff_t at = below(model.size()), end = at + below(model.size() - static_cast<std::size_t>(at));
      const std::size_t n = static_cast<std::size_t>(below(20));
      switch (random() % 6) {
        case 0:
          v.push_back(step), model.push_back(step);
          break;
        case 1:
          v.insert(v.begin() + at, n, step), model.insert(model.begin() + at, n, step);
          break;
        case 2:
          v.erase(v.begin() + at, v.begin() + end), model.erase(model.begin() + at, model.begin() + end);
          break;
        case 3:
          v.resize(model.size() + n), model.resize(model.size() + n);
          break;
        case 4:
          v.shrink_to_fit();
          break;
        default: {
          const host_ints source = iota(n, step);
          v.insert(v.begin() + at, source.begin(), source.end());
          model.insert(model.begin() + at, source.begin(), source.end());
        }
      }
      INFO(home << ", step " << step);
      REQUIRE(contents(v) == model);
    }
  }
}

}  // namespace
