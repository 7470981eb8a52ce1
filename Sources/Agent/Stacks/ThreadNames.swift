// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// What Python calls its threads. The kernel is not told (before 3.14), and an allocation is no moment to
// ask: so when a thread is first met, the interpreter is asked to call back between two instructions of
// its main thread. That thread is about to go on then, since it waits until a thread that it starts has
// begun. What has ended before keeps the kernel's name.

import CAgent
import CaptureFormat
import Synchronization

/// The interpreter's functions that tell what `threading` knows.
struct ThreadNames {
  typealias Modules = @convention(c) () -> PyObject
  typealias OfName = @convention(c) (PyObject, Int) -> PyObject
  typealias OfObject = @convention(c) (PyObject) -> PyObject
  typealias Item = @convention(c) (PyObject, Int) -> PyObject
  typealias Number = @convention(c) (PyObject) -> Int
  typealias Text = @convention(c) (PyObject, Int) -> Int
  typealias Release = @convention(c) (PyObject) -> Void
  typealias Clear = @convention(c) () -> Void

  private var modules: Modules?
  private var itemNamed: OfName?
  private var attribute: OfName?
  private var values: OfObject?
  private var size: Number?
  private var item: Item?
  private var numberOf: Number?
  private var textOf: Text?
  private var release: Release?
  private var clearError: Clear?

  mutating func find(in library: Int) {
    modules = symbol("PyImport_GetModuleDict", in: library, as: Modules.self)
    itemNamed = symbol("PyDict_GetItemString", in: library, as: OfName.self)
    attribute = symbol("PyObject_GetAttrString", in: library, as: OfName.self)
    values = symbol("PyDict_Values", in: library, as: OfObject.self)
    size = symbol("PyList_Size", in: library, as: Number.self)
    item = symbol("PyList_GetItem", in: library, as: Item.self)
    numberOf = symbol("PyLong_AsLong", in: library, as: Number.self)
    textOf = symbol("PyUnicode_AsUTF8AndSize", in: library, as: Text.self)
    release = symbol("Py_DecRef", in: library, as: Release.self)
    clearError = symbol("PyErr_Clear", in: library, as: Clear.self)
  }

  /// Runs `body` for each thread that `threading` knows: with the kernel's number, and the name as UTF-8
  /// and its length; called with the interpreter's lock, at a moment at which Python's code may run.
  func forEach(_ body: (_ number: Int, _ name: Int, _ length: Int) -> Void) {
    guard let modules, let itemNamed, let values, let size, let item, let release, let clearError
    else { return }
    defer { clearError() }
    // Borrowed, both.
    let threading = itemNamed(modules(), text("threading"))
    if threading == 0 { return }
    let active = attribute(threading, "_active")
    if active == 0 { return }
    let threads = values(active)
    release(active)
    if threads == 0 { return }
    var index = size(threads)
    while index > 0 {
      index = index &- 1
      tell(item(threads, index), body)
      clearError()
    }
    release(threads)
  }

  private func tell(_ thread: PyObject, _ body: (Int, Int, Int) -> Void) {
    guard let numberOf, let textOf, let release else { return }
    let number = attribute(thread, "_native_id")
    let name = attribute(thread, "_name")
    if number != 0 && name != 0 {
      var length = 0
      let letters = unsafe withUnsafeMutablePointer(to: &length) {
        textOf(name, Int(bitPattern: $0))
      }
      // A name may be anything; no number is -1.
      if letters != 0 { body(numberOf(number), letters, length) }
    }
    if number != 0 { release(number) }
    if name != 0 { release(name) }
  }

  private func attribute(_ object: PyObject, _ name: StaticString) -> PyObject {
    guard let attribute else { return 0 }
    return attribute(object, text(name))
  }

  private func text(_ name: StaticString) -> Int { unsafe Int(bitPattern: name.utf8Start) }
}

/// Whether the interpreter has been asked to call, and has not yet.
private let isAsked = Atomic<Bool>(false)

/// Has the threads named soon; called from anywhere.
func nameThreadsLater() {
  if interpreter.layout == nil || isAsked.exchange(true, ordering: .acquiringAndReleasing) {
    return
  }
  let isTakenOn = interpreter.callLater { _ in
    isAsked.store(false, ordering: .releasing)
    nameThreads()
    return 0
  }
  if !isTakenOn { isAsked.store(false, ordering: .releasing) }
}

/// Called in the child of a fork: the interpreter may have dropped what it was asked.
func forgetAskingForNames() { isAsked.store(false, ordering: .relaxed) }

/// Names the threads of all recordings as Python does now; called as `ThreadNames.forEach` is.
func nameThreads() {
  guard isRecording(), let ledger = currentLedger(), !ledger[].isBusyRecording else { return }
  // What this takes for a moment is not the program's.
  ledger[].beginOwnDoing()
  defer { ledger[].endOwnDoing() }
  interpreter.threadNames.forEach { number, name, length in
    guard holdRecordings(),
      let letters = unsafe UnsafePointer<UInt8>(bitPattern: name)
    else { return }
    forEachRecording { unsafe $0[].tables.nameThread(number, letters, min(length, 1000)) }
    releaseRecordings()
  }
}
