// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Reads a file or standard input of unknown length into a growing vector on the device, counts on the device what `wc`
/// counts, and shows what the growth cost.
///
/// usage: ingest [FILE]      exit codes: 0 done, 1 the device failed, 2 wrong usage, 66 no such input, 74 reading failed
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include <thrust/adjacent_difference.h>
#include <thrust/binary_search.h>
#include <thrust/copy.h>
#include <thrust/count.h>
#include <thrust/iterator/constant_iterator.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/reduce.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/tuple.h>

#include <vmm/device_vector.hpp>

namespace {

struct exit_with {
  int code;
  std::string message;
};

// -- input -----------------------------------------------------------------------------------------------------------

class input {
 public:
  explicit input(const char* path) : name_(path != nullptr ? path : "standard input") {
    if (path != nullptr) file_ = open(path, O_RDONLY | O_CLOEXEC);
    if (file_ < 0) fail(66, "cannot be opened");
    struct stat s {};
    if (fstat(file_, &s) != 0) fail(74, "cannot be examined");
    if (S_ISDIR(s.st_mode)) throw exit_with{66, name_ + " is a directory; give a file"};
  }
  input(const input&) = delete;
  ~input() {
    if (file_ > 0) close(file_);
  }
  /// 0 at the end.
  std::size_t read(std::vector<char>& block) {
    for (;;) {
      const ssize_t n = ::read(file_, block.data(), block.size());
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) fail(74, "cannot be read");
    }
  }
  const std::string& name() const { return name_; }

 private:
  [[noreturn]] void fail(int code, const char* what) {
    throw exit_with{code, name_ + " " + what + ": " + std::strerror(errno)};
  }
  std::string name_;
  int file_ = 0;
};

/// `first_address` is where the first block of the text came to lie.
vmm::device_vector<char> read_all(input& in, const void*& first_address) {
  vmm::device_vector<char> text;
  std::vector<char> block(std::size_t{8} << 20);
  const bool watched = isatty(STDERR_FILENO) != 0;
  while (const std::size_t n = in.read(block)) {
    text.append(block.data(), block.data() + n);
    if (text.size() == n) first_address = text.data().get();
    if (watched)
      std::fprintf(stderr, "\r%s: %.1f MiB read, %.1f MiB mapped ", in.name().c_str(),
                   static_cast<double>(text.size()) / 1048576.0, static_cast<double>(text.capacity()) / 1048576.0);
  }
  if (watched) std::fprintf(stderr, "\n");
  return text;
}

// -- counting --------------------------------------------------------------------------------------------------------

struct is_line_end {
  __host__ __device__ bool operator()(char c) const { return c == '\n'; }
};

/// What isspace() holds for in the C locale.
struct is_space {
  __host__ __device__ bool operator()(char c) const { return c == ' ' || (c >= '\t' && c <= '\r'); }
};

/// Whether a word starts at i: anything but space after space or at the start.
struct starts_word {
  const char* text;
  __host__ __device__ bool operator()(std::size_t i) const {
    return !is_space{}(text[i]) && (i == 0 || is_space{}(text[i - 1]));
  }
};

struct word {
  std::size_t start;
  unsigned length;
};

struct measure {
  const char* text;
  std::size_t size;
  __host__ __device__ word operator()(std::size_t start) const {
    std::size_t end = start;
    while (end < size && !is_space{}(text[end])) ++end;
    return {start, static_cast<unsigned>(end - start)};
  }
};

/// By their letters, as strcmp does.
struct spelled_before {
  const char* text;
  __host__ __device__ bool operator()(const word& a, const word& b) const {
    const unsigned n = a.length < b.length ? a.length : b.length;
    for (unsigned i = 0; i < n; ++i) {
      const auto x = static_cast<unsigned char>(text[a.start + i]), y = static_cast<unsigned char>(text[b.start + i]);
      if (x != y) return x < y;
    }
    return a.length < b.length;
  }
};

struct spelled_alike {
  const char* text;
  __host__ __device__ bool operator()(const word& a, const word& b) const {
    return !spelled_before{text}(a, b) && !spelled_before{text}(b, a);
  }
};

struct to_byte {
  __host__ __device__ unsigned char operator()(char c) const { return static_cast<unsigned char>(c); }
};

std::string shown(unsigned char byte) {
  if (std::isgraph(byte) != 0) return std::string("'") + static_cast<char>(byte) + "'";
  char hex[8];
  std::snprintf(hex, sizeof hex, "0x%02x", byte);
  return hex;
}

/// Counts of the 256 bytes, in pieces, so that the sorted copy stays small beside the text.
std::vector<std::size_t> count_bytes(const vmm::device_vector<char>& text) {
  constexpr std::size_t piece = std::size_t{64} << 20;
  std::vector<std::size_t> counts(256, 0);
  vmm::device_vector<unsigned char> sorted;
  vmm::device_vector<std::size_t> ends(256);
  for (std::size_t done = 0; done < text.size(); done += piece) {
    const std::size_t n = text.size() - done < piece ? text.size() - done : piece;
    const auto first = text.begin() + static_cast<std::ptrdiff_t>(done);
    sorted.resize(n, vmm::no_init);
    thrust::transform(first, first + static_cast<std::ptrdiff_t>(n), sorted.begin(), to_byte{});
    thrust::sort(sorted.begin(), sorted.end());
    thrust::counting_iterator<int> values(0);
    thrust::upper_bound(sorted.begin(), sorted.end(), values, values + 256, ends.begin());
    const thrust::host_vector<std::size_t> upto = ends;
    for (std::size_t b = 0; b < 256; ++b) counts[b] += upto[b] - (b == 0 ? 0 : upto[b - 1]);
  }
  return counts;
}

