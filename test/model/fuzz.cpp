// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// The model test with a fuzzer's bytes instead of random ones: configure with clang and VMM_BUILD_FUZZER=ON, then
/// build/.../test/model_fuzz CORPUS_FOLDER. The first byte chooses the container.
#include <cstdio>
#include <cstdlib>

#include "model/kinds.hpp"

namespace {

template <class Kind>
void check(const vmm_test::steps& s) {
  vmm_test::model_run<Kind> run(s);
  if (const auto why = run.failure()) {
    std::fprintf(stderr, "%s\n%s", why->c_str(), run.code().c_str());
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 7 || size > 6 * 2000) return 0;
  const vmm_test::steps s = vmm_test::steps_from(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      check<vmm_test::uvector_kind<int>>(s);
      break;
    case 1:
      check<vmm_test::vector_kind<vmm_test::bytes_type<12, 4>>>(s);
      break;
    default:
      check<vmm_test::vector_kind<vmm_test::owner>>(s);
  }
  return 0;
}
