// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// Beginning and ending recordings.

import CAgent
import CaptureFormat

/// Why a recording could not begin, as negative answers of `peakline_record_start` beside minus the error
/// numbers of the system.
enum RecordingRefusal {
  /// As many are on as there can be.
  static let tooMany = -1001
  /// The heap cannot be counted here.
  static let cannotCount = -1002
}

extension Recording {
  /// Takes an open, empty file over and begins to record into it.
  ///
  /// The heap is being counted already. `baseline` -1: only what is allocated from now on counts.
  mutating func begin(
    _ descriptor: Int, interval: Int, limit: Int, baseline: Int, number: Int, seed: UInt64,
    isMember: Bool, isForked: Bool
  ) -> Int {
    if !isForked { abandon() }
    let opened = tables.file.open(descriptor, limit: limit)
    if opened < 0 {
      tables.close()
      return opened
    }
    isExact = interval == 0
    self.isForked = isForked
    countsOnlyNew = isExact && (baseline < 0 || isForked)
    self.interval = interval
    if isExact && !shadow.start() {
      tables.close()
      return 0 &- Int(ENOMEM)
    }
    self.number = number
    threads = 0
    ledgers = 0
    timeline = Timeline()
    start = nanoseconds(of: CLOCK_MONOTONIC)
    now = start
    ticks = peakline_ticks()
    let chance = UInt64(UInt(bitPattern: start)) ^ UInt64(UInt(bitPattern: processNumber()))
    self.seed = mixed(seed == 0 ? chance : seed)
    let header = header
    header[].mode = isExact ? CaptureMode.exact : CaptureMode.sampled
    header[].interval = interval
    header[].limit = limit
    header[].startTime = nanoseconds(of: CLOCK_REALTIME)
    header[].begin = start
    header[].namespace = processNamespace()
    header[].inherited = isForked ? max(0, liveOfAllThreads()) : 0
    let ownEpoch = header.address &+ CaptureHeader.jointEpochOffset
    let treeEpoch = isMember ? treeMember.joint.epochPlace : 0
    jointEpochPlace = treeEpoch == 0 ? ownEpoch : treeEpoch
    jointBatch = isMember ? JointPage.batch : Int.max / 4
    jointSaid = 0
    header[].processID = UInt32(truncatingIfNeeded: processNumber())
    header[].parentID = UInt32(truncatingIfNeeded: kernel(Int32(SYS_getppid)))
    header[].baseline = max(0, baseline)
    header[].live = max(0, baseline)
    header[].peak = max(0, baseline)
    boundPeak()
    header[].flags =
      (interposer.isPreloaded ? CaptureFlags.preloaded : 0)
      | (interposer.hidesObjects ? CaptureFlags.hidesObjects : 0)
      | (smallObjects.isInstalled ? CaptureFlags.smallObjects : 0)
      | (countsOnlyNew && !isForked ? CaptureFlags.onlyNew : 0)
      | (isForked ? CaptureFlags.forked : 0)
    header[].command = commandLine()
    header[].folder = workingFolder()
    blockFilter.begin(isExact: isExact, isForked: isForked)
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

  /// Puts the last figures in; the file is complete then, but for the sources.
  mutating func finish(_ state: UInt32) {
    forEachLedger { ledger in
      if let thread = ledger[].recorded(at: place), thread[].recording == number {
        report(thread, ledger)
        reportVolumes(thread, ledger)
      }
    }
    lookAtClock()
    timeline.note(now &- start, &tables)
    header[].jointEpoch = peakline_count_load(jointEpochPlace)
    header[].state = state
  }

  /// Ends the recording where nobody waits for the tree any more: nothing is given back, since others may
  /// be in the middle of it.
  func endOfTree() {
    header[].state = CaptureState.stopped
    turnOff(at: place)
  }

  /// Forgets what was recorded at this place, if that was not brought to an end: because this is the child
  /// of a fork, the file was cut off, or a thread did not come out of the tables.
  ///
  /// The memory stays where it is: somebody may have been writing there.
  mutating func abandon() {
    tables.file.leave()
    tables = CaptureTables()
    sites = Sites()
    samples = SampledBlocks()
    shadow = Shadow()
  }

  /// In the child of a fork, where nobody else can be in the middle of it: gives everything back but what is
  /// known of blocks, which are the parent's from now on, if `keepsBlocks` says so.
  mutating func leaveToParent(keepsBlocks: Bool) {
    shadow.clear()
    sites.clear()
    tables.close()
    if keepsBlocks { samples.disown() } else { samples.clear() }
  }

  /// Gives the memory back.
  mutating func close() {
    samples.clear()
    shadow.clear()
    sites.clear()
    tables.close()
    blockFilter.end(isExact: isExact)
  }
}

extension Ref where Target == Recording {
  /// Ends the recording.
  fileprivate func end(_ state: UInt32) {
    setOn(false)
    let isQuiet = waitForOthers()
    self[].finish(state)
    if self[].isOfTree { treeMember.leave() }
    // What somebody may still be writing into is left where it is.
    if !isQuiet { return }
    let othersAreOn = holdRecordings()
    self[].close()
    if othersAreOn { releaseRecordings() } else { forEachLedger { $0[].recordNothing() } }
  }

