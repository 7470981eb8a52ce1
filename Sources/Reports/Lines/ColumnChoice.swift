// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Which columns are wanted.
package enum ColumnChoice: Equatable, Sendable {
  /// The most telling ones, as many as there is room for.
  case usual
  /// All that there are figures for.
  case all
  /// These, in this order.
  case these([Column])

  /// The choice that a list of names with commas between them makes; `all` is a name too.
  package init(names list: String) throws(ReportFailure) {
    if list == "all" {
      self = .all
      return
    }
    var columns: [Column] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.filter { $0 != " " }
      guard let column = Column(rawValue: name) else { throw .unknownColumn(name) }
      if !columns.contains(column) { columns.append(column) }
    }
    self = .these(columns)
  }

  /// The columns for a profile.
  func columns(for profile: LineProfile) throws(ReportFailure) -> [Column] {
    let available = Column.available(in: profile)
    switch self {
    case .usual: return Column.usual(for: profile)
    case .all: return available
    case .these(let columns):
      let missing = columns.filter { !available.contains($0) }
      guard missing.isEmpty else {
        throw .heapOnly(
          columns: missing.map(\.rawValue), backend: DisplayWidth.shown(profile.backend),
          available: available.map(\.rawValue))
      }
      return columns
    }
  }
}
