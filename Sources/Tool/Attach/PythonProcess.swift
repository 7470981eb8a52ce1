// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A running Python, as `/proc` and the files that it has loaded show it: nothing in it is touched.
struct PythonProcess {
  let number: pid_t
  /// The number that it has for itself, which is another in a container.
  let ownNumber: Int
  /// The words of its command line.
  let words: [String]
  /// The addresses of functions in it, by their names.
  let functions: [String: UInt64]
  /// The machine code of the interpreter, and in that the function that runs Python's code.
  let interpreter: Range<UInt64>
  let evaluation: Range<UInt64>?
  /// Where libc's machine code makes the system call that returns from a signal's handler.
  let restorer: UInt64
  let memory: ProcessMemory

  /// Functions of the interpreter that are called in it.
  static let pythons = [
    "Py_IsInitialized", "PyGILState_Ensure", "PyGILState_Release", "PyDict_New", "PyRun_String",
    "PyDict_GetItemString", "PyUnicode_AsUTF8", "Py_DecRef", "PyErr_Clear",
    "PyThread_get_thread_native_id", "Py_AddPendingCall",
  ]
  /// Functions of libc.
  static let libcs = [
    "pthread_create", "pthread_self", "pthread_detach", "pthread_sigmask", "poll",
  ]
  private static let mappers = ["mmap", "munmap"]
  /// Came with 3.10.
  private static let recent = "PyModule_AddObjectRef"
  private static let evaluator = "_PyEval_EvalFrameDefault"

  init(_ number: pid_t) throws(AttachFailure) {
    do throws(Obstacle) {
      try self.init(looking: number)
    } catch {
      // What has just ended looks like many things.
      let hasEnded = error.isOfMemory && Self.whyWithoutMemory(number) == .hasEnded
      throw AttachFailure(process: number, reason: hasEnded ? .hasEnded : error.reason)
    }
  }

  /// A reason, on its way to become a failure.
  private struct Obstacle: Error {
    let reason: AttachFailure.Reason
    init(_ reason: AttachFailure.Reason) { self.reason = reason }

    /// Whether it was found in what a process has loaded.
    var isOfMemory: Bool {
      switch reason {
      case .forbidden, .notPython, .olderPython, .isStatic, .replaced: true
      default: false
      }
    }
  }

  private init(looking number: pid_t) throws(Obstacle) {
    self.number = number
    ownNumber = try Self.state(of: number)
    words = ProcessFinder.commandLine(of: number)
    // Before the mappings: so these are known to be of the same program.
    let memory = ProcessMemory(of: number)
    let mappings = Mapping.all(of: number)
    if mappings?.isEmpty == true { throw Obstacle(Self.whyWithoutMemory(number) ?? .hasEnded) }
    guard let memory, let mappings else {
      let isHidden = Files.entries(of: "/proc/\(number)").isEmpty
      throw Obstacle(isHidden ? .hasEnded : Self.whyNotReadable(number))
    }
    self.memory = memory
    let root = "/proc/\(number)/root"
    try Self.lookAtProgram(number, mappings)
    try Self.lookAtProtection(number)
    let (python, mapping) = try Self.interpreter(in: mappings, root: root, of: number)
    if python[Self.recent] == nil { throw Obstacle(.olderPython) }
    var functions = python.mapValues(\.address)
    guard let libc = mappings.first(where: { Self.isLibc(Files.name(of: $0.path)) }) else {
      throw Obstacle(.isStatic)
    }
    // Threads were a library of their own before glibc 2.34.
    let threads = mappings.first { Files.name(of: $0.path).hasPrefix("libpthread") }
    for place in [libc, threads].compactMap(\.self) {
      let found = try Self.symbols(Set(Self.libcs + Self.mappers), in: place, mappings, root)
      functions.merge(found.mapValues(\.address)) { own, _ in own }
    }
    let wanted = Self.pythons + Self.libcs + Self.mappers
    guard wanted.allSatisfy({ functions[$0] != nil }) else { throw Obstacle(.notPython) }
    self.functions = functions
    let code = mappings.filter { $0.isExecutable && $0.inode == mapping.inode }
    interpreter =
      (code.first?.addresses.lowerBound ?? 0)..<(code.last?.addresses.upperBound ?? 0)
    evaluation = python[Self.evaluator].map { $0.address..<$0.address &+ $0.size }
    guard let restorer = try Self.restorer(in: libc, mappings, root) else {
      throw Obstacle(.notPython)
    }
    self.restorer = restorer
  }

  func address(of name: String) -> UInt64 { functions[name] ?? 0 }

  /// As `peakline_errand_fill` wants them.
  var errandFunctions: [UInt64] { (Self.pythons + Self.libcs).map(address(of:)) }

  func failure(_ reason: AttachFailure.Reason) -> AttachFailure {
    AttachFailure(process: number, reason: reason)
  }

