// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The wish of a tracer that was on before ours to hear of no lines of a frame.
///
/// It sets the frame's `f_trace_lines` to false (coverage does for files that it leaves out), and the
/// interpreter then tells nobody of lines. So the wish moves to the activation: the tracer finds its
/// own value on the frame whenever it is called, the interpreter finds true in between.
struct OuterTracer: ~Copyable {
  typealias GetAttribute = @convention(c) (PyObject, PyObject) -> PyObject
  typealias SetAttribute = @convention(c) (PyObject, PyObject, PyObject) -> Int32
  typealias NewString = @convention(c) (Int) -> PyObject

  private var getAttribute: GetAttribute?
  private var setAttribute: SetAttribute?
  private var release: EvaluationHook.OfObject?
  private var clearError: PythonAPI.Clear?
  private var name: PyObject = 0
  private var no: PyObject = 0
  private var yes: PyObject = 0

  /// False if the interpreter lacks a function.
  mutating func configure(library: Int) -> Bool {
    getAttribute = symbol("PyObject_GetAttr", in: library, as: GetAttribute.self)
    setAttribute = symbol("PyObject_SetAttr", in: library, as: SetAttribute.self)
    release = symbol("Py_DecRef", in: library, as: EvaluationHook.OfObject.self)
    clearError = symbol("PyErr_Clear", in: library, as: PythonAPI.Clear.self)
    no = address(of: "_Py_FalseStruct", in: library)
    yes = address(of: "_Py_TrueStruct", in: library)
    guard getAttribute != nil, setAttribute != nil, release != nil, clearError != nil,
      no != 0, yes != 0,
      let intern = symbol("PyUnicode_InternFromString", in: library, as: NewString.self)
    else { return false }
    if name == 0 { name = intern(unsafe Int(bitPattern: StaticString("f_trace_lines").utf8Start)) }
    return name != 0
  }

  /// Hands an event of the frame of `thread`'s innermost activation on to `tracer`.
  func tell(
    _ tracer: EvaluationHook.Trace, _ thread: Ref<ThreadRecord>, _ object: PyObject,
    _ frame: PyObject, _ what: Int32, _ argument: PyObject
  ) -> Int32 {
    guard let activation = thread[].top else { return tracer(object, frame, what, argument) }
    if activation[].isUntracedOutside {
      if what == TraceEvent.line { return 0 }
      wantLines(of: frame, no)
    }
    let result = tracer(object, frame, what, argument)
    // A frame that is left keeps the tracer's own value. The tracer is the program's code: it may
    // have ended the session, and the activation with it.
    if result == 0, what != TraceEvent.leave, let top = thread[].top, top == activation {
      top[].isUntracedOutside = !lines(of: frame)
      if top[].isUntracedOutside { wantLines(of: frame, yes) }
    }
    return result
  }

  private func lines(of frame: PyObject) -> Bool {
    guard let getAttribute, let release, let clearError else { return true }
    let value = getAttribute(frame, name)
    if value == 0 {
      clearError()
      return true
    }
    release(value)
    return value != no
  }

  private func wantLines(of frame: PyObject, _ value: PyObject) {
    guard let setAttribute, let clearError else { return }
    if setAttribute(frame, name, value) != 0 { clearError() }
  }
}

/// The numbers of CPython's events for a trace function.
enum TraceEvent {
  static let line: Int32 = 2
  static let leave: Int32 = 3
}

/// The one of the process.
@safe nonisolated(unsafe) var outerTracer = OuterTracer()
