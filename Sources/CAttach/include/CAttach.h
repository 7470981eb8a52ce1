// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What attaching to a process needs and Swift cannot say: ptrace, which is variadic, and machine code
// that can be copied into another process.

#ifndef PEAKLINE_CATTACH_H
#define PEAKLINE_CATTACH_H

#include <stddef.h>
#include <stdint.h>

/// Requests of ptrace, which glibc's header hides in an enumeration.
enum {
  PEAKLINE_PTRACE_POKE = 5,
  PEAKLINE_PTRACE_CONTINUE = 7,
  PEAKLINE_PTRACE_SYSTEM_CALL = 24,
  PEAKLINE_PTRACE_GET_REGISTERS = 12,
  PEAKLINE_PTRACE_SET_REGISTERS = 13,
  PEAKLINE_PTRACE_DETACH = 17,
  PEAKLINE_PTRACE_GET_REGISTER_SET = 0x4204,
  PEAKLINE_PTRACE_SET_REGISTER_SET = 0x4205,
  PEAKLINE_PTRACE_SEIZE = 0x4206,
  PEAKLINE_PTRACE_INTERRUPT = 0x4207,
  PEAKLINE_PTRACE_GET_SIGNAL_MASK = 0x420A,
  PEAKLINE_PTRACE_SET_SIGNAL_MASK = 0x420B,
  PEAKLINE_PTRACE_GET_SEQUENCES = 0x420F,
};

/// The corresponding C function is `ptrace`; answers minus the error number on failure.
long peakline_ptrace(int request, int thread, uintptr_t address, uintptr_t data);

/// How far an errand has come: each number is written once, in this order.
enum {
  PEAKLINE_ERRAND_PLACED = 0,
  /// Its thread runs, and waits for the interpreter's lock.
  PEAKLINE_ERRAND_WAITS = 1,
  /// It runs Python's code.
  PEAKLINE_ERRAND_RUNS = 2,
  /// The answer is there; or there was an error that Python's code did not handle.
  PEAKLINE_ERRAND_DONE = 3,
  PEAKLINE_ERRAND_FAILED = 4,
  /// The interpreter is not ready, or not there any more; or no thread could be made.
  PEAKLINE_ERRAND_NOT_READY = 5,
  PEAKLINE_ERRAND_NO_THREAD = 6,
  /// It was withdrawn before it ran anything.
  PEAKLINE_ERRAND_LEFT = 7,
};

/// What came of leaving a call with the interpreter: nothing yet; it is there; as many are pending as can
/// be; the interpreter is not ready, or not there any more.
enum {
  PEAKLINE_ERRAND_UNQUEUED = 0,
  PEAKLINE_ERRAND_QUEUED = 1,
  PEAKLINE_ERRAND_FULL = 2,
  PEAKLINE_ERRAND_UNREADY = 3,
};

/// How many functions of the process an errand needs: those of `struct errand` in Errand.c, in its order.
enum { PEAKLINE_ERRAND_FUNCTIONS = 16 };

/// What a thread is to do in another process, as a block of memory that is laid out there: it runs a
/// text of Python. `code` is where the machine code stands in the process, `mask` the signals that the
/// thread does not take. Answers 0 if the text is too long.
size_t peakline_errand_size(void);
int peakline_errand_fill(void *block, const uint64_t *functions, uint64_t code, uint64_t mask,
                         const char *text);

/// What a copy of the block says: how far it has come, how often its start was called, the kernel's number
/// of its thread (0 before there is one), and the answer, as long as the copy is there.
uint32_t peakline_errand_state(const void *block);
uint32_t peakline_errand_queued(const void *block);
uint32_t peakline_errand_pauses(const void *block);
uint32_t peakline_errand_starts(const void *block);
int32_t peakline_errand_thread(const void *block);
const char *peakline_errand_answer(const void *block);

/// Where in the block a word stands that is not 0 once whoever sent it has given up.
size_t peakline_errand_withdrawn_offset(void);

/// The machine code of an errand, which may stand anywhere, and where in it the functions begin that are
/// called with the block in a thread that was stopped: the one that starts the errand's, once, and the one that
/// leaves this to the interpreter. When they have done it they pause, so that they can be stopped again;
/// but not for long.
const uint8_t *peakline_errand_code(void);
size_t peakline_errand_code_size(void);
size_t peakline_errand_begin_offset(void);
size_t peakline_errand_queue_offset(void);

#endif
