// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Glibc
import Reports

/// The live view at work: waits for keys, signals and the moments at which the capture is due.
///
/// It is read on another thread, so that keys are answered however large it is.
struct LiveLoop {
  private enum Letter: Sendable {
    /// What was typed; nothing where nothing more can be.
    case bytes([UInt8])
    case looked(WatchedCapture, WatchedCapture.Answer, seconds: Double)
  }

  private enum End {
    case quit
    case signal(Int32)
  }

  /// How long an escape may wait for the rest of a sequence, in seconds.
  private static let patience = 0.05

  private var model: LiveModel
  private var sights: LiveSights
  /// Nil while it is read.
  private var watched: WatchedCapture?
  private var terminal = LiveTerminal()
  private var signals = SignalQueue()
  private var decoder = KeyDecoder()
  private let mailbox = Mailbox<Letter>()
  private let width: Int?
  private var due: Instant
  private var escapeEnds: Instant?

  /// `width`: the columns to be used, if not the terminal's.
  init(_ model: LiveModel, _ sights: LiveSights, _ watched: WatchedCapture, width: Int?) {
    self.model = model
    self.sights = sights
    self.watched = watched
    self.width = width
    due = Instant.now().advanced(by: model.pace.interval)
  }

  /// Shows the recording until somebody has seen enough, and ends the process.
  mutating func run() -> Never {
    terminal.take()
    resize()
    if terminal.input >= 0 {
      KeyReader.start(terminal.input) { [mailbox] in mailbox.post(.bytes($0)) }
    }
    let end = untilEnd()
    terminal.leave()
    switch end {
    case .quit: exit(0)
    case .signal(let number): ChildProcess.end(as: .signal(number))
    }
  }

  private mutating func untilEnd() -> End {
    while true {
      guard terminal.draw(model.screen()) else { return .quit }
      let arrival = signals.next(before: deadline)
      if let arrival, let end = take(arrival.number) { return end }
      for letter in mailbox.take() {
        if let end = take(letter) { return end }
      }
      let now = Instant.now()
      if let ends = escapeEnds, ends <= now, let end = press(decoder.flush()) { return end }
      if !decoder.isWaiting { escapeEnds = nil }
      if due <= now, !model.isPaused { look() }
    }
  }

  private var deadline: Instant {
    let isResting = watched == nil || model.isPaused
    let next = isResting ? Instant.now().advanced(by: 3600) : due
    return min(next, escapeEnds ?? next)
  }

  private mutating func take(_ signal: Int32) -> End? {
    switch signal {
    // Control and C is how a screen like this one is left.
    case SIGINT: return .quit
    case SIGHUP, SIGTERM, SIGQUIT, SIGALRM, SIGUSR2: return .signal(signal)
    case SIGTSTP:
      terminal.leave()
      signals.stop(by: SIGTSTP)
      terminal.take()
      resize()
    case SIGCONT:
      // Who woke us may have used the terminal meanwhile.
      terminal.take()
      resize()
    case SIGWINCH: resize()
    default: break
    }
    return nil
  }

  private mutating func take(_ letter: Letter) -> End? {
    switch letter {
    case .bytes([]): return .quit
    case .bytes(let bytes):
      let end = press(decoder.keys(bytes))
      escapeEnds = decoder.isWaiting ? Instant.now().advanced(by: Self.patience) : nil
      return end
    case .looked(let capture, let answer, let seconds):
      watched = capture
      model.pace.cost = seconds
      due = Instant.now().advanced(by: model.pace.interval)
      // What was under way when somebody paused is not shown.
      if !model.isPaused { sights.show(answer, in: &model) }
      return nil
    }
  }

  private mutating func press(_ keys: [LiveKey]) -> End? {
    for key in keys {
      let interval = model.pace.interval
      switch model.press(key) {
      case .quit: return .quit
      case .look:
        terminal.forget()
        look()
      case nil: break
      }
      if model.pace.interval != interval {
        due = Instant.now().advanced(by: model.pace.interval)
      }
    }
    model.narrow()
    return nil
  }

  /// Has the capture read, unless it is being read.
  private mutating func look() {
    guard let capture = watched else { return }
    watched = nil
    let work: @Sendable () -> Void = { [mailbox] in
      var capture = capture
      let start = Instant.now()
      let answer = capture.look()
      mailbox.post(.looked(capture, answer, seconds: Instant.now().seconds(since: start)))
    }
    if !Background.run(work) { work() }
  }

  private mutating func resize() {
    let size = LiveTerminal.size()
    model.resize(columns: width ?? size.columns, rows: size.rows)
    terminal.forget()
  }
}
