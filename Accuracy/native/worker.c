// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// A native thread that allocates and frees without ever having met Python.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_t thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int rounds, is_done, may_end, has_thread, command;
static size_t size;

static void churn_here(int count, size_t each) {
  for (int i = 0; i < count; i++) {
    char *block = malloc(each);
    memset(block, 1, each / 100);
    free(block);
  }
}

// One thread for the life of the process, so that none is made while a line is measured.
static void *run(void *nothing) {
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (!command) pthread_cond_wait(&changed, &mutex);
    command = 0;
    pthread_mutex_unlock(&mutex);
    churn_here(rounds, size);
    char *kept = malloc(size);
    pthread_mutex_lock(&mutex);
    is_done = 1;
    pthread_cond_broadcast(&changed);
    while (!may_end) pthread_cond_wait(&changed, &mutex);
    may_end = 0;
    free(kept);
    is_done = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
  }
  return nothing;
}

// Lets the thread take and give back blocks, and keep one; returns when it has.
void churn(int count, size_t each) {
  pthread_mutex_lock(&mutex);
  if (!has_thread) pthread_create(&thread, NULL, run, NULL);
  has_thread = command = 1;
  rounds = count;
  size = each;
  pthread_cond_broadcast(&changed);
  while (!is_done) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

// Lets it give that one back; returns when it has.
void finish(void) {
  pthread_mutex_lock(&mutex);
  may_end = 1;
  pthread_cond_broadcast(&changed);
  while (is_done) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

// The same on the thread that calls.
void here(int count, size_t each) { churn_here(count, each); }
