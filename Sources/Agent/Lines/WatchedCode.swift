// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A code object whose lines are watched, and its map from lines to units.
///
/// A unit is a statement, or the header of a compound one: the thing that a row of the table speaks
/// of. Unit 0 is the `def` header. Python holds a reference to the code object as long as it is
/// watched, so that its address stays its identity. The record lives until it is unwatched, which ends
/// its activations.
struct WatchedCode: BitwiseCopyable {
  /// The address of the code object.
  var code = 0
  var firstLine: Int32 = 0
  var lineCount: Int32 = 0
  /// For each line from the first, its unit.
  var units: Ref<Int32>
  var unitCount: Int32 = 0
  /// Calling it makes a generator, coroutine or asynchronous generator; its frame runs later.
  var suspends: Bool = false
  /// Up to this instruction (in bytes) a frame has not begun; only the evaluation hook asks.
  var startOffset: Int32 = 0
  /// The sessions that count it, one table each.
  var tables: Ref<LineTable>?
  /// Its activations now, on all threads.
  var activations = 0

  /// The unit of a line, or nil for a line that the map does not know.
  @inline(__always)
  func unit(ofLine line: Int) -> Int32? {
    let offset = line &- Int(firstLine)
    guard UInt(bitPattern: offset) < UInt(bitPattern: Int(lineCount)) else { return nil }
    return units.advanced(by: offset)[]
  }
}
