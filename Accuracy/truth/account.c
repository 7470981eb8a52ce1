// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Who pays: counters per thread, and the statements that are open on it. An open statement keeps the
// counters of its start and the highest level since; closing it adds the difference to its row.
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "truth.h"

typedef struct {
  int line;
  Counters start;
  int64_t others, high, asked_high;
} Open;

static __thread Counters mine __attribute__((tls_model("initial-exec")));
static __thread Open frames[DEPTH] __attribute__((tls_model("initial-exec")));
static __thread int depth __attribute__((tls_model("initial-exec")));
__thread int inside_python __attribute__((tls_model("initial-exec")));
bool translating;

static _Atomic int64_t everybody;
static int is_on;
static Row rows[LINES];
static _Atomic int64_t live[LINES];
static int active[LINES];

static void changed(int64_t by, int64_t asked) {
  mine.live += by;
  mine.asked_live += asked;
  atomic_fetch_add(&everybody, by);
  for (int i = 0; i < depth; i++) {
    if (mine.live > frames[i].high) frames[i].high = mine.live;
    if (mine.asked_live > frames[i].asked_high) frames[i].asked_high = mine.asked_live;
  }
}

void account_add(size_t size, size_t asked, bool small) {
  mine.allocated += (int64_t)size;
  mine.asked += (int64_t)asked;
  mine.blocks += 1;
  if (small) mine.small += (int64_t)size;
  changed((int64_t)size, (int64_t)asked);
}

void account_remove(size_t size, size_t asked, bool small) {
  mine.freed += (int64_t)size;
  if (small) mine.small -= (int64_t)size;
  changed(-(int64_t)size, -(int64_t)asked);
}

void account_exchange(Entry old, size_t size, size_t asked, bool small) {
  mine.freed += (int64_t)old.size;
  mine.allocated += (int64_t)size;
  mine.asked += (int64_t)asked;
  mine.blocks += 1;
  if (small) mine.small += (int64_t)size;
  if (old.kind == SMALL) mine.small -= (int64_t)old.size;
  changed((int64_t)size - (int64_t)old.size, (int64_t)asked - (int64_t)old.asked);
}

// A realloc for which Python's own allocator left a small block as it was: nothing was allocated.
void account_kept(size_t asked_before, size_t asked) {
  mine.kept += 1;
  mine.asked_kept += (int64_t)asked;
  changed(0, (int64_t)asked - (int64_t)asked_before);
}

int account_line(void) { return depth ? frames[depth - 1].line : 0; }

void account_live(int line, int64_t by) { atomic_fetch_add(&live[line], by); }

// ---- The marks

static void open_line(Open *frame, int line) {
  frame->line = line;
  frame->start = mine;
  frame->high = mine.live;
  frame->asked_high = mine.asked_live;
  frame->others = atomic_load(&everybody) - mine.live;
  active[line] += 1;
}

static void close_line(Open *frame) {
  if (frame->line == 0) return;
  Row *row = &rows[frame->line];
  int64_t peak = frame->high - frame->start.live;
  if (peak > row->peak) row->peak = peak;
  int64_t asked_peak = frame->asked_high - frame->start.asked_live;
  if (asked_peak > row->asked_peak) row->asked_peak = asked_peak;
  active[frame->line] -= 1;
  // Of a line that is running further out, what it did inside is already counted.
  if (active[frame->line] == 0) {
    row->increment += mine.live - frame->start.live;
    row->allocated += mine.allocated - frame->start.allocated;
    row->freed += mine.freed - frame->start.freed;
    row->blocks += mine.blocks - frame->start.blocks;
    row->small += mine.small - frame->start.small;
    row->asked += mine.asked - frame->start.asked;
    row->asked_increment += mine.asked_live - frame->start.asked_live;
    row->kept += mine.kept - frame->start.kept;
    row->asked_kept += mine.asked_kept - frame->start.asked_kept;
    row->others += atomic_load(&everybody) - mine.live - frame->others;
  }
  frame->line = 0;
}

// Control came to a statement of the innermost measured frame.
void truth_line(int line) {
  if (!is_on || depth == 0 || frames[depth - 1].line == line) return;
  close_line(&frames[depth - 1]);
  rows[line].occurrences += 1;
  open_line(&frames[depth - 1], line);
}

// A measured frame begins, or goes on at the line where it was suspended.
void truth_enter(int line) {
  if (!is_on || depth == DEPTH) return;
  depth += 1;
  frames[depth - 1].line = 0;
  if (line) open_line(&frames[depth - 1], line);
}

void truth_leave(void) {
  if (!is_on || depth == 0) return;
  close_line(&frames[depth - 1]);
  depth -= 1;
}

// The measured call begins or ends; the whole of it is a row of its own.
void truth_switch(int on) {
  if (on) memset(rows, 0, sizeof rows);
  if (!on) truth_leave();
  is_on = on;
  if (on) truth_enter(WHOLE);
}

void truth_read(int line, Row *row) { *row = rows[line]; }

// Writes what each line has allocated and nobody has freed: the last to be asked, since whoever
// reads figures in Python frees some memory of the program's, through the free lists of objects.
void truth_write_live(int file) {
  const char *comma = "";
  dprintf(file, "{");
  for (int line = 1; line < WHOLE; line++) {
    if (live[line] == 0) continue;
    dprintf(file, "%s\"%d\": %lld", comma, line, (long long)live[line]);
    comma = ", ";
  }
  dprintf(file, "}");
}

void truth_counters(Counters *counters) { *counters = mine; }
