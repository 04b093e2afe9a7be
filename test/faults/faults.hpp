// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Every operation of a container against the refusal of its first, second ... call of the driver, until none is left to
/// refuse. What an operation is: a row of a table. What must hold after each refusal: here, once for all of them.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <vmm/device_uvector.hpp>
#include <vmm/error.hpp>

#include "faults/elements.hpp"
#include "support/catch.hpp"
#include "support/iterators.hpp"
#include "support/numbers.hpp"
#include "support/own_backend.hpp"
#include "support/refusals.hpp"

namespace vmm_test {

/// What holds after an operation that threw. Room that it had taken before may stay; docs/guarantees.md has the words.
enum class guarantee {
  strong,        ///< the elements are as they were
  undone,        ///< so they are, unless what undoes it is refused as well; then as `keeps`
  whole,         ///< as they were, or, where a wait was refused, the operation is done in full
  keeps,         ///< valid elements, as many as size() says; as they were where memory or addresses were refused
  basic,         ///< valid elements, as many as size() says
  shrinks,       ///< the elements are as they were; the room may be less
  never_throws,  ///< it is done, whatever is refused
  asks_nothing   ///< it is done, and the backend is not asked
};

using contents_t = host_ints;
inline constexpr int anything = std::numeric_limits<int>::min();  ///< an element that nobody has written

inline contents_t operator+(contents_t a, const contents_t& b) { return a.insert(a.end(), b.begin(), b.end()), a; }
inline contents_t part(const contents_t& a, std::size_t first, std::size_t last) {
  return contents_t(a.begin() + static_cast<std::ptrdiff_t>(first), a.begin() + static_cast<std::ptrdiff_t>(last));
}
inline bool matches(const contents_t& seen, const contents_t& expected) {
  return std::equal(seen.begin(), seen.end(), expected.begin(), expected.end(),
                    [](int a, int b) { return b == anything || a == b; });
}

/// @name Where a vector lives
struct place {
  const char* name;
  options how;
  bool staged;  ///< the host cannot write the memory; on a GPU it never can
  hints neighbours = hints::granted;
  bool in_stream_order = false;  ///< of device_vector; device_uvector always is
};

/// Few and small pieces, so that every way of growth is passed with few elements.
struct small_backend {
#if VMM_ON_CUDA
  budget_driver driver{256_MiB};
#else
  vmm::engine::host_driver driver{16_MiB, 4_KiB};
#endif
  std::size_t granularity() {
    capabilities c;
    driver.describe(0, c);
    return c.granularity;
  }
};

inline constexpr std::size_t held = 13, fits = 16;  ///< elements at the beginning; what there is room for at least

inline std::vector<place> places(std::size_t element) {
  options promoted, first;
  promoted.small_limit = fits * element;
  first.small_limit = 0;
  first.initial_reservation = small_backend().granularity();  // growth past it needs more addresses
  return {{"direct memory", {}, false},
          {"direct memory, staged", {}, true},
          {"direct memory that is promoted", promoted, true},
          {"a range", fixed(), true},
          {"a range that is extended", first, false},
          {"a range that is relocated", first, true, hints::elsewhere},
          {"direct memory, in stream order", {}, true, hints::granted, true}};
}

/// How a vector is made and looked into; faults/vector.hpp says it for device_vector.
template <class V>
struct access;

template <class T>
struct access<vmm::device_uvector<T>> {
  using V = vmm::device_uvector<T>;
  static V make(const place&, const options& o) { return V(o); }
  static contents_t read(V& v) {
    const std::vector<T> all = v.to_vector();
    contents_t seen(all.size());
    std::transform(all.begin(), all.end(), seen.begin(), [](const T& x) { return number_of(x); });
    return seen;
  }
  static const void* address(V& v) { return v.data(); }
};

template <class V>
contents_t read(V& v) {
  return access<V>::read(v);
}
template <class V>
const void* address(V& v) {
  return access<V>::address(v);
}

/// What an operation finds: a vector with 0 ... 12, of which the last three may be staged, and sources.
template <class V>
struct world {
  using T = typename V::value_type;

