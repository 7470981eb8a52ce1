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
#include <sys/resource.h>
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
  /// Which file the agent is, by which a program finds it, or does not.
  dev_t device;
  ino_t number;
} given;

// In Trees/.
/// Whether nobody waits for the processes of the tree any more.
int32_t agent_tree_is_over(void);
/// Takes what this process has in use out of the tree, because it becomes a program that is not recorded; and
/// puts it back, where it does not after all.
void agent_tree_leave(int32_t is_back);

static struct {
  int (*execve)(const char *, char *const[], char *const[]);
  int (*execvpe)(const char *, char *const[], char *const[]);
  int (*fexecve)(int, char *const[], char *const[]);
  int (*posix_spawn)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                     const posix_spawnattr_t *, char *const[], char *const[]);
  int (*posix_spawnp)(pid_t *, const char *, const posix_spawn_file_actions_t *,
                      const posix_spawnattr_t *, char *const[], char *const[]);
  int (*system)(const char *);
  FILE *(*popen)(const char *, const char *);
  void (*_exit)(int);
} real;

/// The function behind ours: looked up when the agent is loaded, where that is no danger.
#define FIND(name) real.name = (__typeof__(real.name))agent_symbol((intptr_t)RTLD_NEXT, (const uint8_t *)#name)

static void find_real(void) {
  FIND(execve);
  FIND(_exit);
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
  struct stat status;
  if (length > PATH_MAX || strlen(order) >= sizeof given.order - 16) return;
  memcpy(stpcpy(given.preload, "LD_PRELOAD="), agent, length);
  const char *path = given.preload + strlen("LD_PRELOAD=");
  if (peakline_syscall(SYS_newfstatat, AT_FDCWD, (long)path, (long)&status, 0, 0, 0)) return;
  given.device = status.st_dev;
  given.number = status.st_ino;
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

/// Whether programs find the agent by its path: not in another root, nor for another user who may not.
static int is_reachable(void) {
  int file = (int)peakline_syscall(SYS_openat, AT_FDCWD, (long)(given.preload + strlen("LD_PRELOAD=")),
                                   O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
  if (file < 0) return 0;
  struct stat status;
  long failed = peakline_syscall(SYS_fstat, file, (long)&status, 0, 0, 0, 0);
  peakline_syscall(SYS_close, file, 0, 0, 0, 0, 0);
  return !failed && status.st_dev == given.device && status.st_ino == given.number;
}

/// Why a program would not be recorded, or would fail; NULL if nothing is known against it.
static const char *obstacle_of_file(const char *path, int scripts_left) {
  uint8_t bytes[1024];
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
  } else if (geteuid() && peakline_syscall(SYS_fgetxattr, file, (long)"security.capability", 0, 0, 0, 0) > 0) {
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
        if (part->p_type == PT_INTERP) {
          // Another libc has another loader, which would have no use for our library.
          int is_seen = part->p_offset < (size_t)size && part->p_filesz <= (size_t)size - part->p_offset;
          found = is_seen && !contains(bytes + part->p_offset, part->p_filesz, "/ld-linux") ? "architecture" : NULL;
          if (found) break;
        }
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
    return obstacle_of_file(word, scripts_left - 1);
  }
  return found;
}

static const char *obstacle(const char *path) {
  if (!given.folder || agent_tree_is_over()) return NULL;
  return is_reachable() ? obstacle_of_file(path, 4) : "unreachable";
}

/// Notes of a process what it runs, or that it does not after all.
static void note(pid_t process, const char *reason, const char *path) {
  if (!given.folder) return;
  int folder = (int)peakline_syscall(SYS_openat, AT_FDCWD, (long)given.folder,
                                     O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
  if (folder < 0) return;
  int file = (int)peakline_syscall(SYS_openat, folder, (long)"unrecorded",
                                   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                                   0666, 0, 0);
  peakline_syscall(SYS_close, folder, 0, 0, 0, 0, 0);
  if (file < 0) return;
  char digits[12];
  char *first = digits + sizeof digits;
  for (unsigned rest = (unsigned)process; rest || first == digits + sizeof digits; rest /= 10)
    *--first = (char)('0' + rest % 10);
  // A row is a line: of a path with line breaks in it the first is noted.
  struct iovec parts[] = {
      {first, (size_t)(digits + sizeof digits - first)},
      {" ", 1},
      {(void *)reason, strlen(reason)},
      {" ", 1},
      {(void *)path, strcspn(path, "\n")},
      {"\n", 1},
  };
  size_t length = 0;
  for (size_t index = 0; index < sizeof parts / sizeof *parts; index++) length += parts[index].iov_len;
  // Beyond the limit, the answer would be a signal that ends the program.
  struct stat status;
  struct rlimit limit;
  int has_room = !peakline_syscall(SYS_fstat, file, (long)&status, 0, 0, 0, 0) && S_ISREG(status.st_mode) &&
                 !peakline_syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, 0, (long)&limit, 0, 0) &&
                 (rlim_t)status.st_size + length <= limit.rlim_cur;
  if (has_room)
    peakline_syscall(SYS_writev, file, (long)parts, sizeof parts / sizeof *parts, 0, 0, 0);
  peakline_syscall(SYS_close, file, 0, 0, 0, 0, 0);
}

static pid_t own_process(void) { return (pid_t)peakline_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0); }

static const char *search_path(void) {
  const char *folders = variable(environ, "PATH=");
  return folders ? folders : "/bin:/usr/bin";
}

