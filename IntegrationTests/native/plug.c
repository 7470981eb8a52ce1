// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// A library that is loaded and dropped in a loop. Its constructor allocates, its destructor frees; it
// needs a library that only its own RUNPATH ($ORIGIN/below) finds, and opens another by that same path:
// the loader looks at who calls dlopen, so a hook that calls it in the library's place breaks this.

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifdef DEPENDENCY
static void *kept;
__attribute__((constructor)) static void begin(void) { kept = malloc(20000); }
__attribute__((destructor)) static void end(void) { free(kept); }
int below(void) { return kept != NULL; }
#elif defined FRIEND
int friendly(void) {
  void *block = malloc(100);
  int good = block != NULL;
  free(block);
  return good;
}
#else
int below(void);
static char *kept[10];
static __thread char *own;

__attribute__((constructor)) static void begin(void) {
  for (int i = 0; i < 10; i++) kept[i] = malloc(10000);
}

__attribute__((destructor)) static void end(void) {
  for (int i = 0; i < 10; i++) free(kept[i]);
  free(own);
}

int plug_works(void) {
  own = realloc(own, 500);
  memset(own, 1, 500);
  return below();
}

void *plug_gives(size_t size) { return malloc(size); }

int plug_opens(void) {
  void *library = dlopen("libplugfriend.so", RTLD_NOW);
  if (!library) return 0;
  int (*function)(void) = (int (*)(void))dlsym(library, "friendly");
  int good = function && function();
  dlclose(library);
  return good;
}
#endif
