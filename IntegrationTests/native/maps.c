// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Mappings made directly, by many threads at once, in ways that are easy to account wrongly; and the
// true number of private anonymous writable bytes that are left, known because we count them here.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, KEEP = 64, THREADS_MAX = 64 };

static struct held {
  char *at;
  size_t pages;
} held[THREADS_MAX][KEEP];

static char *map(size_t pages, int protection) {
  return mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static size_t one_round(int kind, struct held *out) {
  char *at = MAP_FAILED;
  size_t pages = 0;
  switch (kind) {
    case 0:  // whole
      at = map(pages = 10, PROT_READ | PROT_WRITE);
      break;
    case 1:  // tail given back
      at = map(10, PROT_READ | PROT_WRITE);
      munmap(at + 6 * PAGE, 4 * PAGE);
      pages = 6;
      break;
    case 2:  // head given back
      at = map(10, PROT_READ | PROT_WRITE);
      munmap(at, 3 * PAGE);
      at += 3 * PAGE, pages = 7;
      break;
    case 3:  // grown and perhaps moved
      at = map(4, PROT_READ | PROT_WRITE);
      at = mremap(at, 4 * PAGE, 9 * PAGE, MREMAP_MAYMOVE);
      pages = 9;
      break;
    case 4:  // shrunk
      at = map(9, PROT_READ | PROT_WRITE);
      at = mremap(at, 9 * PAGE, 2 * PAGE, 0);
      pages = 2;
      break;
    case 5:  // reserved, then a part made usable: only that part counts; the rest is given back
      at = map(32, PROT_NONE);
      mprotect(at, 5 * PAGE, PROT_READ | PROT_WRITE);
      munmap(at + 5 * PAGE, 27 * PAGE);
      pages = 5;
      break;
    case 6:  // made read-only for a while
      at = map(pages = 8, PROT_READ | PROT_WRITE);
      mprotect(at, 8 * PAGE, PROT_READ);
      mprotect(at, 8 * PAGE, PROT_READ | PROT_WRITE);
      break;
    case 7:  // put over an older one of ours
      at = map(pages = 8, PROT_READ | PROT_WRITE);
      mmap(at + 2 * PAGE, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
      break;
    case 8:  // emptied, yet still usable
      at = map(pages = 8, PROT_READ | PROT_WRITE);
      at[0] = 1;
      madvise(at, 8 * PAGE, MADV_DONTNEED);
      break;
    case 9:  // an odd length is rounded up to pages, at both calls
      at = mmap(NULL, 2 * PAGE + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      pages = 3;
      break;
    case 10:  // a hole in the middle, filled again
      at = map(pages = 9, PROT_READ | PROT_WRITE);
      munmap(at + 3 * PAGE, 3 * PAGE);
      if (mmap(at + 3 * PAGE, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at + 3 * PAGE) {
        munmap(at + 6 * PAGE, 3 * PAGE);  // another thread was faster
        pages = 3;
      }
      break;
    case 11:  // calls that fail change nothing
      at = map(pages = 1, PROT_READ | PROT_WRITE);
      munmap(at + 1, PAGE);
      mremap(at + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
      mmap(NULL, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      mmap(NULL, 1ul << 60, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      break;
    case 12:  // shared is not private: made and given back, never counted
      at = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
      munmap(at, 6 * PAGE);
      at = map(pages = 1, PROT_READ | PROT_WRITE);
      break;
  }
  out->at = at, out->pages = pages;
  return pages;
}

enum { KINDS = 13 };

struct job {
  int number, rounds;
  size_t pages;
};

static void *work(void *argument) {
  struct job *job = argument;
  struct held *mine = held[job->number];
  unsigned state = (unsigned)job->number * 7919 + 1;
  for (int i = 0; i < job->rounds; i++) {
    state = state * 1103515245 + 12345;
    struct held *slot = &mine[(state >> 10) % KEEP];
    if (slot->at) {
      munmap(slot->at, slot->pages * PAGE);
      job->pages -= slot->pages;
    }
    job->pages += one_round((int)((state >> 20) % KINDS), slot);
  }
  return NULL;
}

// Returns the bytes that are left mapped.
long maps_hold(int threads, int rounds) {
  pthread_t all[THREADS_MAX];
  struct job jobs[THREADS_MAX];
  size_t pages = 0;
  for (int i = 0; i < threads; i++) {
    jobs[i] = (struct job){i, rounds, 0};
    pthread_create(&all[i], NULL, work, &jobs[i]);
  }
  for (int i = 0; i < threads; i++) {
    pthread_join(all[i], NULL);
    pages += jobs[i].pages;
  }
  return (long)(pages * PAGE);
}

void maps_drop(void) {
  for (int i = 0; i < THREADS_MAX; i++)
    for (int j = 0; j < KEEP; j++)
      if (held[i][j].at) {
        munmap(held[i][j].at, held[i][j].pages * PAGE);
        held[i][j].at = NULL;
      }
}

// One case alone, to see which is accounted wrongly: the bytes it leaves mapped, or gives back.
long maps_one(int kind) {
  return (long)(one_round(kind, &held[0][0]) * PAGE);
}
