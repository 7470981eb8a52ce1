// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The book of live blocks: a hash table of fixed size, open addressing, one lock.
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "truth.h"

enum { SLOTS = 1 << 23 };

static Entry *book;
static atomic_flag lock = ATOMIC_FLAG_INIT;

static void enter(void) {
  while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
  }
  if (book == NULL) {
    // By the kernel, not by mmap(), which is ours; zero pages are empty slots.
    book = (Entry *)syscall(SYS_mmap, NULL, SLOTS * sizeof(Entry), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
}

static void leave(void) { atomic_flag_clear_explicit(&lock, memory_order_release); }

static size_t home(uintptr_t address) {
  return (size_t)((address >> 4) * 0x9E3779B97F4A7C15u >> 41);
}

static size_t slot_of(uintptr_t address) {
  size_t slot = home(address);
  while (book[slot].address != 0 && book[slot].address != address) slot = (slot + 1) % SLOTS;
  return slot;
}

void book_add(void *block, size_t size, size_t asked, Kind kind) {
  book_return((Entry){(uintptr_t)block, size, asked, kind, account_line()});
}

void book_return(Entry entry) {
  enter();
  Entry *slot = &book[slot_of(entry.address)];
  Entry before = *slot;
  *slot = entry;
  leave();
  account_live(before.line, -(int64_t)before.size);
  account_live(entry.line, (int64_t)entry.size);
}

Entry book_find(void *block) {
  enter();
  Entry found = book[slot_of((uintptr_t)block)];
  leave();
  return found;
}

Entry book_take(void *block) {
  enter();
  size_t hole = slot_of((uintptr_t)block);
  Entry found = book[hole];
  // What follows moves up where it may, so that no search ends too early.
  for (size_t next = (hole + 1) % SLOTS; found.address && book[next].address; next = (next + 1) % SLOTS) {
    size_t wanted = home(book[next].address);
    if ((next - wanted) % SLOTS >= (next - hole) % SLOTS) {
      book[hole] = book[next];
      hole = next;
    }
  }
  book[hole] = (Entry){0};
  leave();
  account_live(found.line, -(int64_t)found.size);
  return found;
}

// A child's only thread may find the lock held by one that is not there.
static void free_lock(void) { leave(); }
int pthread_atfork(void (*)(void), void (*)(void), void (*)(void));
__attribute__((constructor)) static void prepare(void) { pthread_atfork(enter, leave, free_lock); }
