// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Run-length encoding and decoding of a text and of a generated picture, with a round trip of both.

#include <thrust/binary_search.h>
#include <thrust/device_vector.h>
#include <thrust/extrema.h>
#include <thrust/gather.h>
#include <thrust/host_vector.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>
#include <thrust/scan.h>
#include <thrust/tabulate.h>

#include <cstddef>
#include <iostream>
#include <string>

namespace run_length {

template <typename Symbol>
struct runs {
  thrust::device_vector<Symbol> symbols;
  thrust::device_vector<int> lengths;
};

template <typename Symbol>
runs<Symbol> encode(const thrust::device_vector<Symbol>& input) {
  runs<Symbol> result;
  result.symbols.resize(input.size());
  result.lengths.resize(input.size());
  const auto ends = thrust::reduce_by_key(input.begin(), input.end(), thrust::constant_iterator<int>(1), result.symbols.begin(),
                                          result.lengths.begin());
  result.symbols.erase(ends.first, result.symbols.end());
  result.lengths.erase(ends.second, result.lengths.end());
  result.symbols.shrink_to_fit();
  result.lengths.shrink_to_fit();
  return result;
}

template <typename Symbol>
thrust::device_vector<Symbol> decode(const runs<Symbol>& input) {
  thrust::device_vector<int> ends(input.lengths.size());
  thrust::inclusive_scan(input.lengths.begin(), input.lengths.end(), ends.begin());
  const int size = ends.empty() ? 0 : static_cast<int>(ends.back());

  // The run of an element is the number of runs that end at or before it.
  thrust::counting_iterator<int> index(0);
  thrust::device_vector<int> run(size);
  thrust::upper_bound(ends.begin(), ends.end(), index, index + size, run.begin());
  thrust::device_vector<Symbol> output(size);
  thrust::gather(run.begin(), run.end(), input.symbols.begin(), output.begin());
  return output;
}

// A picture of a disc in four shades, row by row.
struct shade {
  int width;

  __host__ __device__ unsigned char operator()(int i) const {
    const int x = 2 * (i % width) - width, y = 2 * (i / width) - width;
    const int distance = x * x + y * y, square = width * width;
    const int level = (distance < square) + (distance < square / 2) + (distance < square / 8);
    return static_cast<unsigned char>(level);
  }
};

}  // namespace run_length

int main() {
  const std::string line = "aaabbbbbcddeeeeeeeeeefffaaaaaazz  !!!!";
  const thrust::device_vector<char> text(line.begin(), line.end());
  const run_length::runs<char> coded = run_length::encode(text);
  for (std::size_t i = 0; i < coded.symbols.size(); ++i) {
    const char symbol = coded.symbols[i];
    std::cout << "(" << symbol << "," << coded.lengths[i] << ")";
  }
  std::cout << "\n" << text.size() << " symbols in " << coded.symbols.size() << " runs\n";

  const thrust::host_vector<char> back = run_length::decode(coded);
  std::cout << std::string(back.begin(), back.end()) << "\n";
  std::cout << "round trip: " << (std::string(back.begin(), back.end()) == line) << "\n";

  const int width = 64;
  thrust::device_vector<unsigned char> picture(width * width);
  thrust::tabulate(picture.begin(), picture.end(), run_length::shade{width});
  run_length::runs<unsigned char> rows = run_length::encode(picture);
  std::cout << picture.size() << " pixels in " << rows.symbols.size() << " runs, the longest of "
            << *thrust::max_element(rows.lengths.begin(), rows.lengths.end()) << ", in all "
            << thrust::reduce(rows.lengths.begin(), rows.lengths.end()) << "\n";
  const thrust::device_vector<unsigned char> decoded = run_length::decode(rows);
  std::cout << "round trip: " << (decoded == picture) << "\n";

  const thrust::host_vector<unsigned char> pixels = decoded;
  for (int y = 4; y < width; y += 8) {
    for (int x = 2; x < width; x += 4) std::cout << ".-+#"[pixels[y * width + x]];
    std::cout << "\n";
  }

  // Edited in its coded form: the first run doubled, the last one dropped.
  rows.lengths[0] *= 2;
  rows.lengths.pop_back();
  rows.symbols.pop_back();
  thrust::device_vector<unsigned char> edited = run_length::decode(rows);
  std::cout << "edited size " << edited.size() << ", sum " << thrust::reduce(edited.begin(), edited.end(), 0) << ", starts "
            << static_cast<int>(edited.front()) << ", ends " << static_cast<int>(edited.back()) << "\n";

  const thrust::device_vector<char> nothing;
  std::cout << "empty round trip: " << run_length::decode(run_length::encode(nothing)).empty() << "\n";
  return 0;
}
