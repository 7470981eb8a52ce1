// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The line engine's callbacks for `sys.monitoring` (CPython 3.12 and later), in the shape of
// METH_FASTCALL functions: Python wraps each in a builtin function and registers it. Each returns
// None and leaves no error set: an error would go into the program.

/// The address of a METH_FASTCALL function's arguments.
public typealias Arguments = Int

/// PY_UNWIND and PY_THROW reach every code object of the program, so they are on only while a
/// watched frame runs.
///
/// Turning them on costs microseconds, so they stay on for a while: they turn themselves off after
/// some exceptions
/// in a row that met no watched frame, unless one may be suspended that an exception could be
/// thrown into. The Python functions that turn them on and
/// off are kept alive by Python.
struct UnwindEvents {
  private static let patience = 256

  private var turnOn: PyObject = 0
  private var turnOff: PyObject = 0
  private var areOn = false
  private var idle = 0

  mutating func use(turnOn: PyObject, turnOff: PyObject) {
    self.turnOn = turnOn
    self.turnOff = turnOff
    areOn = false
  }

  @inline(__always)
  mutating func need() {
    if areOn { return }
    areOn = true
    idle = 0
    python.call(turnOn)
  }

  /// A generator or coroutine may be resumed by an exception, and no event but PY_THROW tells.
  mutating func needForSuspended() {
    if engine.sessionsOn > 0 && engine.suspendingCodes > 0 { need() }
  }

  @inline(__always)
  mutating func came() {
    if engine.activations > 0 || (engine.sessionsOn > 0 && engine.suspendingCodes > 0) {
      idle = 0
    } else {
      idle = idle &+ 1
      if idle > UnwindEvents.patience && areOn {
        areOn = false
        python.call(turnOff)
      }
    }
  }
}

@safe nonisolated(unsafe) var unwindEvents = UnwindEvents()

@inline(__always)
private func code(_ arguments: Arguments) -> Int {
  load(arguments)
}

@inline(__always)
private func number(_ arguments: Arguments) -> Int {
  python.number(load(arguments &+ 8))
}

/// Callback of PY_START(code, offset).
@c(peakline_on_start)
public func onStart(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  if let code = engine.watched[code(arguments)] {
    // First, so that what this allocates is in no line of the function.
    if engine.isNeeded { unwindEvents.need() }
    engine.noteEventObject(0)
    engine.enter(code, resumingAt: nil)
  }
  return python.none
}

/// Callback of PY_RESUME(code, offset) and PY_THROW(code, offset, exception).
@c(peakline_on_resume)
public func onResume(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  if count == 3 { unwindEvents.came() }
  if let code = engine.watched[code(arguments)] {
    if engine.isNeeded { unwindEvents.need() }
    let offset = number(arguments)
    engine.noteEventObject(offset, ofEntry: true)
    let line = python.line(ofCode: code[].code, at: offset)
    engine.enter(code, resumingAt: line)
  }
  return python.none
}

/// Callback of LINE(code, line).
@c(peakline_on_line)
public func onLine(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  let line = number(arguments)
  engine.noteEventObject(line)
  engine.line(line, ofCode: code(arguments))
  return python.none
}

/// Callback of PY_RETURN(code, offset, value) and PY_YIELD(code, offset, value).
@c(peakline_on_leave)
public func onLeave(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  engine.noteEventObject(number(arguments))
  engine.leave(code: code(arguments))
  return python.none
}

/// Callback of PY_UNWIND(code, offset, exception).
@c(peakline_on_unwind)
public func onUnwind(_ own: PyObject, _ arguments: Arguments, _ count: Int) -> PyObject {
  unwindEvents.came()
  let address = code(arguments)
  if engine.activations > 0, engine.watched[address] != nil {
    engine.noteEventObject(number(arguments))
    engine.leave(code: address)
  }
  return python.none
}

/// Python hands over the functions that turn PY_UNWIND and PY_THROW on and off.
@c(peakline_use_unwind_events)
public func useUnwindEvents(_ turnOn: PyObject, _ turnOff: PyObject) {
  unwindEvents.use(turnOn: turnOn, turnOff: turnOff)
}

/// Finds the interpreter's functions in `library`, a handle of dlopen; 0 if one is missing.
@c(peakline_attach_python)
public func attachPython(_ library: Int) -> Int32 {
  python.find(in: library) ? 1 : 0
}

/// Python hands over `tracemalloc.get_traced_memory`.
@c(peakline_use_traced_memory)
public func useTracedMemory(_ function: PyObject) { python.useTracedMemory(function) }
