// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Stops a thread of somebody else's program: what is not put back here is lost to that program.

import CAttach
import Glibc

/// A thread of another process that stands still, and can be made to call functions of its process; it
/// goes on as it was when this goes out of scope.
///
/// Only this thread stands still, no signal is sent for it, and the kernel begins the system call anew
/// that it was in. While it calls, it takes no signals. x86-64 only.
struct StoppedThread: ~Copyable {
  let number: pid_t
  /// As the kernel lays them out; see `Register`.
  private let registers: [UInt64]
  private let vectors: [UInt8]
  private let mask: UInt64
  private let memory: ProcessMemory
  private let restorer: UInt64
  /// Whether it is not as it was; whether it has found back by itself since.
  private var (isChanged, isGone) = (false, false)

  enum Refusal: Error, Equatable {
    /// The kernel does not let us.
    case forbidden
    case ended
    /// It does not stand still, since it waits where the kernel does not interrupt.
    case unavailable
    /// A call of it did not return.
    case stuck
    /// The whole process is stopped.
    case stopped
    /// The process was not given memory for machine code.
    case noRoom
    /// Its interpreter is not there yet, or not any more.
    case notReady
  }

  private enum Register {
    static let (rcx, rdx, rsi, rdi, r8, r9, rax) = (11, 12, 13, 14, 9, 8, 10)
    static let (systemCall, instruction, flags, stack) = (15, 16, 18, 19)
    /// The fourth argument of a system call.
    static let timeLimit = 7
    static let count = 27
    /// In the order of a call's arguments.
    static let arguments = [rdi, rsi, rdx, rcx, r8, r9]
  }