  /// Whether it has not ended.
  var isAlive: Bool {
    var text = KernelText()
    let state = text.readState(of: number)
    return state != nil && state != UInt8(ascii: "Z") && state != UInt8(ascii: "X")
  }

  /// Whether it still runs the program that was looked at.
  var isSame: Bool {
    memory.bytes(at: restorer, count: Self.restoring.count) == Self.restoring
  }

  /// Whether it has a thread of that number, as it counts itself.
  func hasThread(_ own: Int) -> Bool {
    var text = KernelText()
    return Files.entries(of: "/proc/\(number)/task").contains { thread in
      text.read("/proc/\(number)/task/\(thread)/status") && text.ownNumber == own
    }
  }

  // MARK: - What it is doing

  /// The number that it has for itself.
  private static func state(of number: pid_t) throws(Obstacle) -> Int {
    guard ElfFile.ownMachine == ElfFile.x86 else { throw Obstacle(.unknownArchitecture) }
    if number == getpid() { throw Obstacle(.isOurselves) }
    guard System.procIsOurs else { throw Obstacle(.noProc) }
    var text = KernelText()
    guard text.read("/proc/\(number)/status") else {
      let isHidden = kill(number, 0) != 0 && errno == EPERM
      throw Obstacle(isHidden ? .otherUser : .noProcess)
    }
    // A thread has files there too.
    if let owner = text.number(of: "Tgid:"), owner != Int(number) {
      throw Obstacle(.isThread(of: pid_t(truncatingIfNeeded: owner)))
    }
    // Another attach may be at it, for a moment.
    var patience = 50
    while let tracer = text.number(of: "TracerPid:"), tracer != 0 {
      patience -= 1
      guard patience > 0, text.read("/proc/\(number)/status") else {
        throw Obstacle(.traced(by: pid_t(truncatingIfNeeded: tracer)))
      }
      usleep(2000)
    }
    let ownNumber = text.ownNumber
    switch text.readState(of: number) {
    case UInt8(ascii: "Z"), UInt8(ascii: "X"), nil: throw Obstacle(.hasEnded)
    case UInt8(ascii: "T"): throw Obstacle(.stopped)
    default: return ownNumber ?? Int(number)
    }
  }

  /// Why a process has no memory; nil if it has.
  private static func whyWithoutMemory(_ number: pid_t) -> AttachFailure.Reason? {
    var text = KernelText()
    if text.read("/proc/\(number)/status"), text.hasMemory { return nil }
    let state = text.readState(of: number)
    guard state != UInt8(ascii: "Z"), text.read("/proc/\(number)/stat") else { return .hasEnded }
    if text.state == UInt8(ascii: "Z") { return .hasNoMainThread }
    // The kernel's have one parent, which has none.
    return number == 2 || text.statField(1) == 2 ? .isKernels : .hasEnded
  }

  /// Throws if calls from outside would be its end.
  private static func lookAtProtection(_ number: pid_t) throws(Obstacle) {
    var status = KernelText()
    guard status.read("/proc/\(number)/status") else { throw Obstacle(.hasEnded) }
    if status.words(of: "x86_Thread_features:").contains("shstk") {
      throw Obstacle(.hasShadowStack)
    }
    if status.words(of: "Seccomp:") == ["1"] { throw Obstacle(.isSealed) }
  }

  /// Why the kernel does not show its memory, or does not let it be traced.
  static func whyNotReadable(_ number: pid_t) -> AttachFailure.Reason {
    var text = KernelText()
    guard text.read("/proc/\(number)/status") else { return .hasEnded }
    let owner = text.number(of: "Uid:")
    if geteuid() != 0, owner != Int(geteuid()) { return .otherUser }
    if let tracer = text.number(of: "TracerPid:"), tracer != 0 {
      return .traced(by: pid_t(truncatingIfNeeded: tracer))
    }
    let hasRight = text.read("/proc/self/status") && text.hasCapability(19)
    let isFiltered = (text.number(of: "Seccomp:") ?? 0) != 0
    if geteuid() == 0 && !hasRight || isFiltered && hasRight { return .forbidden(.container) }
    var scope = KernelText()
    if scope.read("/proc/sys/kernel/yama/ptrace_scope"), let setting = scope.firstNumber,
      setting == 3 || setting > 0 && !hasRight
    {
      return .forbidden(.ptraceScope(setting))
    }
    return .forbidden(isFiltered ? .container : .protected)
  }

  // MARK: - What it has loaded

  /// Throws if the agent of that path cannot be loaded into it.
  func look(forAgent agent: String) throws(AttachFailure) {
    try look(forFile: agent)
    let name = Files.name(of: agent)
    let own = Files.inode(of: agent)
    for mapping in Mapping.all(of: number) ?? []
    where Files.name(of: mapping.path) == name && mapping.inode != own {
      throw failure(.otherAgent(path: mapping.path))
    }
  }