  explicit world(const place& p, const options& o) : how(o), where(p), v(access<V>::make(p, o)), other(access<V>::make(p, o)) {
    for (int i = 200; i < 205; ++i) host.emplace_back(i), list.emplace_back(i);
    v.reserve(fits);
    for (int i = 0; i < 10; ++i) v.push_back(T(i));
    v.flush();
    for (int i = 100; i < 105; ++i) other.push_back(T(i));  // staged
  }
  /// What the operation wants of them, then the last three elements. Answers where the vector lies.
  const void* begin(const std::function<void(world&)>& prepare) {
    if (prepare) prepare(*this);
    const void* const data = address(v);
    for (std::size_t n = waiting; n != 0; --n) v.push_back(T(static_cast<int>(v.size())));
    before = iota(v.size());
    more = v.capacity() - v.size() + 1;
    return data;
  }
  /// To prepare: no room when begin() returns.
  void fill_up() {
    while (v.size() + waiting < v.capacity()) v.push_back(T(static_cast<int>(v.size())));
  }
  void empty() { v.clear(), waiting = 0; }
  std::vector<T> many() const { return std::vector<T>(more, T(50)); }
  contents_t fifties() const { return contents_t(more, 50); }

  options how;
  const place& where;
  V v, other;
  std::vector<T> host;
  std::list<T> list;
  std::size_t waiting = 3;  ///< elements that begin() adds
  std::size_t more = 0;     ///< elements that do not fit
  contents_t before, others = iota(5, 100);
  std::optional<V> made;           ///< what a constructor made
  std::optional<contents_t> seen;  ///< what a reading operation read
};

template <class V>
struct operation {
  using step = std::function<void(world<V>&)>;
  using model = std::function<contents_t(const world<V>&)>;
  const char* name;
  guarantee promise;
  step act;
  model after;   ///< the elements of the vector when it is done; none: as before
  model result;  ///< of what was made or read; none: there is nothing
  step prepare;
};

/// Takes memory or addresses, or finds out where that can be done.
constexpr bool takes_room(verb v) {
  return v == verb::describe || v == verb::reserve || v == verb::create || v == verb::map || v == verb::allocate ||
         v == verb::pin;
}

/// The figures of a vector that a refused growth leaves alone.
struct figures {
  std::size_t capacity, mapped, live, relocations, promoted, copied;
  template <class V>
  explicit figures(const V& v) : capacity(v.capacity()) {
    const vmm::statistics s = v.statistics();
    mapped = s.mapped, live = s.live, relocations = s.relocations, promoted = s.promoted_bytes, copied = s.copied_bytes;
  }
  friend bool operator==(const figures& a, const figures& b) {
    return a.capacity == b.capacity && a.mapped == b.mapped && a.live == b.live && a.relocations == b.relocations &&
           a.promoted == b.promoted && a.copied == b.copied;
  }
};

template <class V>
void check_after_throw(const operation<V>& op, world<V>& w, verb refused, bool persistent, const figures& room,
                       std::size_t steps, const void* data) {
  const bool wait_refused = refused == verb::stream_synchronize || persistent;  // there it may have been done before
  CHECK_FALSE(w.made.has_value());
  CHECK_FALSE(w.seen.has_value());
  const std::size_t size = w.v.size();
  if (op.promise == guarantee::shrinks) {
    CHECK(w.v.capacity() <= room.capacity);
    CHECK(w.v.statistics().growth_steps == steps);
    if (!wait_refused) CHECK(address(w.v) == data);
  } else if (w.v.statistics().growth_steps == steps) {
    CHECK(figures(w.v) == room);
    CHECK(address(w.v) == data);
  } else {
    CHECK(w.v.capacity() > room.capacity);
    CHECK(w.v.statistics().mapped > room.mapped);
    if (w.how.fixed_address) CHECK(address(w.v) == data);
  }
  CHECK(w.v.capacity() >= size);
  CHECK(w.v.statistics().peak_mapped >= w.v.statistics().mapped);
  const contents_t seen = read(w.v);
  CHECK(seen.size() == size);
  const bool unchanged = seen == w.before;
  const bool done = matches(seen, op.after ? op.after(w) : w.before);
  switch (op.promise) {
    case guarantee::strong:
    case guarantee::shrinks:
      CHECK(unchanged);
      break;
    case guarantee::whole:
      CHECK((unchanged || (wait_refused && done)));
      break;
    case guarantee::undone:
      CHECK((unchanged || (persistent && !takes_room(refused))));
      break;
    case guarantee::keeps:
      CHECK((unchanged || !takes_room(refused)));
      break;
    case guarantee::basic:
      break;
    case guarantee::never_throws:
    case guarantee::asks_nothing:
      FAIL_CHECK("it has thrown");
      break;
  }
  CHECK(read(w.other) == w.others);
  if (unchanged) return;
  contents_t known = op.after ? w.before + op.after(w) : w.before;  // every value that somebody gave
  std::sort(known.begin(), known.end());
  const auto given = [&](int x) { return std::binary_search(known.begin(), known.end(), x); };
  CHECK(std::all_of(seen.begin(), seen.end(), given));
}

template <class V>
void check_done(const operation<V>& op, world<V>& w) {
  const contents_t expected = op.after ? op.after(w) : w.before;
  CHECK(w.v.size() == expected.size());
  CHECK(matches(read(w.v), expected));
  if (op.result) {
    REQUIRE((w.made.has_value() || w.seen.has_value()));
    CHECK(matches(w.made ? read(*w.made) : *w.seen, op.result(w)));
  }
  w.made.reset();
  w.seen.reset();
}

/// After a refusal: the operation once more, then growth, and nothing that was ever added is lost. Growth is by reserve: on a
/// GPU there is room for half a million elements, and this is done after each refusal.
template <class V>
void check_usable(const operation<V>& op, world<V>& w) {
  using T = typename V::value_type;
  if (read(w.v) != w.before) {
    w.v.clear();
    for (int x : w.before) w.v.push_back(T(x));
  }
  op.act(w);
  check_done(op, w);
  contents_t expected = read(w.v);
  w.v.push_back(T(7));
  const std::size_t room = w.v.capacity();
  w.v.reserve(room + 1);
  CHECK(w.v.capacity() > room);
  w.v.append(std::size_t{20}, T(8));
  w.v.push_back(T(9));
  expected.push_back(7);
  expected.insert(expected.end(), 20, 8);
  expected.push_back(9);
  CHECK(read(w.v) == expected);
  w.other.push_back(T(9));
  CHECK(read(w.other).back() == 9);
}

template <class V>
outcome refuse(const operation<V>& op, const place& p, const refusal& r) {
  small_backend base;
  staged_driver staged(base.driver);
  own_backend m(p.neighbours, p.staged ? static_cast<driver&>(staged) : base.driver);
  memory_info at_first, at_last;
  base.driver.memory(0, at_first);
  outcome answer{};
  {
    world<V> w(p, m.with(p.how));
    const void* const data = w.begin(op.prepare);
    const figures room(w.v);
    const std::size_t steps = w.v.statistics().growth_steps;
    answer = while_refused(m.failing, r, [&] {
      try {
        op.act(w);
        return false;
      } catch (const vmm::error& e) {
        CHECK(e.code() == r.code);
      } catch (const vmm::out_of_memory&) {
        CHECK(r.code == errc::out_of_memory);
      }
      return true;
    });
    CHECK((answer.fired || !answer.threw));
    if (answer.threw)
      check_after_throw(op, w, m.failing.first(), r.persistent, room, steps, data);
    else
      check_done(op, w);
    if (answer.threw) check_usable(op, w);
  }
  CHECK(m.balanced());
  const vmm::statistics left = m.value.statistics();
  CHECK(left.live + left.mapped + left.reserved + left.cached + left.pinned == 0);
  CHECK(m.value.live_ranges() == 0);
  base.driver.memory(0, at_last);
  CHECK(at_last.free == at_first.free);
  using T = typename V::value_type;
  CHECK(live_objects<T>::count() == 0);
  CHECK(live_objects<T>::errors() == 0);
  return answer;
}

/// All of it. A row whose refusals never reach it proves nothing, and fails.
template <class V>
void refuse_every_call(const std::vector<operation<V>>& operations) {
  for (const operation<V>& op : operations) {
    INFO(op.name);
    outcomes all;
    for (const place& p : places(sizeof(typename V::value_type)))
      for (errc code : {errc::failed, errc::out_of_memory})
        for (bool persistent : {false, true}) {
          INFO(p.name);
          const outcomes here = refuse_each_call(code, persistent, 200, [&](const refusal& r) { return refuse(op, p, r); });
          all.fired += here.fired, all.threw += here.threw;
        }
    CHECK((all.fired == 0) == (op.promise == guarantee::asks_nothing));
    CHECK((all.threw == 0) == (op.promise >= guarantee::never_throws));
  }
}

}  // namespace vmm_test
