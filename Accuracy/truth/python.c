// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Python's allocator domains "mem" and "object", wrapped from the first block on, and the marks as
// functions that Python can call without allocating anything. No Python.h: what is needed of the
// C API is looked up by name, so that one library serves every version.
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "truth.h"

typedef struct {
  void *context;
  void *(*malloc)(void *, size_t);
  void *(*calloc)(void *, size_t, size_t);
  void *(*realloc)(void *, void *, size_t);
  void (*free)(void *, void *);
} Allocator;

typedef void (*AllocatorCall)(int, Allocator *);

static Allocator originals[3];

// Blocks of 16, 32, … 512 bytes are Python's own; malloc has the others, and the empty ones.
static bool is_small(size_t asked) { return asked - 1 < 512; }
static size_t rounded(size_t asked) { return (asked + 15) / 16 * 16; }

// A block came from Python's allocator. What malloc made on the way is in the book already.
static void *came(void *block, size_t asked) {
  if (block == NULL || (!translating && book_find(block).kind == MALLOC)) return block;
  bool small = translating ? is_small(asked) : true;
  size_t size = small ? rounded(asked) : malloc_usable_size(block);
  book_add(block, size, asked, small ? SMALL : MALLOC);
  account_add(size, asked, small);
  return block;
}

static void *wrapped_malloc(void *context, size_t size) {
  Allocator *original = context;
  inside_python += 1;
  void *block = original->malloc(original->context, size);
  inside_python -= 1;
  return came(block, size);
}

static void *wrapped_calloc(void *context, size_t count, size_t size) {
  Allocator *original = context;
  inside_python += 1;
  void *block = original->calloc(original->context, count, size);
  inside_python -= 1;
  return came(block, count * size);
}

static void wrapped_free(void *context, void *block) {
  Allocator *original = context;
  Entry entry = book_find(block);
  if (block != NULL && (translating || entry.kind == SMALL)) {
    book_take(block);
    account_remove(entry.size, entry.asked, entry.kind == SMALL);
  }
  inside_python += 1;
  original->free(original->context, block);
  inside_python -= 1;
}

// With malloc beneath, Python's allocator is played by its published rules: a small block stays
// where it is if the new size needs more than three quarters of it; malloc's stay malloc's.
static void translated(Entry old, void *block, size_t asked) {
  book_take((void *)old.address);
  bool stays = old.kind == SMALL && asked <= old.size && 4 * asked > 3 * old.size;
  bool small = stays || (old.kind == SMALL && is_small(asked));
  size_t size = stays ? old.size : small ? rounded(asked) : malloc_usable_size(block);
  if (stays) {
    book_return((Entry){old.address, size, asked, SMALL, old.line});
    account_kept(old.asked, asked);
  } else {
    book_add(block, size, asked, small ? SMALL : MALLOC);
    account_exchange(old, size, asked, small);
  }
}

static void *wrapped_realloc(void *context, void *old, size_t size) {
  Allocator *original = context;
  if (old == NULL) return wrapped_malloc(context, size);
  Entry before = book_find(old);
  if (before.kind == SMALL) book_take(old);
  // One that malloc takes over: a realloc is one step, the two never count together.
  bool leaves = !translating && before.kind == SMALL && !is_small(size);
  if (leaves) account_remove(before.size, before.asked, true);
  inside_python += 1;
  void *block = original->realloc(original->context, old, size);
  inside_python -= 1;
  if (translating) {
    if (block != NULL) translated(before, block, size);
    return block;
  }
  // malloc's own: counted by realloc().
  if (before.kind != SMALL) return block;
  if (leaves) return block;
  if (block == NULL) {
    book_add(old, before.size, before.asked, SMALL);
    return NULL;
  }
  if (block == old) {
    book_return((Entry){before.address, before.size, size, SMALL, before.line});
    account_kept(before.asked, size);
  } else {
    book_add(block, rounded(size), size, SMALL);
    account_exchange(before, rounded(size), size, true);
  }
  return block;
}

// Called once more by whoever runs with PYTHONMALLOC, which makes Python set its allocators anew.
void truth_wrap(void) {
  AllocatorCall get = (AllocatorCall)dlsym(RTLD_DEFAULT, "PyMem_GetAllocator");
  AllocatorCall set = (AllocatorCall)dlsym(RTLD_DEFAULT, "PyMem_SetAllocator");
  if (get == NULL || set == NULL || getenv("TRUTH_MALLOC_ONLY")) return;
  const char *chosen = getenv("PYTHONMALLOC");
  translating = chosen != NULL && strcmp(chosen, "malloc") == 0;
  for (int domain = 1; domain <= 2; domain++) {
    Allocator before;
    get(domain, &before);
    if (before.malloc == wrapped_malloc) continue;
    originals[domain] = before;
    Allocator ours = {&originals[domain], wrapped_malloc, wrapped_calloc, wrapped_realloc,
                      wrapped_free};
    set(domain, &ours);
  }
}

__attribute__((constructor)) static void start(void) { truth_wrap(); }

// ---- Marks, for Python

typedef struct {
  const char *name;
  void *function;
  int flags;
  const char *doc;
} Method;

void truth_line(int line);
void truth_enter(int line);
void truth_leave(void);
void truth_switch(int on);

static long (*as_long)(void *);
static void (*add_reference)(void *);
static void *none;

static void *same(void *object) {
  add_reference(object);
  return object;
}

// mark(line): a statement begins.
static void *mark(void *module, void *line) {
  truth_line((int)as_long(line));
  return same(none);
}

// enter(None): the measured function begins.
static void *enter(void *module, void *nothing) {
  truth_enter(0);
  return same(none);
}

// leave(value): the value that it returns or yields.
static void *leave(void *module, void *value) {
  truth_leave();
  return same(value);
}

// resume(line, value): it goes on after a yield, with what was sent.
static void *resume(void *module, void **arguments, long count) {
  truth_enter((int)as_long(arguments[0]));
  return same(arguments[1]);
}

// caught(line, kind): control came to an except clause.
static void *caught(void *module, void **arguments, long count) {
  truth_line((int)as_long(arguments[0]));
  return same(arguments[1]);
}

// begin(None), end(None): the measured call, warm-ups before it left out.
static void *begin(void *module, void *nothing) {
  truth_switch(1);
  return same(none);
}

static void *end(void *module, void *nothing) {
  truth_switch(0);
  return same(none);
}

static Method methods[] = {
    {"mark", mark, 0x8, NULL},      {"enter", enter, 0x8, NULL},   {"leave", leave, 0x8, NULL},
    {"resume", resume, 0x80, NULL}, {"caught", caught, 0x80, NULL}, {"begin", begin, 0x8, NULL},
    {"end", end, 0x8, NULL},
};

// The marks as Python functions, by their order above; called with the GIL held.
void *truth_function(int which) {
  as_long = (long (*)(void *))dlsym(RTLD_DEFAULT, "PyLong_AsLong");
  add_reference = (void (*)(void *))dlsym(RTLD_DEFAULT, "Py_IncRef");
  none = dlsym(RTLD_DEFAULT, "_Py_NoneStruct");
  void *(*make)(Method *, void *, void *) =
      (void *(*)(Method *, void *, void *))dlsym(RTLD_DEFAULT, "PyCFunction_NewEx");
  return make(&methods[which], NULL, NULL);
}
