// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The hooks of the mapping calls tell Swift who called, which Swift cannot find out itself: an
// allocator that is a library of its own maps the memory that it hands out, and that memory is counted
// when it is handed out.

#include "CAgent.h"

// In Hooks/MappingHooks.swift.
intptr_t agent_map(intptr_t address, intptr_t length, int32_t protection, int32_t flags,
                   int32_t descriptor, intptr_t offset, intptr_t caller);
int32_t agent_unmap(intptr_t address, intptr_t length, intptr_t caller);
intptr_t agent_remap(intptr_t address, intptr_t length, intptr_t fresh, int32_t flags,
                     intptr_t target, intptr_t caller);
int32_t agent_protect(intptr_t address, intptr_t length, int32_t protection, intptr_t caller);

#define CALLER ((intptr_t)__builtin_return_address(0))

intptr_t peakline_mmap(intptr_t address, intptr_t length, int32_t protection, int32_t flags,
                       int32_t descriptor, intptr_t offset) {
  return agent_map(address, length, protection, flags, descriptor, offset, CALLER);
}

int32_t peakline_munmap(intptr_t address, intptr_t length) {
  return agent_unmap(address, length, CALLER);
}

// The last argument is there only with some flags; reading a register that holds something else does
// no harm.
intptr_t peakline_mremap(intptr_t address, intptr_t length, intptr_t fresh, int32_t flags,
                         intptr_t target) {
  return agent_remap(address, length, fresh, flags, target, CALLER);
}

int32_t peakline_mprotect(intptr_t address, intptr_t length, int32_t protection) {
  return agent_protect(address, length, protection, CALLER);
}
