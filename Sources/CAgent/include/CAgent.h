// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What the agent's Swift code cannot say itself: thread-local storage, the time stamp counter, and
// the libc headers (an Embedded Swift module cannot import Glibc).

#ifndef PEAKLINE_CAGENT_H
#define PEAKLINE_CAGENT_H

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// This thread's record of the line engine, or null. Initial-exec makes reading it one instruction.
extern __thread void *peakline_thread_record
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline void **peakline_thread_slot(void) { return &peakline_thread_record; }

/// This thread's counts of what it allocates, or null: the thread is new, or (`ended`) its record has
/// been handed on already.
extern __thread void *peakline_thread_ledger
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
extern __thread int32_t peakline_thread_ended
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline intptr_t peakline_ledger_get(void) { return (intptr_t)peakline_thread_ledger; }
static inline void peakline_ledger_set(intptr_t ledger) { peakline_thread_ledger = (void *)ledger; }
static inline int32_t peakline_ended_get(void) { return peakline_thread_ended; }
static inline void peakline_ended_set(int32_t ended) { peakline_thread_ended = ended; }

/// For each GiB of the address space a table of the pools in it, or 0. In .bss: it takes no memory
/// where nothing is written.
#define PEAKLINE_POOL_TABLES 131072
extern intptr_t peakline_pool_tables[PEAKLINE_POOL_TABLES] __attribute__((visibility("hidden")));

static inline intptr_t *peakline_pool_table(intptr_t index) { return &peakline_pool_tables[index]; }

/// A time stamp in ticks of a steady counter of unknown frequency: about 6-9 ns, against 25 for
/// clock_gettime.
static inline uint64_t peakline_ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

/// Opens the process's map of its memory (open is variadic, which Swift cannot call).
static inline int peakline_open_maps(void) {
  int kept = errno;
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  errno = kept;
  return file;
}

/// What one thread stores another sees whole, and all that was stored before it.
static inline void peakline_store_release(int32_t *place, int32_t value) {
  __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

static inline int32_t peakline_load_acquire(int32_t *place) {
  return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

/// The same for words, and what several threads may take over at once.
static inline intptr_t peakline_word_load(intptr_t address) {
  return __atomic_load_n((intptr_t *)address, __ATOMIC_ACQUIRE);
}

static inline void peakline_word_store(intptr_t address, intptr_t value) {
  __atomic_store_n((intptr_t *)address, value, __ATOMIC_RELEASE);
}

static inline int32_t peakline_word_replace(intptr_t address, intptr_t expected, intptr_t value) {
  return __atomic_compare_exchange_n((intptr_t *)address, &expected, value, 0, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED);
}

/// Adds to a word, and answers what it is then; and takes what it was, leaving 0.
static inline intptr_t peakline_word_add(intptr_t address, intptr_t value) {
  return __atomic_add_fetch((intptr_t *)address, value, __ATOMIC_ACQ_REL);
}

static inline intptr_t peakline_word_clear(intptr_t address) {
  return __atomic_exchange_n((intptr_t *)address, 0, __ATOMIC_ACQ_REL);
}

/// A number of four bytes that processes count up.
static inline uint32_t peakline_count_load(intptr_t address) {
  return __atomic_load_n((uint32_t *)address, __ATOMIC_RELAXED);
}

static inline void peakline_count_up(intptr_t address) {
  __atomic_add_fetch((uint32_t *)address, 1, __ATOMIC_ACQ_REL);
}

/// Changes of a byte that others change too; 0 is no place.
static inline void peakline_byte_or(intptr_t address, uint8_t bits) {
  if (address) __atomic_fetch_or((uint8_t *)address, bits, __ATOMIC_RELAXED);
}

static inline void peakline_byte_and(intptr_t address, uint8_t bits) {
  if (address) __atomic_fetch_and((uint8_t *)address, bits, __ATOMIC_RELAXED);
}

static inline void peakline_byte_add(intptr_t address, uint8_t amount) {
  if (address) __atomic_fetch_add((uint8_t *)address, amount, __ATOMIC_RELAXED);
}

/// What is written before it is not moved behind it by the compiler, and the other way round.
static inline void peakline_compiler_fence(void) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

/// A lock of one word, 0 or 1: whether it was free and is the caller's now; and giving it back.
static inline int peakline_word_take(intptr_t address) {
  return !__atomic_exchange_n((uint32_t *)address, 1, __ATOMIC_ACQUIRE);
}

static inline int peakline_word_is_taken(intptr_t address) {
  return __atomic_load_n((uint32_t *)address, __ATOMIC_RELAXED) != 0;
}

static inline void peakline_word_release(intptr_t address) {
  __atomic_store_n((uint32_t *)address, 0, __ATOMIC_RELEASE);
}

/// Tells the processor that this thread waits for a change in memory.
static inline void peakline_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The kernel's number of this thread (gettid is younger than the oldest libc served).
static inline long peakline_thread_id(void) { return syscall(SYS_gettid); }

/// Where this thread's stack stands.
static inline uintptr_t peakline_stack_position(void) {
  return (uintptr_t)__builtin_frame_address(0);
}

/// A system call (variadic in C) that answers minus the error number and leaves the program's errno
/// alone.
static inline long peakline_syscall(long number, long a, long b, long c, long d, long e, long f) {
  int kept = errno;
  long result = syscall(number, a, b, c, d, e, f);
  if (result < 0) {
    result = -errno;
    errno = kept;
  }
  return result;
}

// Compiled in CAgent.c, which asks for the oldest version of what they call.

/// A program or library in memory: what is added to the addresses in its file, and its program
/// headers. (The loader's own structure is declared only for GNU programs, which would give other
/// types of libc a shape that Swift's libc module contradicts.)
struct agent_object {
  uintptr_t base;
  const Elf64_Phdr *headers;
  uint16_t count;
};

/// Calls `visit` for every loaded object, in the order in which symbols are looked for.
void agent_each_object(void (*visit)(const struct agent_object *object));

/// A joinable thread with a small stack, and waiting for its end.
int agent_thread_start(pthread_t *thread, void *(*body)(void *), void *argument);
int agent_thread_join(pthread_t thread);

/// A key whose destructor runs when a thread that was given a record ends.
int agent_thread_end_key(pthread_key_t *key, void (*ended)(void *));
int agent_thread_end_watch(pthread_key_t key, const void *record);

/// The address of a library's symbol, or 0; the library is a handle of dlopen.
intptr_t agent_symbol(intptr_t library, const uint8_t *name);

// Compiled in Recording.c.

/// Lets the agent mend its own pages of a file that was cut off; every other SIGBUS stays what it was.
void agent_watch_bus_errors(void);

// Compiled in Mappings.c.

/// What the program's own mapping calls are led to.
intptr_t peakline_mmap(intptr_t address, intptr_t length, int32_t protection, int32_t flags,
                       int32_t descriptor, intptr_t offset);
int32_t peakline_munmap(intptr_t address, intptr_t length);
intptr_t peakline_mremap(intptr_t address, intptr_t length, intptr_t fresh, int32_t flags,
                         intptr_t target);
int32_t peakline_mprotect(intptr_t address, intptr_t length, int32_t protection);

#endif
