// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a screen of some height has room for: the lower it is, the less stands above the table.
struct LiveLayout {
  private let height: Int
  /// What there is to be said beside the figures, in rows.
  let sentence: [String]
  let tone: Tone

  init(_ look: LiveLook, _ style: Style, height: Int) {
    self.height = height
    let told = height >= 8 ? look.sentence(style) : nil
    let most = height >= 16 ? 3 : 1
    let wrapped = told.map { DisplayWidth.wrap($0.text, to: style.width) } ?? []
    let limit = style.width ?? .max
    sentence = wrapped.prefix(most).enumerated().map { index, row in
      let isCut = index == most - 1 && wrapped.count > most
      let text = isCut ? "\(row) \(style.ellipsis)" : row
      return DisplayWidth.fit(text, to: limit, mark: style.ellipsis)
    }
    tone = told?.tone ?? .plain
  }

  var hasTitle: Bool { height >= 7 }
  /// How it is recorded.
  var hasAbout: Bool { height >= 16 }
  /// How much of the totals is in lines.
  var hasShares: Bool { height >= 20 }
  var hasHeadings: Bool { height >= 5 }
  var hasGap: Bool { height >= 14 }

  /// Rows of the picture of memory over time.
  var curve: Int {
    switch height {
    case ..<10: 0
    case ..<16: 1
    case ..<20: 2
    case ..<28: 3
    case ..<40: 4
    case ..<60: 6
    default: 8
    }
  }

  /// Rows above the table's lines.
  private var above: Int {
    let single = [true, hasTitle, hasAbout, hasShares, hasHeadings, hasGap]
    return single.count { $0 } + sentence.count + curve
  }

  /// Lines of the table; the last row of the screen says which keys there are.
  var room: Int { max(0, height - above - 1) }
}
