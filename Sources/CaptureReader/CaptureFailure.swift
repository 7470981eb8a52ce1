// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Why a capture cannot be read: each case is one sentence that says what to do.
package enum CaptureFailure: Error, Equatable, CustomStringConvertible {
  /// The operating system says no; its reason.
  case cannotRead(String)
  /// A folder, where a file is wanted.
  case isFolder
  /// Nothing was written to it.
  case empty
  /// It does not begin as captures do.
  case notCapture
  /// It is of a newer format, or of an older one.
  case otherVersion(Int)
  /// Not even the first chunk is there.
  case cutOff(bytes: Int)
  /// It is packed, and a part of it is missing.
  case incomplete(bytes: Int, of: Int)
  /// What it says of itself does not hold together.
  case damaged(String)
  /// It is to be changed while its process still writes to it.
  case stillRecording(processID: Int)
  /// A tree's folder does not say what its processes had in use together.
  case withoutJoint
  /// A process that is asked for is not in it.
  case noProcess(String)
  /// It cannot be changed; the system's reason.
  case cannotWrite(String)

  package var description: String {
    switch self {
    case .cannotRead(let reason):
      "it cannot be read (\(reason)): name a file that 'peakline record' wrote"
    case .isFolder:
      "it is a folder: name one of the files in it that 'peakline record' wrote"
    case .empty:
      "nothing was written to it: the program ended before it was recorded; record it again"
    case .notCapture:
      "it is no capture: name a file that 'peakline record' wrote"
    case .otherVersion(let number):
      "this capture is of version \(number), and this Peakline reads 1 to 3: "
        + "record again, or use the Peakline that wrote it"
    case .cutOff(let bytes):
      "it was cut off after \(bytes) bytes, before its first figures: copy it again, or record again"
    case .incomplete(let bytes, let whole):
      "it was cut off after \(bytes) of \(whole) bytes, and being packed it can only be read whole: "
        + "copy it again, or record again"
    case .damaged(let reason):
      "this capture is damaged (\(reason)): record again"
    case .stillRecording(let processID):
      "process \(processID) still records into it: wait until it has ended"
    case .withoutJoint:
      "its file 'joint' is missing or damaged, so that what its processes had in use together is not "
        + "known: name one of the captures in it"
    case .noProcess(let name):
      "there is no process \(name) in it: name one that 'peakline report' lists"
    case .cannotWrite(let reason):
      "it cannot be written to (\(reason)): free some room, or make the file yours"
    }
  }
}
