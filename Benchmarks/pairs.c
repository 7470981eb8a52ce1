// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Loops over an allocator's two functions, without an interpreter between them. Nanoseconds.

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

typedef void *(*Take)(size_t);
typedef void (*Give)(void *);

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

// The compiler must not see that nobody uses the block: it would leave the pair out.
static inline void use(void *block) { __asm__ volatile("" : : "r"(block) : "memory"); }

/// malloc and free, called as other libraries call them.
double malloc_pairs(long count, size_t size) {
  double start = now();
  for (long i = 0; i < count; i++) {
    void *block = malloc(size);
    use(block);
    free(block);
  }
  return (now() - start) / count;
}

/// Another allocator's functions, one block alive at a time.
double pairs(long count, size_t size, Take take, Give give) {
  double start = now();
  for (long i = 0; i < count; i++) {
    void *block = take(size);
    use(block);
    give(block);
  }
  return (now() - start) / count;
}

/// The same, a thousand blocks alive at a time.
double batches(long count, size_t size, Take take, Give give) {
  static void *blocks[1000];
  double start = now();
  for (long i = 0; i < count; i += 1000) {
    for (int j = 0; j < 1000; j++) blocks[j] = take(size);
    for (int j = 0; j < 1000; j++) give(blocks[j]);
  }
  return (now() - start) / count;
}
