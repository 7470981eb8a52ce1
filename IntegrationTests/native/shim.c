// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The independent witness: a library that is preloaded behind the agent, sees what reaches glibc's
// allocator from anybody, and counts usable bytes and blocks. It knows nothing of the agent, has one
// pair of counters for the whole process, and is as plain as can be so that it is easily believed.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

// glibc's own entry points under their second names: no dlsym, so nothing to bootstrap.
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static _Atomic long long live, blocks;
static size_t (*_Atomic glibcs_size)(void *);

// Ours as well: who finds malloc here and this elsewhere would not trust the pair.
size_t malloc_usable_size(void *block) {
  size_t (*size)(void *) = glibcs_size;
  if (!size) glibcs_size = size = (size_t (*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
  return size(block);
}

static void *came(void *block) {
  if (block) {
    atomic_fetch_add_explicit(&live, (long long)malloc_usable_size(block), memory_order_relaxed);
    atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed);
  }
  return block;
}

static void goes(void *block) {
  if (!block) return;
  atomic_fetch_sub_explicit(&live, (long long)malloc_usable_size(block), memory_order_relaxed);
  atomic_fetch_sub_explicit(&blocks, 1, memory_order_relaxed);
}

void shim_totals(long long *bytes, long long *count) {
  *bytes = atomic_load(&live);
  *count = atomic_load(&blocks);
}

void *malloc(size_t size) { return came(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return came(__libc_calloc(count, size)); }

void free(void *block) {
  int error = errno;
  goes(block);
  __libc_free(block);
  errno = error;
}

// The public functions call none of each other: a call through a slot of ours could be led to the agent
// once more.
static void *resized(void *old, size_t size) {
  size_t before = old ? malloc_usable_size(old) : 0;
  void *block = __libc_realloc(old, size);
  if (block || (old && size == 0)) {
    if (old) {
      atomic_fetch_sub_explicit(&live, (long long)before, memory_order_relaxed);
      atomic_fetch_sub_explicit(&blocks, 1, memory_order_relaxed);
    }
    came(block);
  }
  return block;
}

static void *aligned(size_t alignment, size_t size) {
  return came(__libc_memalign(alignment, size));
}

void *realloc(void *old, size_t size) { return resized(old, size); }

void *reallocarray(void *old, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return resized(old, bytes);
}

void *memalign(size_t alignment, size_t size) { return aligned(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return aligned(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || alignment == 0 || (alignment & (alignment - 1))) return EINVAL;
  int error = errno;
  void *block = aligned(alignment, size);
  errno = error;
  if (!block) return ENOMEM;
  *out = block;
  return 0;
}

void *valloc(size_t size) { return aligned((size_t)getpagesize(), size); }

void *pvalloc(size_t size) {
  size_t page = (size_t)getpagesize();
  if (size > SIZE_MAX - page) {
    errno = ENOMEM;
    return NULL;
  }
  return aligned(page, (size + page - 1) & ~(page - 1));
}
