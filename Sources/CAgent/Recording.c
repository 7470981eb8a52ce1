// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Recording a process from its first instruction, as the environment of a preloaded agent says; and the
// one signal that writing into a mapped file can bring.
//
// The variables are taken out of the environment at once, so that a program sees what it would without us;
// those that it starts get them again (Programs.c).

#define _GNU_SOURCE

#include "CAgent.h"

#include <stdlib.h>

extern char **environ;

// In Recording/.
void agent_record_from_start(const uint8_t *folder, intptr_t interval, intptr_t limit, uint64_t seed);
void agent_record_to_end(void);
int32_t agent_bus_error(intptr_t address);
// In Programs.c.
void agent_give_to_programs(const char *agent, size_t length, const char *order, size_t folder);
const uint8_t *agent_tree_folder(void);

/// A variable's place in the environment; NULL if it is not there. Shells have functions of their own in the
/// place of libc's `getenv` and `unsetenv`, which know of their variables only.
static char **place(const char *name) {
  size_t length = strlen(name);
  for (char **one = environ; one && *one; one++)
    if (!strncmp(*one, name, length) && (*one)[length] == '=') return one;
  return NULL;
}

static void hide(char **variable) {
  do variable[0] = variable[1];
  while (*variable++);
}

/// Takes the agent itself, which is the first, out of LD_PRELOAD.
static void hide_preload(char **variable, char *list, size_t length) {
  if (list[length])
    memmove(list, list + length + 1, strlen(list + length + 1) + 1);
  else
    hide(variable);
}

__attribute__((constructor)) static void agent_loaded(void) {
  char **ordered = place("PEAKLINE_RECORD"), **preloaded = place("LD_PRELOAD");
  if (!ordered || !preloaded) return;
  const char *order = *ordered + strlen("PEAKLINE_RECORD=");
  char *list = *preloaded + strlen("LD_PRELOAD=");
  // INTERVAL:LIMIT:SEED:FOLDER, in bytes; seed 0 is none.
  char *rest;
  intptr_t interval = strtol(order, &rest, 10);
  if (*rest != ':') return;
  intptr_t limit = strtol(rest + 1, &rest, 10);
  if (*rest != ':') return;
  uint64_t seed = (uint64_t)strtol(rest + 1, &rest, 10);
  if (*rest != ':') return;
  size_t length = strcspn(list, ": ");
  agent_give_to_programs(list, length, order, (size_t)(rest + 1 - order));
  hide(ordered);
  hide_preload(place("LD_PRELOAD"), list, length);
  const uint8_t *folder = agent_tree_folder();
  if (folder) agent_record_from_start(folder, interval, limit, seed);
}

__attribute__((destructor)) static void agent_unloaded(void) { agent_record_to_end(); }

static struct sigaction former;

static void bus_error(int signal, siginfo_t *info, void *context) {
  if (agent_bus_error((intptr_t)info->si_addr)) return;
  // Not ours: whoever was there before has it, and the instruction that failed fails again.
  sigaction(SIGBUS, &former, NULL);
}

void agent_watch_bus_errors(void) {
  struct sigaction present;
  if (sigaction(SIGBUS, NULL, &present) || (present.sa_flags & SA_SIGINFO && present.sa_sigaction == bus_error))
    return;
  // Who ignores the signal wants programs that are started to ignore it, too.
  if (!(present.sa_flags & SA_SIGINFO) && present.sa_handler == SIG_IGN) return;
  former = present;
  struct sigaction ours = {.sa_sigaction = bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&ours.sa_mask);
  sigaction(SIGBUS, &ours, NULL);
}
