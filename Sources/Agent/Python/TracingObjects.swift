// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What CPython 3.11 allocates for a frame only because it is traced: a frame object for each frame, and
/// for each code object, once, an array of its lines.
///
/// Neither is the program's doing, so both are taken out of the ledger at the frame's first event. The
/// frame object is freed when the frame ends, right after the evaluation hook: that free is taken out
/// in advance. A frame object that somebody else refers to by then would have been there anyway, and
/// is put back.
struct TracingObjects: BitwiseCopyable {
  private var frame = 0
  private var code = 0
  private var isFresh = false
  private var hadFrameObject = false
  private var hadLines = false
  /// The frame object that is not in the ledger, by address.
  private var frameObject = 0

  /// Before a frame is evaluated.
  init(frame: Int, code: Int, isFresh: Bool, _ layout: FrameLayout) {
    if layout.frameObject == 0 || !smallObjects.isInstalled { return }
    self.frame = frame
    self.code = code
    self.isFresh = isFresh
    let known = load(frame &+ layout.frameObject)
    hadFrameObject = known != 0
    hadLines = load(code &+ layout.lines) != 0
    // A generator's, from an earlier step.
    if known != 0 && framesOutOfLedger[known] != nil { frameObject = known }
  }

  init() {}

  /// At the first event of the frame: `object` is the frame object with which it came.
  ///
  /// What a frame that begins has allocated up to its first line are the cells of its variables: they
  /// belong to the call, and not to the frame, as on the other versions.
  mutating func noteFirstEvent(_ object: Int, _ layout: FrameLayout, _ stretch: Ref<Stretch>?) {
    if frame == 0 { return }
    if !hadLines { take(load(code &+ layout.lines), header: 0) }
    if !hadFrameObject && load(frame &+ layout.frameObject) == object {
      take(object, header: TracingObjects.collectorHeader)
      frameObject = object
    }
    if isFresh, let stretch { stretch.turn(at: HeapReading(stretch[].ledger)) }
    frame = 0
  }

  /// After the frame was evaluated, which may go on later.
  func noteEnd(isSuspended: Bool) {
    guard frameObject != 0 else { return }
    if isSuspended {
      let anything = Ref<Int>(known: frameObject)
      _ = framesOutOfLedger.insert(frameObject, anything, pool: &pool)
      return
    }
    framesOutOfLedger.remove(frameObject)
    guard let ledger = currentLedger() else { return }
    let bytes = size(frameObject, header: TracingObjects.collectorHeader)
    // The reference count is the first word of an object.
    if load(frameObject) == 1 {
      if isInPool(frameObject) {
        ledger[].pythonFreed = ledger[].pythonFreed &- bytes
      } else {
        ledger[].freed = ledger[].freed &- bytes
        ledger[].frees = ledger[].frees &- 1
      }
    } else {
      add(bytes, inPool: isInPool(frameObject), 1)
    }
  }

  /// Takes a block out of the ledger as if it had never been allocated.
  private func take(_ block: Int, header: Int) {
    guard block != 0, let ledger = currentLedger() else { return }
    let bytes = size(block, header: header)
    if ledger[].peak == ledger[].live { ledger[].peak = ledger[].peak &- bytes }
    add(0 &- bytes, inPool: isInPool(block), -1)
  }

  private func add(_ bytes: Int, inPool: Bool, _ count: Int) {
    guard let ledger = currentLedger() else { return }
    if inPool {
      ledger[].pythonAllocated = ledger[].pythonAllocated &+ bytes
      ledger[].pythonAllocations = ledger[].pythonAllocations &+ count
      ledger[].pythonRequested = ledger[].pythonRequested &+ bytes
    } else {
      ledger[].allocated = ledger[].allocated &+ bytes
      ledger[].allocations = ledger[].allocations &+ count
      ledger[].requested = ledger[].requested &+ bytes
    }
  }

  /// The bytes of the block in which something stands behind a header.
  private func size(_ address: Int, header: Int) -> Int {
    isInPool(address)
      ? blockSize(inPoolOf: address) : realAllocator.usableSize(address &- header)
  }

  /// What the garbage collector puts before an object.
  private static let collectorHeader = 16
}

/// Frame objects of suspended generators that are not in the ledger.
@safe nonisolated(unsafe) private var framesOutOfLedger = AddressMap<Int>()
