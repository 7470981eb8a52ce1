// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reports

/// When to use colours.
enum ColorChoice: String, CaseIterable {
  case auto, always, never
}

/// Where the standard output goes, and what the environment says about it: stored properties, so that
/// tests can make them up.
struct Terminal {
  /// Whether the standard output is a terminal at all.
  var isTerminal: Bool
  /// Its width in cells, where it says.
  var columns: Int?
  /// A variable of the environment.
  var environment: (String) -> String?

  static func current() -> Terminal {
    var size = winsize()
    let answers = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return Terminal(
      isTerminal: isatty(STDOUT_FILENO) == 1,
      columns: answers && size.ws_col > 0 ? Int(size.ws_col) : nil,
      environment: { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
    )
  }

  /// Whether a screen can be drawn again and again.
  var canBeDrawnOn: Bool {
    isTerminal && !["dumb", ""].contains(environment("TERM") ?? "")
  }

  /// How many rows a picture may have, so that what is said above and below it is seen with it.
  static func rowsOfPicture() -> Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else {
      return 16
    }
    return min(20, max(6, Int(size.ws_row) - 12))
  }

  /// The style for this place.
  ///
  /// A width that was asked for makes any place look like a terminal.
  func style(color: ColorChoice, width: Int?, precision: Int?) -> Style {
    let isDumb = environment("TERM") == "dumb"
    let isColored =
      switch color {
      case .always: true
      case .never: false
      case .auto: isTerminal && !isDumb && (environment("NO_COLOR") ?? "").isEmpty
      }
    let limit = width ?? (isTerminal ? ownWidth : nil)
    return Style(
      width: limit, color: isColored, bars: (limit != nil || isColored) && !isDumb,
      unicode: isUnicode, precision: precision)
  }

  /// `COLUMNS` wins, because somebody may have set it on purpose.
  private var ownWidth: Int {
    let stated = environment("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    return max(20, stated ?? columns ?? 80)
  }

  /// Whether the locale's encoding is UTF-8.
  ///
  /// Where none is named, as in most containers, it is.
  private var isUnicode: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
    guard let encoding = locale?.split(separator: ".").dropFirst().first else { return true }
    let name = encoding.prefix { $0 != "@" }.lowercased().filter { $0 != "-" }
    return name == "utf8"
  }
}
