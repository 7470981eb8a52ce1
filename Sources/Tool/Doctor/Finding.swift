// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// One thing that `doctor` looked at.
struct Finding: Equatable {
  /// How it stands: `bad` needs attention, `note` is worth knowing.
  enum State: String {
    case good = "ok"
    case note
    case bad
  }

  /// What was looked at, in a word or two; stable, because scripts read it from the JSON.
  var name: String
  var state: State
  /// What was found; where it is not good, what to do, in one sentence.
  var detail: String

  /// The report for people, one finding a line.
  static func text(_ findings: [Finding]) -> String {
    let width = findings.map(\.name.count).max() ?? 0
    return findings.map { finding in
      let mark = finding.state.rawValue
      let name = finding.name + String(repeating: " ", count: width - finding.name.count)
      return mark + String(repeating: " ", count: 6 - mark.count) + "\(name)  \(finding.detail)"
    }.joined(separator: "\n")
  }

  /// The report for programs: `{"version", "healthy", "findings": [{"name", "state", "detail"}]}`.
  static func json(_ findings: [Finding]) -> String {
    let rows = findings.map { finding in
      "{\"name\": \(quoted(finding.name)), \"state\": \(quoted(finding.state.rawValue)), "
        + "\"detail\": \(quoted(finding.detail))}"
    }
    let healthy = !findings.contains { $0.state == .bad }
    return "{\"version\": \(quoted(peaklineVersion)), \"healthy\": \(healthy), \"findings\": ["
      + rows.joined(separator: ", ") + "]}"
  }

  /// A JSON string: quotes, backslashes and control characters escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
