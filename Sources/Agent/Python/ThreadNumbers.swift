// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The order in which the interpreter's threads came to be: it numbers them, from 1, as they are
/// started.
///
/// A thread that Python did not start has its number from its first call into Python.
struct ThreadNumbers: ~Copyable {
  typealias Current = @convention(c) () -> PyObject
  typealias Number = @convention(c) (PyObject) -> UInt64
  typealias OfState = @convention(c) (PyObject) -> PyObject

  private var currentState: Current?
  private var currentInterpreter: Current?
  private var newestState: OfState?
  private var olderState: OfState?
  private var numberOf: Number?

  /// False if the interpreter lacks a function.
  mutating func find(in library: Int) -> Bool {
    currentState = symbol("PyThreadState_Get", in: library, as: Current.self)
    currentInterpreter = symbol("PyInterpreterState_Get", in: library, as: Current.self)
    newestState = symbol("PyInterpreterState_ThreadHead", in: library, as: OfState.self)
    olderState = symbol("PyThreadState_Next", in: library, as: OfState.self)
    numberOf = symbol("PyThreadState_GetID", in: library, as: Number.self)
    return currentState != nil && currentInterpreter != nil && newestState != nil
      && olderState != nil && numberOf != nil
  }

  /// The number of the calling thread; 0 without an interpreter.
  func current() -> UInt64 {
    guard let currentState, let numberOf else { return 0 }
    return numberOf(currentState())
  }

  /// The highest number of a thread that is there now: those that start later have higher ones.
  func highest() -> UInt64 {
    guard let currentInterpreter, let newestState, let olderState, let numberOf else { return 0 }
    var highest: UInt64 = 0
    var state = newestState(currentInterpreter())
    while state != 0 {
      highest = max(highest, numberOf(state))
      state = olderState(state)
    }
    return highest
  }
}
