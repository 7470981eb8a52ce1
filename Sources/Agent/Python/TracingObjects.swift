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
    if layout.frameObject == 0 || !smallObjects.isInstalled || !smallObjects.roundsSizes { return }
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
    let lines = load(code &+ layout.lines)
    if !hadLines && lines != 0 { take(Block(start: lines, requested: layout.lineBytes(of: code))) }
    if !hadFrameObject && load(frame &+ layout.frameObject) == object {
      take(block(of: object, layout))
      frameObject = object
    }
    if isFresh, let stretch { stretch.turn(at: HeapReading(stretch[].ledger)) }
    frame = 0
  }

  /// After the frame was evaluated, which may go on later.
  func noteEnd(isSuspended: Bool, _ layout: FrameLayout) {
    guard frameObject != 0 else { return }
    if isSuspended {
      if framesOutOfLedger[frameObject] == nil {
        let anything = Ref<Int>(known: frameObject)
        _ = framesOutOfLedger.insert(frameObject, anything, pool: &pool)
      }
      return
    }
    framesOutOfLedger.remove(frameObject)
    guard let ledger = currentLedger() else { return }
    let block = block(of: frameObject, layout)
    // The reference count is the first word of an object.
    if load(frameObject) != 1 {
      add(block, 1)
    } else if block.isSmall {
      ledger[].pythonFreed = ledger[].pythonFreed &- block.bytes
    } else {
      ledger[].freed = ledger[].freed &- block.bytes
      ledger[].frees = ledger[].frees &- 1
    }
  }

  /// Takes a block out of the ledger as if it had never been allocated.
  private func take(_ block: Block) {
    guard let ledger = currentLedger() else { return }
    if ledger[].peak == ledger[].live { ledger[].setPeak(ledger[].peak &- block.bytes) }
    add(block, -1)
  }

  private func add(_ block: Block, _ times: Int) {
    guard let ledger = currentLedger() else { return }
    if block.isSmall {
      ledger[].correctObjects(times, of: block.bytes, requested: block.requested)
    } else {
      ledger[].correctBlocks(times, of: block.bytes, requested: block.requested)
    }
  }

  /// A block of the interpreter's, whose size follows from what was asked for.
  private struct Block {
    var start: Int
    var requested: Int

    var isSmall: Bool { SmallObjects.isSmall(requested) }
    var bytes: Int {
      isSmall ? SmallObjects.rounded(requested) : realAllocator.usableSize(start)
    }
  }

  private func block(of object: Int, _ layout: FrameLayout) -> Block {
    Block(
      start: object &- FrameLayout.collectorHeader,
      requested: layout.frameBytes(of: object, code: code))
  }
}

/// Frame objects of suspended generators that are not in the ledger.
@safe nonisolated(unsafe) private var framesOutOfLedger = AddressMap<Int>()
