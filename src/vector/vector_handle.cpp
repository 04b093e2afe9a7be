// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// The part of <vmm/detail/raw_vector.hpp> that owns: options, backend and device of a vector, and its end.
#include <stdexcept>
#include <string>

#include <vmm/detail/raw_vector.hpp>

#include "vector/vector_state.hpp"

namespace vmm::engine {
namespace {

bool has_defaults(const options& o) {
  const options& d = value_of(nullptr);
  return o.fixed_address == d.fixed_address && o.small_limit == d.small_limit &&
         o.initial_reservation == d.initial_reservation && o.limit == d.limit && o.step_factor == d.step_factor &&
         o.minimum_step == d.minimum_step && o.staging == d.staging && o.devices.empty();
}

}  // namespace

vector_handle::vector_handle(device_runtime& backend, const options& o, stream_ref stream, bool synchronous,
                             std::size_t alignment)
    : vector_fields(nullptr, o.device, stream, synchronous, synchronous && o.device < 0, !has_defaults(o)) {
  if (!(o.step_factor >= 0 && o.step_factor <= 1))
    throw std::invalid_argument("vmm: options::step_factor is " + std::to_string(o.step_factor) + "; give 0 to 1");
  if (o.device < -1)
    throw std::invalid_argument("vmm: options::device is " + std::to_string(o.device) +
                                "; give the number of a device, or -1 for the current one");
  set_alignment(alignment);
  device_runtime& chosen = o.backend != nullptr ? *o.backend : backend;
  if (!synchronous && o.device < 0) device_ = chosen.get_driver().current_device();
  if (shares_options_) {
    options own = o;
    own.backend = &chosen;
    options_ = new shared_options(own);
  } else {
    options_ = &chosen.default_options();
  }
}

void vector_handle::retain_options() noexcept { retain(options_); }

void vector_handle::destroy() noexcept {
  if (state_ != nullptr) {
    state().memory.release(owner());
    delete &state();
  }
  if (shares_options_) release(options_);
}

vector_state& vector_handle::state() const noexcept { return *static_cast<vector_state*>(state_); }

buffer_owner vector_handle::owner() const noexcept {
  return {
      get_backend(), shares_options_ ? options_ : nullptr, {device_, stream_, synchronous_}, std::size_t{1} << alignment_log2_};
}

std::size_t vector_handle::reserved() const noexcept { return state_ != nullptr ? state().memory.reserved() : 0; }

void vector_handle::throw_error(const status& s, const char* action, std::size_t bytes) const {
  get_backend().throw_error(s, action, bytes, device_, statistics().mapped);
}

void vector_handle::refuse_in_capture(const char* action, std::size_t bytes) const {
  engine::refuse_in_capture(owner(), action, bytes, statistics().mapped);
}

int vector_handle::device() const noexcept {
  const int bound = bound_device();
  return bound >= 0 ? bound : get_driver().current_device();
}

vmm::statistics vector_handle::statistics() const noexcept {
  return state_ != nullptr ? state().memory.statistics() : vmm::statistics();
}

const options& vector_handle::get_options() const noexcept { return options_->value; }
device_runtime& vector_handle::get_backend() const noexcept { return *options_->value.backend; }
driver& vector_handle::get_driver() const noexcept { return get_backend().get_driver(); }

}  // namespace vmm::engine
