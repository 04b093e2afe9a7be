// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Random sequences of operations on three vectors and three std::vectors side by side, with refused driver calls mixed in. A
/// sequence is data: it can be run again, made shorter while it still fails, and printed as code.
#pragma once

#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "layers/raw_vectors.hpp"
#include "memory/host_block.hpp"
#include "support/test_drivers.hpp"

namespace vmm_test {

/// One operation: what, on which vector, with which numbers. Every value means something, so random bytes are a sequence.
struct step {
  std::uint8_t what, on;
  std::uint16_t a, b;
};
using steps = std::vector<step>;

struct difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `Kind` brings the vector type, `value(number)`, and what differs between the containers.
template <class Kind>
class model_run {
  using V = typename Kind::vector;
  using T = typename V::value_type;
  using M = std::vector<T>;

 public:
  explicit model_run(const steps& s) : steps_(s) {}

  /// What went wrong, and where.
  std::optional<std::string> failure() {
    try {
      run();
      return std::nullopt;
    } catch (const difference& d) {
      return d.what();
    }
  }

  /// The sequence as statements that a person can paste.
  std::string code() {
    std::ostringstream out;
    for (const step& s : steps_)
      out << "  " << table()[s.what % table().size()].name << ": v" << s.on % vectors << ", " << s.a << ", " << s.b << "\n";
    return out.str();
  }
  std::size_t refused() const { return refused_; }

 private:
  static constexpr std::size_t vectors = 3;

  struct pair {
    V v;
    M m;
  };
  struct world {
    explicit world(unsigned setup)
        : staged(backend().get_driver()),
          with_tails(backend().get_driver()),
          place(setup & 1 ? hints::granted : hints::elsewhere, base(setup)) {
      for (unsigned i = 0; i < vectors; ++i) {
        vmm::options o;
        o.backend = &place.value;
        o.fixed_address = i == 0 && (setup & 2) != 0;
        if (!o.fixed_address) o.initial_reservation = i == 1 ? 4_MiB : 0;
        o.small_limit = i == 1 ? 4_KiB : 64_KiB;
        o.staging = (setup & 4) == 0;
        all.push_back({V(o), M()});
      }
    }
    driver& base(unsigned setup) {
      if ((setup & 8) == 0) return backend().get_driver();
      return setup & 16 ? static_cast<driver&>(with_tails) : staged;
    }
    staged_driver staged;
    tail_driver with_tails;
    own_backend place;
    std::vector<pair> all;
  };
  enum class promise { strong, basic };
  struct entry {
    const char* name;
    promise holds;
    std::function<void(world&, pair&, step)> act;
  };

  static T value(unsigned number) { return Kind::value(number); }
  static M values(std::size_t n, unsigned first) {
    M made;
    made.reserve(n);
    for (std::size_t i = 0; i < n; ++i) made.push_back(value(first + static_cast<unsigned>(i)));
    return made;
  }
  static std::size_t few(std::uint16_t x) { return x % 37; }
  static std::size_t some(std::uint16_t x) { return x % 64 == 0 ? x % 30011 : x % 701; }  // seldom past the direct memory
  static std::size_t place_in(const M& m, std::uint16_t x) { return m.empty() ? 0 : x % m.size(); }

