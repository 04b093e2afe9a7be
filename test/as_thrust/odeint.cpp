// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Boost.odeint with the adaptors for Thrust that it ships: neither knows of this library. Prints the same as with Thrust's vectors.
#include <thrust/device_vector.h>
#include <thrust/for_each.h>
#include <thrust/reduce.h>
#include <thrust/transform.h>

#include <boost/numeric/odeint.hpp>
#include <boost/numeric/odeint/external/thrust/thrust.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

namespace ode = boost::numeric::odeint;
using state = thrust::device_vector<double>;

struct negated {
  __host__ __device__ double operator()(double x) const { return -x; }
};
struct decay {
  void operator()(const state& x, state& dxdt, double) const { thrust::transform(x.begin(), x.end(), dxdt.begin(), negated()); }
};

int main() {
  state x(1000, 1.0), y(10, 1.0);
  ode::runge_kutta4<state, double, state, double, ode::thrust_algebra, ode::thrust_operations> fixed;
  for (int i = 0; i < 100; ++i) fixed.do_step(decay(), x, 0.0, 0.01);
  using dopri5 = ode::runge_kutta_dopri5<state, double, state, double, ode::thrust_algebra, ode::thrust_operations>;
  const std::size_t steps = ode::integrate_adaptive(ode::make_controlled<dopri5>(1e-10, 1e-10), decay(), y, 0.0, 1.0, 0.1);
  std::printf("%.12f %.12f %zu\n", static_cast<double>(x[999]), static_cast<double>(y[9]), steps);
  const double exact = std::exp(-1.0);
  return std::abs(x[999] - exact) < 1e-9 && std::abs(y[9] - exact) < 1e-9 ? 0 : 1;
}
