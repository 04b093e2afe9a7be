// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// Stands where a profiler would: NVTX loads it by NVTX_INJECTION64_PATH and calls it instead of doing nothing. Prints and
/// counts the ranges of domains.
#include <cstdio>
#include <cstring>

#include <nvtx3/nvToolsExt.h>

#include "counts.hpp"

namespace {

nvtx_counts counts{};
int depth = 0;

nvtxDomainHandle_t create_domain(const char* name) {
  ++counts.domains;
  return reinterpret_cast<nvtxDomainHandle_t>(const_cast<char*>(name));  // literals: they stay
}

int push(nvtxDomainHandle_t domain, const nvtxEventAttributes_t* what) {
  const char* const name = reinterpret_cast<const char*>(domain);
  const char* const message = what->messageType == NVTX_MESSAGE_TYPE_ASCII ? what->message.ascii : "(not ASCII)";
  std::printf("push %s: %s\n", name, message);
  const bool whole = what->version == NVTX_VERSION && what->size == NVTX_EVENT_ATTRIB_STRUCT_SIZE;
  const bool expected = whole && std::strcmp(name, "vmm") == 0 && std::strcmp(message, "vmm growth") == 0;
  ++(expected ? counts.pushes : counts.strange);
  if (++depth > counts.deepest) counts.deepest = depth;
  return depth - 1;
}

int pop(nvtxDomainHandle_t domain) {
  const bool expected = depth > 0 && std::strcmp(reinterpret_cast<const char*>(domain), "vmm") == 0;
  ++(expected ? counts.pops : counts.strange);
  return --depth;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t table_of) {
  const auto* callbacks = static_cast<const NvtxExportTableCallbacks*>(table_of(NVTX_ETID_CALLBACKS));
  NvtxFunctionTable table = nullptr;
  unsigned size = 0;
  if (callbacks == nullptr || callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &table, &size) == 0) return 0;
  if (size <= NVTX_CBID_CORE2_DomainCreateA) return 0;
  *table[NVTX_CBID_CORE2_DomainCreateA] = reinterpret_cast<NvtxFunctionPointer>(&create_domain);
  *table[NVTX_CBID_CORE2_DomainRangePushEx] = reinterpret_cast<NvtxFunctionPointer>(&push);
  *table[NVTX_CBID_CORE2_DomainRangePop] = reinterpret_cast<NvtxFunctionPointer>(&pop);
  ++counts.initialised;
  return 1;
}

extern "C" __attribute__((visibility("default"))) nvtx_counts vmm_nvtx_counts() { return counts; }
