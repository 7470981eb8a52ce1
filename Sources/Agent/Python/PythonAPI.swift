// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

/// A Python object by its address; 0 is null.
///
/// The agent hands objects on and never looks into them but through the interpreter's own
/// functions.
public typealias PyObject = Int

/// The functions of the running interpreter that the agent calls, found by name when Python
/// attaches it; so one library serves every version, and needs no Python headers.
struct PythonAPI: ~Copyable {
  typealias OfObject = @convention(c) (PyObject) -> PyObject
  typealias Lines = @convention(c) (PyObject, Int32) -> Int32
  typealias Number = @convention(c) (PyObject) -> Int
  typealias Item = @convention(c) (PyObject, Int) -> PyObject
  typealias Release = @convention(c) (PyObject) -> Void
  typealias Clear = @convention(c) () -> Void
  typealias Switch = @convention(c) () -> Int32
  typealias FromNumber = @convention(c) (Int) -> PyObject
  typealias FromBytes = @convention(c) (Int, Int) -> PyObject

  private var numberOf: Number?
  private var lineAt: Lines?
  private var callNoArguments: OfObject?
  private var itemOfTuple: Item?
  private var release: Release?
  private var clearError: Clear?
  private var stopCollecting: Switch?
  private var startCollecting: Switch?
  private var integerFrom: FromNumber?
  private var bytesFrom: FromBytes?
  /// What a callback returns; immortal where callbacks are used (3.12 and later).
  private(set) var none: PyObject = 0
  private(set) var threads = ThreadNumbers()
  /// `tracemalloc.get_traced_memory`, kept alive by Python.
  private var getTracedMemory: PyObject = 0

  /// False if the interpreter lacks one of them.
  mutating func find(in library: Int) -> Bool {
    numberOf = symbol("PyLong_AsLong", in: library, as: Number.self)
    lineAt = symbol("PyCode_Addr2Line", in: library, as: Lines.self)
    callNoArguments = symbol("PyObject_CallNoArgs", in: library, as: OfObject.self)
    itemOfTuple = symbol("PyTuple_GetItem", in: library, as: Item.self)
    release = symbol("Py_DecRef", in: library, as: Release.self)
    clearError = symbol("PyErr_Clear", in: library, as: Clear.self)
    stopCollecting = symbol("PyGC_Disable", in: library, as: Switch.self)
    startCollecting = symbol("PyGC_Enable", in: library, as: Switch.self)
    integerFrom = symbol("PyLong_FromSsize_t", in: library, as: FromNumber.self)
    bytesFrom = symbol("PyBytes_FromStringAndSize", in: library, as: FromBytes.self)
    none = address(of: "_Py_NoneStruct", in: library)
    return numberOf != nil && lineAt != nil && callNoArguments != nil && itemOfTuple != nil
      && release != nil && clearError != nil && stopCollecting != nil && startCollecting != nil
      && integerFrom != nil && bytesFrom != nil && none != 0 && threads.find(in: library)
  }

  mutating func useTracedMemory(_ function: PyObject) { getTracedMemory = function }

  /// The value of an `int` that is known to be one.
  @inline(__always)
  func number(_ object: PyObject) -> Int {
    guard let numberOf else { return 0 }
    return numberOf(object)
  }

  /// A new `int`; null, with a Python error set, where there is no memory.
  @inline(__always)
  func integer(_ value: Int) -> PyObject { integerFrom?(value) ?? 0 }

  /// A new `bytes` of what stands at an address; null, with a Python error set, where there is no memory.
  @inline(__always)
  func bytes(_ address: Int, _ count: Int) -> PyObject { bytesFrom?(address, count) ?? 0 }

  /// The line of an instruction.
  @inline(__always)
  func line(ofCode code: Int, at offset: Int) -> Int {
    guard let lineAt else { return 0 }
    return Int(lineAt(code, Int32(truncatingIfNeeded: offset)))
  }

  /// Calls a Python function and throws its result away, and its error.
  func call(_ function: PyObject) {
    guard let callNoArguments, let release, let clearError, function != 0 else { return }
    let result = callNoArguments(function)
    if result != 0 {
      release(result)
    } else {
      clearError()
    }
  }

  /// What tracemalloc has traced, in bytes.
  ///
  /// Needs that no Python error is set. The collector is held back meanwhile: the call makes a tuple,
  /// and before 3.12 making one may run finalizers, whose frames would come into the engine while it
  /// is at work.
  func tracedBytes() -> Int {
    guard let callNoArguments, let itemOfTuple, let release, let clearError, let stopCollecting,
      let startCollecting, getTracedMemory != 0
    else { return 0 }
    let collected = stopCollecting() != 0
    defer { if collected { _ = startCollecting() } }
    let figures = callNoArguments(getTracedMemory)
    guard figures != 0 else {
      clearError()
      return 0
    }
    let bytes = number(itemOfTuple(figures, 0))
    release(figures)
    return bytes
  }
}

/// The interpreter in which the agent runs.
@safe nonisolated(unsafe) var python = PythonAPI()

/// A function of a library by its name.
@inline(__always)
func symbol<Function>(_ name: StaticString, in library: Int, as _: Function.Type) -> Function? {
  unsafe unsafeBitCast(address(of: name, in: library), to: Function?.self)
}

func address(of name: StaticString, in library: Int) -> Int {
  unsafe agent_symbol(library, name.utf8Start)
}
