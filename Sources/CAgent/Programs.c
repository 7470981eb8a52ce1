// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Programs that a recorded process starts are recorded as well: the agent is given to them at that moment,
// in the environment that they get, whatever it is; and takes itself out of it again before their own code
// runs. So no program of the tree ever sees it.
//
// A preloaded agent stands before the functions that start programs. They may be called by the child of a
// vfork, on the stack and in the memory of its parent: so nothing is allocated, and nothing is written but
// the stack and files. Programs that would not load the agent, or would fail for it, get what they would
// without us, and are noted in the folder of the tree.

#define _GNU_SOURCE

#include "CAgent.h"

#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>

extern char **environ;

#define MOST_VARIABLES 8192
/// What more than this has no room on the stack of a thread.
#define LONGEST_PRELOAD 16384
#define LONGEST_LINE 32768
/// Bytes of a program that are searched for the names of sanitizers.
#define MOST_NAMES (512 << 10)

static struct {
  /// "LD_PRELOAD=" and the agent; "PEAKLINE_RECORD=" and the order.
  char preload[PATH_MAX + 16];
  char order[PATH_MAX + 128];
  /// Where in the order the folder of the tree begins; NULL: nothing is recorded.
  const char *folder;
} given;

static struct {
  int (*execvpe)(const char *, char *const[], char *const[]);
  int (*fexecve)(int, char *const[], char *const[]);
  int (*posix_spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                     const posix_spawnattr_t *, char *const[], char *const[]);
  int (*posix_spawnp)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                      const posix_spawnattr_t *, char *const[], char *const[]);
  int (*system)(const char *);
  FILE *(*popen)(const char *, const char *);
} real;

/// The function behind ours: looked up when the agent is loaded, where that is no danger.
#define FIND(name) real.name = (__typeof__(real.name))agent_symbol((intptr_t)RTLD_NEXT, (const uint8_t *)#name)

static void find_real(void) {
  FIND(execvpe);
  FIND(fexecve);
  FIND(posix_spawn);
  FIND(posix_spawnp);
  FIND(system);
  FIND(popen);
}

/// Programs are called from constructors that come before the agent's.
#define READY(name) (real.name || (find_real(), real.name))

void agent_give_to_programs(const char *agent, size_t length, const char *order, size_t folder) {
  find_real();
  if (length > PATH_MAX || strlen(order) >= sizeof given.order - 16) return;
  memcpy(stpcpy(given.preload, "LD_PRELOAD="), agent, length);
  char *words = stpcpy(given.order, "PEAKLINE_RECORD=");
  strcpy(words, order);
  given.folder = words + folder;
}

const uint8_t *agent_tree_folder(void) { return (const uint8_t *)given.folder; }

/// The value of a variable, whose name has its equals sign; not libc's function, in whose place a shell may
/// have its own.
static const char *variable(char *const *all, const char *name) {
  size_t length = strlen(name);
  for (; all && *all; all++)
    if (!strncmp(*all, name, length)) return *all + length;
  return NULL;
}

// MARK: - What cannot be recorded

static int contains(const uint8_t *bytes, size_t size, const char *text) {
  return memmem(bytes, size, text, strlen(text)) != NULL;
}

/// Whether a sanitizer's library is named, which wants to be the first and ends the program where it is not;
/// or what a program exports that has it in itself, whose allocator would wait for ours, and ours for it.
static int has_sanitizer(const uint8_t *bytes, size_t size) {
  return contains(bytes, size, "libasan.so") || contains(bytes, size, "libtsan.so") ||
         contains(bytes, size, "libhwasan.so") || contains(bytes, size, "liblsan.so") ||
         contains(bytes, size, "__sanitizer_free_hook");
}

