// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// A sparse matrix times a vector, from coordinates and from compressed rows, and the transposed product.

#include <thrust/binary_search.h>
#include <thrust/device_vector.h>
#include <thrust/functional.h>
#include <thrust/gather.h>
#include <thrust/host_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/permutation_iterator.h>
#include <thrust/iterator/zip_iterator.h>
#include <thrust/memory.h>
#include <thrust/reduce.h>
#include <thrust/scatter.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/tabulate.h>
#include <thrust/transform.h>
#include <thrust/tuple.h>

#include <iostream>

namespace sparse {

using index_vector = thrust::device_vector<int>;
using value_vector = thrust::device_vector<double>;

// Entries in the order of their rows. All values are small integers: sums are exact.
struct matrix {
  int size;
  index_vector rows, columns;
  value_vector values;
};

// The five-point stencil on a grid, with a drift that makes it asymmetric, and every 9th row left empty.
matrix make_matrix(int side) {
  thrust::host_vector<int> rows, columns;
  thrust::host_vector<double> values;
  const int size = side * side, offsets[] = {-side, -1, 0, 1, side};
  for (int r = 0; r < size; ++r) {
    for (int offset : offsets) {
      const int c = r + offset;
      const bool wraps = (offset == 1 && c % side == 0) || (offset == -1 && r % side == 0);
      if (r % 9 == 8 || c < 0 || c >= size || wraps) continue;
      rows.push_back(r);
      columns.push_back(c);
      values.push_back(offset == 0 ? 5.0 : offset > 0 ? -2.0 : -1.0);
    }
  }
  return matrix{size, rows, columns, values};
}

struct ramp {
  __host__ __device__ double operator()(int i) const { return i % 7 - 2; }
};

// y = A x: products of the entries, summed by row, scattered to the rows that have any.
void multiply(const matrix& a, const value_vector& x, value_vector& y) {
  value_vector products(a.values.size()), sums(a.size);
  index_vector met(a.size);
  const auto factors = thrust::make_permutation_iterator(x.begin(), a.columns.begin());
  thrust::transform(a.values.begin(), a.values.end(), factors, products.begin(), thrust::multiplies<double>());
  const auto last = thrust::reduce_by_key(a.rows.begin(), a.rows.end(), products.begin(), met.begin(), sums.begin()).second;
  y.assign(a.size, 0.0);
  thrust::scatter(sums.begin(), last, met.begin(), y.begin());
}

// One row of the product from compressed rows.
struct row_times_vector {
  const int *begins, *columns;
  const double *values, *x;

  __host__ __device__ double operator()(int row) const {
    double sum = 0.0;
    for (int i = begins[row]; i < begins[row + 1]; ++i) sum += values[i] * x[columns[i]];
    return sum;
  }
};

// Sorts where the entries go, and gathers them from there.
matrix transpose(const matrix& a) {
  matrix t{a.size, a.columns, index_vector(a.rows.size()), value_vector(a.values.size())};
  index_vector origin(a.rows.size());
  thrust::sequence(origin.begin(), origin.end());
  thrust::stable_sort_by_key(t.rows.begin(), t.rows.end(), origin.begin());
  auto entries = thrust::make_zip_iterator(thrust::make_tuple(a.rows.begin(), a.values.begin()));
  auto sorted = thrust::make_zip_iterator(thrust::make_tuple(t.columns.begin(), t.values.begin()));
  thrust::gather(origin.begin(), origin.end(), entries, sorted);
  return t;
}

void print(const char* title, const value_vector& v) {
  std::cout << title << ":";
  for (int i = 0; i < 14; ++i) std::cout << " " << v[i];
  const double checksum = thrust::inner_product(v.begin(), v.end(), thrust::counting_iterator<int>(1), 0.0);
  std::cout << " | checksum " << static_cast<long long>(checksum) << "\n";
}

}  // namespace sparse

int main() {
  const sparse::matrix a = sparse::make_matrix(24);
  std::cout << a.size << " rows, " << a.values.size() << " entries\n";
  sparse::value_vector x(a.size), y;
  thrust::tabulate(x.begin(), x.end(), sparse::ramp());
  sparse::multiply(a, x, y);
  sparse::print("A x", y);

  // The same from compressed rows, which begin where a row could first be inserted.
  sparse::index_vector begins(a.size + 1);
  thrust::counting_iterator<int> row(0);
  thrust::lower_bound(a.rows.begin(), a.rows.end(), row, row + begins.size(), begins.begin());
  sparse::value_vector z(a.size);
  using thrust::raw_pointer_cast;
  const sparse::row_times_vector times{raw_pointer_cast(begins.data()), raw_pointer_cast(a.columns.data()),
                                       raw_pointer_cast(a.values.data()), raw_pointer_cast(x.data())};
  thrust::transform(row, row + a.size, z.begin(), times);
  std::cout << "compressed rows agree: " << (y == z) << "\n";

  // (A x) . z = x . (A' z)
  sparse::value_vector back;
  sparse::multiply(sparse::transpose(a), z, back);
  sparse::print("A' A x", back);
  std::cout << "adjoint: " << thrust::inner_product(y.begin(), y.end(), z.begin(), 0.0) << " "
            << thrust::inner_product(x.begin(), x.end(), back.begin(), 0.0) << "\n";
  return 0;
}
