// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

// The arithmetic instantiations of device_uvector for the cuda backend.
#undef THRUST_DEVICE_SYSTEM
#define THRUST_DEVICE_SYSTEM 1
#define VMM_DETAIL_INSTANTIATING

#include <vmm/device_uvector.hpp>

namespace vmm {
inline namespace VMM_BACKEND_NAMESPACE {

#define VMM_DETAIL_INSTANTIATE(T) template class device_uvector<T>;
VMM_DETAIL_ARITHMETIC_TYPES(VMM_DETAIL_INSTANTIATE)

}  // namespace VMM_BACKEND_NAMESPACE
}  // namespace vmm
