// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// vmm::device_uvector: every operation, each of its calls refused.
#include "faults/common.hpp"

using namespace vmm_test;

namespace {

/// Another stream than the vectors'.
vmm::stream_ref elsewhere() { return per_thread; }

template <class T>
std::vector<operation<vmm::device_uvector<T>>> operations_of_uvector() {
  using V = vmm::device_uvector<T>;
  using W = world<V>;
  using g = guarantee;
  const auto before = [](const W& w) { return w.before; };
  const auto others = [](const W& w) { return w.others; };
  const auto element = [](int i) { return [i](const W&) { return contents_t{i}; }; };
  const auto unwritten = [](const W& w) { return w.before + contents_t(w.more, anything); };
  const auto with = [](std::size_t i, int value) {
    return [i, value](const W& w) {
      contents_t all = w.before;
      all[i] = value;
      return all;
    };
  };
  const auto roomy = [](W& w) { w.v.reserve(w.v.capacity() + 3000); };
  return {
      // -- life
      {"construction",
       g::asks_nothing,
       [](W& w) { w.made.emplace(elsewhere(), w.how); },
       {},
       [](const W&) { return contents_t(); },
       {}},
      {"construction of n elements",
       g::strong,
       [](W& w) { w.made.emplace(std::size_t{20}, w.how); },
       {},
       [](const W&) { return contents_t(20, anything); },
       {}},
      {"copy construction on a stream", g::strong, [](W& w) { w.made.emplace(w.v, elsewhere()); }, {}, before, {}},

      // -- room
      {"resize", g::strong, [](W& w) { w.v.resize(w.before.size() + w.more); }, unwritten, {}, {}},
      {"resize with no_init", g::strong, [](W& w) { w.v.resize(w.before.size() + w.more, vmm::no_init); }, unwritten, {}, {}},
      {"resize on a stream", g::strong, [](W& w) { w.v.resize(w.before.size() + w.more, elsewhere()); }, unwritten, {}, {}},
      {"reserve on a stream", g::strong, [](W& w) { w.v.reserve(w.before.size() + w.more, elsewhere()); }, {}, {}, {}},
      {"shrink_to_fit on a stream", g::shrinks, [](W& w) { w.v.shrink_to_fit(elsewhere()); }, {}, {}, roomy},

      // -- adding and replacing
      {"push_back into a buffer",
       g::asks_nothing,
       [](W& w) { w.v.push_back(T(31)); },
       [](const W& w) { return w.before + contents_t{31}; },
       {},
       {}},
      {"append of a view",
       g::strong,
       [](W& w) { w.v.append(std::as_const(w.other).view()); },
       [](const W& w) { return w.before + w.others; },
       {},
       {}},
      {"append of a std::vector",
       g::strong,
       [](W& w) { w.v.append(w.host); },
       [](const W& w) { return w.before + iota(5, 200); },
       {},
       {}},
      {"assign of a view", g::whole, [](W& w) { w.v.assign(std::as_const(w.other).view()); }, others, {}, {}},
      {"assign of a std::vector", g::whole, [](W& w) { w.v.assign(w.host); }, [](const W&) { return iota(5, 200); }, {}, {}},
      {"assign of another", g::whole, [](W& w) { w.v.assign(w.other); }, others, {}, {}},
      {"assign of another on another stream",
       g::whole,
       [](W& w) { w.v.assign(w.other); },
       others,
       {},
       [](W& w) { w.other.set_stream(elsewhere()); }},

      // -- elements
      {"set_element", g::strong, [](W& w) { w.v.set_element(4, T(44)); }, with(4, 44), {}, {}},
      {"set_element on a stream", g::whole, [](W& w) { w.v.set_element(4, T(44), elsewhere()); }, with(4, 44), {}, {}},
      {"set_element_async", g::strong, [](W& w) { w.v.set_element_async(4, T(44), elsewhere()); }, with(4, 44), {}, {}},
      {"set_element_to_zero_async", g::strong, [](W& w) { w.v.set_element_to_zero_async(4, elsewhere()); }, with(4, 0), {}, {}},
      {"fill", g::strong, [](W& w) { w.v.fill(T(6)); }, [](const W&) { return contents_t(held, 6); }, {}, {}},
      {"element", g::strong, [](W& w) { w.seen = contents_t{number_of(w.v.element(4))}; }, {}, element(4), {}},
      {"element on a stream",
       g::strong,
       [](W& w) { w.seen = contents_t{number_of(w.v.element(4, elsewhere()))}; },
       {},
       element(4),
       {}},
      {"at", g::strong, [](W& w) { w.seen = contents_t{number_of(w.v.at(4))}; }, {}, element(4), {}},
      {"front_element", g::strong, [](W& w) { w.seen = contents_t{number_of(w.v.front_element())}; }, {}, element(0), {}},
      {"back_element",
       g::strong,
       [](W& w) { w.seen = contents_t{number_of(w.v.back_element())}; },
       {},
       element(9),
       [](W& w) { w.waiting = 0; }},
      {"back_element of a staged one",
       VMM_ON_CUDA ? g::asks_nothing : g::strong,  // the host backend stages in some places alone
       [](W& w) { w.seen = contents_t{number_of(w.v.back_element())}; },
       {},
       element(static_cast<int>(held) - 1),
       {}},
      {"copy_to",
       g::strong,
       [](W& w) {
         std::vector<T> out(2);
         w.v.copy_to(out.data(), 11, 2);
         w.v.wait();
         w.seen = contents_t{number_of(out[0]), number_of(out[1])};
       },
       {},
       [](const W&) { return iota(2, 11); },
       {}},
      {"to_vector", g::strong, [](W& w) { w.seen = read(w.v); }, {}, before, {}},

      // -- addresses, and order
      {"data", g::strong, [](W& w) { (void)w.v.data(); }, {}, {}, {}},
      {"element_ptr", g::strong, [](W& w) { (void)w.v.element_ptr(3); }, {}, {}, {}},
      {"begin", g::strong, [](W& w) { (void)w.v.begin(); }, {}, {}, {}},
      {"view", g::strong, [](W& w) { (void)w.v.view(); }, {}, {}, {}},
      {"set_stream", g::never_throws, [](W& w) { w.v.set_stream(elsewhere()); }, {}, {}, {}}};
}

/// Arithmetic elements alone are compared.
std::vector<operation<vmm::device_uvector<int>>> comparisons() {
  using W = world<vmm::device_uvector<int>>;
  const auto same = [](W& w) { w.other.resize(held), w.other.assign(iota(held)), w.others = iota(held); };
  const auto answer = [](bool b) { return [b](const W&) { return contents_t{b}; }; };
  return {{"==", guarantee::strong, [](W& w) { w.seen = contents_t{w.v == w.other}; }, {}, answer(true), same},
          {"== of another stream's",
           guarantee::strong,
           [](W& w) { w.seen = contents_t{w.v == w.other}; },
           {},
           answer(true),
           [same](W& w) { same(w), w.other.set_stream(elsewhere()); }},
          {"<", guarantee::strong, [](W& w) { w.seen = contents_t{w.v < w.other}; }, {}, answer(true), {}},
          {">=", guarantee::strong, [](W& w) { w.seen = contents_t{w.v >= w.other}; }, {}, answer(false), {}}};
}

}  // namespace

TEST_CASE("device_uvector of int: whichever call is refused, the guarantee holds", "[faults]") {
  refuse_every_call(operations_of_both<vmm::device_uvector<int>>());
  refuse_every_call(operations_of_uvector<int>());
  refuse_every_call(comparisons());
}

TEST_CASE("device_uvector of 12 bytes: whichever call is refused, the guarantee holds", "[faults]") {
  refuse_every_call(operations_of_both<vmm::device_uvector<triple>>());
  refuse_every_call(operations_of_uvector<triple>());
}
