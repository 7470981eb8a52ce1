// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The terminal in the hands of the live view: keys come one by one and unseen, rows are drawn
/// on the alternate screen; afterwards everything is as it was.
struct LiveTerminal {
  /// Alternate screen, no cursor, and rows that are too long do not break.
  private static let beginning = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[0m\u{1B}[2J"
  private static let ending: StaticString = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

  /// How it was, and whether it is ours, for the handler too.
  nonisolated(unsafe) private static var before = termios()
  nonisolated(unsafe) private static var taken: Int32 = -1

  /// Where keys come from: the standard input, or where that is no terminal, the one that this
  /// process belongs to; -1 if there is none.
  let input: Int32
  /// The rows that are on the screen.
  private var drawn: [String] = []

  init() {
    input =
      isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : unsafe open("/dev/tty", O_RDONLY | O_CLOEXEC)
    // A fault of ours must not leave a terminal that shows nothing of what is typed.
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
      signal(number) { number in
        LiveTerminal.giveBack()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  /// Columns and rows; 80 and 24 where the terminal does not say.
  static func size() -> (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
      size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Takes the terminal; once more where somebody else had it meanwhile.
  mutating func take() {
    let isFirst = unsafe Self.taken < 0
    let descriptor = input >= 0 ? input : STDOUT_FILENO
    var mode = termios()
    if unsafe tcgetattr(descriptor, &mode) == 0 {
      if isFirst { unsafe Self.before = mode }
      // Keys that send signals still do; the others come as they are.
      mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
      mode.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
      unsafe withUnsafeMutableBytes(of: &mode.c_cc) { characters in
        // Safe: these are indices of the array.
        unsafe characters[Int(VMIN)] = 1
        unsafe characters[Int(VTIME)] = 0
      }
      unsafe tcsetattr(descriptor, TCSANOW, &mode)
    }
    unsafe Self.taken = descriptor
    drawn = []
    put(Self.beginning)
  }

  /// Gives it back as it was.
  func leave() { Self.giveBack() }

  private static func giveBack() {
    guard unsafe taken >= 0 else { return }
    // Safe: a static string has as many bytes as it says.
    _ = unsafe Glibc.write(STDOUT_FILENO, ending.utf8Start, ending.utf8CodeUnitCount)
    unsafe tcsetattr(taken, TCSANOW, &before)
    unsafe taken = -1
  }

  /// Forgets what is on the screen: all of it is drawn anew.
  mutating func forget() { drawn = [] }

  /// Shows rows, of which those are written that have changed; false if nobody sees them any more.
  mutating func draw(_ rows: [String]) -> Bool {
    var text = drawn.count == rows.count ? "" : "\u{1B}[2J"
    let isAll = !text.isEmpty
    for (index, row) in rows.enumerated() where isAll || drawn[index] != row {
      // It is emptied first: in the last column there is nothing behind the row to be emptied.
      text += "\u{1B}[\(index + 1);1H\u{1B}[2K\(row)"
    }
    drawn = rows
    return put(text)
  }

  @discardableResult
  private func put(_ text: String) -> Bool {
    text.isEmpty || Tool.write(Array(text.utf8), to: STDOUT_FILENO)
  }
}
