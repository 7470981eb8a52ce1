// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The oracle's own recorder, preloaded into a Python: it counts every block and every mapping of the
// thread that runs, and charges them to the statement that the program's marks say is running.
// Slow and simple on purpose; it shares nothing with Peakline, neither code nor method.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Rows are by line; the last is the whole of the measured call.
enum { LINES = 4096, WHOLE = LINES - 1, DEPTH = 256 };

// What a thread did so far. `kept` counts reallocs that left a small block as it was.
typedef struct {
  int64_t live, allocated, freed, blocks, small, asked, asked_live, kept, asked_kept;
} Counters;

// A line of the measured function, summed over its executions; `peak` is the highest of them.
typedef struct {
  int64_t occurrences, increment, peak, allocated, freed, blocks, small, asked, asked_increment,
      asked_peak, kept, asked_kept, others;
} Row;

// ---- book.c: which blocks are alive, by address, and how big they are

typedef enum { UNKNOWN = 0, SMALL, MALLOC } Kind;

typedef struct {
  uintptr_t address;
  size_t size, asked;
  Kind kind;
  int line;
} Entry;

void book_add(void *block, size_t size, size_t asked, Kind kind);
// Enters again what was taken out: it is still the line's that allocated it.
void book_return(Entry entry);
// Takes the entry out; its kind is UNKNOWN if there is none.
Entry book_take(void *block);
Entry book_find(void *block);

// ---- account.c: counters per thread, and the lines

void account_add(size_t size, size_t asked, bool small);
void account_remove(size_t size, size_t asked, bool small);
// A realloc, in one step: the old and the new block never count together.
void account_exchange(Entry old, size_t size, size_t asked, bool small);
void account_kept(size_t asked_before, size_t asked);
// The innermost line that is open on this thread, or 0.
int account_line(void);
// What a line has allocated is there, or gone, whoever frees it.
void account_live(int line, int64_t by);

// How many calls of Python's allocator this thread is in: what they map are arenas, whose blocks
// are counted one by one.
extern __thread int inside_python __attribute__((tls_model("initial-exec")));
// PYTHONMALLOC=malloc: what Python's allocator takes from malloc is counted as if it were its own.
extern bool translating;
