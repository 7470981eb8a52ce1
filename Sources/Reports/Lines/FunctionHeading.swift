// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What stands above the table of a function's lines, as texts that may be shown.
struct FunctionHeading {
  let name: String
  /// The file and the number of the first line.
  let place: String
  /// How often it was called, where that is known.
  let calls: String?
  let backend: String
  /// The sentences below the title, in order.
  let remarks: [Remark]
  /// The line that the sentence is about first.
  let mark: Int?

  struct Remark: Equatable {
    var text: String
    var tone = Tone.plain
    /// Whether it is the sentence that says what matters.
    var isFinding = false
  }

  init(
    _ function: LineProfile.Function, _ figures: FunctionFigures, backend: String, style: Style
  ) {
    name = DisplayWidth.shown(function.name)
    place = "\(DisplayWidth.shown(function.file)):\(function.firstLine)"
    calls = figures.calls.map { $0 == 1 ? "1 call" : "\(Digits.grouped($0)) calls" }
    self.backend = DisplayWidth.shown(backend)
    mark = Finding.subject(of: figures, backend: backend, style: style)
    var remarks: [Remark] = []
    if let note = function.note {
      remarks.append(Remark(text: DisplayWidth.shown(note), tone: .warm))
    }
    if let finding = Finding.sentence(for: figures, backend: backend, style: style) {
      remarks.append(Remark(text: finding, isFinding: true))
    }
    if figures.isRecursive {
      remarks.append(
        Remark(
          text: "It calls itself: what an inner call costs is in the line that makes the call and "
            + "in the lines that it runs, so that there is no sum.", tone: .warm))
    }
    self.remarks = remarks
  }
}