  /// Those that come from what the thread itself does: blocking them would take their handlers away.
  private static let ownSignals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS]
  static let otherSignals = ~ownSignals.reduce(UInt64(0)) { $0 | 1 << UInt64($1 - 1) }

  /// The set of registers with all vector registers (NT_X86_XSTATE).
  private static let vectorSet: UInt = 0x202
  /// In the low 16 bits: a stop that was asked for (PTRACE_EVENT_STOP), by the signal in the bits before.
  private static let eventStop: Int32 = 128
  /// Before and after a system call (SIGTRAP, and a bit that is asked for by PTRACE_O_TRACESYSGOOD).
  private static let systemCallStop = SIGTRAP | 0x80
  /// What a function may use below the stack without saying so, in bytes.
  private static let redZone: UInt64 = 128

  /// Stops a thread while the body runs.
  ///
  /// That is done by a thread of its own, with whose end the kernel lets go of everything: what does not
  /// stop in time would stop later, and nobody would be there any more to let it go on.
  static func visit<Answer>(
    _ number: pid_t, of process: PythonProcess,
    _ body: (inout StoppedThread) throws(Refusal) -> Answer
  ) throws(Refusal) -> Answer {
    let result = Background.wait { () -> Result<Answer, Refusal> in
      do throws(Refusal) {
        var thread = try StoppedThread(number, of: process)
        // Addresses are those of the program that was looked at.
        guard process.isSame else { throw .ended }
        return .success(try body(&thread))
      } catch {
        return .failure(error)
      }
    }
    guard let result else { throw .unavailable }
    return try result.get()
  }

  private init(_ number: pid_t, of process: PythonProcess) throws(Refusal) {
    let seized = peakline_ptrace(Int32(PEAKLINE_PTRACE_SEIZE), number, 0, 1)
    guard seized == 0 else { throw seized == -Int(ESRCH) ? .ended : .forbidden }
    guard peakline_ptrace(Int32(PEAKLINE_PTRACE_INTERRUPT), number, 0, 0) == 0 else { throw .ended }
    try Self.waitUntilStopped(number)
    let registers = Self.readRegisters(of: number)
    let vectors = Self.readVectors(of: number)
    // By SIGKILL, which stops for nobody.
    guard registers.count == Register.count, vectors.count >= 576 else { throw .unavailable }
    self.number = number
    memory = process.memory
    restorer = process.restorer
    self.registers = registers
    self.vectors = vectors
    mask = Self.readMask(of: number)
  }

  deinit {
    if !isChanged { writeRegisters(goingOn) } else if !isGone { putBack() }
    _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_DETACH), number, 0, 0)
  }

  /// Makes it as it was, in an order that leaves it, at each moment, a way on without us.
  private func putBack() {
    setMask(mask)
    var vectors = vectors
    _ = Self.moveVectors(of: number, Int32(PEAKLINE_PTRACE_SET_REGISTER_SET), &vectors)
    // Whatever it stands before or behind is passed over.
    var registers = returning
    registers[Register.systemCall] = UInt64.max
    writeRegisters(registers)
    // It stops once more, where the kernel looks whether a system call is to begin anew.
    _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_INTERRUPT), number, 0, 0)
    _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, 0)
    guard case .stopped(let status) = Self.nextStop(of: number, within: 2) else { return }
    if status >> 16 == Self.eventStop {
      writeRegisters(goingOn)
    } else {
      _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_DETACH), number, 0, UInt(status >> 8 & 0xFF))
    }
  }

  /// Where it stands.
  var instruction: UInt64 { registers[Register.instruction] }

  /// The number of the system call that it waits in; nil where it was running.
  var systemCall: Int? { Self.systemCall(in: registers) }

  private static func systemCall(in registers: [UInt64]) -> Int? {
    let number = Int64(bitPattern: registers[Register.systemCall])
    // It is to begin anew (ERESTARTSYS and its like, which only the kernel sees), or says EINTR.
    let answer = Int64(bitPattern: registers[Register.rax])
    let isInterrupted = (-516 ... -512).contains(answer) || answer == -Int64(EINTR)
    return number >= 0 && isInterrupted ? Int(number) : nil
  }

  /// Whether it stands in a restartable sequence (rseq), as allocators have for each processor: the kernel
  /// begins that anew where it was interrupted, but not once the thread has been elsewhere.
  func isInSequence(_ memory: ProcessMemory) -> Bool {
    // Where the thread's own structure is; behind it its size, a signature and flags.
    var place = [UInt64](repeating: 0, count: 3)
    let answer = unsafe place.withUnsafeMutableBytes {
      peakline_ptrace(
        Int32(PEAKLINE_PTRACE_GET_SEQUENCES), number, UInt($0.count),
        UInt(bitPattern: $0.baseAddress))
    }
    guard answer > 0, let sequence = memory.bytes(at: place[0] &+ 8, count: 8)?.word(at: 0),
      sequence != 0, let bounds = memory.bytes(at: sequence, count: 32)
    else { return false }
    return instruction &- bounds.word(at: 8) < bounds.word(at: 16)
  }

  // MARK: - Going on

  /// The registers to go on with; a system call that was interrupted is begun anew by the kernel.
  private var goingOn: [UInt64] {
    var registers = registers
    // Unless there is a handler to run (ERESTARTNOHAND).
    if isEndlessWait { registers[Register.rax] = UInt64(bitPattern: -514) }
    return registers
  }

  /// The same for a frame, where nobody is there to choose: to begin anew is to go back to the instruction.
  private var returning: [UInt64] {
    var registers = registers
    if systemCall == nil { return registers }
    // How much time was left, only the kernel knew (ERESTART_RESTARTBLOCK).
    if answer == -516 {
      registers[Register.rax] = UInt64(bitPattern: -Int64(EINTR))
    } else if answer != -Int64(EINTR) || isEndlessWait {
      registers[Register.rax] = registers[Register.systemCall]
      registers[Register.instruction] &-= 2
    }
    return registers
  }

  private var answer: Int64 { Int64(bitPattern: registers[Register.rax]) }

  /// Whether it is in an `epoll_wait` without a time limit: it says EINTR also where no handler has run, which
  /// few are ready for.
  private var isEndlessWait: Bool {
    systemCall.map(Self.epollWaits.contains) == true
      && Int32(truncatingIfNeeded: registers[Register.timeLimit]) < 0
  }

  /// epoll_wait, epoll_pwait.
  private static let epollWaits = [232, 281]
  private static let futex = 202

  // MARK: - Calling

  /// Calls a function of libc for a system call; what the kernel answers, or nil if it does not come to that.
  mutating func call(_ function: UInt64, _ arguments: [UInt64]) -> UInt64? {
    // Where there may be little room: in a system call hardly anybody relies on the vector registers.
    guard
      prepare(
        function, arguments, below: registers[Register.stack] &- Self.redZone,
        systemCall == nil ? vectors : nil)
    else { return nil }
    while true {
      _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_SYSTEM_CALL), number, 0, 0)
      // It is under way, and comes back, however long it takes.
      var stop: Stop?
      while stop == nil { stop = Self.nextStop(of: number, within: 1) }
      guard case .stopped(let status) = stop else { return nil }
      if status >> 8 == Self.systemCallStop {
        let now = Self.readRegisters(of: number)
        guard now.count == Register.count else { return nil }
        // Before a system call the kernel puts ENOSYS in its answer's place.
        if Int64(bitPattern: now[Register.rax]) != -Int64(ENOSYS) { return now[Register.rax] }
      } else if status >> 16 != Self.eventStop {
        return nil
      }
      // Or somebody stops the process: it does, when this is done.
    }
  }

  /// Calls a function that pauses in its end, which `isDone` tells, on a stack of its own; whether it came to that.
  ///
  /// One that is under way is not given up, however long it takes: what it holds it would hold for ever.
  /// Unless it waits for a lock itself: then nothing has happened yet.
  mutating func run(
    _ function: UInt64, _ argument: UInt64, stack: Range<UInt64>, isDone: () -> Bool
  ) -> Bool {
    guard prepare(function, [argument], below: stack.upperBound, vectors) else { return false }
    _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, 0)
    while true {
      var stop = Self.nextStop(of: number, within: 2, orIf: isDone)
      if stop == nil {
        _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_INTERRUPT), number, 0, 0)
        while stop == nil { stop = Self.nextStop(of: number, within: 1) }
      }
      guard case .stopped(let status) = stop, status >> 16 == Self.eventStop else { return false }
      let now = Self.readRegisters(of: number)
      guard now.count == Register.count else { return false }
      // It does not pause for ever.
      isGone = !stack.contains(now[Register.stack])
      if isDone() || isGone { return true }
      if Self.systemCall(in: now) == Self.futex { return false }
      _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, 0)
    }
  }

  /// Makes it ready to call a function, on a stack below an address.
  private mutating func prepare(
    _ function: UInt64, _ arguments: [UInt64], below stack: UInt64, _ vectors: [UInt8]?
  ) -> Bool {
    let frame = SignalFrame(
      below: stack, registers: returning, vectors: vectors, mask: mask, restorer: restorer)
    guard !isGone, memory.write(frame.bytes, at: frame.address) else { return false }
    var changed = registers
    changed[Register.stack] = frame.address
    changed[Register.instruction] = function
    changed[Register.rax] = 0
    // Or the kernel would begin the interrupted call anew, now.
    changed[Register.systemCall] = UInt64.max
    // Upwards, and not step by step.
    changed[Register.flags] &= ~0x500
    for (register, value) in zip(Register.arguments, arguments) { changed[register] = value }
    isChanged = true
    writeRegisters(changed)
    setMask(mask | Self.otherSignals)
    return true
  }

  /// Writes a word into the process, also where it may not write itself.
  private func write(_ word: UInt64, at address: UInt64) -> Bool {
    peakline_ptrace(Int32(PEAKLINE_PTRACE_POKE), number, UInt(address), UInt(word)) == 0
  }

  /// The same of machine code, and of zeros up to the next word.
  func write(_ code: [UInt8], at address: UInt64) -> Bool {
    let padded = code + repeatElement(0, count: -code.count & 7)
    return stride(from: 0, to: padded.count, by: 8).allSatisfy {
      write(padded.word(at: $0), at: address + UInt64($0))
    }
  }

  // MARK: - Waiting

  private enum Stop {
    /// With its status.
    case stopped(Int32)
    case ended
  }

  /// Waits for the stop that was asked for; signals that come before are the program's.
  private static func waitUntilStopped(_ number: pid_t) throws(Refusal) {
    while let stop = nextStop(of: number, within: 1) {
      guard case .stopped(let status) = stop else { throw .ended }
      let signal = status >> 8 & 0xFF
      if status >> 16 != eventStop {
        _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, UInt(signal))
        continue
      }
      if signal == SIGTRAP { return }
      _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_DETACH), number, 0, 0)
      throw .stopped
    }
    throw .unavailable
  }

  /// The next stop, or the end; nil if there is none in time, or what else is waited for has come.
  private static func nextStop(
    of number: pid_t, within seconds: Double, orIf isDone: () -> Bool = { false }
  ) -> Stop? {
    let began = Instant.now()
    let (soon, deadline) = (began.advanced(by: 0.0005), began.advanced(by: seconds))
    var status: Int32 = 0
    while true {
      // __WALL: any thread, not only those that are processes.
      let found = unsafe waitpid(number, &status, 0x4000_0000 | WNOHANG)
      if found == number { return status & 0xFF == 0x7F ? .stopped(status) : .ended }
      if found < 0 && errno != EINTR { return .ended }
      let now = Instant.now()
      if now > deadline || isDone() { return nil }
      // A sleep, however short, takes longer than most of what is waited for.
      if now < soon { sched_yield() } else { usleep(20) }
    }
  }

  // MARK: - Registers

  private static func readRegisters(of number: pid_t) -> [UInt64] {
    var registers = [UInt64](repeating: 0, count: Register.count)
    let answer = unsafe registers.withUnsafeMutableBytes {
      peakline_ptrace(
        Int32(PEAKLINE_PTRACE_GET_REGISTERS), number, 0, UInt(bitPattern: $0.baseAddress))
    }
    return answer == 0 ? registers : []
  }

  private func writeRegisters(_ registers: [UInt64]) {
    unsafe registers.withUnsafeBytes {
      _ = peakline_ptrace(
        Int32(PEAKLINE_PTRACE_SET_REGISTERS), number, 0, UInt(bitPattern: $0.baseAddress))
    }
  }

  private static func readVectors(of number: pid_t) -> [UInt8] {
    // As large as any processor has them.
    var bytes = [UInt8](repeating: 0, count: 1 << 15)
    let length = moveVectors(of: number, Int32(PEAKLINE_PTRACE_GET_REGISTER_SET), &bytes)
    return Array(bytes.prefix(length))
  }

  /// Reads or writes all vector registers; how many bytes these are.
  private static func moveVectors(
    of number: pid_t, _ request: Int32, _ bytes: inout [UInt8]
  ) -> Int {
    unsafe bytes.withUnsafeMutableBytes { bytes in
      var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
      let answer = unsafe withUnsafeMutablePointer(to: &part) { place in
        peakline_ptrace(request, number, vectorSet, UInt(bitPattern: place))
      }
      return answer == 0 ? unsafe part.iov_len : 0
    }
  }

  private static func readMask(of number: pid_t) -> UInt64 {
    var mask: UInt64 = 0
    unsafe withUnsafeMutablePointer(to: &mask) { place in
      _ = peakline_ptrace(
        Int32(PEAKLINE_PTRACE_GET_SIGNAL_MASK), number, 8, UInt(bitPattern: place))
    }
    return mask
  }

  private func setMask(_ mask: UInt64) {
    var mask = mask
    unsafe withUnsafeMutablePointer(to: &mask) { place in
      _ = peakline_ptrace(
        Int32(PEAKLINE_PTRACE_SET_SIGNAL_MASK), number, 8, UInt(bitPattern: place))
    }
  }
}
