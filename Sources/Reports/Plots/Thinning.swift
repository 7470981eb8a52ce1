// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import MemorySeries

/// Makes few points of many samples, so that a picture of them looks the same.
///
/// Time is cut into slices, and each keeps its first, last, highest and lowest sample: the line through
/// these covers the same pixels, and no extreme is lost (M4: Jugel and others, VLDB 2014). Samples need
/// not come in order.
struct Thinning {
  /// What the times of samples are counted from.
  var start: Double
  /// The stretch that is shown; of what lies outside the nearest sample of each side is kept.
  var stretch: ClosedRange<Double>
  var slices: Int

  /// The places of a slice's four samples; -1 where there is none.
  private struct Slice {
    var first = -1
    var last = -1
    var lowest = -1
    var highest = -1
  }

  func points(of samples: [MemorySeries.Sample]) -> [Plot.Point] {
    let places = samples.count <= 4 * slices ? placesOfAll(samples) : kept(samples)
    let points = places.map { place in
      Plot.Point(time: samples[place].time - start, mebibytes: samples[place].mebibytes)
    }
    return points.enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }
    .map(\.element)
  }

  /// How many of the samples are in the stretch.
  func inside(_ samples: [MemorySeries.Sample]) -> Int {
    samples.reduce(0) { $0 + (stretch.contains($1.time - start) ? 1 : 0) }
  }

  private func placesOfAll(_ samples: [MemorySeries.Sample]) -> [Int] {
    var (before, after) = (-1, -1)
    var places: [Int] = []
    for (place, sample) in samples.enumerated()
    where isInside(place, sample, &before, &after, samples) {
      places.append(place)
    }
    return places + [before, after].filter { $0 >= 0 }
  }

  private func kept(_ samples: [MemorySeries.Sample]) -> [Int] {
    var (before, after) = (-1, -1)
    var found = [Slice](repeating: Slice(), count: slices)
    let scale = Double(slices) / max(stretch.upperBound - stretch.lowerBound, .leastNormalMagnitude)
    for (place, sample) in samples.enumerated()
    where isInside(place, sample, &before, &after, samples) {
      // What is inside is at most one slice too far; the scale may be infinite.
      let exact = (sample.time - start - stretch.lowerBound) * scale
      let index = exact < Double(slices) ? Int(exact) : slices - 1
      let slice = found[index]
      if slice.first < 0 {
        found[index] = Slice(first: place, last: place, lowest: place, highest: place)
        continue
      }
      if sample.time < samples[slice.first].time { found[index].first = place }
      if sample.time >= samples[slice.last].time { found[index].last = place }
      if sample.mebibytes < samples[slice.lowest].mebibytes { found[index].lowest = place }
      if sample.mebibytes > samples[slice.highest].mebibytes { found[index].highest = place }
    }
    var places: [Int] = []
    for slice in found where slice.first >= 0 {
      places += Set([slice.first, slice.last, slice.lowest, slice.highest]).sorted()
    }
    return places + [before, after].filter { $0 >= 0 }
  }

  /// Whether a sample is in the stretch; if not, it may be the nearest before or after.
  private func isInside(
    _ place: Int, _ sample: MemorySeries.Sample, _ before: inout Int, _ after: inout Int,
    _ samples: [MemorySeries.Sample]
  ) -> Bool {
    let time = sample.time - start
    if time < stretch.lowerBound {
      if before < 0 || sample.time >= samples[before].time { before = place }
      return false
    }
    if time > stretch.upperBound {
      if after < 0 || sample.time < samples[after].time { after = place }
      return false
    }
    return true
  }

  /// Fewer points of a line that lies in a stretch.
  static func thinned(
    _ points: [Plot.Point], in stretch: ClosedRange<Double>, slices: Int
  ) -> [Plot.Point] {
    Thinning(start: 0, stretch: stretch, slices: slices).points(
      of: points.map { MemorySeries.Sample(time: $0.time, mebibytes: $0.mebibytes) })
  }
}
