// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a frame of a stack is to whoever reads: a line, or what stands in a line's place.
package enum Place: Hashable, Sendable {
  /// The whole process, or all processes of a tree.
  case process
  /// A process of a tree, by its index.
  case member(Int)
  /// A thread, by its index.
  case thread(Int)
  /// A line of a function.
  case line(file: String, line: Int, function: String)
  /// What a thread does outside of Python.
  case outside
  /// What hidden lines hold that no shown line has called.
  case hidden
  /// What is known not to have been recorded with a stack.
  case unknown
}

extension Place {
  package var isLine: Bool {
    if case .line = self { return true }
    return false
  }

  /// Whether it is a process of a tree, or a thread: where calls begin.
  package var isBeginning: Bool {
    switch self {
    case .member, .thread: true
    default: false
    }
  }

  /// An order of the places of several captures: by file, line and function; slower than `PlaceOrder`.
  func isBefore(_ other: Place) -> Bool {
    guard case .line(let file, let line, let function) = self else { return false }
    guard case .line(let another, let number, let name) = other else { return true }
    return (file, line, function) < (another, number, name)
  }
}
