// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Questions to the file system, one libc call each.
enum Files {
  /// Whether the path is a regular file that this process may execute.
  static func isProgram(_ path: SystemText) -> Bool {
    var status = stat()
    guard unsafe stat(path.cString, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return false
    }
    return unsafe access(path.cString, X_OK) == 0
  }

  static func isProgram(_ path: String) -> Bool { isProgram(SystemText(path)) }

  /// Where this executable lies, links resolved; nil where /proc is not mounted.
  static func thisExecutable() -> String? {
    guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Whether the file can be opened that way, and read from where reading is asked for.
  static func canOpen(_ path: String, for mode: Int32) -> Bool {
    let descriptor = unsafe open(path, mode | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard mode == O_RDONLY else { return true }
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1
  }

  /// The bytes of a file; of the standard input for `-`.
  static func contents(of path: String) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try forEachPiece(of: path) { bytes += $0 }
    return bytes
  }

  /// The bytes of a file, a piece after the other; of the standard input for `-`.
  static func forEachPiece(of path: String, _ take: ([UInt8]) -> Void) throws(Failure) {
    let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: lastError()) }
    defer { if path != "-" { close(descriptor) } }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count > 0 {
        take(count == chunk.count ? chunk : Array(chunk[..<count]))
      } else if count == 0 {
        return
      } else if errno != EINTR {
        throw .cannotRead(path: path, reason: lastError())
      }
    }
  }

  /// The file of this folder that was changed last, of those whose names end so; nil if there is none.
  static func newest(ending: String) -> String? {
    guard let folder = unsafe opendir(".") else { return nil }
    defer { unsafe closedir(folder) }
    var newest: (name: String, seconds: Int, nanoseconds: Int)?
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      guard name.hasSuffix(ending), name != ending, unsafe stat(name, &status) == 0 else {
        continue
      }
      let time = (Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec), name)
      if let best = newest, time < (best.seconds, best.nanoseconds, best.name) { continue }
      newest = (name, time.0, time.1)
    }
    return newest?.name
  }

  static func beginning(of path: String, count: Int) -> [UInt8]? {
    beginning(of: SystemText(path), count: count)
  }

  /// The first bytes of a regular file; nil for what is none, or cannot be read.
  static func beginning(of path: SystemText, count: Int) -> [UInt8]? {
    let descriptor = unsafe open(path.cString, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: count)
    let number = unsafe read(descriptor, &bytes, count)
    return Array(bytes.prefix(max(0, number)))
  }

  /// Whether the path is a folder.
  static func isFolder(_ path: SystemText) -> Bool { kind(of: path) == S_IFDIR }

  static func isFolder(_ path: String) -> Bool { isFolder(SystemText(path)) }

  /// Whether the path is a pipe.
  static func isPipe(_ path: String) -> Bool { kind(of: SystemText(path)) == S_IFIFO }

  private static func kind(of path: SystemText) -> mode_t? {
    var status = stat()
    return unsafe stat(path.cString, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The directory that the path names a file in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The path of a program: a name with a slash is one, any other is looked up on `PATH`.
  static func program(named name: SystemText) throws(Failure) -> SystemText {
    guard let found = places(of: name).first(where: isProgram) else {
      throw .noProgram(name.text)
    }
    return found
  }

  /// The path of a program for `mprof run`, which tells one that is not there from one that may not be
  /// run.
  static func programOfMprof(named name: SystemText) throws(Failure) -> SystemText {
    do throws(Failure) {
      return try program(named: name)
    } catch {
      guard let there = places(of: name).first(where: isThere) else {
        throw .mprof(.noProgram(name.text))
      }
      let reason = isFolder(there) ? EISDIR : EACCES
      throw .mprof(
        .cannotStart(program: there.text, reason: unsafe String(cString: strerror(reason))))
    }
  }

  /// Where a program of that name may lie.
  static func places(of name: SystemText) -> [SystemText] {
    if name.bytes.contains(UInt8(ascii: "/")) { return [name] }
    let path = SystemText.variable("PATH") ?? "/usr/bin:/bin"
    return path.bytes.split(separator: UInt8(ascii: ":")).map {
      SystemText(bytes: $0 + [UInt8(ascii: "/")] + name.bytes)
    }
  }

  /// Whether two names are one file's.
  static func areSame(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return unsafe stat(one, &first) == 0 && stat(other, &second) == 0
      && first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  /// What a file system knows a file by; 0 where there is none.
  static func inode(of path: String) -> UInt64 {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  /// Whether there is anything of that name.
  static func isThere(_ path: SystemText) -> Bool { unsafe access(path.cString, F_OK) == 0 }

  static func isThere(_ path: String) -> Bool { isThere(SystemText(path)) }

  /// Writes a file, in place of one that is there; says why it cannot be.
  static func replace(_ path: String, with bytes: [UInt8]) -> String? {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return lastError() }
    var sent = 0
    while sent < bytes.count {
      // Safe: `sent` is less than the number of bytes.
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
      }
      if count > 0 { sent += count } else if errno != EINTR { break }
    }
    let reason = sent < bytes.count ? lastError() : nil
    return close(descriptor) == 0 ? reason : reason ?? lastError()
  }

  /// Sees to it that no file that is opened from here on becomes the standard input or an output.
  ///
  /// Where one of these was closed, a program that is started finds it closed.
  static func occupyStandardStreams() {
    var descriptor = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    while (0...2).contains(descriptor) {
      descriptor = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    }
    if descriptor >= 0 { close(descriptor) }
  }

  /// A path without links; nil if nothing is there.
  static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// The names in a folder; none if it cannot be read.
  static func entries(of folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe names.append(String(cString: $0))
        }
      }
    }
    return names
  }

  /// The size of a file in bytes; 0 if there is none.
  static func size(of path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// When a file was last written to, in nanoseconds since 1970; 0 where there is none.
  static func modification(of path: String) -> Int {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return 0 }
    return Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
  }

  static func workingFolder() -> SystemText {
    guard let path = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(path) }
    return unsafe SystemText(copying: path)
  }

  /// The variables of the environment, each as `NAME=value`.
  static func environment() -> [SystemText] {
    var variables: [SystemText] = []
    var place = unsafe environ
    while let variable = unsafe place.pointee {
      unsafe variables.append(SystemText(copying: variable))
      unsafe place += 1
    }
    return variables
  }

  private static func lastError() -> String {
    unsafe String(cString: strerror(errno))
  }
}
