// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent
import CaptureFormat

// The recording's part of the C interface.

/// Begins to record into an open file, which the agent closes; called with the interpreter's lock, in the
/// interpreter whose library this is a handle of.
///
/// `interval` 0 is exact mode, in which `baseline` -1 says that only what is allocated from now on counts;
/// else it is what is in use. Answers a number for `peakline_record_stop`, minus an error number, or a
/// `RecordingRefusal`.
@c(peakline_record_start)
public func recordStart(
  _ descriptor: Int, _ interval: Int, _ limit: Int, _ baseline: Int, _ library: Int
) -> Int {
  let started = startRecording(descriptor, interval: interval, limit: limit, baseline: baseline)
  guard started > 0, let recording = recording(numbered: started) else { return started }
  if interpreter.layout != nil || interpreter.find(in: library) {
    useInterpreter(recording, isSafe: true)
  }
  agent_watch_bus_errors()
  nameThreadsLater()
  return started
}

/// Ends the recording of a number; nothing happens if it is not on.
@c(peakline_record_stop)
public func recordStop(_ number: Int) {
  nameThreads()
  stopRecording(number, CaptureState.stopped)
}

/// Notes a name of this moment in each recording that is on, or that a stretch of that name has ended which
/// began at `begin`; 0: it is a moment.
///
/// Answers the moment in nanoseconds of the monotonic clock; 0 where nothing is recorded.
@c(peakline_mark)
public func mark(_ text: UnsafePointer<UInt8>, _ length: Int, _ begin: Int) -> Int {
  guard isRecording(), currentLedger() != nil, holdRecordings() else { return 0 }
  defer { releaseRecordings() }
  let now = nanoseconds(of: CLOCK_MONOTONIC)
  forEachRecording { recording in
    let start = recording[].header[].begin
    let end = now &- start
    unsafe recording[].tables.mark(
      text, length, from: begin == 0 ? end : max(0, begin &- start), to: end)
  }
  return now
}

/// Called when a preloaded agent has been loaded and was told to record: into a folder of this path, which
/// stays where it is.
@c(agent_record_from_start)
public func recordFromStart(
  _ folder: UnsafePointer<UInt8>, _ interval: Int, _ limit: Int, _ seed: UInt64
) {
  guard findRealAllocator(), interposer.isPreloaded, heapObstacle() == 0 else { return }
  let isPython = interpreter.find(in: 0)
  installHooks()
  if isPython { interpreter.await() }
  unsafe treeMember.join(folder, interval: interval, limit: limit, seed: seed)
  // An interpreter notes what handlers there are when it begins: ours is put in after that.
  if treeMember.begin(isForked: false), !isPython { agent_watch_bus_errors() }
}

/// Records a process that was forked just now, if its tree is recorded.
func beginInForkedProcess() {
  guard treeMember.begin(isForked: true), interpreter.layout != nil,
    let recording = recording(numbered: treeMember.recording)
  else { return }
  useInterpreter(recording, isSafe: true)
}

/// Called when the process ends in the ordinary way.
///
/// In the middle of recording, which a handler of a signal has interrupted, the capture stays as it is.
@c(agent_record_to_end)
public func recordToEnd() {
  if !isRecording() { return }
  if let ledger = Ref<ThreadLedger>(address: peakline_ledger_get()), ledger[].isBusyRecording {
    return
  }
  if interpreter.isAwaited, let ledger = currentLedger() { _ = countEarlyArenas(ledger) }
  stopRecording(0, CaptureState.ended)
}

/// Takes an interpreter into use that has become ready, if this thread has its lock.
func meetInterpreter() {
  if !interpreter.isReadyHere() { return }
  interpreter.stopAwaiting()
  forEachRecording { useInterpreter($0, isSafe: false) }
  guard let ledger = currentLedger() else { return }
  let older = countEarlyArenas(ledger)
  forEachRecording { $0[].header[].baseline &+= older }
}

/// Reads stacks and counts small objects from now on.
///
/// Where it is not safe to call the interpreter, what its frames look like is proved a little later.
private func useInterpreter(_ recording: Ref<Recording>, isSafe: Bool) {
  let header = recording[].header
  if interpreter.layout != nil {
    // Another recording has proved it, and may be reading by it.
    header[].python = interpreter.version
    header[].stacks = CaptureStacks.recorded
    return
  }
  let layout = interpreter.readVersion()
  header[].python = interpreter.version
  guard let layout else {
    header[].stacks = CaptureStacks.unknownVersion
    return
  }
  guard interpreter.looksRight(layout) else {
    header[].stacks = CaptureStacks.notProved
    return
  }
  if !isSafe {
    noteOlderMappings()
    _ = heapStart(0, 1)
    if smallObjects.isInstalled { header[].flags |= CaptureFlags.smallObjects }
  }
  interpreter.use(layout)
  header[].stacks = CaptureStacks.recorded
  if isSafe {
    _ = proveStacks(0)
  } else {
    interpreter.callLater(proveStacks)
  }
}

/// Run by the interpreter between two instructions.
private func proveStacks(_ argument: Int) -> Int32 {
  agent_watch_bus_errors()
  if isRecording(), let layout = interpreter.layout, !framesAgree(layout[]) {
    interpreter.use(nil)
    forEachRecording { $0[].header[].stacks = CaptureStacks.notProved }
  }
  return 0
}
