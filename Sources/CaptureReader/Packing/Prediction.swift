// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What a column's next number is foreseen to be, by what writer and reader both know by then.
struct Prediction {
  private let kind: PackedPrediction
  private let slotShift = UInt64(64 - PackedForm.slotBits)
  private var last = 0
  private var slots: [Int]

  init(_ column: PackedColumn) {
    kind = PackedPrediction(rawValue: column.prediction) ?? .zero
    slots = kind == .alike ? [Int](repeating: 0, count: 1 << PackedForm.slotBits) : []
  }

  /// `key`: the number of the column's key in the same entry.
  @inline(__always)
  func expected(at index: Int, key: Int) -> Int {
    switch kind {
    case .before: last
    case .index: index
    case .column: key
    case .alike: slots[slot(of: key)]
    case .zero, .stored: 0
    }
  }

  @inline(__always)
  mutating func note(_ number: Int, key: Int) {
    switch kind {
    case .before: last = number
    case .alike: slots[slot(of: key)] = number
    case .zero, .index, .column, .stored: break
    }
  }

  @inline(__always)
  private func slot(of key: Int) -> Int {
    Int((UInt64(bitPattern: Int64(key)) &* 0x9E37_79B9_7F4A_7C15) >> slotShift)
  }
}

extension PackedColumn {
  var isReal: Bool { kind == PackedKind.real.rawValue }

  var isStored: Bool { prediction == PackedPrediction.stored.rawValue }

  /// Whether what is foreseen depends on another column.
  var hasKey: Bool {
    prediction == PackedPrediction.column.rawValue || prediction == PackedPrediction.alike.rawValue
  }
}
