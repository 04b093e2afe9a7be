// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Counts the words of a text that lies in a vector of characters, and lists the words that occur most often.

#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/functional.h>
#include <thrust/host_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/memory.h>
#include <thrust/reduce.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/tuple.h>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>

namespace word_count {

const char text[] =
    "The river had risen in the night, and the ferry did not run. On the near bank the people waited: "
    "a miller with his sacks, a girl with a goat, two brothers who did not speak, and an old man who said "
    "that the river would fall by noon. The miller said that it would not. The girl asked the goat, and the "
    "goat, being a goat, said nothing. At noon the river fell a little; at two it rose again. \"The river,\" "
    "said the old man, \"is only making up its mind.\" The brothers looked at the water, and then, for the "
    "first time that day, at each other. In the end it was the goat that swam, and the rest of them "
    "who followed -- the miller without his sacks, the brothers hand in hand, the old man last of all.";

struct to_lower {
  __host__ __device__ char operator()(char c) const { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
};

struct is_set {
  __host__ __device__ bool operator()(bool flag) const { return flag; }
};

// From here on all letters are small.
__host__ __device__ inline bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// Whether a word starts at the second of two neighbouring characters.
struct starts_word {
  __host__ __device__ bool operator()(char left, char right) const { return !is_letter(left) && is_letter(right); }
};

// A hash of a word that no two words of the text share.
struct word_hash {
  const char* text;

  __host__ __device__ std::uint64_t operator()(int start) const {
    std::uint64_t hash = 14695981039346656037ull;
    for (const char* c = text + start; is_letter(*c); ++c) hash = (hash ^ *c) * 1099511628211ull;
    return hash;
  }
};

// Orders (count, first place): the frequent words come first, and the earlier one of equally frequent words.
struct more_frequent {
  using item = thrust::tuple<int, int>;

  __host__ __device__ bool operator()(const item& a, const item& b) const {
    if (thrust::get<0>(a) != thrust::get<0>(b)) return thrust::get<0>(a) > thrust::get<0>(b);
    return thrust::get<1>(a) < thrust::get<1>(b);
  }
};

}  // namespace word_count

int main() {
  // A space before the first word, and one behind the last.
  thrust::device_vector<char> text(1, ' ');
  text.insert(text.end(), word_count::text, word_count::text + sizeof(word_count::text) - 1);
  text.push_back(' ');
  thrust::transform(text.begin(), text.end(), text.begin(), word_count::to_lower());
  const int words =
      thrust::inner_product(text.begin(), text.end() - 1, text.begin() + 1, 0, thrust::plus<int>(), word_count::starts_word());
  std::cout << text.size() << " characters, " << thrust::count(text.begin(), text.end(), 'e') << " times the letter e, "
            << words << " words\n";

  // Where the words start.
  thrust::device_vector<bool> is_start(text.size());
  thrust::transform(text.begin(), text.end() - 1, text.begin() + 1, is_start.begin() + 1, word_count::starts_word());
  thrust::device_vector<int> starts(words);
  thrust::counting_iterator<int> position(0);
  thrust::copy_if(position, position + text.size(), is_start.begin(), starts.begin(), word_count::is_set());
  std::cout << "the last of them starts at " << starts.back() << "\n";

  // Equal words come together when sorted by their hashes. The first place stands for all of them.
  thrust::device_vector<std::uint64_t> hashes(words), keys(words);
  const word_count::word_hash hash{thrust::raw_pointer_cast(text.data())};
  thrust::transform(starts.begin(), starts.end(), hashes.begin(), hash);
  thrust::stable_sort_by_key(hashes.begin(), hashes.end(), starts.begin());
  thrust::device_vector<int> counts(words), firsts(words);
  auto ends =
      thrust::reduce_by_key(hashes.begin(), hashes.end(), thrust::constant_iterator<int>(1), keys.begin(), counts.begin());
  thrust::reduce_by_key(hashes.begin(), hashes.end(), starts.begin(), keys.begin(), firsts.begin(),
                        thrust::equal_to<std::uint64_t>(), thrust::minimum<int>());
  const std::ptrdiff_t distinct = ends.first - keys.begin();
  counts.resize(distinct);
  firsts.resize(distinct);
  std::cout << distinct << " distinct words, " << thrust::count(counts.begin(), counts.end(), 1) << " of them once\n";

  auto ranking = thrust::make_zip_iterator(thrust::make_tuple(counts.begin(), firsts.begin()));
  thrust::sort(ranking, ranking + distinct, word_count::more_frequent());
  const thrust::host_vector<char> host = text;
  const std::string copy(host.begin(), host.end());
  for (int i = 0; i < 12; ++i) {
    const int first = firsts[i];
    const std::size_t length = copy.find_first_of(" .,:;\"", first) - first;
    std::cout << counts[i] << "\t" << copy.substr(first, length) << "\n";
  }
  return 0;
}
