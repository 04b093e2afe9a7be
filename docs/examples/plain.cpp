// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A program that a C++ compiler alone builds, no nvcc: readings arrive one by one, in blocks and as constants, and are summed up
/// where they are. On the GPU; on the host when compiled with THRUST_DEVICE_SYSTEM set to CPP. The same source, the same output.
///
///   g++ -std=c++17 plain.cpp -I <prefix>/include -L <prefix>/lib -lvmm -L <cuda>/lib64 -lcudart_static -ldl -lrt -pthread
#include <cstdio>
#include <exception>
#include <vector>

#include <vmm/algorithm.hpp>
#include <vmm/device_uvector.hpp>

namespace {

int run() {
  vmm::options o;
  o.fixed_address = true;  // data() is final, however far it grows
  vmm::device_uvector<int> readings(o);

  for (int i = 1; i <= 1000; ++i) readings.push_back(i);  // waits on the host, goes to the device in one copy
  const int* const begin = readings.data();

  readings.append(std::vector<int>(5000, 3));
  readings.resize(20000000, 1);  // maps more memory behind the end
  vmm::fill(readings.view().subview(6000, 4000), 2);

  const long sum = vmm::reduce(readings.view(), 0L);
  const auto [least, most] = vmm::minmax(readings.view());
  std::printf("%zu readings, sum %ld, from %d to %d, %td of them 2\n", readings.size(), sum, least, most,
              vmm::count(readings.view(), 2));

  readings.set_element(7, -5);
  std::printf("the eighth is %d now, the smallest %d\n", readings.element(7),
              vmm::reduce(readings.begin(), readings.end(), 0, vmm::minimum<int>()));

  // In the order of a stream a result may stay on the device: nothing waits for it.
  vmm::device_uvector<long> result(1);
  vmm::reduce_into(readings.stream(), readings.view(), result.data());
  std::printf("sum %ld, read back\n", result.element(0));

  const std::vector<int> host = readings.to_vector();
  long check = 0;
  for (int x : host) check += x;
  const bool right = check == result.element(0) && begin == readings.data() && readings.statistics().copied_bytes == 0;
  std::printf("%s\n", right ? "the host finds the same sum; the elements never moved" : "WRONG");
  return right ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "plain: %s\n", e.what());
    return 1;
  }
}
