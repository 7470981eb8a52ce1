// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// The line engine's events before CPython 3.12: the frame evaluation hook of PEP 523, and a C
/// trace function that is on only while a watched frame itself runs.
///
/// A trace function alone slows every line of everything that is called. The hook sees each frame
/// come and go, and switches tracing at the border: on for watched frames, back to what was there
/// before for what they call. It is installed only while a session is on. A trace function that was
/// on before gets every event of watched frames handed on.
struct EvaluationHook: ~Copyable {
  typealias Evaluate = @convention(c) (PyObject, PyObject, Int32) -> PyObject
  typealias Trace = @convention(c) (PyObject, PyObject, Int32, PyObject) -> Int32
  typealias SetTrace = @convention(c) (Trace?, PyObject) -> Void
  typealias GetHook = @convention(c) (PyObject) -> Evaluate?
  typealias SetHook = @convention(c) (PyObject, Evaluate?) -> Void
  typealias Interpreter = @convention(c) () -> PyObject
  typealias LineOfFrame = @convention(c) (PyObject) -> Int32
  typealias OfObject = @convention(c) (PyObject) -> Void
  typealias CodeOfFrame = @convention(c) (PyObject) -> PyObject
  typealias FetchError = @convention(c) (Int, Int, Int) -> Void
  typealias RestoreError = @convention(c) (PyObject, PyObject, PyObject) -> Void

  private(set) var layout: FrameLayout?
  private(set) var codeStart = 0
  private var interpreter: PyObject = 0
  private var getHook: GetHook?
  private var setHook: SetHook?
  private(set) var setTrace: SetTrace?
  private(set) var lineOfFrame: LineOfFrame?
  private(set) var codeOfFrame: CodeOfFrame?
  private(set) var retain: OfObject?
  private(set) var release: OfObject?
  private(set) var fetchError: FetchError?
  private(set) var restoreError: RestoreError?

  /// What was installed before: another hook (a compiler's, a debugger's), or the interpreter's own
  /// function.
  private(set) var previous: Evaluate?
  private(set) var isInstalled = false

  /// Calls that ran unhooked because the C stack was too full.
  var tooDeep = 0
  /// How often our trace function was no longer there when a measured frame called another or was left.
  var untraced = 0

  /// Prepares for this interpreter; false if it lacks a function or is of no version whose layout
  /// is known.
  mutating func configure(minor: Int32, codeStart: Int, library: Int) -> Bool {
    switch minor {
    case 10: layout = .python310
    case 11: layout = .python311
    default: return false
    }
    self.codeStart = codeStart
    getHook = symbol("_PyInterpreterState_GetEvalFrameFunc", in: library, as: GetHook.self)
    setHook = symbol("_PyInterpreterState_SetEvalFrameFunc", in: library, as: SetHook.self)
    setTrace = symbol("PyEval_SetTrace", in: library, as: SetTrace.self)
    lineOfFrame = symbol("PyFrame_GetLineNumber", in: library, as: LineOfFrame.self)
    codeOfFrame = symbol("PyFrame_GetCode", in: library, as: CodeOfFrame.self)
    retain = symbol("Py_IncRef", in: library, as: OfObject.self)
    release = symbol("Py_DecRef", in: library, as: OfObject.self)
    fetchError = symbol("PyErr_Fetch", in: library, as: FetchError.self)
    restoreError = symbol("PyErr_Restore", in: library, as: RestoreError.self)
    let main = symbol("PyInterpreterState_Get", in: library, as: Interpreter.self)
    previous = symbol("_PyEval_EvalFrameDefault", in: library, as: Evaluate.self)
    guard getHook != nil, setHook != nil, setTrace != nil, lineOfFrame != nil, codeOfFrame != nil,
      retain != nil, release != nil, fetchError != nil, restoreError != nil, previous != nil,
      outerTracer.configure(library: library), let main
    else {
      layout = nil
      return false
    }
    interpreter = main()
    return true
  }

  /// Installs the hook or takes it out again.
  @inline(__always)
  mutating func update(needed: Bool) {
    if layout != nil && needed != isInstalled { install(needed) }
  }

  mutating func install(_ wanted: Bool) {
    guard let getHook, let setHook else { return }
    if wanted {
      let current = getHook(interpreter)
      // Another tool may have put its hook over ours while ours was in place, and kept it: then we
      // still are called, by that tool.
      if !isOurs(current) { previous = current }
      setHook(interpreter, evaluateFrame)
    } else if isOurs(getHook(interpreter)) {
      setHook(interpreter, previous)
    }
    isInstalled = wanted
  }

  private func isOurs(_ hook: Evaluate?) -> Bool {
    unsafe unsafeBitCast(hook, to: Int.self)
      == unsafeBitCast(evaluateFrame as Evaluate, to: Int.self)
  }
}

/// The one hook of the process.
@safe nonisolated(unsafe) var evaluationHook = EvaluationHook()

/// Prepares the hook for CPython 3.`minor`; `codeStart` is the offset of the instructions in a code
/// object.
///
/// 0: it cannot serve this one.
@c(peakline_hook_configure)
public func hookConfigure(_ minor: Int32, _ codeStart: Int, _ library: Int) -> Int32 {
  evaluationHook.configure(minor: minor, codeStart: codeStart, library: library) ? 1 : 0
}
