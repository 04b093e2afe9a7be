# SPDX-FileCopyrightText: Copyright (c) 2026, the vmm authors
# SPDX-License-Identifier: Apache-2.0

# Targets for Thrust's device systems that need no GPU, as far as this computer has them. Each chooses the system by
# macro, as Thrust's users do, and brings Thrust's headers and the system's runtime.

find_package(CUDAToolkit QUIET)
find_path(VMM_THRUST_INCLUDE_DIR thrust/version.h
  HINTS ${CUDAToolkit_INCLUDE_DIRS} /usr/local/cuda/include
  PATH_SUFFIXES cccl
  DOC "Folder that holds thrust/, for systems other than CUDA")

set(vmm_systems "")
function(vmm_add_system name macro)
  add_library(vmm_${name} INTERFACE)
  add_library(vmm::${name} ALIAS vmm_${name})
  target_link_libraries(vmm_${name} INTERFACE vmm::vmm ${ARGN})
  target_compile_definitions(vmm_${name} INTERFACE THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_${macro})
  target_include_directories(vmm_${name} SYSTEM INTERFACE ${VMM_THRUST_INCLUDE_DIR} ${CUDAToolkit_INCLUDE_DIRS})
  set(vmm_systems ${vmm_systems} ${name} PARENT_SCOPE)
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
if(VMM_CUDA)
  list(APPEND vmm_systems cuda)
  add_library(vmm_cuda INTERFACE)
  add_library(vmm::cuda ALIAS vmm_cuda)
  target_link_libraries(vmm_cuda INTERFACE vmm::vmm)
endif()
message(STATUS "vmm: Thrust systems: ${vmm_systems}")
