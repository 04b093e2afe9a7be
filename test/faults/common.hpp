// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The rows of the operations that both containers have.
#pragma once

#include <vmm/back_inserter.hpp>

#include "faults/faults.hpp"

namespace vmm_test {

template <class V>
std::vector<operation<V>> operations_of_both() {
  using T = typename V::value_type;
  using W = world<V>;
  using g = guarantee;
  const auto by_host = [](g promise) { return kind_of<T> == kind::objects ? g::asks_nothing : promise; };
  const auto of_bytes = [](g promise) { return kind_of<T> == kind::bytes ? promise : g::asks_nothing; };
  const g by_pieces = std::is_same_v<V, vmm::device_uvector<T>> ? g::basic : g::keeps;  // it pushes them
  const auto full = [](W& w) { w.fill_up(); };
  const auto before = [](const W& w) { return w.before; };
  const auto nothing = [](const W&) { return contents_t(); };
  const auto others = [](const W& w) { return w.others; };
  const auto two_hundreds = [](const W&) { return iota(5, 200); };
  const auto and_these = [](contents_t added) { return [added](const W& w) { return w.before + added; }; };
  const auto and_fifties = [](const W& w) { return w.before + w.fifties(); };
  const auto many_others = [](W& w) {
    w.other.append(std::size_t{400}, T(77));
    w.others = w.others + contents_t(400, 77);
  };
  return {
      // -- life
      {"copy construction", g::strong, [](W& w) { w.made.emplace(std::as_const(w.v)); }, {}, before, {}},
      {"move construction", g::asks_nothing, [](W& w) { w.made.emplace(std::move(w.v)); }, nothing, before, {}},
      {"copy assignment", by_host(g::whole), [](W& w) { w.v = w.other; }, others, {}, {}},
      {"copy assignment of more than fits", g::whole, [](W& w) { w.v = w.other; }, others, {}, many_others},
      {"copy assignment to itself",
       g::asks_nothing,
       [](W& w) {
         V& same = w.v;
         w.v = same;
       },
       {},
       {},
       {}},
      {"move assignment", g::never_throws, [](W& w) { w.v = std::move(w.other); }, others, {}, {}},
      {"swap", g::asks_nothing, [](W& w) { swap(w.v, w.other); }, others, {}, {}},
      {"destruction", g::never_throws, [](W& w) { V gone(std::move(w.v)); }, nothing, {}, {}},

      // -- room
      {"reserve of what fits", g::asks_nothing, [](W& w) { w.v.reserve(w.v.size() + 1); }, {}, {}, {}},
      {"reserve", g::strong, [](W& w) { w.v.reserve(w.before.size() + w.more); }, {}, {}, {}},
      {"resize to fewer", g::asks_nothing, [](W& w) { w.v.resize(5); }, [](const W&) { return iota(5); }, {}, {}},
      {"resize with a value", by_host(g::strong), [](W& w) { w.v.resize(fits, T(3)); }, and_these({3, 3, 3}), {}, {}},
      {"resize with a value to more than fits",
       g::strong,
       [](W& w) { w.v.resize(w.before.size() + w.more, T(50)); },
       and_fifties,
       {},
       {}},
      {"shrink_to_fit",
       g::shrinks,
       [](W& w) { w.v.shrink_to_fit(); },
       {},
       {},
       [](W& w) { w.v.reserve(w.v.capacity() + 3000); }},
      {"shrink_to_fit to a part of one block",
       g::shrinks,
       [](W& w) { w.v.shrink_to_fit(); },
       {},
       {},
       [](W& w) {
         w.v.clear();
         w.v.shrink_to_fit();
         w.v.reserve(3 * small_backend().granularity() / sizeof(T) + 1);
       }},
      {"shrink_to_fit of an empty vector", g::strong, [](W& w) { w.v.shrink_to_fit(); }, {}, {}, [](W& w) { w.empty(); }},

      // -- adding
      {"push_back behind what was flushed",
       by_host(g::strong),
       [](W& w) { w.v.push_back(T(31)); },
       [](const W&) { return iota(held - 3) + contents_t{31}; },
       {},
       [](W& w) { w.waiting = 0; }},
      {"push_back where nothing fits", g::strong, [](W& w) { w.v.push_back(T(31)); }, and_these({31}), {}, full},
      {"push_back of the first element",
       g::strong,
       [](W& w) { w.v.push_back(T(31)); },
       and_these({31}),
       {},
       [](W& w) { w.empty(), w.v.shrink_to_fit(); }},
      {"push_back of an lvalue", g::strong, [](W& w) { w.v.push_back(w.host[2]); }, and_these({202}), {}, full},
      {"stage_back", g::strong, [](W& w) { w.v.stage_back(w.host[2]); }, and_these({202}), {}, full},
      {"vmm::back_inserter", g::strong, [](W& w) { *vmm::back_inserter(w.v) = w.host[2]; }, and_these({202}), {}, full},
      {"emplace_back", g::whole, [](W& w) { w.v.emplace_back(31); }, and_these({31}), {}, full},
      {"append of pointers",
       by_host(g::strong),
       [](W& w) { w.v.append(w.host.data(), w.host.data() + 3); },
       and_these({200, 201, 202}),
       {},
       {}},
      {"append of pointers to more than fits",
       g::strong,
       [](W& w) {
         const auto more = w.many();
         w.v.append(more.data(), more.data() + more.size());
       },
       and_fifties,
       {},
       {}},
      {"append of a std::vector's iterators",
       g::strong,
       [](W& w) { w.v.append(w.host.begin(), w.host.end()); },
       and_these(iota(5, 200)),
       {},
       {}},
      {"append of a list's iterators",
       g::strong,
       [](W& w) { w.v.append(w.list.begin(), w.list.end()); },
       and_these(iota(5, 200)),
       {},
       full},
      {"append of forward iterators to more than fits",
       g::strong,
       [](W& w) { w.v.append(forward_source<T>(200), forward_source<T>(200 + static_cast<int>(w.more))); },
       [](const W& w) { return w.before + iota(w.more, 200); },
       {},
       {}},
      {"append of input iterators",
       g::strong,
       [](W& w) { w.v.append(input_source<T>(200), input_source<T>(200 + static_cast<int>(w.more))); },
       [](const W& w) { return w.before + iota(w.more, 200); },
       {},
       {}},
      {"append of a list of values",
       by_host(g::strong),
       [](W& w) {
         w.v.append({T(5), T(6)});
       },
       and_these({5, 6}),
       {},
       {}},
      {"append of copies", by_host(g::strong), [](W& w) { w.v.append(std::size_t{3}, T(5)); }, and_these({5, 5, 5}), {}, {}},
      {"append of more copies than fit", g::strong, [](W& w) { w.v.append(w.more, T(50)); }, and_fifties, {}, {}},
      {"append of its own elements",
       g::strong,
       [](W& w) { w.v.append(w.v.begin(), w.v.end()); },
       [](const W& w) { return w.before + w.before; },
       {},
       {}},
      {"append of another's elements",
       g::strong,
       [](W& w) { w.v.append(w.other.begin(), w.other.end()); },
       [](const W& w) { return w.before + w.others; },
       {},
       {}},

      // -- removing
      {"pop_back", g::asks_nothing, [](W& w) { w.v.pop_back(); }, [](const W&) { return iota(held - 1); }, {}, {}},
      {"clear", g::asks_nothing, [](W& w) { w.v.clear(); }, nothing, {}, {}},

      // -- replacing
      {"assign of pointers",
       by_host(g::whole),
       [](W& w) { w.v.assign(w.host.data(), w.host.data() + 5); },
       two_hundreds,
       {},
       {}},
      {"assign of pointers to more than fits",
       g::whole,
       [](W& w) {
         const std::vector<T> more(w.before.size() + w.more, T(50));
         w.v.assign(more.data(), more.data() + more.size());
       },
       [](const W& w) { return contents_t(w.before.size() + w.more, 50); },
       {},
       {}},
      {"assign of a list's iterators", by_pieces, [](W& w) { w.v.assign(w.list.begin(), w.list.end()); }, two_hundreds, {}, {}},
      {"assign of forward iterators to more than fits",
       by_pieces,
       [](W& w) {
         const int n = static_cast<int>(w.before.size() + w.more);
         w.v.assign(forward_source<T>(200), forward_source<T>(200 + n));
       },
       [](const W& w) { return iota(w.before.size() + w.more, 200); },
       {},
       {}},
      {"assign of input iterators",
       g::basic,
       [](W& w) {
         const int n = static_cast<int>(w.before.size() + w.more);
         w.v.assign(input_source<T>(200), input_source<T>(200 + n));
       },
       [](const W& w) { return iota(w.before.size() + w.more, 200); },
       {},
       {}},
      {"assign of a list of values",
       by_host(g::whole),
       [](W& w) {
         w.v.assign({T(5), T(6)});
       },
       [](const W&) {
         return contents_t{5, 6};
       },
       {},
       {}},
      {"assign of copies",
       by_host(g::whole),
       [](W& w) { w.v.assign(std::size_t{5}, T(5)); },
       [](const W&) { return contents_t(5, 5); },
       {},
       {}},
      {"assign of more copies than fit",
       g::whole,
       [](W& w) { w.v.assign(w.before.size() + w.more, T(50)); },
       [](const W& w) { return contents_t(w.before.size() + w.more, 50); },
       {},
       {}},
      {"assign of its own elements",
       g::whole,
       [](W& w) { w.v.assign(w.v.begin() + 2, w.v.begin() + 9); },
       [](const W&) { return iota(7, 2); },
       {},
       {}},

      // -- order and figures
      {"flush", of_bytes(g::strong), [](W& w) { w.v.flush(); }, {}, {}, {}},
      {"wait", g::strong, [](W& w) { w.v.wait(); }, {}, {}, {}},
      {"figures",
       g::asks_nothing,
       [](W& w) {
         const bool good = w.v.size() <= w.v.capacity() && w.v.capacity() <= w.v.reserved() && !w.v.empty() &&
                           w.v.statistics().live == 1 && w.v.device() == 0;
         w.seen = contents_t{good};
         (void)w.v.stream();
       },
       {},
       [](const W&) { return contents_t{1}; },
       {}}};
}

}  // namespace vmm_test
