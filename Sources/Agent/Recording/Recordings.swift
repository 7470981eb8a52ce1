// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// The recordings of the process: several may be on at once, each with a file, an interval and a peak of
// its own. They have the hooks, one lock, and the filter of `BlockFilter` in common.
//
// After a fork the tables are the parent's: the child leaves them, and begins anew where a tree is recorded.
// Its only thread is busy from before the fork on, so that it does not even wait for a lock that a thread
// holds which it does not have.

import CAgent
import Synchronization

/// How many recordings there can be at once.
let mostRecordings = 4

/// Where the recordings stand, side by side; 0 until the first begins.
///
/// They stay: who has looked one up may look at it after it has ended.
private let places = Atomic<Int>(0)
/// A bit for each that is on; threads ask before they take the lock, and again when they have it.
private let on = Atomic<Int>(0)

@inline(__always)
func isRecording() -> Bool { on.load(ordering: .relaxed) != 0 }

/// The recording at one of the places, once `makeRecordings` has been called.
@inline(__always)
func recording(at place: Int) -> Ref<Recording> {
  Ref(
    known: places.load(ordering: .relaxed) &+ place &* MemoryLayout<Recording>.stride)
}

/// Runs `body` for each recording that is on, with its place.
@inline(__always)
func forEachRecording(_ body: (Ref<Recording>) -> Void) {
  var rest = on.load(ordering: .acquiring)
  while rest != 0 {
    body(recording(at: rest.trailingZeroBitCount))
    rest &= rest &- 1
  }
}

/// The same for each that there has been.
func forEachRecordingPlace(_ body: (Ref<Recording>) -> Void) {
  if places.load(ordering: .relaxed) == 0 { return }
  var place = 0
  while place < mostRecordings {
    body(recording(at: place))
    place = place &+ 1
  }
}

/// A place for one more; nil where there is none, or no memory.
///
/// Called while nobody else begins one.
func freeRecording() -> Ref<Recording>? {
  if places.load(ordering: .relaxed) == 0 {
    guard let fresh = mapForLedger(mostRecordings &* MemoryLayout<Recording>.stride) else {
      return nil
    }
    places.store(fresh, ordering: .releasing)
    var place = 0
    while place < mostRecordings {
      recording(at: place)[] = Recording(place: place)
      place = place &+ 1
    }
  }
  let free = (~on.load(ordering: .relaxed)).trailingZeroBitCount
  return free < mostRecordings ? recording(at: free) : nil
}

extension Ref where Target == Recording {
  @inline(__always)
  var isOn: Bool { on.load(ordering: .relaxed) & 1 &<< self[].place != 0 }

  func setOn(_ value: Bool) {
    let bit = 1 &<< self[].place
    if value {
      on.bitwiseOr(bit, ordering: .acquiringAndReleasing)
    } else {
      turnOff(at: self[].place)
    }
  }

  /// Takes the lock; false, without it, if the recording of this number is not on any more, or if this
  /// thread has the lock already and was interrupted.
  @inline(__always)
  func hold(_ number: Int) -> Bool {
    if !holdRecordings() { return false }
    if isOn && self[].number == number { return true }
    releaseRecordings()
    return false
  }
}

/// The one at a place is not on any more; `Ref.setOn` for those who are in its tables.
func turnOff(at place: Int) { on.bitwiseAnd(~(1 &<< place), ordering: .acquiringAndReleasing) }

/// None is on from now on.
func endAllRecordings() { on.store(0, ordering: .releasing) }

/// What recordings have resident beside the ledger's memory, in bytes: their files, and about as much of
/// their records as is touched.
func recordingBytes() -> Int {
  var bytes = 0
  forEachRecordingPlace { recording in
    bytes =
      bytes &+ recording[].tables.file.bytes &+ recording[].shadow.bytes
      &+ recording[].threadsMapped &* RecordedThread.touched
  }
  bytes = bytes &+ treeMember.joint.bytes
  return bytes
}
