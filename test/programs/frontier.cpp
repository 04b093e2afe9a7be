// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Breadth-first search over a graph in compressed sparse rows, level by level, with a frontier that grows.

#include <thrust/binary_search.h>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/extrema.h>
#include <thrust/fill.h>
#include <thrust/host_vector.h>
#include <thrust/inner_product.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/permutation_iterator.h>
#include <thrust/memory.h>
#include <thrust/remove.h>
#include <thrust/scan.h>
#include <thrust/sort.h>
#include <thrust/transform.h>
#include <thrust/unique.h>

#include <iostream>
#include <vector>

namespace frontier {

struct graph {
  thrust::device_vector<int> rows;  // where the neighbours of each vertex start
  thrust::device_vector<int> neighbours;
};

// A ring with chords. Every 40th vertex is left without edges.
graph make_graph(int vertices) {
  thrust::host_vector<int> rows(1, 0);
  std::vector<int> neighbours;
  for (int v = 0; v < vertices; ++v) {
    for (int u : {v + 1, v + vertices - 1, 3 * v + 7, v * v + 1}) {
      u %= vertices;
      if (v % 40 != 39 && u % 40 != 39 && u != v) neighbours.push_back(u);
    }
    rows.push_back(static_cast<int>(neighbours.size()));
  }
  return graph{rows, neighbours};
}

struct degree {
  const int* rows;

  __host__ __device__ int operator()(int v) const { return rows[v + 1] - rows[v]; }
};

// The neighbour in a given slot of the expanded frontier.
struct expand {
  const int* frontier;
  const int* ends;  // where the slots of each frontier vertex end
  const int* rows;
  const int* neighbours;

  __host__ __device__ int operator()(int slot, int position) const {
    const int begin = position == 0 ? 0 : ends[position - 1];
    return neighbours[rows[frontier[position]] + slot - begin];
  }
};

struct is_visited {
  const int* distance;

  __host__ __device__ bool operator()(int v) const { return distance[v] >= 0; }
};

// Replaces the frontier by all neighbours of its vertices that were not visited yet, each of them once.
void advance(const graph& g, const thrust::device_vector<int>& distance, thrust::device_vector<int>& front) {
  const int* rows = thrust::raw_pointer_cast(g.rows.data());
  thrust::device_vector<int> ends(front.size());
  thrust::transform(front.begin(), front.end(), ends.begin(), degree{rows});
  thrust::inclusive_scan(ends.begin(), ends.end(), ends.begin());

  const int slots = ends.back();
  thrust::device_vector<int> next(slots);
  thrust::counting_iterator<int> slot(0);
  thrust::upper_bound(ends.begin(), ends.end(), slot, slot + slots, next.begin());
  const expand neighbour{thrust::raw_pointer_cast(front.data()), thrust::raw_pointer_cast(ends.data()), rows,
                         thrust::raw_pointer_cast(g.neighbours.data())};
  thrust::transform(slot, slot + slots, next.begin(), next.begin(), neighbour);

  const is_visited visited{thrust::raw_pointer_cast(distance.data())};
  next.erase(thrust::remove_if(next.begin(), next.end(), visited), next.end());
  thrust::sort(next.begin(), next.end());
  next.resize(thrust::unique(next.begin(), next.end()) - next.begin());
  front.swap(next);
}

}  // namespace frontier

int main() {
  const int vertices = 2000;
  const frontier::graph g = frontier::make_graph(vertices);
  std::cout << vertices << " vertices, " << g.neighbours.size() << " edges\n";

  thrust::device_vector<int> distance(vertices, -1);
  thrust::device_vector<int> front(1, 5);
  thrust::device_vector<int> order;
  distance[5] = 0;
  for (int level = 1; !front.empty(); ++level) {
    std::cout << "level " << level - 1 << ": " << front.size() << " from " << front.front() << " to " << front.back() << "\n";
    order.insert(order.end(), front.begin(), front.end());
    frontier::advance(g, distance, front);
    auto reached = thrust::make_permutation_iterator(distance.begin(), front.begin());
    thrust::fill(reached, reached + front.size(), level);
  }

  std::cout << "visited " << order.size() << ", unreachable " << thrust::count(distance.begin(), distance.end(), -1)
            << ", deepest " << *thrust::max_element(distance.begin(), distance.end()) << "\n";
  thrust::counting_iterator<long long> weight(1);
  std::cout << "order checksum " << thrust::inner_product(order.begin(), order.end(), weight, 0ll) << ", distance checksum "
            << thrust::inner_product(distance.begin(), distance.end(), weight, 0ll) << "\nfirst visited:";
  for (int i = 0; i < 16; ++i) std::cout << " " << order[i];
  std::cout << "\n";
  return 0;
}