  /// Notes what each thread has in use at the beginning, and has its blocks recorded from now on.
  fileprivate func beginInAllThreads() {
    forEachLedger { ledger in
      if peakline_word_load(ledger.address) != 0 { _ = recordedThread(ledger) }
    }
    setOn(true)
    forEachLedger { ledger in
      if peakline_word_load(ledger.address) != 0 { armForRecording(ledger) }
    }
    passBarrierOnAllProcessors()
    forEachLedger { $0[].recordAsDue() }
  }
}

/// The number of the last recording that began.
@safe nonisolated(unsafe) private var lastNumber = 0

/// Records from now on into an open file; why not, or the recording's number.
///
/// Two recordings with the same seed, which is not 0, take the same samples of threads that allocate the
/// same in the same order.
///
/// `isMember`: it is this process's own in a tree; `isForked`: and the process was forked just now.
func startRecording(
  _ descriptor: Int, interval: Int, limit: Int, baseline: Int, seed: UInt64 = 0,
  isMember: Bool = false, isForked: Bool = false
) -> Int {
  guard interposer.isInstalled || interposer.isPreloaded, let recording = freeRecording() else {
    closeFile(descriptor)
    return interposer.isInstalled || interposer.isPreloaded
      ? RecordingRefusal.tooMany : RecordingRefusal.cannotCount
  }
  if !isRecording() {
    beginAlone()
    forgetAdoptions()
  }
  watchForks()
  endRecordingsInChildren()
  lastNumber = lastNumber &+ 1
  let failed = recording[].begin(
    descriptor, interval: interval, limit: limit, baseline: baseline, number: lastNumber,
    seed: seed, isMember: isMember, isForked: isForked)
  if failed < 0 { return failed }
  recording.beginInAllThreads()
  return recording[].number
}

/// Ends the recording of a number, if it is on; 0: every one.
///
/// A child of vfork, which has its parent's memory, has none.
func stopRecording(_ number: Int, _ state: UInt32) {
  let process = UInt32(truncatingIfNeeded: processNumber())
  forEachRecording { recording in
    if recording[].header[].processID != process { return }
    if number == 0 || recording[].number == number { recording.end(state) }
  }
}

/// The recording of a number, if it is on.
func recording(numbered number: Int) -> Ref<Recording>? {
  var found: Ref<Recording>?
  forEachRecording { if $0[].number == number { found = $0 } }
  return found
}

@safe nonisolated(unsafe) private var childrenAreWatched = false

/// The child of a fork leaves its parent's tables alone, and makes its own where a tree is recorded.
///
/// As does the thread that forks, until it has: in the child, handlers of other libraries may run
/// before ours. A fork in the middle of recording, from a signal handler, is one whose child goes on in
/// the middle of it: there nothing is given back, nor begun.
private func endRecordingsInChildren() {
  if childrenAreWatched { return }
  childrenAreWatched = true
  _ = pthread_atfork(
    { setForking(true) }, { setForking(false) },
    {
      let wasOn = isRecording()
      let isInTheMiddle = !isForking()
      endAllRecordings()
      setForking(false)
      if !wasOn { return }
      resetRecordingLock()
      forEachRecordingPlace { recording in
        if isInTheMiddle { return recording[].abandon() }
        recording[].leaveToParent(
          keepsBlocks: recording[].place == 0 && recording[].isOfTree && !recording[].isExact)
      }
      forEachLedger { $0[].forgetRecording() }
      forgetAskingForNames()
      if !isInTheMiddle { beginInForkedProcess() }
    })
}

// MARK: - A file that was cut off

/// Called from the handler of SIGBUS: whether the address was ours, and is mended.
@c(agent_bus_error)
public func busError(_ address: Address) -> Int32 {
  var isMended: Int32 = 0
  forEachRecordingPlace { recording in
    if recording[].tables.file.contains(address), recording[].tables.file.replacePage(at: address) {
      recording.setOn(false)
      isMended = 1
    }
  }
  return isMended
}