/// How much room the longest path takes that a name may lead to.
static size_t room_for_path(const char *name) {
  size_t longest = 0;
  if (!given.folder || strchr(name, '/')) return 1;
  for (const char *start = search_path();; start++) {
    size_t part = strcspn(start, ":");
    if (part > longest) longest = part;
    start += part;
    if (!*start) break;
  }
  size_t room = longest + strlen(name) + 2;
  return room > PATH_MAX ? PATH_MAX : room;
}

/// The file that a name leads to, as `execvp` finds it; the name itself where that is not known.
static const char *found(const char *name, char *buffer, size_t room) {
  if (!given.folder || strchr(name, '/')) return name;
  const char *folders = search_path();
  size_t length = strlen(name);
  for (const char *start = folders;; start++) {
    size_t part = strcspn(start, ":");
    if (part + length + 2 <= room) {
      char *end = mempcpy(buffer, start, part);
      if (part) *end++ = '/';
      strcpy(end, name);
      struct stat status;
      if (!peakline_syscall(SYS_newfstatat, AT_FDCWD, (long)buffer, (long)&status, 0, 0, 0) &&
          S_ISREG(status.st_mode) && !peakline_syscall(SYS_faccessat, AT_FDCWD, (long)buffer, X_OK, 0, 0, 0))
        return buffer;
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
  if (!given.folder || variable(all, "PEAKLINE_RECORD=") || agent_tree_is_over()) return none;
  size_t count = 0;
  while (all && all[count])
    if (++count > MOST_VARIABLES) return none;
  const char *others = variable(all, "LD_PRELOAD=");
  size_t text = strlen(given.preload) + (others ? strlen(others) + 2 : 1);
  return text > LONGEST_PRELOAD ? none : (struct room){count + 3, text};
}

static char *const *with_agent(char *const *all, struct room room, char **fresh, char *text) {
  if (!room.variables) return all;
  // Another thread may change the environment meanwhile, which was measured before.
  char *end = stpcpy(text, given.preload);
  const char *others = variable(all, "LD_PRELOAD=");
  if (others) {
    size_t length = strnlen(others, room.text - strlen(given.preload) - 2);
    *end++ = ':';
    end = mempcpy(end, others, length);
    *end = 0;
  }
  // In the same order, which the program sees.
  size_t count = 0;
  for (; all && *all && count < room.variables - 3; all++) fresh[count++] = *all + strlen("LD_PRELOAD=") == others ? text : *all;
  if (!others) fresh[count++] = text;
  fresh[count++] = given.order;
  fresh[count] = NULL;
  return fresh;
}

/// Runs `START` with `variables` as the environment for a program that `path` leads to, and notes it where
/// it cannot be recorded: of this process, and takes that back if the program did not start.
#define START_HERE(path, all, START)                                       \
  const char *reason = obstacle(path);                                     \
  struct room room = reason ? (struct room){0, 1} : room_for(all);         \
  char *fresh[room.variables + 1], text[room.text];                        \
  char *const *variables = with_agent(all, room, fresh, text);             \
  if (reason) note(own_process(), reason, path);                           \
  if (!room.variables) agent_tree_leave(0);                                \
  int answer = START;                                                      \
  /* What just fitted does not with us. */                                 \
  if (answer < 0 && errno == E2BIG && room.variables) {                    \
    variables = all;                                                       \
    answer = START;                                                        \
  }                                                                        \
  int kept = errno;                                                        \
  if (!room.variables) agent_tree_leave(1);                                \
  if (reason) note(own_process(), "failed", path);                         \
  errno = kept;                                                            \
  return answer

// MARK: - What programs call

int peakline_execve(const char *path, char *const words[], char *const all[]) {
  if (!READY(execve)) return (int)syscall(SYS_execve, path, words, all);
  // Not past others who stand before libc, behind us.
  START_HERE(path, all, real.execve(path, words, variables));
}

int peakline_execv(const char *path, char *const words[]) {
  return peakline_execve(path, words, environ);
}

int peakline_execvpe(const char *name, char *const words[], char *const all[]) {
  if (!READY(execvpe)) return errno = ENOSYS, -1;
  char buffer[room_for_path(name)];
  const char *path = found(name, buffer, sizeof buffer);
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
  const char *reason = obstacle(path);                                     \
  struct room room = reason ? (struct room){0, 1} : room_for(all);         \
  char *fresh[room.variables + 1], text[room.text];                        \
  char *const *variables = with_agent(all, room, fresh, text);             \
  pid_t own;                                                               \
  if (!child) child = &own;                                                \
  int answer = START;                                                      \
  if (answer == E2BIG && room.variables) {                                 \
    variables = all;                                                       \
    answer = START;                                                        \
  }                                                                        \
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
  char buffer[room_for_path(name)];
  const char *path = found(name, buffer, sizeof buffer);
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

static size_t room_quoted(const char *text) {
  size_t room = 2;
  for (; *text; text++) room += *text == '\'' ? 4 : 1;
  return room;
}

/// How many bytes a line takes that gives the agent to the shell; 0: it stays as it is.
///
/// One that the shell takes for options does: so it fails as it would.
static size_t room_for_line(const char *line) {
  if (!given.folder || !line || *line == '-' || *line == '+' || strlen(line) > LONGEST_LINE ||
      variable(environ, "PEAKLINE_RECORD=") || agent_tree_is_over() || !is_reachable())
    return 0;
  return room_quoted(given.preload) + room_quoted(given.order) + room_quoted(line) + 128;
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
  if (READY(_exit)) real._exit(status);
  for (;;) syscall(SYS_exit_group, status);
}

__attribute__((noreturn)) void peakline__Exit(int status) { peakline__exit(status); }
