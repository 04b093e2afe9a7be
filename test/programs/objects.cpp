// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Elements of many kinds: trivial, defaulted, large and non-trivial structs, pairs, tuples and bools.

#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/functional.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/pair.h>
#include <thrust/remove.h>
#include <thrust/sort.h>
#include <thrust/tabulate.h>
#include <thrust/transform.h>
#include <thrust/transform_reduce.h>
#include <thrust/tuple.h>

#include <iostream>

namespace objects {

struct point {
  int x, y;

  __host__ __device__ bool operator==(const point& other) const { return x == other.x && y == other.y; }
};

struct turn {
  __host__ __device__ point operator()(point p) const { return point{-p.y, p.x}; }
};

// Its members say how a value begins.
struct setting {
  int level = 3;
  double scale = 0.5;
  bool active = true;
};

struct block {
  int words[16];
};
static_assert(sizeof(block) == 64, "the size the program is about");

struct make_block {
  __host__ __device__ block operator()(int i) const {
    block b;
    for (int k = 0; k < 16; ++k) b.words[k] = 16 * i + k;
    return b;
  }
};

struct mix_ends {
  __host__ __device__ int operator()(const block& b) const { return 3 * b.words[15] - b.words[0]; }
};

// Not trivial, and one can tell: an account that was never made, or is gone, is not sound.
class account {
 public:
  __host__ __device__ explicit account(int balance = 100) : balance_(balance), check_(~balance) {}
  __host__ __device__ account(const account& other) : balance_(other.balance_), check_(~other.balance_) {}
  __host__ __device__ account& operator=(const account& other) {
    balance_ = other.balance_;
    check_ = ~other.balance_;
    return *this;
  }
  __host__ __device__ ~account() { check_ = balance_; }

  __host__ __device__ int balance() const { return check_ == ~balance_ ? balance_ : -1000000; }

 private:
  int balance_, check_;
};

struct open_account {
  __host__ __device__ account operator()(int i) const { return account(i * 37 % 101); }
};

struct balance_of {
  __host__ __device__ int operator()(const account& a) const { return a.balance(); }
};

struct is_poor {
  __host__ __device__ bool operator()(const account& a) const { return a.balance() < 30; }
};

void print(const thrust::device_vector<account>& v) {
  std::cout << "accounts:";
  for (int i : {0, 1, 2}) std::cout << " " << static_cast<account>(v[i]).balance();
  std::cout << " | size " << v.size() << " total "
            << thrust::transform_reduce(v.begin(), v.end(), balance_of(), 0, thrust::plus<int>()) << "\n";
}

void structs() {
  thrust::device_vector<point> points{{3, 4}, {1, 0}, {-2, 2}, {0, 7}};
  points.push_back(point{1, 1});
  points.insert(points.begin() + 1, point{5, -5});
  thrust::device_vector<point> turned = points;
  for (int i = 0; i < 4; ++i) {
    thrust::transform(turned.begin(), turned.end(), turned.begin(), turn());
    std::cout << (turned == points) << (turned != points) << " ";
  }
  for (point p : points) std::cout << "(" << p.x << "," << p.y << ")";
  std::cout << " " << thrust::count(points.begin(), points.end(), point{0, 7}) << "\n";

  thrust::device_vector<setting> settings(2);
  settings.resize(3);
  setting changed = settings[1];
  changed.level = 9;
  settings[1] = changed;
  settings.resize(4, changed);
  for (setting s : settings) std::cout << s.level << "/" << s.scale << "/" << s.active << " ";

  thrust::device_vector<block> blocks(300);
  thrust::tabulate(blocks.begin(), blocks.end(), make_block());
  blocks.erase(blocks.begin() + 10, blocks.begin() + 20);
  blocks.insert(blocks.begin() + 5, 2, block{});
  const block some = blocks[12];
  const int sum = thrust::transform_reduce(blocks.begin(), blocks.end(), mix_ends(), 0, thrust::plus<int>());
  std::cout << "\nblocks: " << blocks.size() << " " << some.words[0] << " " << some.words[15] << " " << sum << "\n";
}

void pairs_tuples_and_bools() {
  thrust::device_vector<thrust::pair<int, char>> pairs;
  for (int i = 0; i < 5; ++i) pairs.push_back(thrust::make_pair(7 * i % 5, static_cast<char>('a' + i)));
  thrust::sort(pairs.begin(), pairs.end());
  for (thrust::pair<int, char> p : pairs) std::cout << p.first << p.second << " ";

  const thrust::device_vector<int> numbers{1, 2, 3, 4};
  const thrust::device_vector<double> halves{0.5, 1.0, 1.5, 2.0};
  const auto zipped = thrust::make_zip_iterator(thrust::make_tuple(numbers.begin(), halves.begin()));
  thrust::device_vector<thrust::tuple<int, double>> rows(zipped, zipped + 4);
  rows.push_back(thrust::make_tuple(7, 3.5));
  for (thrust::tuple<int, double> r : rows) std::cout << thrust::get<0>(r) << ":" << thrust::get<1>(r) << " ";

  thrust::device_vector<bool> flags(9, true);
  flags[2] = false;
  flags.push_back(false);
  flags.insert(flags.begin(), 3, false);
  thrust::transform(flags.begin(), flags.begin() + 5, flags.begin(), thrust::logical_not<bool>());
  for (bool flag : flags) std::cout << flag;
  std::cout << " " << thrust::count(flags.begin(), flags.end(), true) << "\n";
}

void accounts() {
  thrust::device_vector<account> v(500);
  print(v);
  thrust::tabulate(v.begin(), v.end(), open_account());
  v.insert(v.begin() + 1, 2, account(7));
  v.erase(v.begin() + 3, v.begin() + 40);
  print(v);
  v.erase(thrust::remove_if(v.begin(), v.end(), is_poor()), v.end());
  v.resize(v.size() + 5, account(1000));
  print(v);
  thrust::host_vector<account> ledger = v;
  ledger.resize(4);
  v = ledger;
  print(v);
}

}  // namespace objects

int main() {
  objects::structs();
  objects::pairs_tuples_and_bools();
  objects::accounts();
  return 0;
}
