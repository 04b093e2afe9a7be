# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

# Part of the build and of the installed package: a target for each of Thrust's device systems that needs no GPU, as far as
# this computer has them. vmm::cpp, vmm::omp and vmm::tbb choose the system by macro, as Thrust's users do, bring Thrust's
# headers and the system's runtime, and link vmm::vmm. Sets vmm_systems.

find_package(CUDAToolkit QUIET)
find_path(VMM_THRUST_INCLUDE_DIR thrust/version.h
  HINTS ${CUDAToolkit_INCLUDE_DIRS} /usr/local/cuda/include
  PATH_SUFFIXES cccl
  DOC "Folder that holds thrust/, for systems other than CUDA")

set(vmm_systems "")
function(vmm_add_system name macro)
  set(vmm_systems ${vmm_systems} ${name} PARENT_SCOPE)
  if(TARGET vmm::${name})  # found a second time
    return()
  endif()
  add_library(vmm::${name} INTERFACE IMPORTED GLOBAL)
  target_link_libraries(vmm::${name} INTERFACE vmm::vmm ${ARGN})
  target_compile_definitions(vmm::${name} INTERFACE THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_${macro})
  target_include_directories(vmm::${name} SYSTEM INTERFACE ${VMM_THRUST_INCLUDE_DIR} ${CUDAToolkit_INCLUDE_DIRS})
endfunction()

if(VMM_THRUST_INCLUDE_DIR)
  find_package(OpenMP QUIET COMPONENTS CXX)
  find_package(TBB QUIET CONFIG)
  vmm_add_system(cpp CPP)
  if(TARGET OpenMP::OpenMP_CXX)
    vmm_add_system(omp OMP OpenMP::OpenMP_CXX)
  endif()
  if(TARGET TBB::tbb)
    vmm_add_system(tbb TBB TBB::tbb)
  endif()
endif()
