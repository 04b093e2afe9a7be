// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// vmm::device_vector: every operation, each of its calls refused. On a GPU nvcc compiles it, for elements that are bytes.
#include "faults/vector.hpp"

#include <thrust/host_vector.h>
#include <thrust/iterator/counting_iterator.h>

#include "faults/common.hpp"

using namespace vmm_test;

namespace {

template <class T>
std::vector<operation<vmm::device_vector<T>>> operations_of_vector() {
  using V = vmm::device_vector<T>;
  using W = world<V>;
  using g = guarantee;
  const auto by_host = [](g promise) { return kind_of<T> == kind::objects ? g::asks_nothing : promise; };
  const auto of_bytes = [](g promise) { return kind_of<T> == kind::bytes ? promise : g::asks_nothing; };
  const auto full = [](W& w) { w.fill_up(); };
  const auto before = [](const W& w) { return w.before; };
  const auto others = [](const W& w) { return w.others; };
  const auto two_hundreds = [](const W&) { return iota(5, 200); };
  const auto these = [](contents_t all) { return [all](const W&) { return all; }; };
  const auto at_four = [](contents_t added) {
    return [added](const W& w) { return part(w.before, 0, 4) + added + part(w.before, 4, w.before.size()); };
  };
  const auto fifties_at_four = [](const W& w) {
    return part(w.before, 0, 4) + w.fifties() + part(w.before, 4, w.before.size());
  };
  const auto forwards = [](int first, std::size_t n) {
    return std::make_pair(forward_source<T>(first), forward_source<T>(first + static_cast<int>(n)));
  };
  const auto reading = [](auto get) { return [get](W& w) { w.seen = contents_t{number_of(static_cast<T>(get(w.v)))}; }; };
  const auto showing = [](auto show) { return [show](W& w) { (void)show(w.v); }; };
  const auto same = [](W& w) {
    w.other.clear();
    for (std::size_t i = 0; i < held; ++i) w.other.push_back(T(static_cast<int>(i)));
    w.others = iota(held);
  };
  return {// -- life
          {"construction", g::asks_nothing, [](W& w) { w.made.emplace(w.how); }, {}, these({}), {}},
          {"construction of n elements",
           g::strong,
           [](W& w) { w.made.emplace(std::size_t{20}, w.how); },
           {},
           these(contents_t(20, 0)),
           {}},
          {"construction of n copies",
           g::strong,
           [](W& w) { w.made.emplace(std::size_t{20}, T(5), w.how); },
           {},
           these(contents_t(20, 5)),
           {}},
          {"construction on a stream",
           g::strong,
           [](W& w) { w.made.emplace(std::size_t{20}, T(5), vmm::stream_ref(vmm::default_stream()), w.how); },
           {},
           these(contents_t(20, 5)),
           {}},
          {"construction from a range",
           g::strong,
           [](W& w) { w.made.emplace(w.list.begin(), w.list.end(), w.how); },
           {},
           two_hundreds,
           {}},
          {"construction from input iterators",
           g::strong,
           [](W& w) { w.made.emplace(input_source<T>(200), input_source<T>(205), w.how); },
           {},
           two_hundreds,
           {}},
          {"construction from another's elements",
           g::strong,
           [](W& w) { w.made.emplace(w.v.begin(), w.v.end(), w.how); },
           {},
           before,
           {}},

          // -- room
          {"resize",
           g::strong,
           [](W& w) { w.v.resize(w.before.size() + w.more); },
           [](const W& w) { return w.before + contents_t(w.more, 0); },
           {},
           {}},

          // -- adding
          {"push_back where elements were shown",
           by_host(g::strong),
           [](W& w) { w.v.push_back(T(31)); },
           [](const W& w) { return w.before + contents_t{31}; },
           {},
           [](W& w) { (void)w.v.begin(); }},
          {"append of Thrust's iterators",
           g::strong,
           [](W& w) { w.v.append(thrust::counting_iterator<int>(50), thrust::counting_iterator<int>(53)); },
           [](const W& w) { return w.before + iota(3, 50); },
           {},
           full},

          // -- inserting
          {"insert of one", by_host(g::undone), [](W& w) { w.v.insert(w.v.begin() + 4, w.host[1]); }, at_four({201}), {}, {}},
          {"insert of an rvalue where nothing fits",
           g::undone,
           [](W& w) { w.v.insert(w.v.begin() + 4, T(31)); },
           at_four({31}),
           {},
           full},
          {"insert of copies",
           by_host(g::undone),
           [](W& w) { w.v.insert(w.v.begin() + 4, std::size_t{2}, T(50)); },
           at_four({50, 50}),
           {},
           {}},
          {"insert of more copies than fit",
           g::undone,
           [](W& w) { w.v.insert(w.v.begin() + 4, w.more, T(50)); },
           fifties_at_four,
           {},
           {}},
          {"insert of pointers",
           g::undone,
           [](W& w) { w.v.insert(w.v.begin() + 4, w.host.data(), w.host.data() + 5); },
           at_four(iota(5, 200)),
           {},
           {}},
          {"insert of forward iterators",
           g::undone,
           [forwards](W& w) {
             const auto s = forwards(200, 5);
             w.v.insert(w.v.begin() + 4, s.first, s.second);
           },
           at_four(iota(5, 200)),
           {},
           full},
          {"insert of input iterators",
           g::undone,
           [](W& w) { w.v.insert(w.v.begin() + 4, input_source<T>(200), input_source<T>(205)); },
           at_four(iota(5, 200)),
           {},
           full},
          {"insert of a list of values",
           by_host(g::undone),
           [](W& w) {
             w.v.insert(w.v.begin() + 4, {T(5), T(6)});
           },
           at_four({5, 6}),
           {},
           {}},
          {"insert of its own elements",
           g::undone,
           [](W& w) { w.v.insert(w.v.begin() + 4, w.v.begin(), w.v.begin() + 3); },
           at_four({0, 1, 2}),
           {},
           full},
          {"insert of another's elements",
           g::undone,
           [](W& w) { w.v.insert(w.v.begin() + 4, w.other.begin(), w.other.end()); },
           at_four(iota(5, 100)),
           {},
           {}},
          {"insert at the end",
           g::strong,
           [](W& w) { w.v.insert(w.v.end(), w.more, T(50)); },
           [](const W& w) { return w.before + w.fifties(); },
           {},
           {}},

          // -- removing
          {"erase of one",
           g::whole,
           [](W& w) { w.v.erase(w.v.begin() + 4); },
           [](const W& w) { return part(w.before, 0, 4) + part(w.before, 5, w.before.size()); },
           {},
           {}},
          {"erase of several",
           g::whole,
           [](W& w) { w.v.erase(w.v.begin() + 1, w.v.begin() + 9); },
           [](const W& w) { return part(w.before, 0, 1) + part(w.before, 9, w.before.size()); },
           {},
           {}},
          {"erase of the last", g::whole, [](W& w) { w.v.erase(w.v.end() - 2, w.v.end()); }, these(iota(held - 2)), {}, {}},

          // -- replacing
          {"assignment of a list of values",
           by_host(g::whole),
           [](W& w) {
             w.v = {T(5), T(6)};
           },
           these({5, 6}),
           {},
           {}},
          {"assignment of a std::vector", by_host(g::whole), [](W& w) { w.v = w.host; }, two_hundreds, {}, {}},
          {"assignment of a thrust::host_vector",
           by_host(g::whole),
           [](W& w) { w.v = thrust::host_vector<T>(w.host.begin(), w.host.end()); },
           two_hundreds,
           {},
           full},
          {"assign of another's elements",
           by_host(g::whole),
           [](W& w) { w.v.assign(w.other.begin(), w.other.end()); },
           others,
           {},
           {}},

          // -- elements
          {"operator[]", g::strong, reading([](V& v) { return v[4]; }), {}, these({4}), {}},
          {"at", g::strong, reading([](V& v) { return v.at(4); }), {}, these({4}), {}},
          {"front", g::strong, reading([](V& v) { return v.front(); }), {}, these({0}), {}},
          {"back", g::strong, reading([](V& v) { return v.back(); }), {}, these({static_cast<int>(held) - 1}), {}},
          {"data", of_bytes(g::strong), showing([](V& v) { return v.data(); }), {}, {}, {}},
          {"begin", of_bytes(g::strong), showing([](V& v) { return std::as_const(v).begin(); }), {}, {}, {}},
          {"view", of_bytes(g::strong), showing([](V& v) { return v.view(); }), {}, {}, {}},

          // -- reading all of it
          {"conversion to thrust::host_vector",
           g::strong,
           [](W& w) {
             const thrust::host_vector<T> all = std::as_const(w.v);
             contents_t seen;
             for (const T& x : all) seen.push_back(number_of(x));
             w.seen = seen;
           },
           {},
           before,
           {}},
          {"==", of_bytes(g::strong), [](W& w) { w.seen = contents_t{w.v == w.other}; }, {}, these({1}), same},
          {"== with a std::vector",
           of_bytes(g::strong),
           [](W& w) { w.seen = contents_t{w.v == std::vector<T>(held, T(1))}; },
           {},
           these({0}),
           {}}};
}

/// Rows of elements that are bytes.
template <class T>
std::vector<operation<vmm::device_vector<T>>> operations_on_bytes() {
  using W = world<vmm::device_vector<T>>;
  using g = guarantee;
  const auto added = [](const W& w) { return w.before + contents_t{31}; };
  return {{"resize with no_init",
           g::strong,
           [](W& w) { w.v.resize(w.before.size() + w.more, vmm::no_init); },
           [](const W& w) { return w.before + contents_t(w.more, anything); },
           {},
           {}},
          {"push_back into a buffer", g::asks_nothing, [](W& w) { w.v.push_back(T(31)); }, added, {}, {}},
          {"stage_back where elements were shown",
           g::strong,
           [](W& w) { w.v.stage_back(T(31)); },
           added,
           {},
           [](W& w) { (void)w.v.begin(); }},
          {"uvector", g::asks_nothing, [](W& w) { (void)w.v.uvector(); }, {}, {}, {}}};
}

std::vector<operation<vmm::device_vector<int>>> order() {
  using W = world<vmm::device_vector<int>>;
  return {{"<",
           guarantee::strong,
           [](W& w) { w.seen = contents_t{w.v < w.other}; },
           {},
           [](const W&) { return contents_t{1}; },
           {}}};
}

}  // namespace

TEST_CASE("device_vector of int: whichever call is refused, the guarantee holds", "[faults]") {
  refuse_every_call(operations_of_both<vmm::device_vector<int>>());
  refuse_every_call(operations_of_vector<int>());
  refuse_every_call(operations_on_bytes<int>());
  refuse_every_call(order());
}

TEST_CASE("device_vector of 12 bytes: whichever call is refused, the guarantee holds", "[faults]") {
  refuse_every_call(operations_of_both<vmm::device_vector<triple>>());
  refuse_every_call(operations_of_vector<triple>());
}

#if !VMM_ON_CUDA
TEST_CASE("device_vector of objects: whichever call is refused, the guarantee holds", "[faults]") {
  refuse_every_call(operations_of_both<vmm::device_vector<tied>>());
  refuse_every_call(operations_of_vector<tied>());
}

TEST_CASE("device_vector of objects that move as bytes: whichever call is refused, the guarantee holds", "[faults]") {
  refuse_every_call(operations_of_both<vmm::device_vector<handle>>());
  refuse_every_call(operations_of_vector<handle>());
}
#endif
