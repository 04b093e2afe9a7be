// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0
// Monte Carlo estimates: pi from points in a square, and the prices of a call and a put from simulated ends.

#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/extrema.h>
#include <thrust/functional.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/random.h>
#include <thrust/reduce.h>
#include <thrust/transform.h>
#include <thrust/transform_reduce.h>

#include <cmath>
#include <cstdio>

namespace monte_carlo {

// The number of points, out of a batch, that fall into the quarter of the unit disc.
struct count_inside {
  int batch;

  __host__ __device__ int operator()(unsigned i) const {
    thrust::default_random_engine engine(12345);
    engine.discard(2ull * batch * i);
    thrust::uniform_real_distribution<float> uniform(0.0f, 1.0f);
    int inside = 0;
    for (int k = 0; k < batch; ++k) {
      const double x = uniform(engine), y = uniform(engine);
      inside += x * x + y * y < 1.0;  // products of floats are exact in double
    }
    return inside;
  }
};

// The price of a share after one year, from a normal variate made of two uniform ones.
struct final_price {
  double start, rate, volatility;

  __host__ __device__ double operator()(unsigned i) const {
    thrust::minstd_rand engine(99);
    engine.discard(2ull * i);
    const double u = static_cast<double>(engine()) / 2147483648.0;
    const double v = static_cast<double>(engine()) / 2147483648.0;
    const double normal = std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
    return start * std::exp(rate - 0.5 * volatility * volatility + volatility * normal);
  }
};

struct call_payoff {
  double strike;

  __host__ __device__ double operator()(double price) const { return price > strike ? price - strike : 0.0; }
};

struct put_payoff {
  double strike;

  __host__ __device__ double operator()(double price) const { return price < strike ? strike - price : 0.0; }
};

struct squared_distance {
  double mean;

  __host__ __device__ double operator()(double x) const { return (x - mean) * (x - mean); }
};

struct is_positive {
  __host__ __device__ bool operator()(double x) const { return x > 0.0; }
};

}  // namespace monte_carlo

int main() {
  const int batches = 1000, batch = 64;
  thrust::counting_iterator<unsigned> index(0);

  // Once with the counts kept, and once without any storage.
  thrust::device_vector<int> inside(batches);
  thrust::transform(index, index + batches, inside.begin(), monte_carlo::count_inside{batch});
  const int hits = thrust::reduce(inside.begin(), inside.end());
  const int fused = thrust::transform_reduce(index, index + batches, monte_carlo::count_inside{batch}, 0, thrust::plus<int>());
  std::printf("batches:");
  for (int i = 0; i < 12; ++i) std::printf(" %d", static_cast<int>(inside[i]));
  const auto extremes = thrust::minmax_element(inside.begin(), inside.end());
  std::printf("\nfewest %d, ", static_cast<int>(*extremes.first));
  std::printf("most %d\n", static_cast<int>(*extremes.second));
  std::printf("hits %d of %d, fused %d\n", hits, batches * batch, fused);
  std::printf("pi is about %.4f\n", 4.0 * hits / (batches * batch));

  // The estimate gets better as the batches are added up.
  for (int n = 10; n <= batches; n *= 10) {
    const int sum = thrust::reduce(inside.begin(), inside.begin() + n);
    std::printf("after %7d points: %.4f\n", n * batch, 4.0 * sum / (n * batch));
  }

  const int paths = 20000;
  const double start = 100.0, strike = 105.0, rate = 0.03, volatility = 0.2;
  thrust::device_vector<double> ends(paths);
  thrust::transform(index, index + paths, ends.begin(), monte_carlo::final_price{start, rate, volatility});
  std::printf("ends:");
  for (double end : thrust::device_vector<double>(ends.begin(), ends.begin() + 6)) std::printf(" %.3f", end);
  std::printf("\n");

  thrust::device_vector<double> payoffs(paths);
  thrust::transform(ends.begin(), ends.end(), payoffs.begin(), monte_carlo::call_payoff{strike});
  const double mean = thrust::reduce(payoffs.begin(), payoffs.end()) / paths;
  const double variance = thrust::transform_reduce(payoffs.begin(), payoffs.end(), monte_carlo::squared_distance{mean}, 0.0,
                                                   thrust::plus<double>()) /
                          (paths - 1);
  const double discount = std::exp(-rate);
  std::printf("call %.3f, standard error %.4f\n", discount * mean, discount * std::sqrt(variance / paths));
  std::printf("exercised %ld times, at most for %.2f\n",
              static_cast<long>(thrust::count_if(payoffs.begin(), payoffs.end(), monte_carlo::is_positive())),
              static_cast<double>(*thrust::max_element(payoffs.begin(), payoffs.end())));

  const double put =
      thrust::transform_reduce(ends.begin(), ends.end(), monte_carlo::put_payoff{strike}, 0.0, thrust::plus<double>()) / paths;
  const double forward = thrust::reduce(ends.begin(), ends.end()) / paths;
  const bool parity = std::fabs(mean - put - forward + strike) < 1e-9;
  std::printf("put %.3f, parity holds: %d\n", discount * put, parity);
  return 0;
}