/// Why a program would not be recorded, or would fail; NULL if nothing is known against it.
static const char *obstacle(const char *path, int scripts_left) {
  uint8_t bytes[4096];
  int file = (int)peakline_syscall(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
  if (file < 0) return NULL;
  struct stat status;
  long size = peakline_syscall(SYS_fstat, file, (long)&status, 0, 0, 0, 0);
  if (size == 0) size = peakline_syscall(SYS_pread64, file, (long)bytes, sizeof bytes - 1, 0, 0, 0);
  const char *found = NULL;
  if (size < 64) {
    size = size < 0 ? 0 : size;
  } else if ((status.st_mode & S_ISUID && status.st_uid != geteuid()) ||
             (status.st_mode & S_ISGID && status.st_mode & S_IXGRP && status.st_gid != getegid())) {
    found = "setuid";
  } else if (!memcmp(bytes, ELFMAG, SELFMAG)) {
    const Elf64_Ehdr *header = (const void *)bytes;
#if defined(__x86_64__)
    const int own = EM_X86_64;
#else
    const int own = EM_AARCH64;
#endif
    if (bytes[EI_CLASS] != ELFCLASS64 || header->e_machine != own) {
      found = "architecture";
    } else {
      found = "static";
      size_t names = 0;
      for (int index = 0; index < header->e_phnum; index++) {
        size_t place = header->e_phoff + (size_t)index * header->e_phentsize;
        if (place > (size_t)size - sizeof(Elf64_Phdr)) {
          found = NULL;
          break;
        }
        const Elf64_Phdr *part = (const void *)(bytes + place);
        if (part->p_type == PT_INTERP) found = NULL;
        // The first part that is loaded has the names of what is linked.
        if (part->p_type == PT_LOAD && !names) names = part->p_offset + part->p_filesz;
      }
      if (names > MOST_NAMES) names = MOST_NAMES;
      for (size_t at = 0; !found && at < names; at += sizeof bytes - 64) {
        long got = peakline_syscall(SYS_pread64, file, (long)bytes, sizeof bytes, (long)at, 0, 0);
        if (got <= 0) break;
        if (has_sanitizer(bytes, (size_t)got)) found = "sanitizer";
      }
    }
  }
  peakline_syscall(SYS_close, file, 0, 0, 0, 0, 0);
  if (!found && size > 2 && bytes[0] == '#' && bytes[1] == '!' && scripts_left > 0) {
    bytes[size] = 0;
    char *word = (char *)bytes + 2 + strspn((char *)bytes + 2, " \t");
    word[strcspn(word, " \t\n")] = 0;
    return obstacle(word, scripts_left - 1);
  }
  return found;
}

/// Notes of a process what it runs, or that it does not after all.
static void note(pid_t process, const char *reason, const char *path) {
  if (!given.folder) return;
  int folder = (int)peakline_syscall(SYS_openat, AT_FDCWD, (long)given.folder,
                                     O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
  if (folder < 0) return;
  int file = (int)peakline_syscall(SYS_openat, folder, (long)"unrecorded",
                                   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666, 0, 0);
  peakline_syscall(SYS_close, folder, 0, 0, 0, 0, 0);
  if (file < 0) return;
  char row[PATH_MAX + 64];
  char digits[12];
  char *first = digits + sizeof digits;
  for (unsigned rest = (unsigned)process; rest || first == digits + sizeof digits; rest /= 10)
    *--first = (char)('0' + rest % 10);
  char *end = mempcpy(row, first, (size_t)(digits + sizeof digits - first));
  *end++ = ' ';
  end = stpcpy(end, reason);
  *end++ = ' ';
  for (; *path && end < row + sizeof row - 1; path++) *end++ = *path == '\n' ? '?' : *path;
  *end++ = '\n';
  peakline_syscall(SYS_write, file, (long)row, end - row, 0, 0, 0);
  peakline_syscall(SYS_close, file, 0, 0, 0, 0, 0);
}

static pid_t own_process(void) { return (pid_t)peakline_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0); }

/// The file that a name leads to, as `execvp` finds it; the name itself where that is not known.
static const char *found(const char *name, char *buffer, size_t room) {
  if (strchr(name, '/')) return name;
  const char *folders = variable(environ, "PATH=");
  if (!folders) folders = "/bin:/usr/bin";
  size_t length = strlen(name);
  for (const char *start = folders;; start++) {
    size_t part = strcspn(start, ":");
    if (part + length + 2 < room) {
      char *end = mempcpy(buffer, start, part);
      if (part) *end++ = '/';
      strcpy(end, name);
      if (!peakline_syscall(SYS_faccessat, AT_FDCWD, (long)buffer, X_OK, 0, 0, 0)) return buffer;
    }
    start += part;
    if (!*start) return name;
  }
}

// MARK: - The environment of a program

/// How much room the environment with the agent takes: variables, and bytes for the list of what is
/// preloaded; no variables: it is left as it is.
struct room {
  size_t variables, text;
};

static struct room room_for(char *const *all) {
  struct room none = {0, 1};
  // Somebody has given an order of his own: another recording begins there.
  if (!given.folder || !all || variable(all, "PEAKLINE_RECORD=")) return none;
  size_t count = 0;
  while (all[count])
    if (++count > MOST_VARIABLES) return none;
  const char *others = variable(all, "LD_PRELOAD=");
  size_t text = strlen(given.preload) + (others ? strlen(others) + 2 : 1);
  return text > LONGEST_PRELOAD ? none : (struct room){count + 3, text};
}

static char *const *with_agent(char *const *all, struct room room, char **fresh, char *text) {
  if (!room.variables) return all;
  char *end = stpcpy(text, given.preload);
  const char *others = variable(all, "LD_PRELOAD=");
  if (others) {
    *end++ = ':';
    strcpy(end, others);
  }
  // In the same order, which the program sees.
  size_t count = 0;
  for (; *all; all++) fresh[count++] = *all + strlen("LD_PRELOAD=") == others ? text : *all;
  if (!others) fresh[count++] = text;
  fresh[count++] = given.order;
  fresh[count] = NULL;
  return fresh;
}

/// Runs `START` with `variables` as the environment for a program that `path` leads to, and notes it where
/// it cannot be recorded: of this process, and takes that back if the program did not start.
#define START_HERE(path, all, START)                                       \
  const char *reason = given.folder ? obstacle(path, 4) : NULL;            \
  struct room room = reason ? (struct room){0, 1} : room_for(all);         \
  char *fresh[room.variables + 1], text[room.text];                        \
  char *const *variables = with_agent(all, room, fresh, text);             \
  if (reason) note(own_process(), reason, path);                           \
  int answer = START;                                                      \
  int kept = errno;                                                        \
  if (reason) note(own_process(), "failed", path);                         \
  errno = kept;                                                            \
  return answer

// MARK: - What programs call

int peakline_execve(const char *path, char *const words[], char *const all[]) {
  START_HERE(path, all, (int)syscall(SYS_execve, path, words, variables));
}

int peakline_execv(const char *path, char *const words[]) {
  return peakline_execve(path, words, environ);
}

int peakline_execvpe(const char *name, char *const words[], char *const all[]) {
  if (!READY(execvpe)) return errno = ENOSYS, -1;
  char buffer[PATH_MAX];
  const char *path = given.folder ? found(name, buffer, sizeof buffer) : name;
  START_HERE(path, all, real.execvpe(name, words, variables));
}

int peakline_execvp(const char *name, char *const words[]) {
  return peakline_execvpe(name, words, environ);
}

int peakline_fexecve(int file, char *const words[], char *const all[]) {
  if (!READY(fexecve)) return errno = ENOSYS, -1;
  char path[32];
  char *end = stpcpy(path, "/proc/self/fd/");
  char digits[12];
  char *first = digits + sizeof digits;
  for (unsigned rest = (unsigned)file; rest || first == digits + sizeof digits; rest /= 10)
    *--first = (char)('0' + rest % 10);
  end = mempcpy(end, first, (size_t)(digits + sizeof digits - first));
  *end = 0;
  START_HERE(path, all, real.fexecve(file, words, variables));
}

/// The words that follow `first`, up to the NULL that ends them.
#define WITH_WORDS(first)                                                  \
  va_list list;                                                            \
  size_t count = 1;                                                        \
  va_start(list, first);                                                   \
  while (va_arg(list, char *)) count++;                                    \
  va_end(list);                                                            \
  char *words[count + 1];                                                  \
  va_start(list, first);                                                   \
  words[0] = (char *)first;                                                \
  for (size_t index = 1; index <= count; index++) words[index] = va_arg(list, char *)

int peakline_execl(const char *path, const char *first, ...) {
  WITH_WORDS(first);
  va_end(list);
  return peakline_execve(path, words, environ);
}

int peakline_execlp(const char *name, const char *first, ...) {
  WITH_WORDS(first);
  va_end(list);
  return peakline_execvpe(name, words, environ);
}

int peakline_execle(const char *path, const char *first, ...) {
  WITH_WORDS(first);
  char *const *all = va_arg(list, char *const *);
  va_end(list);
  return peakline_execve(path, words, all);
}

/// The same for a program that another process becomes.
#define START_CHILD(path, all, START)                                      \
  const char *reason = given.folder ? obstacle(path, 4) : NULL;            \
  struct room room = reason ? (struct room){0, 1} : room_for(all);         \
  char *fresh[room.variables + 1], text[room.text];                        \
  char *const *variables = with_agent(all, room, fresh, text);             \
  pid_t own;                                                               \
  if (!child) child = &own;                                                \
  int answer = START;                                                      \
  if (reason && !answer) note(*child, reason, path);                       \
  return answer

int peakline_posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *attributes, char *const words[], char *const all[]) {
  if (!READY(posix_spawn)) return ENOSYS;
  START_CHILD(path, all, real.posix_spawn(child, path, actions, attributes, words, variables));
}

