// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The functions of the section are copied into another process, byte by byte: they may use nothing
// but their argument and their stack, neither other functions nor constants that the compiler puts
// elsewhere.

#include "CAttach.h"

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>

#if __has_attribute(no_stack_protector)
#define ALONE __attribute__((section("peakline_errand"), used, noinline, no_stack_protector))
#else
#define ALONE __attribute__((section("peakline_errand"), used, noinline))
#endif

#define FILE_INPUT 257
#define SET_MASK 2

/// What both sides know, laid out in the process.
struct errand {
  int (*is_initialized)(void);
  int (*lock)(void);
  void (*unlock)(int);
  void *(*new_dictionary)(void);
  void *(*run)(const char *text, int kind, void *globals, void *locals);
  void *(*item)(void *dictionary, const char *name);
  const char *(*text_of)(void *object);
  void (*release)(void *object);
  void (*clear_error)(void);
  unsigned long (*number)(void);
  int (*call_later)(int (*call)(struct errand *), struct errand *argument);
  int (*create)(uintptr_t *thread, const void *attributes, void *(*body)(void *), void *argument);
  uintptr_t (*own)(void);
  int (*detach)(uintptr_t thread);
  int (*set_mask)(int how, const uint64_t *set, uint64_t *old);
  int (*poll)(void *descriptors, unsigned long count, int milliseconds);

  int (*start)(struct errand *);
  void *(*body)(void *errand);
  uint32_t state;
  uint32_t queued;
  uint32_t pauses;
  uint32_t withdrawn;
  uint32_t starts;
  int32_t thread;
  uintptr_t handle;
  /// Sets of signals, as large as libc's.
  uint64_t mask[16];
  uint64_t mask_before[16];
  /// "answer": the name that the text gives its answer.
  char name[8];
  char answer[16384];
  char text[20480];
};

extern const uint8_t __start_peakline_errand[], __stop_peakline_errand[];

static inline __attribute__((always_inline)) void say(struct errand *errand, uint32_t state) {
  __atomic_store_n(&errand->state, state, __ATOMIC_SEQ_CST);
}

static inline __attribute__((always_inline)) int is_withdrawn(struct errand *errand) {
  return __atomic_load_n(&errand->withdrawn, __ATOMIC_SEQ_CST) != 0;
}

/// Says that it is done, and waits to be stopped.
static inline __attribute__((always_inline)) void pause_for_us(struct errand *errand) {
  __atomic_fetch_add(&errand->pauses, 1, __ATOMIC_SEQ_CST);
  errand->poll(0, 0, 2000);
}

/// Starts the thread, the first time. As a call that is pending in the interpreter it answers 0: there is
/// no error.
ALONE int peakline_errand_start(struct errand *errand) {
  if (__atomic_fetch_add(&errand->starts, 1, __ATOMIC_SEQ_CST)) return 0;
  if (is_withdrawn(errand)) {
    say(errand, PEAKLINE_ERRAND_LEFT);
    return 0;
  }
  errand->set_mask(SET_MASK, errand->mask, errand->mask_before);
  int failed = errand->create(&errand->handle, 0, errand->body, errand);
  errand->set_mask(SET_MASK, errand->mask_before, 0);
  if (failed) say(errand, PEAKLINE_ERRAND_NO_THREAD);
  return 0;
}

/// Starts the thread at once.
ALONE void peakline_errand_begin(struct errand *errand) {
  errand->start(errand);
  pause_for_us(errand);
}

/// Has the interpreter start the thread between two instructions.
ALONE void peakline_errand_queue(struct errand *errand) {
  if (!errand->is_initialized()) {
    errand->queued = PEAKLINE_ERRAND_UNREADY;
  } else {
    int failed = errand->call_later(errand->start, errand);
    errand->queued = failed ? PEAKLINE_ERRAND_FULL : PEAKLINE_ERRAND_QUEUED;
  }
  pause_for_us(errand);
}

