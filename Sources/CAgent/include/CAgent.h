#pragma once
#include <stdint.h>
#include <stddef.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
static inline void *peakline_tls_get(void) { static __thread void *p __attribute__((tls_model("initial-exec"))); return p; }
static inline uint64_t peakline_rdtsc(void) { return __builtin_ia32_rdtsc(); }
