// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What the allocation functions answer at the edges of their contract, written down as text: with the
// agent it must read the same, errno included.

#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static char *out;
static size_t room;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
  va_list list;
  va_start(list, format);
  int wrote = vsnprintf(out, room, format, list);
  va_end(list);
  out += wrote, room -= (size_t)wrote;
}

#define TRY(expression)                                                                  \
  do {                                                                                   \
    errno = 0;                                                                           \
    void *block = (expression);                                                          \
    int error = errno;                                                                   \
    say(#expression ": %s, errno %d\n", block ? "block" : "NULL", error);                 \
    free(block);                                                                         \
  } while (0)

#define CODE(expression)                                                                 \
  do {                                                                                   \
    errno = 77;                                                                          \
    void *block = (void *)1;                                                             \
    int code = (expression);                                                             \
    say(#expression ": %d, errno %d, %s\n", code, errno,                                 \
        block == (void *)1 ? "untouched" : block ? "block" : "NULL");                    \
    if (code == 0) free(block);                                                          \
  } while (0)

// Too large for the compiler to look through.
static volatile size_t huge = SIZE_MAX, large = (size_t)PTRDIFF_MAX, zero = 0;

void edges(char *text, size_t size) {
  out = text, room = size;
  TRY(malloc(zero));
  TRY(malloc(1));
  TRY(malloc(24));
  TRY(malloc(25));
  TRY(malloc(huge));
  TRY(malloc(large));
  TRY(malloc(large + 1));
  TRY(malloc(1u << 20));
  TRY(calloc(zero, 5));
  TRY(calloc(huge, 2));
  TRY(calloc(large, 3));
  TRY(calloc(1, huge));
  TRY(realloc(NULL, zero));
  TRY(realloc(NULL, 100));
  TRY(realloc(malloc(100), 200));
  TRY(realloc(malloc(100), 10));
  TRY(realloc(malloc(100), 1u << 20));
  TRY(realloc(malloc(1u << 20), 100));
  TRY(realloc(malloc(1u << 20), 1u << 22));
  TRY(realloc(malloc(100), zero));
  void *survives = malloc(50);
  strcpy(survives, "still here");
  errno = 0;
  void *fails = realloc(survives, huge);
  say("realloc too large: %s, errno %d, %s\n", fails ? "block" : "NULL", errno, (char *)survives);
  errno = 0;
  fails = reallocarray(survives, large, 4);
  say("reallocarray too large: %s, errno %d, %s\n", fails ? "block" : "NULL", errno, (char *)survives);
  free(survives);
  TRY(reallocarray(NULL, 10, 10));
  TRY(reallocarray(malloc(10), 100, 100));
  TRY(memalign(64, 100));
  TRY(memalign(4096, 1));
  TRY(memalign(3, 1));
  TRY(memalign(large, 1));
  TRY(memalign(64, huge));
  TRY(memalign(1u << 20, 1u << 20));
  TRY(aligned_alloc(64, 128));
  TRY(aligned_alloc(64, 100));
  TRY(valloc(100));
  TRY(pvalloc(100));
  TRY(pvalloc(huge));
  CODE(posix_memalign(&block, 64, 100));
  CODE(posix_memalign(&block, 3, 100));
  CODE(posix_memalign(&block, zero, 100));
  CODE(posix_memalign(&block, 64, huge));
  CODE(posix_memalign(&block, 64, zero));
  errno = 1234;
  free(malloc(1u << 20));
  free(malloc(10));
  free(NULL);
  say("free keeps errno: %d\n", errno);
  errno = 0;
  void *at = mmap(NULL, zero, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say("mmap of nothing: %d, errno %d\n", at == MAP_FAILED, errno);
  errno = 0;
  at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0);
  say("mmap of no file: %d, errno %d\n", at == MAP_FAILED, errno);
  errno = 0;
  at = mmap(NULL, large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  say("mmap too large: %d, errno %d\n", at == MAP_FAILED, errno);
  errno = 0;
  int failed = munmap((void *)1, 4096);
  say("munmap at an odd address: %d, errno %d\n", failed, errno);
  errno = 0;
  at = mremap((void *)4096, 4096, 8192, 0);
  say("mremap of nothing: %d, errno %d\n", at == MAP_FAILED, errno);
  errno = 0;
  failed = mprotect((void *)4096, 4096, PROT_READ);
  say("mprotect of nothing: %d, errno %d\n", failed, errno);
  errno = 55;
  at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(at, 4096);
  say("what succeeds keeps errno: %d\n", errno);
}
