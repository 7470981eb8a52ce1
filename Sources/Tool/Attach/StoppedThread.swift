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
  private let trap: UInt64

  enum Refusal: Error, Equatable {
    /// The kernel does not let us.
    case forbidden
    case ended
    /// It does not stand still, since it waits where the kernel does not interrupt; or nothing can be done
    /// in it.
    case unavailable
    /// The whole process is stopped.
    case stopped
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

  /// Those that come from what the thread itself does: blocking them would end the process.
  private static let ownSignals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS]
  static let otherSignals = ~ownSignals.reduce(UInt64(0)) { $0 | 1 << UInt64($1 - 1) }

  /// The set of registers with all vector registers (NT_X86_XSTATE).
  private static let vectorSet: UInt = 0x202
  /// In the low 16 bits: a stop that was asked for (PTRACE_EVENT_STOP), by the signal in the bits before.
  private static let eventStop: Int32 = 128

  /// Stops a thread; `trap` is an address in its process where there is an instruction that traps.
  init(_ number: pid_t, trap: UInt64) throws(Refusal) {
    let seized = peakline_ptrace(Int32(PEAKLINE_PTRACE_SEIZE), number, 0, 0)
    guard seized == 0 else { throw seized == -Int(ESRCH) ? .ended : .forbidden }
    guard peakline_ptrace(Int32(PEAKLINE_PTRACE_INTERRUPT), number, 0, 0) == 0,
      try Self.waitUntilStopped(number)
    else { throw .unavailable }
    let registers = Self.readRegisters(of: number)
    // By SIGKILL, which stops for nobody.
    guard registers.count == Register.count else { throw .ended }
    self.number = number
    self.trap = trap
    self.registers = registers
    vectors = Self.readVectors(of: number)
    mask = Self.readMask(of: number)
    setMask(mask | Self.otherSignals)
  }

  deinit {
    writeRegisters(goingOn)
    var vectors = vectors
    _ = Self.moveVectors(of: number, Int32(PEAKLINE_PTRACE_SET_REGISTER_SET), &vectors)
    setMask(mask)
    _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_DETACH), number, 0, 0)
  }

  /// Where it stands.
  var instruction: UInt64 { registers[Register.instruction] }

  /// The number of the system call that it waits in; nil where it was running.
  var systemCall: Int? {
    let number = Int64(bitPattern: registers[Register.systemCall])
    // It is to begin anew (ERESTARTSYS and its like, which only the kernel sees), or says EINTR.
    let answer = Int64(bitPattern: registers[Register.rax])
    return number >= 0 && (-516 ... -512).contains(answer) || answer == -Int64(EINTR)
      ? Int(number) : nil
  }

  /// The registers to go on with.
  ///
  /// `epoll_wait` says EINTR also where no handler has run, which few are ready for. Without a time limit it
  /// may as well begin anew, as other calls do: unless there is a handler to run (ERESTARTNOHAND).
  private var goingOn: [UInt64] {
    var registers = registers
    let isEndless = Int32(truncatingIfNeeded: registers[Register.timeLimit]) < 0
    if let systemCall, Self.epollWaits.contains(systemCall), isEndless {
      registers[Register.rax] = UInt64(bitPattern: -514)
    }
    return registers
  }

  /// epoll_wait, epoll_pwait.
  private static let epollWaits = [232, 281]

  /// Calls a function; nil if it does not return within two seconds, or goes wrong.
  func call(_ function: UInt64, _ arguments: [UInt64]) -> UInt64? {
    var changed = registers
    // Below what a function may use without saying so, and as a call leaves the stack.
    let stack = ((registers[Register.stack] &- 1024) & ~15) &- 8
    guard write(trap, at: stack) else { return nil }
    changed[Register.stack] = stack
    changed[Register.instruction] = function
    changed[Register.rax] = 0
    // Or the kernel would begin the interrupted call anew, now.
    changed[Register.systemCall] = UInt64.max
    // Upwards, and not step by step.
    changed[Register.flags] &= ~0x500
    for (register, value) in zip(Register.arguments, arguments) { changed[register] = value }
    writeRegisters(changed)
    guard peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, 0) == 0,
      waitForTrap()
    else { return nil }
    let answer = Self.readRegisters(of: number)
    guard answer.count == Register.count, answer[Register.instruction] == trap &+ 1 else {
      return nil
    }
    return answer[Register.rax]
  }

  /// Writes a word into the process, also where it may not write itself.
  func write(_ word: UInt64, at address: UInt64) -> Bool {
    peakline_ptrace(Int32(PEAKLINE_PTRACE_POKE), number, UInt(address), UInt(word)) == 0
  }

  // MARK: - Waiting

  /// Waits for the stop that was asked for; signals that come before are the program's.
  private static func waitUntilStopped(_ number: pid_t) throws(Refusal) -> Bool {
    while let status = nextStop(of: number, within: 1) {
      if status >> 16 == eventStop {
        let signal = status >> 8 & 0xFF
        if signal == SIGTRAP { return true }
        _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_DETACH), number, 0, 0)
        throw .stopped
      }
      let signal = UInt(status >> 8 & 0xFF)
      _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, signal)
    }
    return false
  }

  private func waitForTrap() -> Bool {
    while let status = Self.nextStop(of: number, within: 2) {
      if status >> 16 != Self.eventStop { return status >> 8 & 0xFF == SIGTRAP }
      // Somebody stops the process: it does, when this is done.
      _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_CONTINUE), number, 0, 0)
    }
    // It must stand still to be put back.
    _ = peakline_ptrace(Int32(PEAKLINE_PTRACE_INTERRUPT), number, 0, 0)
    _ = Self.nextStop(of: number, within: 1)
    return false
  }

  /// The status of the next stop; nil if there is none in time, or the thread has ended.
  private static func nextStop(of number: pid_t, within seconds: Double) -> Int32? {
    let deadline = Instant.now().advanced(by: seconds)
    var status: Int32 = 0
    while true {
      // __WALL: any thread, not only those that are processes.
      let found = unsafe waitpid(number, &status, 0x4000_0000 | WNOHANG)
      if found == number { return status & 0xFF == 0x7F ? status : nil }
      if found < 0 && errno != EINTR || Instant.now() > deadline { return nil }
      usleep(20)
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