void print_bytes(const vmm::device_vector<char>& text) {
  std::vector<std::size_t> counts = count_bytes(text);
  std::printf("most frequent bytes\n");
  for (int rank = 0; rank < 10; ++rank) {
    std::size_t best = 0;
    for (std::size_t b = 1; b < 256; ++b)
      if (counts[b] > counts[best]) best = b;
    if (counts[best] == 0) break;
    std::printf("  %12zu  %s\n", counts[best], shown(static_cast<unsigned char>(best)).c_str());
    counts[best] = 0;
  }
}

struct more_frequent {
  spelled_before before;
  __host__ __device__ bool operator()(const thrust::tuple<std::size_t, word>& a,
                                      const thrust::tuple<std::size_t, word>& b) const {
    if (thrust::get<0>(a) != thrust::get<0>(b)) return thrust::get<0>(a) > thrust::get<0>(b);
    return before(thrust::get<1>(a), thrust::get<1>(b));
  }
};

void print_words(const vmm::device_vector<char>& text) {
  const char* const letters = text.data().get();
  const thrust::counting_iterator<std::size_t> positions(0);
  const auto end = positions + static_cast<std::ptrdiff_t>(text.size());
  const std::size_t words = static_cast<std::size_t>(thrust::count_if(thrust::device, positions, end, starts_word{letters}));
  std::printf("words            %zu\n", words);

  vmm::device_vector<std::size_t> starts(words, vmm::no_init);
  thrust::copy_if(thrust::device, positions, end, starts.begin(), starts_word{letters});
  vmm::device_vector<word> all(words, vmm::no_init);
  thrust::transform(starts.begin(), starts.end(), all.begin(), measure{letters, text.size()});
  thrust::sort(all.begin(), all.end(), spelled_before{letters});

  vmm::device_vector<word> distinct(words, vmm::no_init);
  vmm::device_vector<std::size_t> counts(words, vmm::no_init);
  const auto last = thrust::reduce_by_key(all.begin(), all.end(), thrust::make_constant_iterator(std::size_t{1}),
                                          distinct.begin(), counts.begin(), spelled_alike{letters});
  const std::size_t n = static_cast<std::size_t>(last.second - counts.begin());
  std::printf("distinct words   %zu\n", n);
  const auto ranked = thrust::make_zip_iterator(counts.begin(), distinct.begin());
  thrust::sort(ranked, ranked + static_cast<std::ptrdiff_t>(n), more_frequent{{letters}});

  std::printf("most frequent words\n");
  for (std::size_t i = 0; i < n && i < 10; ++i) {
    const word w = distinct[i];
    std::string spelling(w.length < 60 ? w.length : 60, ' ');
    thrust::copy_n(text.begin() + static_cast<std::ptrdiff_t>(w.start), spelling.size(), spelling.begin());
    const std::size_t count = counts[i];
    std::printf("  %12zu  %s%s\n", count, spelling.c_str(), w.length > 60 ? "..." : "");
  }
}

void print_growth(const vmm::device_vector<char>& text, const void* first_address) {
  const vmm::statistics s = text.statistics();
  std::printf("growth\n");
  std::printf("  steps            %zu in %.3f ms\n", s.growth_steps,
              std::chrono::duration<double, std::milli>(s.growth_time).count());
  std::printf("  peak mapped      %zu bytes, %.3f of the data\n", s.peak_mapped,
              static_cast<double>(s.peak_mapped) / static_cast<double>(text.size()));
  std::printf("  copied           %zu bytes, when the vector left direct memory\n", s.copied_bytes + s.promoted_bytes);
  std::printf("  address          %p at the start, %p at the end\n", first_address,
              static_cast<const void*>(text.data().get()));
}

int run(const char* path) {
  input in(path);
  const void* first_address = nullptr;
  const vmm::device_vector<char> text = read_all(in, first_address);
  if (text.empty()) {
    std::printf("%s is empty: 0 bytes, 0 lines, 0 words\n", in.name().c_str());
    return 0;
  }
  std::printf("bytes            %zu\n", text.size());
  std::printf("lines            %zu\n", static_cast<std::size_t>(thrust::count_if(text.begin(), text.end(), is_line_end{})));
  print_words(text);
  print_bytes(text);
  print_growth(text, first_address);
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc > 2) return std::fprintf(stderr, "usage: ingest [FILE]\n"), 2;
  try {
    return run(argc == 2 && std::strcmp(argv[1], "-") != 0 ? argv[1] : nullptr);
  } catch (const exit_with& e) {
    std::fprintf(stderr, "ingest: %s\n", e.message.c_str());
    return e.code;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "ingest: %s\n", e.what());
    return 1;
  }
}