/// What the thread runs: the text, with names of its own; its answer is copied to where it is read.
ALONE void *peakline_errand_run(struct errand *errand) {
  errand->detach(errand->own());
  errand->thread = (int32_t)errand->number();
  uint32_t end = PEAKLINE_ERRAND_FAILED;
  if (is_withdrawn(errand)) {
    say(errand, PEAKLINE_ERRAND_LEFT);
    return 0;
  }
  if (!errand->is_initialized()) {
    say(errand, PEAKLINE_ERRAND_NOT_READY);
    return 0;
  }
  say(errand, PEAKLINE_ERRAND_WAITS);
  int lock = errand->lock();
  // Said first, asked then: whoever withdraws writes first and looks then.
  say(errand, PEAKLINE_ERRAND_RUNS);
  if (is_withdrawn(errand)) {
    end = PEAKLINE_ERRAND_LEFT;
  } else {
    void *names = errand->new_dictionary();
    void *result = names ? errand->run(errand->text, FILE_INPUT, names, names) : 0;
    void *answer = result ? errand->item(names, errand->name) : 0;
    const char *from = answer ? errand->text_of(answer) : 0;
    if (from) {
      // Volatile, or the compiler would call memcpy.
      volatile char *to = errand->answer;
      for (size_t left = sizeof errand->answer - 1; left && *from; left--) *to++ = *from++;
      end = PEAKLINE_ERRAND_DONE;
    }
    errand->clear_error();
    errand->release(result);
    errand->release(names);
  }
  errand->unlock(lock);
  say(errand, end);
  return 0;
}

size_t peakline_errand_size(void) { return sizeof(struct errand); }

static size_t offset_of(const void *function) {
  return (size_t)((const uint8_t *)function - __start_peakline_errand);
}

int peakline_errand_fill(void *block, const uint64_t *functions, uint64_t code, uint64_t mask,
                         const char *text) {
  struct errand *errand = block;
  memset(errand, 0, sizeof *errand);
  memcpy(errand, functions, PEAKLINE_ERRAND_FUNCTIONS * sizeof *functions);
  errand->start = (int (*)(struct errand *))(code + offset_of((const void *)peakline_errand_start));
  errand->body = (void *(*)(void *))(code + offset_of((const void *)peakline_errand_run));
  errand->mask[0] = mask;
  strcpy(errand->name, "answer");
  if (strlen(text) >= sizeof errand->text) return 0;
  strcpy(errand->text, text);
  return 1;
}

uint32_t peakline_errand_state(const void *block) { return ((const struct errand *)block)->state; }

uint32_t peakline_errand_queued(const void *block) { return ((const struct errand *)block)->queued; }

uint32_t peakline_errand_pauses(const void *block) { return ((const struct errand *)block)->pauses; }

uint32_t peakline_errand_starts(const void *block) { return ((const struct errand *)block)->starts; }

int32_t peakline_errand_thread(const void *block) { return ((const struct errand *)block)->thread; }

const char *peakline_errand_answer(const void *block) {
  return ((const struct errand *)block)->answer;
}

size_t peakline_errand_withdrawn_offset(void) { return offsetof(struct errand, withdrawn); }

const uint8_t *peakline_errand_code(void) { return __start_peakline_errand; }

size_t peakline_errand_code_size(void) {
  return (size_t)(__stop_peakline_errand - __start_peakline_errand);
}

size_t peakline_errand_begin_offset(void) {
  return offset_of((const void *)peakline_errand_begin);
}

size_t peakline_errand_queue_offset(void) {
  return offset_of((const void *)peakline_errand_queue);
}

long peakline_ptrace(int request, int thread, uintptr_t address, uintptr_t data) {
  errno = 0;
  long answer = ptrace((enum __ptrace_request)request, thread, (void *)address, (void *)data);
  return answer == -1 && errno ? -errno : answer;
}