  /// Each acts on the vector first: if that throws the model has not changed.
  static const std::vector<entry>& table() {
    static const std::vector<entry> all = [] {
      std::vector<entry> t{
          {"push_back", promise::strong, [](world&, pair& p, step s) { p.v.push_back(value(s.a)), p.m.push_back(value(s.a)); }},
          {"push_back some", promise::basic,
           [](world&, pair& p, step s) {
             for (std::size_t i = 0; i < few(s.a); ++i) p.v.push_back(value(s.b)), p.m.push_back(value(s.b));
           }},
          {"stage_back", promise::strong,
           [](world&, pair& p, step s) { p.v.stage_back(value(s.a)), p.m.push_back(value(s.a)); }},
          {"pop_back", promise::strong,
           [](world&, pair& p, step) {
             if (!p.m.empty()) p.v.pop_back(), p.m.pop_back();
           }},
          {"append", promise::strong,
           [](world&, pair& p, step s) {
             const M more = values(some(s.a), s.b);
             p.v.append(more.begin(), more.end()), p.m.insert(p.m.end(), more.begin(), more.end());
           }},
          {"append copies", promise::strong,
           [](world&, pair& p, step s) {
             const T x = value(s.b);
             p.v.append(some(s.a), x), p.m.insert(p.m.end(), some(s.a), x);
           }},
          {"append itself", promise::strong,
           [](world&, pair& p, step) {
             if (p.m.size() > 5000) return;
             p.v.append(p.v.begin(), p.v.end());
             const M copy = p.m;
             p.m.insert(p.m.end(), copy.begin(), copy.end());
           }},
          {"resize", promise::strong,
           [](world&, pair& p, step s) {
             const T x = value(s.b);
             p.v.resize(some(s.a), x), p.m.resize(some(s.a), x);
           }},
          {"reserve", promise::strong, [](world&, pair& p, step s) { p.v.reserve(some(s.a)); }},
          {"shrink_to_fit", promise::strong, [](world&, pair& p, step) { p.v.shrink_to_fit(); }},
          {"clear", promise::strong, [](world&, pair& p, step) { p.v.clear(), p.m.clear(); }},
          {"assign", promise::basic,
           [](world&, pair& p, step s) {
             const M other = values(some(s.a), s.b);
             p.v.assign(other.begin(), other.end()), p.m = other;
           }},
          {"assign copies", promise::basic,
           [](world&, pair& p, step s) {
             const T x = value(s.b);
             p.v.assign(some(s.a), x), p.m.assign(some(s.a), x);
           }},
          {"assign a part of itself", promise::basic,
           [](world&, pair& p, step s) {
             const std::size_t at = place_in(p.m, s.a), n = (p.m.size() - at) / 2;
             p.v.assign(p.v.begin() + static_cast<std::ptrdiff_t>(at), p.v.begin() + static_cast<std::ptrdiff_t>(at + n));
             p.m = M(p.m.begin() + static_cast<std::ptrdiff_t>(at), p.m.begin() + static_cast<std::ptrdiff_t>(at + n));
           }},
          {"copy of the next", promise::basic,
           [](world& w, pair& p, step s) {
             pair& q = w.all[(s.on + 1u) % vectors];
             p.v = q.v, p.m = q.m;
           }},
          {"copy that comes and goes", promise::strong,
           [](world&, pair& p, step) {
             const V copy(p.v);
             if (Kind::contents(copy) != p.m) throw difference("a copy differs");
           }},
          {"swap with the next", promise::strong,
           [](world& w, pair& p, step s) {
             pair& q = w.all[(s.on + 1u) % vectors];
             if (&p != &q) p.v.swap(q.v), p.m.swap(q.m);
           }},
          {"move through another", promise::strong,
           [](world&, pair& p, step) {
             V other(std::move(p.v));
             p.v = std::move(other);
           }},
          {"read", promise::strong,
           [](world&, pair& p, step s) {
             if (!p.m.empty() && !(Kind::element(p.v, place_in(p.m, s.a)) == p.m[place_in(p.m, s.a)]))
               throw difference("an element differs");
           }},
          {"write", promise::basic,
           [](world&, pair& p, step s) {
             if (!p.m.empty()) Kind::set(p.v, place_in(p.m, s.a), value(s.b)), p.m[place_in(p.m, s.a)] = value(s.b);
           }},
          {"push_back some and look at each", promise::basic,
           [](world&, pair& p, step s) {
             for (std::size_t i = 0; i < few(s.a); ++i) p.v.push_back(value(s.b)), p.m.push_back(value(s.b)), p.v.begin();
           }},
          {"push_back many", promise::basic,
           [](world&, pair& p, step s) {
             if (p.m.size() > 2000000) return;
             p.v.begin();
             for (std::size_t i = 0; i < some(s.a) * 10; ++i) p.v.push_back(value(s.b)), p.m.push_back(value(s.b));
           }},
          {"to_device", promise::strong, [](world&, pair& p, step) { p.v.to_device(); }},
          {"tail limit", promise::strong,
           [](world& w, pair&, step s) { w.place.value.host_blocks().set_limit(s.a % 4 * 4_MiB); }},
          {"show", promise::strong, [](world&, pair& p, step) { p.v.data(); }},
          {"flush", promise::strong, [](world&, pair& p, step) { p.v.flush(); }},
          {"compare", promise::strong,
           [](world&, pair& p, step) {
             if (Kind::contents(p.v) != p.m) throw difference("contents differ");
           }},
          {"trim", promise::strong, [](world& w, pair&, step) { w.place.value.trim(-1), w.place.value.unpin(); }},
          {"cache limit", promise::strong, [](world& w, pair&, step s) { w.place.value.set_cache_limit(s.a % 3 * 4_MiB); }},
          {"staging buffers", promise::strong,
           [](world& w, pair&, step s) { w.place.value.set_staging(s.a % 3 * 8_KiB, s.b % 3); }}};
      Kind::add([&](const char* name, auto act) {
        t.push_back({name, promise::basic, [act](world&, pair& p, step s) { act(p.v, p.m, s); }});
      });
      return t;
    }();
    return all;
  }

  /// The upper bits of `on` arm the failing driver for this step.
  void run() {
    world w(steps_.empty() ? 0u : steps_.front().b);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const step s = steps_[i];
      const entry& e = table()[s.what % table().size()];
      pair& p = w.all[s.on % vectors];
      const std::string what = std::string("step ") + std::to_string(i) + ", " + e.name;
      if (s.on >= 208)
        w.place.failing.fail(1 + s.on % 5, verb::any, s.on % 2 ? errc::failed : errc::out_of_memory, s.on % 16 == 0);
      bool threw = false;
      try {
        e.act(w, p, s);
      } catch (const difference& d) {
        w.place.failing.stop();
        throw difference(what + ": " + d.what());
      } catch (const std::exception& x) {
        threw = true;
        if (!w.place.failing.fired()) throw difference(what + " threw: " + x.what());
      }
      w.place.failing.stop();
      if (threw) {
        ++refused_;
        const M seen = Kind::contents(p.v);
        if (e.holds == promise::strong && seen != p.m) throw difference(what + " was refused and left other elements");
        p.m = seen;
      }
      if (p.v.size() != p.m.size() || p.v.capacity() < p.v.size()) throw difference(what + ": the size is wrong");
    }
    for (pair& p : w.all)
      if (Kind::contents(p.v) != p.m) throw difference("the contents at the end differ");
    w.all.clear();
    if (!w.place.balanced()) throw difference("something was not given back");
    if (w.place.value.statistics().mapped != 0 || w.place.value.statistics().live != 0)
      throw difference("the figures do not end at 0");
  }

  const steps& steps_;
  std::size_t refused_ = 0;
};

/// Leaves out what it can, in ever smaller pieces, while `fails` holds.
template <class Fails>
steps shortest(steps s, Fails fails) {
  for (std::size_t piece = s.size() / 2; piece != 0; piece /= 2)
    for (std::size_t at = 0; at + piece <= s.size();) {
      steps less(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(at));
      less.insert(less.end(), s.begin() + static_cast<std::ptrdiff_t>(at + piece), s.end());
      if (fails(less))
        s = std::move(less);
      else
        at += piece;
    }
  return s;
}

}  // namespace vmm_test
