// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// device_uvector in a program of the standard library's debug mode, beside a library that was built without: containers of
/// the standard library have other sizes there, and none crosses between the two.
#include <array>
#include <cstdio>
#include <list>
#include <string>
#include <vector>

#include <vmm/device_uvector.hpp>

#ifndef _GLIBCXX_DEBUG
#  error "compile with -D_GLIBCXX_DEBUG"
#endif

template <class T, class It>
constexpr bool at_once = vmm::detail::is_contiguous_host<T, It>;
static_assert(at_once<int, std::vector<int>::iterator> && at_once<int, std::vector<int>::const_iterator>);
static_assert(at_once<char, std::string::iterator> && at_once<int, std::array<int, 2>::iterator>);
static_assert(!at_once<int, std::list<int>::iterator> && !at_once<int, std::vector<int>::reverse_iterator>);

static int failed = 0;
#define CHECK(condition) \
  if (!(condition)) std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition), ++failed

int main() {
  const std::vector<int> seven(7, 3), none;
  const std::list<int> list{1, 2};
  vmm::device_uvector<int> v(5);
  v.fill(2);
  v.resize(50, 2);
  CHECK(v.to_vector() == std::vector<int>(50, 2));
  v.append(seven), v.append(seven.begin(), seven.end()), v.append(seven.begin(), seven.begin() + 2);
  v.append(none), v.append(none.begin(), none.end()), v.append(seven.end(), seven.end());
  CHECK(v.size() == 66);
  CHECK(v.element(65) == 3);
  v.assign(none.begin(), none.end());
  CHECK(v.empty());
  v.append(list.begin(), list.end());
  v.reserve(1000000);
  CHECK(v.to_vector() == std::vector<int>({1, 2}));
  v.shrink_to_fit();
  CHECK(v == v);
  return failed != 0;
}
