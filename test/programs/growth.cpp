// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// The container itself: how it is made, grows, shrinks, is copied, moved, compared, walked and converted.

#include <thrust/copy.h>
#include <thrust/device_ptr.h>
#include <thrust/device_vector.h>
#include <thrust/host_vector.h>
#include <thrust/memory.h>
#include <thrust/reduce.h>
#include <thrust/sequence.h>

#include <iostream>
#include <iterator>
#include <list>
#include <sstream>
#include <utility>
#include <vector>

namespace growth {

template <typename Vector>
void print(const char* title, const Vector& v) {
  std::cout << title << ":";
  for (auto it = v.begin(); it != v.end(); ++it) std::cout << " " << *it;
  std::cout << " (" << v.size() << ")\n";
}

// A vector taken and returned by value.
thrust::device_vector<int> doubled(thrust::device_vector<int> v) {
  const thrust::device_vector<int> copy = v;
  v.insert(v.end(), copy.begin(), copy.end());
  return v;
}

void construction() {
  print("empty", thrust::device_vector<int>());
  print("zeros", thrust::device_vector<int>(4));
  print("fives", thrust::device_vector<int>(3, 5));
  print("listed", thrust::device_vector<int>{3, 1, 2});
  const int array[] = {9, 8, 7};
  print("from an array", thrust::device_vector<int>(array, array + 3));
  const std::list<int> list{4, 5, 6};
  print("from a list", thrust::device_vector<int>(list.begin(), list.end()));
  std::istringstream stream("12 34 56 78");
  const std::istream_iterator<int> first(stream), last;
  print("from a stream", thrust::device_vector<int>(first, last));
  print("from another type", thrust::device_vector<double>(thrust::device_vector<int>{1, 2}));
}

void editing() {
  thrust::device_vector<int> v;
  v.reserve(10);
  std::cout << "reserved: " << v.empty() << (v.capacity() >= 10) << "\n";
  for (int i = 0; i < 6; ++i) v.push_back(i * i);
  thrust::device_vector<int>::iterator it = v.insert(v.begin() + 2, 77);
  std::cout << "inserted " << *it << " at " << it - v.begin() << "\n";
  v.insert(v.begin(), 2, -1);
  const std::list<int> more{100, 200, 300};
  v.insert(v.begin() + 4, more.begin(), more.end());
  const thrust::device_vector<int> other{60, 61};
  v.insert(v.begin() + 1, other.begin(), other.end());
  print("inserted", v);
  it = v.erase(v.begin() + 3);
  std::cout << "behind the erased: " << *it;
  it = v.erase(v.begin() + 4, v.begin() + 7);
  std::cout << ", " << *it << "\n";
  v.pop_back();
  v.resize(12);
  v.resize(14, 3);
  print("resized", v);
  v.resize(5);
  v.shrink_to_fit();
  print("cut", v);
  v.assign(7, 8);
  print("assigned", v);
  v.assign(more.begin(), more.end());
  print("assigned", v);
  v = {7, 6, 5, 4};
  print("assigned", v);
  v.clear();
  std::cout << "cleared: " << v.empty() << v.size() << "\n";

  // Across many growths.
  for (int i = 0; i < 300; ++i) v.push_back(i);
  for (int i = 0; i < 10; ++i) v = doubled(v);
  std::cout << "grown to " << v.size() << ", sum " << thrust::reduce(v.begin(), v.end(), 0ll) << "\n";
}

void copies_and_conversions() {
  thrust::device_vector<int> a{1, 2, 3}, b(a), c;
  c = a;
  b[1] = 20;
  std::cout << "compared: " << (a == c) << (a != c) << (a == b) << (a != b) << "\n";
  swap(a, b);
  a.swap(c);
  const thrust::device_vector<int> moved = std::move(c);
  std::cout << "moved: " << moved.size() << c.size() << "\n";
  c = doubled(moved);
  print("doubled", c);

  thrust::host_vector<int> host = c;
  host[0] = -5;
  const thrust::device_vector<int> device = host;
  host = a;
  print("host", host);
  print("device", device);
  std::vector<int> standard(device.size());
  thrust::copy(device.begin(), device.end(), standard.begin());
  standard.push_back(11);
  b = standard;
  print("from std::vector", b);
  std::cout << "across: " << (host == a) << (device != host) << (b == standard) << (standard != device) << "\n";
}

void elements() {
  thrust::device_vector<int> v(8);
  thrust::sequence(v.begin(), v.end(), 10);
  v[0] += 5, v[1] -= 5, v[2] *= 2, v[3] /= 2, v[4] %= 4, v[5] <<= 2, v[6] >>= 1, v[7] |= 64;
  ++v[0];
  const int before = v[1]++;
  v[2] = v[3];
  v.front() -= v.back();
  print("elements", v);
  std::cout << before << " " << v[0] + v[1] * 2 << " " << (v[2] == v[3]) << (v[2] < v[4]) << "\n";

  unsigned sum = 0;
  for (int x : v) sum = 3 * sum + x;
  for (auto it = v.crbegin(); it != v.crend(); ++it) sum = 5 * sum + *it;
  thrust::copy(v.rbegin(), v.rend(), std::ostream_iterator<int>(std::cout, " "));
  std::cout << "walked to " << sum << "\n";

  thrust::device_ptr<int> pointer = v.data();
  pointer[1] = 1001;
  *(&v[2]) = 1002;
  const int* raw = thrust::raw_pointer_cast(v.data());
  std::cout << "raw: " << (raw + 3 == thrust::raw_pointer_cast(&v[3])) << "\n";
  *thrust::device_pointer_cast(thrust::raw_pointer_cast(v.data()) + 7) = 1007;
  print("through pointers", v);
}

}  // namespace growth

int main() {
  growth::construction();
  growth::editing();
  growth::copies_and_conversions();
  growth::elements();
  return 0;
}
