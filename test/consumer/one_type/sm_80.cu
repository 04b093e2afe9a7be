// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

#include "parts.hpp"

void append_for_sm_80(vmm::device_uvector<int>& v) { v.append({4, 5, 6}); }
