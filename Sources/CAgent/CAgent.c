// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE  // for dl_iterate_phdr

#include "CAgent.h"

#include <link.h>

__thread void *peakline_thread_record;
__thread void *peakline_thread_ledger;
__thread int32_t peakline_thread_ended;

intptr_t peakline_pool_tables[PEAKLINE_POOL_TABLES];

// Since glibc 2.34 these functions carry a new version; the old one, which newer libraries keep,
// runs everywhere.
#if defined(__x86_64__)
#define AGENT_OLDEST_GLIBC "GLIBC_2.2.5"
#else
#define AGENT_OLDEST_GLIBC "GLIBC_2.17"
#endif
#if defined(__GLIBC__)
__asm__(".symver pthread_create,pthread_create@" AGENT_OLDEST_GLIBC);
__asm__(".symver pthread_join,pthread_join@" AGENT_OLDEST_GLIBC);
__asm__(".symver pthread_attr_setstacksize,pthread_attr_setstacksize@" AGENT_OLDEST_GLIBC);
__asm__(".symver pthread_key_create,pthread_key_create@" AGENT_OLDEST_GLIBC);
__asm__(".symver pthread_setspecific,pthread_setspecific@" AGENT_OLDEST_GLIBC);
__asm__(".symver dlsym,dlsym@" AGENT_OLDEST_GLIBC);
#endif

int agent_thread_start(pthread_t *thread, void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // A program with much thread-local storage needs a larger stack than this: then the default one.
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  int failed = pthread_create(thread, &attributes, body, argument);
  if (failed) failed = pthread_create(thread, NULL, body, argument);
  pthread_attr_destroy(&attributes);
  return failed;
}

int agent_thread_join(pthread_t thread) { return pthread_join(thread, NULL); }

// Before glibc 2.34 these are libpthread's, which a program without threads need not have.
#pragma weak pthread_key_create
#pragma weak pthread_setspecific

int agent_thread_end_key(pthread_key_t *key, void (*ended)(void *)) {
  return pthread_key_create ? pthread_key_create(key, ended) : -1;
}

int agent_thread_end_watch(pthread_key_t key, const void *record) {
  return pthread_setspecific ? pthread_setspecific(key, record) : -1;
}

intptr_t agent_symbol(intptr_t library, const uint8_t *name) {
  return (intptr_t)dlsym((void *)library, (const char *)name);
}

static int visit_object(struct dl_phdr_info *info, size_t size, void *visit) {
  struct agent_object object = {info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum};
  ((void (*)(const struct agent_object *))visit)(&object);
  return 0;
}

void agent_each_object(void (*visit)(const struct agent_object *object)) {
  dl_iterate_phdr(visit_object, (void *)visit);
}
