// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent

// What the evaluation hook does with a frame.
//
// These are functions, not methods of the hook: evaluating a frame evaluates others, and whatever
// the interpreter calls may run Python code. No access to the hook or the engine may be held
// meanwhile.

/// Installed in the interpreter: evaluates a frame.
///
/// Each Python call of the program passes here while a session is on, so a frame that nobody watches
/// must come through with nothing kept on the stack: all else is in functions of their own.
func evaluateFrame(_ state: PyObject, _ frame: PyObject, _ throwing: Int32) -> PyObject {
  guard let layout = evaluationHook.layout, let thread = knownThread() else {
    return evaluateOnNewThread(state, frame, throwing)
  }
  if engine.watched[load(frame &+ layout.code)] == nil && !thread[].isTracing
    && peakline_stack_position() >= thread[].stackFloor
  {
    return evaluate(state, frame, throwing)
  }
  return evaluateNoticed(thread, state, frame, throwing)
}

@inline(__always)
private func knownThread() -> Ref<ThreadRecord>? {
  Ref(address: Int(bitPattern: unsafe peakline_thread_slot().pointee))
}

@inline(__always)
private func evaluate(_ state: PyObject, _ frame: PyObject, _ throwing: Int32) -> PyObject {
  guard let previous = evaluationHook.previous else { return 0 }
  return previous(state, frame, throwing)
}

@inline(never)
private func evaluateOnNewThread(
  _ state: PyObject, _ frame: PyObject, _ throwing: Int32
) -> PyObject {
  guard evaluationHook.layout != nil, let thread = engine.currentThread() else {
    return evaluate(state, frame, throwing)
  }
  return evaluateNoticed(thread, state, frame, throwing)
}

@inline(never)
private func evaluateNoticed(
  _ thread: Ref<ThreadRecord>, _ state: PyObject, _ frame: PyObject, _ throwing: Int32
) -> PyObject {
  guard let layout = evaluationHook.layout else { return 0 }
  if thread[].stackFloor == .max { findFloor(of: thread) }
  let isTooDeep = peakline_stack_position() < thread[].stackFloor
  if !isTooDeep, let code = engine.watched[load(frame &+ layout.code)] {
    return evaluateWatched(code, layout, thread, state, frame, throwing)
  }
  // A frame that a watched one called: tracing is off while it runs.
  let wasTracing = thread[].isTracing
  if wasTracing { endTracing(thread, state) }
  let result =
    isTooDeep
    ? evaluateUnhooked(state, frame, throwing) : evaluate(state, frame, throwing)
  if wasTracing { keepingError(result) { beginTracing(thread, state) } }
  return result
}

@inline(__always)
private func evaluateWatched(
  _ code: Ref<WatchedCode>, _ layout: FrameLayout, _ thread: Ref<ThreadRecord>,
  _ state: PyObject, _ frame: PyObject, _ throwing: Int32
) -> PyObject {
  // An audit hook that is told of our own setting of the trace function would call itself for ever.
  if thread[].isSwitching { return evaluate(state, frame, throwing) }
  let address = code[].code
  let instruction = layout.lastInstruction(
    of: frame, code: address, codeStart: evaluationHook.codeStart)
  // On 3.11 the call of a generator function evaluates a frame that only makes the generator.
  if !layout.instructionIsIndex && code[].suspends && instruction < 0 {
    return evaluate(state, frame, throwing)
  }
  let wasTracing = thread[].isTracing
  if throwing != 0 {
    keepingError(0) {
      engine.enter(code, resumingAt: python.line(ofCode: address, at: max(instruction, 0)))
      if !wasTracing { beginTracing(thread, state) }
    }
  } else {
    let isFresh = instruction <= Int(code[].startOffset)
    engine.enter(
      code, resumingAt: isFresh ? nil : python.line(ofCode: address, at: instruction))
    if !wasTracing {
      beginTracing(thread, state)
    } else if !isTraced(state) {
      traceAgain(thread, state)
    }
  }
  let activation = thread[].top
  activation?[].tracing = TracingObjects(
    frame: frame, code: address, isFresh: throwing == 0 && instruction <= Int(code[].startOffset),
    layout)
  let result = evaluate(state, frame, throwing)
  keepingError(result) {
    // It is the thread's uppermost still, unless greenlets have switched stacks.
    let isSame = thread[].top?.address == activation?.address
    let tracing = isSame ? activation?[].tracing : nil
    engine.leave(code: address)
    tracing?.noteEnd(
      isSuspended: code[].suspends && result != 0 && layout.isAtYield(frame: frame), layout)
    if !wasTracing {
      endTracing(thread, state)
      evaluationHook.update(needed: engine.isNeeded)
    } else if !isTraced(state) {
      // Its caller goes on with ours over the other.
      traceAgain(thread, state)
    }
  }
  return result
}

