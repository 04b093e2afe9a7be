// SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
// SPDX-License-Identifier: Apache-2.0

/// A header that names the library's classes, before and after they are defined.
#include <vmm/fwd.hpp>

void f(vmm::device_uvector<int>& v, vmm::view<const int> w, const vmm::options& o, vmm::stream_ref s);
void f(const vmm::error& e, const vmm::out_of_memory& m);
struct later;
vmm::device_uvector<later> g(vmm::view<later>);

#include <vmm/device_uvector.hpp>
#include <vmm/fwd.hpp>

void f(vmm::device_uvector<int>& v, vmm::view<const int> w, const vmm::options& o, vmm::stream_ref s) {
  v = vmm::device_uvector<int>(s, o);
  v.append(w);
}
void f(const vmm::error& e, const vmm::out_of_memory& m) { throw e.what() == m.what() ? 1 : 2; }
void h(vmm::device_uvector<int>& v) { f(v, v.view(), vmm::options{}, v.stream()); }

// device_vector, with its default allocator, where Thrust is in the include path
#if __has_include(<thrust/version.h>)
std::size_t j(const vmm::device_vector<int>& v, vmm::device_vector<later>& w);
#  if !VMM_ON_CUDA || defined(__CUDACC__)
#    include <vmm/device_vector.hpp>
#    include <vmm/fwd.hpp>
struct later {
  int i;
};
std::size_t j(const vmm::device_vector<int>& v, vmm::device_vector<later>& w) { return v.size() + w.size(); }
#  endif
#endif
