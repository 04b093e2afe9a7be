// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Ranges on the time line of NVIDIA's profilers, where the library is built with CUDA and NVTX is there; else nothing.
#pragma once

#if defined(VMM_WITH_CUDA) && __has_include(<nvtx3/nvToolsExt.h>)
#  include <nvtx3/nvToolsExt.h>
#  define VMM_NVTX 1
#else
#  define VMM_NVTX 0
#endif

namespace vmm {

class trace {
 public:
#if VMM_NVTX
  explicit trace(const char* name) noexcept {
    nvtxEventAttributes_t what{};
    what.version = NVTX_VERSION;
    what.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
    what.messageType = NVTX_MESSAGE_TYPE_ASCII;
    what.message.ascii = name;
    nvtxDomainRangePushEx(domain(), &what);
  }
  ~trace() { nvtxDomainRangePop(domain()); }

 private:
  static nvtxDomainHandle_t domain() noexcept {
    static const nvtxDomainHandle_t d = nvtxDomainCreateA("vmm");
    return d;
  }

 public:
#else
  explicit trace(const char*) noexcept {}
  ~trace() {}
#endif
  trace(const trace&) = delete;
};

}  // namespace vmm
