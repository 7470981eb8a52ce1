// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What the allocators themselves say, read at one moment and without allocating: glibc's mallinfo2,
// CPython's count of its small objects, and the counters of shim.c where that is preloaded.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct truth {
  long long arena_in_use;    // mallinfo2.uordblks: chunks in use, with their 8 bytes of overhead each
  long long mapped_in_use;   // mallinfo2.hblkhd: chunks that have a mapping each, 16 bytes of overhead
  long long mapped_chunks;   // mallinfo2.hblks
  long long pool_bytes;      // Python's small objects, by the size class of their pools
  long long shim_live;       // usable bytes by shim.c; -1 without it
  long long shim_blocks;
};

static FILE *pool_report;
static int pool_file = -1;
static char pool_text[16384];
static void (*write_pools)(FILE *);
static void (*shim_totals)(long long *, long long *);

// CPython reports on its pools only while its allocator is its own, so that is put back for the time of
// the report: PyMemAllocatorEx of the objects' domain, as it was before the agent came.
struct allocator {
  void *context, *functions[4];
};
static struct allocator first;
static void (*get_allocator)(int, struct allocator *), (*set_allocator)(int, struct allocator *);
enum { OBJECTS = 2 };

// Called before the agent starts.
void truth_remember(void) {
  get_allocator = (void (*)(int, struct allocator *))dlsym(RTLD_DEFAULT, "PyMem_GetAllocator");
  set_allocator = (void (*)(int, struct allocator *))dlsym(RTLD_DEFAULT, "PyMem_SetAllocator");
  if (get_allocator) get_allocator(OBJECTS, &first);
}

// Everything that allocates happens here, once.
int truth_open(void) {
  write_pools = (void (*)(FILE *))dlsym(RTLD_DEFAULT, "_PyObject_DebugMallocStats");
  shim_totals = (void (*)(long long *, long long *))dlsym(RTLD_DEFAULT, "shim_totals");
  pool_file = memfd_create("pools", MFD_CLOEXEC);
  if (pool_file < 0) return -1;
  pool_report = fdopen(pool_file, "w");
  if (!pool_report) return -1;
  static char buffer[BUFSIZ];
  return setvbuf(pool_report, buffer, _IOFBF, sizeof buffer);
}

// The report is text for people; the one line that counts is stable since 2.5:
//   # bytes in allocated blocks        =              1,234,567
static long long pool_bytes(void) {
  if (!write_pools || !set_allocator || ftruncate(pool_file, 0) != 0) return -1;
  rewind(pool_report);
  struct allocator present;
  get_allocator(OBJECTS, &present);
  set_allocator(OBJECTS, &first);
  write_pools(pool_report);
  set_allocator(OBJECTS, &present);
  fflush(pool_report);
  long got = pread(pool_file, pool_text, sizeof pool_text - 1, 0);
  if (got <= 0) return -1;
  pool_text[got] = 0;
  const char *at = strstr(pool_text, "# bytes in allocated blocks");
  if (!at || !(at = strchr(at, '='))) return -1;
  long long value = 0;
  for (at++; *at && *at != '\n'; at++)
    if (*at >= '0' && *at <= '9') value = value * 10 + (*at - '0');
  return value;
}

// With `pools`, the caller holds the GIL.
void truth_read(struct truth *now, int pools) {
  struct mallinfo2 info = mallinfo2();
  now->arena_in_use = (long long)info.uordblks;
  now->mapped_in_use = (long long)info.hblkhd;
  now->mapped_chunks = (long long)info.hblks;
  now->shim_live = now->shim_blocks = -1;
  if (shim_totals) shim_totals(&now->shim_live, &now->shim_blocks);
  now->pool_bytes = pools ? pool_bytes() : -1;
}