/// Runs `body`, which may call Python, with the pending error of a frame that gave no result put
/// aside.
@inline(__always)
private func keepingError(_ result: PyObject, _ body: () -> Void) {
  if result != 0 {
    body()
    return
  }
  guard let fetchError = evaluationHook.fetchError, let restoreError = evaluationHook.restoreError
  else { return }
  var error = (type: 0, value: 0, traceback: 0)
  unsafe withUnsafeMutablePointer(to: &error) { pointer in
    let place = Int(bitPattern: pointer)
    fetchError(place, place &+ 8, place &+ 16)
  }
  body()
  restoreError(error.type, error.value, error.traceback)
}

// MARK: - Tracing

private func isTraced(_ state: PyObject) -> Bool {
  guard let layout = evaluationHook.layout else { return false }
  return unsafe load(state &+ layout.trace)
    == unsafeBitCast(traceFrame as EvaluationHook.Trace, to: Int.self)
}

/// Puts our trace function on, over what is there now.
///
/// Its object is the other's, so `sys.gettrace()` says what it said before. Setting a trace function
/// calls the program's audit hooks, whose frames must find tracing off: they would set it anew.
private func beginTracing(_ thread: Ref<ThreadRecord>, _ state: PyObject) {
  guard let layout = evaluationHook.layout, let setTrace = evaluationHook.setTrace,
    let retain = evaluationHook.retain, let release = evaluationHook.release
  else { return }
  let former = thread[].isTracing ? thread[].outerTraceObject : 0
  thread[].isTracing = false
  let object = load(state &+ layout.traceObject)
  thread[].outerTrace = load(state &+ layout.trace)
  thread[].outerTraceObject = object
  if object != 0 { retain(object) }
  thread[].isSwitching = true
  setTrace(traceFrame, object)
  thread[].isSwitching = false
  thread[].isTracing = true
  if former != 0 { release(former) }
}

/// Puts our trace function on again, where the measured frame that runs has set another, or none: its
/// lines since then have made no events.
@inline(never)
private func traceAgain(_ thread: Ref<ThreadRecord>, _ state: PyObject) {
  evaluationHook.untraced = evaluationHook.untraced &+ 1
  beginTracing(thread, state)
}

/// Puts back what was on before ours, unless the program has set another meanwhile.
private func endTracing(_ thread: Ref<ThreadRecord>, _ state: PyObject) {
  guard let setTrace = evaluationHook.setTrace, let release = evaluationHook.release else { return }
  let object = thread[].outerTraceObject
  let outer = thread[].outerTrace
  thread[].isTracing = false
  thread[].outerTraceObject = 0
  if isTraced(state) {
    thread[].isSwitching = true
    setTrace(unsafe unsafeBitCast(outer, to: EvaluationHook.Trace?.self), object)
    thread[].isSwitching = false
  } else {
    evaluationHook.untraced = evaluationHook.untraced &+ 1
  }
  if object != 0 { release(object) }
}

/// The trace function: an event of a watched frame.
func traceFrame(
  _ object: PyObject, _ frame: PyObject, _ what: Int32, _ argument: PyObject
) -> Int32 {
  guard let lineOfFrame = evaluationHook.lineOfFrame, let thread = knownThread() else { return 0 }
  if what == TraceEvent.line, let top = thread[].top,
    evaluationHook.isInstalled || isFrame(frame, of: top)
  {
    if let layout = evaluationHook.layout {
      top[].tracing.noteFirstEvent(frame, layout, top[].stretch)
    }
    engine.line(Int(lineOfFrame(frame)), ofCode: top[].codeAddress)
  }
  guard thread[].outerTrace != 0,
    let outer = unsafe unsafeBitCast(thread[].outerTrace, to: EvaluationHook.Trace?.self)
  else { return 0 }
  return outerTracer.tell(outer, thread, object, frame, what, argument)
}

/// While the hook is out (another thread is too deep for it), a traced frame may be one that the
/// hook did not see.
@inline(never)
private func isFrame(_ frame: PyObject, of activation: Ref<Activation>) -> Bool {
  guard let codeOfFrame = evaluationHook.codeOfFrame, let release = evaluationHook.release else {
    return false
  }
  let code = codeOfFrame(frame)
  if code != 0 { release(code) }
  return code == activation[].codeAddress
}

// MARK: - The C stack

/// Finds where hooked frames have to stop on this thread's stack.
///
/// The hook makes every Python call take C stack, which 3.11 by itself does not; a program that
/// recurses ten thousand deep would overflow.
private func findFloor(of thread: Ref<ThreadRecord>) {
  var floor: UInt = 0
  if let layout = evaluationHook.layout, let bounds = stackBounds() {
    floor = bounds.high &- (bounds.high &- bounds.low) &>> (layout.stackShare &>> 1)
  }
  thread[].stackFloor = floor
}

/// Takes the hook out while this frame runs: what it calls is not seen, and uses no more stack than
/// without us.
@inline(never)
private func evaluateUnhooked(
  _ state: PyObject, _ frame: PyObject, _ throwing: Int32
) -> PyObject {
  evaluationHook.tooDeep = evaluationHook.tooDeep &+ 1
  if evaluationHook.isInstalled { evaluationHook.install(false) }
  let result = evaluate(state, frame, throwing)
  evaluationHook.update(needed: engine.isNeeded)
  return result
}
