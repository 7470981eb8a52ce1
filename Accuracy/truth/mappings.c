// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Private, anonymous, writable memory that the program maps itself: a list of the pages' ranges, so
// that a part of a mapping may be unmapped, moved or protected.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "truth.h"

enum { RANGES = 65536, PAGE = 4096 };

typedef struct {
  uintptr_t start, end;
  bool is_heap;
  int line;
} Range;

static Range ranges[RANGES];
static int count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static size_t whole(size_t length) { return (length + PAGE - 1) / PAGE * PAGE; }

static void put(uintptr_t start, uintptr_t end, bool is_heap, int line) {
  if (start >= end || count == RANGES) return;
  ranges[count++] = (Range){start, end, is_heap, line};
  if (is_heap) account_live(line, (int64_t)(end - start));
}

// Forgets what is known of a range; says how much of it was counted. `known` is all of it.
static size_t cut(uintptr_t start, uintptr_t end, size_t *known) {
  size_t counted = 0;
  *known = 0;
  for (int i = 0; i < count; i++) {
    Range range = ranges[i];
    if (range.end <= start || range.start >= end) continue;
    uintptr_t from = range.start > start ? range.start : start;
    uintptr_t to = range.end < end ? range.end : end;
    *known += to - from;
    if (range.is_heap) {
      counted += to - from;
      account_live(range.line, -(int64_t)(range.end - range.start));
    }
    ranges[i--] = ranges[--count];
    put(range.start, from, range.is_heap, range.line);
    put(to, range.end, range.is_heap, range.line);
    // The pieces lie outside: looking at them again does no harm.
  }
  return counted;
}

void *mmap(void *wanted, size_t length, int protection, int flags, int file, off_t offset) {
  void *found = (void *)syscall(SYS_mmap, wanted, length, protection, flags, file, offset);
  if (found == MAP_FAILED || inside_python) return found;
  size_t known;
  uintptr_t start = (uintptr_t)found;
  bool is_ours = (flags & MAP_ANONYMOUS) && (flags & MAP_TYPE) == MAP_PRIVATE;
  // MAP_NORESERVE is an address space first of all: nobody means to write to all of it.
  bool is_heap = is_ours && (protection & PROT_WRITE) && !(flags & MAP_NORESERVE);
  pthread_mutex_lock(&mutex);
  // MAP_FIXED may take the place of others.
  size_t gone = cut(start, start + whole(length), &known);
  if (is_ours) put(start, start + whole(length), is_heap, account_line());
  pthread_mutex_unlock(&mutex);
  if (gone) account_remove(gone, gone, false);
  if (is_heap) account_add(whole(length), length, false);
  return found;
}

void *mmap64(void *wanted, size_t length, int protection, int flags, int file, off_t offset) {
  return mmap(wanted, length, protection, flags, file, offset);
}

int munmap(void *address, size_t length) {
  size_t known, gone = 0;
  uintptr_t start = (uintptr_t)address;
  if (!inside_python) {
    // Before the kernel, so that another thread's new mapping there is not taken for this one.
    pthread_mutex_lock(&mutex);
    gone = cut(start, start + whole(length), &known);
    pthread_mutex_unlock(&mutex);
  }
  if (gone) account_remove(gone, gone, false);
  return (int)syscall(SYS_munmap, address, length);
}

void *mremap(void *old, size_t old_length, size_t length, int flags, ...) {
  va_list list;
  va_start(list, flags);
  void *wanted = (flags & MREMAP_FIXED) ? va_arg(list, void *) : NULL;
  va_end(list);
  void *found = (void *)syscall(SYS_mremap, old, old_length, length, flags, wanted);
  if (found == MAP_FAILED || inside_python) return found;
  size_t known, under;
  uintptr_t start = (uintptr_t)old, to = (uintptr_t)found;
  pthread_mutex_lock(&mutex);
  size_t gone = cut(start, start + whole(old_length), &known);
  size_t replaced = cut(to, to + whole(length), &under);
  if (known) put(to, to + whole(length), gone > 0, account_line());
  pthread_mutex_unlock(&mutex);
  if (replaced) account_remove(replaced, replaced, false);
  if (gone) {
    account_exchange((Entry){start, gone, gone, MALLOC}, whole(length), length, false);
  }
  return found;
}

int mprotect(void *address, size_t length, int protection) {
  int result = (int)syscall(SYS_mprotect, address, length, protection);
  // Read-only memory that was written to is still there; it is gone when no access is left.
  if (result != 0 || inside_python || protection == PROT_READ) return result;
  size_t known;
  uintptr_t start = (uintptr_t)address;
  pthread_mutex_lock(&mutex);
  size_t gone = cut(start, start + whole(length), &known);
  if (known) put(start, start + whole(length), protection & PROT_WRITE, account_line());
  pthread_mutex_unlock(&mutex);
  size_t now = (protection & PROT_WRITE) ? known : 0;
  if (now > gone) account_add(now - gone, now - gone, false);
  if (now < gone) account_remove(gone - now, gone - now, false);
  return result;
}
