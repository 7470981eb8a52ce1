// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// A timer's handler that maps memory, in the middle of a thread that allocates; one that is raised on
// purpose where malloc is not running, and allocates; one on a small stack of its own.

#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

static volatile sig_atomic_t handled;

// mmap is a plain system call and so allowed here; malloc would not be.
static void map_something(int number) {
  (void)number;
  handled++;
  char *at = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at != MAP_FAILED) {
    at[5000] = 1;
    munmap(at, 3 * 4096);
  }
}

// Allocates until the timer has struck `times` times; returns 1 if each block was as it should be.
int interrupted(int times, int microseconds) {
  struct sigaction action = {.sa_handler = map_something, .sa_flags = SA_RESTART}, old;
  sigaction(SIGALRM, &action, &old);
  struct itimerval timer = {{0, microseconds}, {0, microseconds}};
  handled = 0;
  setitimer(ITIMER_REAL, &timer, NULL);
  void *blocks[64] = {NULL};
  unsigned state = 1;
  int right = 1;
  while (handled < times) {
    state = state * 1103515245 + 12345;
    unsigned slot = (state >> 10) % 64;
    free(blocks[slot]);
    size_t size = 1 + (state >> 16) % 3000;
    blocks[slot] = malloc(size);
    memset(blocks[slot], (int)slot, size);
    right = right && ((unsigned char *)blocks[slot])[size - 1] == slot;
    if (state >> 29 == 0) {
      void *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      munmap(at, 8192);
    }
  }
  struct itimerval off = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &off, NULL);
  sigaction(SIGALRM, &old, NULL);
  for (int i = 0; i < 64; i++) free(blocks[i]);
  return right;
}

static void *left;

static void allocate(int number) {
  (void)number;
  free(left);
  left = malloc(5000);
  memset(left, 7, 5000);
  handled++;
}

// raise() comes back when the handler is done, and malloc is not running meanwhile.
int raised(int times) {
  stack_t stack = {.ss_sp = malloc((size_t)SIGSTKSZ), .ss_size = (size_t)SIGSTKSZ}, old_stack;
  sigaltstack(&stack, &old_stack);
  struct sigaction action = {.sa_handler = allocate, .sa_flags = SA_ONSTACK}, old;
  sigaction(SIGUSR2, &action, &old);
  handled = 0;
  for (int i = 0; i < times; i++) raise(SIGUSR2);
  sigaction(SIGUSR2, &old, NULL);
  if (old_stack.ss_flags & SS_DISABLE) old_stack.ss_size = (size_t)SIGSTKSZ;
  sigaltstack(&old_stack, NULL);
  free(stack.ss_sp);
  free(left);
  left = NULL;
  return (int)handled;
}
