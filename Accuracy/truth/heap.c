// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// malloc and its kin, over the C library's own. A block's size is what malloc_usable_size says when
// it is handed out; it is kept in the book until the block is given back.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "truth.h"

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void *__libc_valloc(size_t);
void *__libc_pvalloc(size_t);
void __libc_free(void *);

// Exported with the rest, so that whoever asks sees an allocator that tells its sizes.
size_t malloc_usable_size(void *block) {
  static size_t (*real)(void *);
  if (real == NULL) real = (size_t (*)(void *))dlsym(RTLD_NEXT, "malloc_usable_size");
  return real(block);
}

// Python's allocator calls malloc for itself; its wrapper in python.c counts for both.
static bool is_silent(void) { return translating && inside_python; }

static void *taken(void *block, size_t asked) {
  if (block != NULL && !is_silent()) {
    size_t size = malloc_usable_size(block);
    book_add(block, size, asked, MALLOC);
    account_add(size, asked, false);
  }
  return block;
}

void *malloc(size_t size) { return taken(__libc_malloc(size), size); }

void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size), count * size); }

void *memalign(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size), size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

void *valloc(size_t size) { return taken(__libc_valloc(size), size); }

void *pvalloc(size_t size) { return taken(__libc_pvalloc(size), size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || !alignment) return EINVAL;
  void *found = memalign(alignment, size);
  if (found == NULL) return ENOMEM;
  *block = found;
  return 0;
}

void free(void *block) {
  if (block != NULL && !is_silent()) {
    Entry entry = book_take(block);
    // A block from before this library was there.
    if (entry.kind == UNKNOWN) entry.size = malloc_usable_size(block);
    account_remove(entry.size, entry.asked, false);
  }
  __libc_free(block);
}

void *realloc(void *old, size_t size) {
  if (old == NULL) return malloc(size);
  if (is_silent()) return __libc_realloc(old, size);
  if (size == 0) {
    free(old);
    return NULL;
  }
  // Taken out first: another thread may get the address before this one is back.
  Entry entry = book_take(old);
  if (entry.kind == UNKNOWN) entry.size = malloc_usable_size(old);
  void *block = __libc_realloc(old, size);
  if (block == NULL) {
    book_add(old, entry.size, entry.asked, MALLOC);
    return NULL;
  }
  size_t usable = malloc_usable_size(block);
  book_add(block, usable, size, MALLOC);
  // In place or not: whether it stays, and how much more it gets, is malloc's affair of the day.
  account_exchange(entry, usable, size, false);
  return block;
}

void *reallocarray(void *old, size_t count, size_t size) {
  if (size && count > (size_t)-1 / size) {
    errno = ENOMEM;
    return NULL;
  }
  return realloc(old, count * size);
}
