// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Recording a process from its first instruction, as the environment of a preloaded agent says; and the
// one signal that writing into a mapped file can bring.
//
// Recorded is the process that `peakline record` has started, and it alone. Where that is a shell or
// another program that goes on as a third one (exec), the last is recorded, and so the variables stay
// for it to inherit. An interpreter, and every other process, has them taken out of its environment at
// once: it sees, and hands on, what it would without us.

#define _GNU_SOURCE

#include "CAgent.h"

#include <stdlib.h>

// In Recording/.
int32_t agent_record_from_start(const uint8_t *path, intptr_t interval, intptr_t limit, uint64_t seed);
void agent_record_to_end(void);
int32_t agent_bus_error(intptr_t address);

/// Takes the agent itself, which is the first, out of LD_PRELOAD.
static void hide_preload(void) {
  char *list = getenv("LD_PRELOAD");
  if (!list) return;
  char *rest = strpbrk(list, ": ");
  if (rest && rest[1])
    memmove(list, rest + 1, strlen(rest + 1) + 1);
  else
    unsetenv("LD_PRELOAD");
}

__attribute__((constructor)) static void agent_loaded(void) {
  const char *order = getenv("PEAKLINE_RECORD");
  if (!order) return;
  // INTERVAL:LIMIT:PARENT:SEED:PATH, in bytes, with the process number of who waits; seed 0 is none.
  char *rest;
  intptr_t interval = strtol(order, &rest, 10);
  if (*rest != ':') return;
  intptr_t limit = strtol(rest + 1, &rest, 10);
  if (*rest != ':') return;
  intptr_t parent = strtol(rest + 1, &rest, 10);
  if (*rest != ':') return;
  uint64_t seed = (uint64_t)strtol(rest + 1, &rest, 10);
  if (*rest != ':') return;
  int goes_on = getppid() == parent &&
                !agent_record_from_start((const uint8_t *)rest + 1, interval, limit, seed);
  if (goes_on) return;
  hide_preload();
  unsetenv("PEAKLINE_RECORD");
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
  former = present;
  struct sigaction ours = {.sa_sigaction = bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&ours.sa_mask);
  sigaction(SIGBUS, &ours, NULL);
}