  /// Throws if a path is not the same file, or folder, for it as for us.
  func look(forFile path: String) throws(AttachFailure) {
    guard Files.areSame("/proc/\(number)/root\(path)", path) else {
      throw failure(isSame ? .notVisible(path: path) : .hasEnded)
    }
  }

  private static func isLibc(_ name: String) -> Bool {
    name == "libc.so.6" || name.hasPrefix("libc-2.")
  }

  /// Throws if the program itself speaks against it.
  private static func lookAtProgram(
    _ number: pid_t, _ mappings: [Mapping]
  ) throws(Obstacle) {
    guard let program = ElfFile("/proc/\(number)/exe") else {
      throw Obstacle(whyNotReadable(number))
    }
    if program.is32Bit { throw Obstacle(.is32Bit) }
    if !program.isOurMachines { throw Obstacle(.otherArchitecture) }
    let names = mappings.map { Files.name(of: $0.path) }
    if names.contains(where: { $0.hasPrefix("ld-musl") || $0.hasPrefix("libc.musl") }) {
      throw Obstacle(.isMusl)
    }
    if !names.contains(where: { $0.contains("python") }) { throw Obstacle(.notPython) }
  }

  /// The interpreter's functions, and a mapping of the file that has them: the program, or its library.
  private static func interpreter(
    in mappings: [Mapping], root: String, of number: pid_t
  ) throws(Obstacle) -> ([String: ElfFile.Symbol], Mapping) {
    let names = Set(pythons + [recent, evaluator])
    var program = [CChar](repeating: 0, count: 4096)
    let length = unsafe readlink("/proc/\(number)/exe", &program, program.count)
    let path = SystemText(bytes: program.prefix(max(0, length)).map { UInt8(bitPattern: $0) }).text
    var seen: Set<UInt64> = []
    for mapping in mappings where mapping.inode != 0 && seen.insert(mapping.inode).inserted {
      let name = Files.name(of: mapping.path)
      guard mapping.path == path || name.hasPrefix("libpython") else { continue }
      let found = try symbols(names, in: mapping, mappings, root)
      if pythons.allSatisfy({ found[$0] != nil }) { return (found, mapping) }
    }
    throw Obstacle(.notPython)
  }

  /// Symbols of a file, with the addresses that they have in the process.
  private static func symbols(
    _ names: Set<String>, in mapping: Mapping, _ mappings: [Mapping], _ root: String
  ) throws(Obstacle) -> [String: ElfFile.Symbol] {
    let path = try path(of: mapping, root)
    guard let file = ElfFile(path), let preferred = file.preferredAddress,
      let start = mappings.first(where: { $0.inode == mapping.inode && $0.offset == 0 })
    else { return [:] }
    let shift = start.addresses.lowerBound &- preferred
    return file.symbols(named: names).mapValues {
      ElfFile.Symbol(address: $0.address &+ shift, size: $0.size)
    }
  }

  /// Where the file of a mapping is to be found from here.
  private static func path(of mapping: Mapping, _ root: String) throws(Obstacle) -> String {
    // In a container it is below the process's root; one that has changed its root has it not any more.
    let places = [root + mapping.path, mapping.path]
    guard let path = places.first(where: { Files.inode(of: $0) == mapping.inode }) else {
      throw Obstacle(.replaced(path: mapping.path))
    }
    return path
  }

  /// The instructions of that system call; debuggers know a handler's frame by them, so that they stay.
  static let restoring: [UInt8] = [0x48, 0xC7, 0xC0, 15, 0, 0, 0, 0x0F, 0x05]

  private static func restorer(
    in libc: Mapping, _ mappings: [Mapping], _ root: String
  ) throws(Obstacle) -> UInt64? {
    let code = mappings.first { $0.inode == libc.inode && $0.isExecutable }
    guard let code, let file = ElfFile(try path(of: libc, root)),
      let bytes = file.bytes(at: Int(code.offset), count: min(code.addresses.count, 1 << 20))
    else { return nil }
    let place = bytes.indices.first { bytes[$0...].starts(with: restoring) }
    return place.map { code.addresses.lowerBound &+ UInt64($0) }
  }
}

extension KernelText {
  /// The number that the text begins with.
  var firstNumber: Int? { Int(string.prefix { $0.isNumber }) }

  /// The words behind a name at the start of a line.
  func words(of name: String) -> [Substring] {
    let row = string.split(separator: "\n").first { $0.hasPrefix(name) }
    return row?.dropFirst(name.count).split(whereSeparator: \.isWhitespace) ?? []
  }

  /// The number in a `status` file that its process, or thread, has for itself, which is another in a container.
  var ownNumber: Int? { words(of: "NSpid:").last.flatMap { Int($0) } }

  /// Whether a `status` file has the right of that number.
  func hasCapability(_ number: Int) -> Bool {
    let set = words(of: "CapEff:").first.flatMap { UInt64($0, radix: 16) } ?? 0
    return set >> UInt64(number) & 1 != 0
  }
}
