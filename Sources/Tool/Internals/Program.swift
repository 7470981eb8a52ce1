// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Running another program: in place of this one, or beside it with its output read.
enum Program {
  /// Becomes the other program; returns only by throwing.
  static func replaceThisProcess(with path: String, arguments: [String]) throws(Failure) -> Never {
    let words = CStrings([path] + arguments)
    _ = unsafe execv(path, words.pointers)
    throw .cannotRun(program: path, reason: reason(errno))
  }

  /// Runs the program to its end; its standard output, and whether it ended with 0.
  ///
  /// Its standard error is dropped: `doctor` puts what went wrong in its own words.
  static func output(
    of path: String, arguments: [String]
  ) throws(Failure) -> (text: String, succeeded: Bool) {
    var pipeEnds: [Int32] = [0, 0]
    guard unsafe pipe(&pipeEnds) == 0 else {
      throw .cannotRun(program: path, reason: reason(errno))
    }
    defer { close(pipeEnds[0]) }
    let started = spawn(path, arguments: arguments, pipeEnds: pipeEnds)
    close(pipeEnds[1])
    guard started.error == 0 else {
      throw .cannotRun(program: path, reason: reason(started.error))
    }
    let text = readAll(from: pipeEnds[0])
    var status: Int32 = 0
    while unsafe waitpid(started.child, &status, 0) < 0 && errno == EINTR {}
    return (text, status == 0)
  }

  private static func spawn(
    _ path: String, arguments: [String], pipeEnds: [Int32]
  ) -> (child: pid_t, error: Int32) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, pipeEnds[1], STDOUT_FILENO)
    for end in pipeEnds { unsafe posix_spawn_file_actions_addclose(&actions, end) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    let words = CStrings([path] + arguments)
    var child: pid_t = 0
    let error = unsafe posix_spawn(&child, path, &actions, nil, words.pointers, environ)
    return (child, error)
  }

  private static func readAll(from descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count > 0 {
        bytes += chunk[..<count]
      } else if count == 0 || errno != EINTR {
        return String(decoding: bytes, as: UTF8.self)
      }
    }
  }

  private static func reason(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
  }
}

/// A null-terminated array of C strings, as `exec` wants it; freed with its owner.
@safe
final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [SystemText]) {
    count = strings.count
    unsafe pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { unsafe pointers[index] = strdup(string.cString) }
    unsafe pointers[count] = nil
  }

  convenience init(_ strings: [String]) { self.init(strings.map { SystemText($0) }) }

  deinit {
    // Safe: init filled exactly these `count` elements, and nothing else writes to them.
    for index in 0..<count { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}
