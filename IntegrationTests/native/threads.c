// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Threads that no interpreter knows of: born and dying in numbers, allocating to their last moment, on
// the smallest stack there is, cancelled, and freeing what others allocated.

#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_key_t last_words;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic long destructions;

// Runs after many other thread-local data are gone, and once more in each of the rounds that POSIX
// promises, so also after the destructors of whoever registered later.
static void die_loudly(void *value) {
  long *rounds = value;
  destructions++;
  void *more = malloc(3000);
  memset(more, 1, 3000);
  free(more);
  if (++*rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
    long *next = malloc(sizeof *next);
    *next = *rounds;
    pthread_setspecific(last_words, next);
  }
  free(rounds);
}

static void make_key(void) { pthread_key_create(&last_words, die_loudly); }

struct work {
  int blocks;
  void *left;
};

static void *live_and_die(void *argument) {
  struct work *work = argument;
  pthread_once(&once, make_key);
  pthread_setspecific(last_words, calloc(1, sizeof(long)));
  void **kept = malloc((size_t)work->blocks * sizeof *kept);
  for (int i = 0; i < work->blocks; i++) kept[i] = malloc(16 + (size_t)i * 37 % 5000);
  for (int i = 0; i < work->blocks; i++) kept[i] = realloc(kept[i], 16 + (size_t)i * 91 % 9000);
  for (int i = 0; i < work->blocks; i++) free(kept[i]);
  free(kept);
  work->left = malloc(777);  // another thread frees it
  return NULL;
}

// `count` threads, `together` at a time; returns how often a destructor ran.
long churn(int count, int together, int blocks, size_t stack) {
  pthread_t *threads = malloc((size_t)together * sizeof *threads);
  struct work *works = calloc((size_t)together, sizeof *works);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (stack) pthread_attr_setstacksize(&attributes, stack);
  destructions = 0;
  for (int done = 0; done < count; done += together) {
    for (int i = 0; i < together; i++) {
      works[i].blocks = blocks;
      if (pthread_create(&threads[i], &attributes, live_and_die, &works[i]) != 0) return -1;
    }
    for (int i = 0; i < together; i++) {
      pthread_join(threads[i], NULL);
      free(works[i].left);
    }
  }
  pthread_attr_destroy(&attributes);
  free(works);
  free(threads);
  return destructions;
}

long smallest_stack(void) { return PTHREAD_STACK_MIN; }

static void put_away(void *block) { free(block); }

static void *wait_for_the_end(void *unused) {
  (void)unused;
  void *block = malloc(12345);
  pthread_cleanup_push(put_away, block);
  for (;;) {
    free(malloc(100));
    pthread_testcancel();
    usleep(10);
  }
  pthread_cleanup_pop(1);
  return NULL;
}

int cancel(int count) {
  for (int i = 0; i < count; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_the_end, NULL) != 0) return -1;
    usleep(100);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
  }
  return count;
}

// A ring of slots through which blocks go from any thread to any other.
enum { SLOTS = 256 };
static void *_Atomic ring[SLOTS];

static void *exchange(void *seed) {
  unsigned state = (unsigned)(size_t)seed;
  for (int i = 0; i < 200000; i++) {
    state = state * 1103515245 + 12345;
    void *mine = state & 0x10000 ? malloc(state >> 20) : calloc(1, state >> 21);
    void *other = __atomic_exchange_n((void **)&ring[(state >> 8) % SLOTS], mine, __ATOMIC_ACQ_REL);
    free(other);
  }
  return NULL;
}

void cross(int threads) {
  pthread_t *all = malloc((size_t)threads * sizeof *all);
  for (int i = 0; i < threads; i++) pthread_create(&all[i], NULL, exchange, (void *)(size_t)(i + 1));
  for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
  for (int i = 0; i < SLOTS; i++) free(__atomic_exchange_n((void **)&ring[i], NULL, __ATOMIC_ACQ_REL));
  free(all);
}