int peakline_posix_spawnp(pid_t *child, const char *name, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attributes, char *const words[], char *const all[]) {
  if (!READY(posix_spawnp)) return ENOSYS;
  char buffer[PATH_MAX];
  const char *path = given.folder ? found(name, buffer, sizeof buffer) : name;
  START_CHILD(path, all, real.posix_spawnp(child, name, actions, attributes, words, variables));
}

// MARK: - Shells

/// Copies a text as a word of the shell's.
static char *quoted(char *end, const char *text) {
  *end++ = '\'';
  for (; *text; text++) end = *text == '\'' ? stpcpy(end, "'\\''") : (*end++ = *text, end);
  *end++ = '\'';
  *end = 0;
  return end;
}

/// How many bytes a line takes that gives the agent to the shell; 0: it stays as it is.
static size_t room_for_line(const char *line) {
  if (!given.folder || !line || strlen(line) > LONGEST_LINE || variable(environ, "PEAKLINE_RECORD=")) return 0;
  return 4 * (strlen(given.preload) + strlen(given.order) + strlen(line)) + 128;
}

/// libc starts the shell by itself, without the agent: it goes on as another one that has it, under the same
/// number and name, and sees of the variables as little as any program.
static void give_to_shell(char *buffer, const char *line) {
  char *end = stpcpy(buffer, "LD_PRELOAD=");
  end = quoted(end, given.preload + strlen("LD_PRELOAD="));
  end = stpcpy(end, "${LD_PRELOAD+:$LD_PRELOAD} PEAKLINE_RECORD=");
  end = quoted(end, given.order + strlen("PEAKLINE_RECORD="));
  end = stpcpy(end, " exec /bin/sh -c ");
  end = quoted(end, line);
  strcpy(end, " sh");
}

int peakline_system(const char *line) {
  if (!READY(system)) return errno = ENOSYS, -1;
  size_t room = room_for_line(line);
  if (!room) return real.system(line);
  char buffer[room];
  give_to_shell(buffer, line);
  return real.system(buffer);
}

FILE *peakline_popen(const char *line, const char *mode) {
  if (!READY(popen)) return errno = ENOSYS, (FILE *)NULL;
  size_t room = room_for_line(line);
  if (!room) return real.popen(line, mode);
  char buffer[room];
  give_to_shell(buffer, line);
  return real.popen(buffer, mode);
}

// MARK: - The end

void agent_record_to_end(void);

/// Ends the process at once, without what libc does at the end: children of multiprocessing end so.
__attribute__((noreturn)) void peakline__exit(int status) {
  agent_record_to_end();
  for (;;) syscall(SYS_exit_group, status);
}

__attribute__((noreturn)) void peakline__Exit(int status) { peakline__exit(status); }
