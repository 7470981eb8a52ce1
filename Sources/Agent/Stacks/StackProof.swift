// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The proof of a layout: what it reads of this thread's frames is held against what the interpreter's
// public functions say of them, frame by frame.

import CAgent

private typealias OfObject = @convention(c) (Int) -> Int
private typealias Number = @convention(c) (Int) -> Int32
private typealias Release = @convention(c) (Int) -> Void

/// Whether the layout reads the same frames as the interpreter shows; called with its lock.
func framesAgree(_ layout: StackLayout) -> Bool {
  let library = 0
  guard let frameOf = symbol("PyThreadState_GetFrame", in: library, as: OfObject.self),
    let codeOf = symbol("PyFrame_GetCode", in: library, as: OfObject.self),
    let callerOf = symbol("PyFrame_GetBack", in: library, as: OfObject.self),
    let lineOf = symbol("PyFrame_GetLineNumber", in: library, as: Number.self),
    let release = symbol("Py_DecRef", in: library, as: Release.self)
  else { return false }
  let state = interpreter.state()
  if state == 0 { return false }
  var shown = frameOf(state)
  var frame = layout.innermost(of: state)
  var agrees = true
  var count = 0
  while agrees && shown != 0 && count < 64 {
    while frame != 0 && !layout.isShown(frame) { frame = load(frame &+ layout.previous) }
    if frame == 0 {
      agrees = false
      break
    }
    let code = codeOf(shown)
    let position = layout.position(in: frame)
    agrees =
      load(frame &+ layout.code) == code
      && interpreter.line(of: code, at: layout.offset(of: position, in: code))
        == Int(lineOf(shown))
    release(code)
    let caller = callerOf(shown)
    release(shown)
    shown = caller
    frame = load(frame &+ layout.previous)
    count = count &+ 1
  }
  if shown != 0 { release(shown) }
  while agrees && count < 64 && frame != 0 {
    if layout.isShown(frame) { agrees = false }
    frame = load(frame &+ layout.previous)
  }
  return agrees
}
