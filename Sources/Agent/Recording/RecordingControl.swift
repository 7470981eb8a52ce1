// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Beginning and ending a recording.

import CAgent
import CaptureFormat

/// Why a recording could not begin, as negative answers of `peakline_record_start` beside minus the error
/// numbers of the system.
enum RecordingRefusal {
  /// One is on already.
  static let isOn = -1001
  /// The heap cannot be counted here.
  static let cannotCount = -1002
  /// The file has been written to.
  static let notEmpty = -1003
}

extension Recording {
  /// Takes an open, empty file over and begins to record into it.
  ///
  /// The heap is being counted already.
  mutating func begin(
    _ descriptor: Int, interval: Int, limit: Int, baseline: Int, isFirst: Bool
  ) -> Int {
    let opened = tables.file.open(descriptor, limit: limit)
    if opened < 0 {
      tables.close()
      return opened
    }
    isExact = interval == 0
    self.interval = interval
    if isExact && !shadow.start() {
      tables.close()
      return 0 &- Int(ENOMEM)
    }
    number = number &+ 1
    threads = 0
    timeline = Timeline()
    start = nanoseconds(of: CLOCK_MONOTONIC)
    now = start
    ticks = peakline_ticks()
    seed = mixed(UInt64(UInt(bitPattern: start)) ^ UInt64(UInt(bitPattern: processNumber())))
    let header = header
    header[].mode = isExact ? CaptureMode.exact : CaptureMode.sampled
    header[].interval = interval
    header[].limit = limit
    header[].startTime = nanoseconds(of: CLOCK_REALTIME)
    header[].processID = UInt32(truncatingIfNeeded: processNumber())
    header[].parentID = UInt32(truncatingIfNeeded: kernel(Int32(SYS_getppid)))
    header[].baseline = baseline
    header[].live = baseline
    header[].peak = baseline
    header[].peakBound = isExact ? 0 : Recording.batch
    header[].flags =
      (interposer.isPreloaded ? CaptureFlags.preloaded : 0)
      | (interposer.hidesObjects ? CaptureFlags.hidesObjects : 0)
      | (smallObjects.isInstalled ? CaptureFlags.smallObjects : 0)
    header[].command = commandLine()
    header[].folder = workingFolder()
    return 0
  }

  /// The words of the command line with blanks between, as far as they fit in 1 KiB.
  private mutating func commandLine() -> UInt32 {
    let file = unsafe openFile(StaticString("/proc/self/cmdline").utf8Start)
    if file < 0 { return 0 }
    defer { closeFile(file) }
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
      guard let bytes = buffer.baseAddress else { return 0 }
      var length = unsafe readFile(file, into: bytes, count: 1024, at: 0)
      while length > 0, unsafe bytes[length &- 1] == 0 { length = length &- 1 }
      var index = 0
      while index < length {
        if unsafe bytes[index] == 0 { unsafe bytes[index] = 32 }
        index = index &+ 1
      }
      return unsafe tables.string(bytes, max(0, length))
    }
  }

  private mutating func workingFolder() -> UInt32 {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
      guard let bytes = buffer.baseAddress else { return 0 }
      // Answers the length with the terminating zero.
      let length = kernel(Int32(SYS_getcwd), Int(bitPattern: bytes), 1024)
      return unsafe tables.string(bytes, max(0, length &- 1))
    }
  }

  /// Ends the recording; its file is complete, but for the sources.
  mutating func end(_ state: UInt32) {
    let number = number
    forEachLedger { ledger in
      if let thread = ledger[].recorded, thread[].recording == number {
        recording.report(thread, ledger)
        recording.reportVolumes(thread, ledger)
      }
    }
    lookAtClock()
    timeline.note(now &- start, &tables)
    header[].peakBound = header[].peakBound &* max(1, threads)
    header[].state = state
    // From now on nobody may use the tables: who waits for them finds that nothing is recorded.
    setRecording(false)
    samples.clear()
    shadow.clear()
    sites.clear()
    tables.close()
    forEachLedger { $0[].recordNothing() }
  }
}

/// Has the blocks of every thread recorded that there is.
private func armAllThreads() {
  forEachLedger { ledger in
    if peakline_word_load(ledger.address) != 0 { armForRecording(ledger) }
  }
}

/// Records from now on into an open file; 0, or why not.
func startRecording(_ descriptor: Int, interval: Int, limit: Int, baseline: Int) -> Int {
  if isRecording() { return RecordingRefusal.isOn }
  if !interposer.isInstalled && !interposer.isPreloaded { return RecordingRefusal.cannotCount }
  watchForks()
  endRecordingInChildren()
  let failed = recording.begin(
    descriptor, interval: interval, limit: limit, baseline: baseline, isFirst: true)
  if failed < 0 { return failed }
  setRecording(true)
  armAllThreads()
  return 0
}

/// Ends the recording of the process, if one is on.
func stopRecording(_ state: UInt32) {
  if !holdRecording() { return }
  recording.end(state)
  releaseRecording()
}

@safe nonisolated(unsafe) private var childrenAreWatched = false

/// The child of a fork leaves its parent's tables alone.
///
/// As does the thread that forks, until it has: in the child, handlers of other libraries may run
/// before ours.
private func endRecordingInChildren() {
  if childrenAreWatched { return }
  childrenAreWatched = true
  _ = pthread_atfork(
    { setForking(true) }, { setForking(false) },
    {
      let wasOn = isRecording()
      setRecording(false)
      setForking(false)
      if !wasOn { return }
      releaseRecording()
      forEachLedger { $0[].recordNothing() }
    })
}

// MARK: - A file that was cut off

/// Called from the handler of SIGBUS: whether the address was ours, and is mended.
@c(agent_bus_error)
public func busError(_ address: Address) -> Int32 {
  guard recording.tables.file.contains(address), recording.tables.file.replacePage(at: address)
  else { return 0 }
  setRecording(false)
  return 1
}
