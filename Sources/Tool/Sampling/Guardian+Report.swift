// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import MemorySeries

extension Guardian.Report {
  /// What happened, and which processes had how much.
  var sentence: String {
    let others = shares.count - 1
    let all =
      others == 0 ? "" : " with \(others) other process\(others == 1 ? "" : "es")"
    let how = wasKilled ? "killed, because SIGTERM did not end all of it" : "stopped with SIGTERM"
    let rows = shares.prefix(5).map { "\n  \($0.processID)  \($0.name)  \($0.memory.text)" }
    let more = shares.count > 5 ? "\n  … and \(shares.count - 5) more" : ""
    return "the program\(all) had \(total.text) after \(Self.seconds(seconds)), more than the "
      + "limit of \(limit.text), and was \(how)" + rows.joined() + more
  }

  private static func seconds(_ seconds: Double) -> String {
    "\((seconds * 10).rounded() / 10) s"
  }
}

extension Kibibytes {
  /// In MiB with one decimal, as all of mprof's figures are.
  var text: String { "\((Double(count) / 102.4).rounded() / 10) MiB" }
}
