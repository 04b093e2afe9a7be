// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Functions over one device_uvector, each compiled by another compiler or for another architecture.
#pragma once

#include <vmm/device_uvector.hpp>

void append_for_sm_80(vmm::device_uvector<int>& v);
vmm::device_uvector<double> make_for_sm_90(const vmm::device_uvector<int>& v);
