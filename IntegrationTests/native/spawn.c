// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Children of every kind. Those of vfork share our memory until they exec: what the agent wrote there
// would be the parent's.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char *const true_arguments[] = {"true", NULL};

static int ended_well(pid_t child) {
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int by_vfork(int times) {
  int good = 0;
  for (int i = 0; i < times; i++) {
    pid_t child = vfork();
    if (child == 0) {
      execv("/bin/true", true_arguments);
      _exit(1);
    }
    good += ended_well(child);
  }
  return good;
}

// As shells and runtimes do it: the child allocates, and frees it again, in the parent's memory.
int by_vfork_that_allocates(int times) {
  int good = 0;
  for (int i = 0; i < times; i++) {
    pid_t child = vfork();
    if (child == 0) {
      char *block = malloc(50000);
      memset(block, 1, 50000);
      free(block);
      execv("/bin/true", true_arguments);
      _exit(1);
    }
    good += ended_well(child);
  }
  return good;
}

int by_posix_spawn(int times) {
  int good = 0;
  for (int i = 0; i < times; i++) {
    pid_t child = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, 0);
    if (posix_spawn(&child, "/bin/true", &actions, NULL, true_arguments, environ) == 0)
      good += ended_well(child);
    posix_spawn_file_actions_destroy(&actions);
  }
  return good;
}

static int clone_body(void *unused) {
  (void)unused;
  execv("/bin/true", true_arguments);
  return 1;
}

int by_clone(int times) {
  int good = 0;
  char *stack = malloc(65536);
  for (int i = 0; i < times; i++)
    good += ended_well(clone(clone_body, stack + 65536, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
  free(stack);
  return good;
}

static void fill(void) {
  void *blocks[500];
  for (int i = 0; i < 500; i++) blocks[i] = malloc((size_t)i * 100);
  for (int i = 0; i < 500; i++) free(blocks[i]);
}

// Forking leaves a thread's signals as they were, on both sides.
static int no_signal_is_blocked(void) {
  sigset_t set;
  pthread_sigmask(SIG_SETMASK, NULL, &set);
  for (int number = 1; number < 32; number++)
    if (sigismember(&set, number)) return 0;
  return 1;
}

// Children that live on in a copy of our memory, allocate, and fork once more.
int by_fork(int times) {
  int good = 0;
  for (int i = 0; i < times; i++) {
    pid_t child = fork();
    if (child == 0) {
      fill();
      pid_t grandchild = fork();
      if (grandchild == 0) {
        fill();
        _exit(no_signal_is_blocked() ? 0 : 1);
      }
      _exit(ended_well(grandchild) && no_signal_is_blocked() ? 0 : 1);
    }
    good += ended_well(child) && no_signal_is_blocked();
  }
  return good;
}

int by_system(int times) {
  int good = 0;
  for (int i = 0; i < times; i++) {
    good += system("true") == 0;
    FILE *output = popen("echo here", "r");
    char text[10] = "";
    good += output && fgets(text, sizeof text, output) && strcmp(text, "here\n") == 0;
    if (output) pclose(output);
  }
  return good;
}

static volatile int stop;

static void *allocate_on(void *unused) {
  (void)unused;
  while (!stop) fill();
  return NULL;
}

static void *fork_on(void *times) { return (void *)(size_t)by_fork((int)(size_t)times); }

// Threads allocate while others fork, so that each child is a copy made at any moment.
int fork_storm(int times) {
  pthread_t busy[3], forking[2];
  stop = 0;
  for (int i = 0; i < 3; i++) pthread_create(&busy[i], NULL, allocate_on, NULL);
  for (int i = 0; i < 2; i++) pthread_create(&forking[i], NULL, fork_on, (void *)(size_t)times);
  int good = 0;
  for (int i = 0; i < 2; i++) {
    void *result;
    pthread_join(forking[i], &result);
    good += (int)(size_t)result;
  }
  stop = 1;
  for (int i = 0; i < 3; i++) pthread_join(busy[i], NULL);
  return good;
}

static void *fork_quickly(void *times) {
  size_t good = 0;
  for (size_t i = 0; i < (size_t)times; i++) {
    pid_t child = fork();
    if (child == 0) _exit(no_signal_is_blocked() ? 0 : 1);
    good += (size_t)(ended_well(child) && no_signal_is_blocked());
  }
  return (void *)good;
}

// Nothing but forks, of several threads at once: what is held around one must survive the other.
int fork_race(int threads, int times) {
  pthread_t all[16];
  for (int i = 0; i < threads; i++)
    pthread_create(&all[i], NULL, fork_quickly, (void *)(size_t)times);
  int good = 0;
  for (int i = 0; i < threads; i++) {
    void *result;
    pthread_join(all[i], &result);
    good += (int)(size_t)result;
  }
  return good;
}
