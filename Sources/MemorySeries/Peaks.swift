// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

extension MemorySeries {
  /// The highest of all samples; nil if there is none.
  package var peak: Double? { samples.lazy.map(\.mebibytes).max() }

  /// The highest sample while a function ran; nil for one that has no calls here.
  ///
  /// Where all of its calls are shorter than the interval there may be none: then it is the highest
  /// that is known of their starts and ends.
  package func peak(during function: String) -> Double? {
    let own = calls.filter { $0.name == function }
    let spans = Self.union(of: own.map { ($0.start.time, $0.end.time) })
    let within = samples.lazy.filter { Self.contains($0.time, spans) }.map(\.mebibytes).max()
    return within ?? own.lazy.map { max($0.start.mebibytes, $0.end.mebibytes) }.max()
  }

  /// Spans of time that do not overlap, in order.
  private static func union(of spans: [(Double, Double)]) -> [(Double, Double)] {
    var union: [(Double, Double)] = []
    for span in spans.sorted(by: { $0.0 < $1.0 }) {
      if let last = union.last, span.0 <= last.1 {
        union[union.count - 1].1 = max(last.1, span.1)
      } else {
        union.append(span)
      }
    }
    return union
  }

  private static func contains(_ time: Double, _ spans: [(Double, Double)]) -> Bool {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].1 < time { low = middle + 1 } else { high = middle }
    }
    return low < spans.count && spans[low].0 <= time
  }

  /// The most that a process had which no sample saw; nil if there is nothing to say.
  package var unseenBound: Double? { unseen.lazy.map(\.mebibytes).max() }
}

extension MemorySeries.Child {
  /// The highest of its samples.
  package var peak: Double? { samples.lazy.map(\.mebibytes).max() }
}

/// An amount as `mprof peak` prints it.
package enum Mebibytes {
  /// Three decimals, without Foundation; what is not a number says so.
  package static func text(_ amount: Double?) -> String {
    guard let amount, amount.isFinite, abs(amount) < 1e12 else { return "NaN MiB" }
    var bytes: [UInt8] = []
    Decimals.append(
      Int((amount * 1000).rounded(.toNearestOrEven)), decimals: 3, to: &bytes)
    return String(decoding: bytes, as: UTF8.self) + " MiB"
  }
}
