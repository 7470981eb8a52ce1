// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A stretch of a thread's time whose peak is wanted: a line while it runs, or a watched block.
///
/// A ledger has one watermark but any number of open stretches. They form a list, the latest begun
/// first; each remembers how high the mark stood when it began and set the mark anew. So the peak of a
/// stretch is the highest of the present mark and of what those that began after it remember, and
/// an allocation pays for one comparison however many are open. Stretches mostly end in the reverse
/// order of their beginning, but need not. Used with the GIL held.
struct Stretch: BitwiseCopyable {
  var ledger: Ref<ThreadLedger>
  /// The one begun before this.
  var below: Ref<Stretch>?
  /// The mark of the time between the beginning of the one below and of this.
  var peakBelow = 0
  var start = HeapReading()
}

extension Ref where Target == Stretch {
  /// Begins the stretch: it is the thread's latest.
  @inline(__always)
  func begin(on ledger: Ref<ThreadLedger>, at now: HeapReading) {
    self[].ledger = ledger
    self[].below = ledger[].stretches
    self[].peakBelow = ledger[].peak
    self[].start = now
    ledger[].stretches = self
    ledger[].setPeak(now.live)
  }

  /// The most that was live since the stretch began.
  @inline(__always)
  func peak() -> Int {
    let ledger = self[].ledger
    var highest = ledger[].peak
    var node = ledger[].stretches
    while let later = node, later.address != address {
      highest = max(highest, later[].peakBelow)
      node = later[].below
    }
    return highest
  }

  /// Ends the stretch; what it remembers goes to whoever needs it.
  @inline(__always)
  func end() {
    let ledger = self[].ledger
    if let latest = ledger[].stretches, latest == self {
      ledger[].setPeak(max(ledger[].peak, self[].peakBelow))
      ledger[].stretches = self[].below
      return
    }
    takeOut()
  }

  /// Ends the stretch and begins it anew.
  @inline(__always)
  func turn(at now: HeapReading) {
    let ledger = self[].ledger
    guard let latest = ledger[].stretches, latest == self else {
      takeOut()
      begin(on: ledger, at: now)
      return
    }
    self[].peakBelow = max(self[].peakBelow, ledger[].peak)
    ledger[].setPeak(now.live)
    self[].start = now
  }

  /// Out of the middle of the list.
  @inline(never)
  private func takeOut() {
    var node = self[].ledger[].stretches
    while let later = node {
      if let below = later[].below, below == self {
        later[].peakBelow = max(later[].peakBelow, self[].peakBelow)
        later[].below = self[].below
        return
      }
      node = later[].below
    }
  }
}
