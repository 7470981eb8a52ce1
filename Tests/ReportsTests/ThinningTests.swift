// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import MemorySeries
import Testing

@testable import Reports

@Suite struct ThinningTests {
  private func samples(_ count: Int, seed: UInt64 = 7) -> [MemorySeries.Sample] {
    var state = seed
    return (0..<count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return MemorySeries.Sample(time: 100 + Double(index) / 10, mebibytes: Double(state >> 40))
    }
  }

  private func thinning(_ stretch: ClosedRange<Double>, _ slices: Int) -> Thinning {
    Thinning(start: 100, stretch: stretch, slices: slices)
  }

  @Test func `few samples are all kept, in the order of time`() {
    let all = samples(40)
    let points = thinning(0...4, 10).points(of: all.reversed())
    #expect(points.map(\.mebibytes) == all.map(\.mebibytes))
    #expect(points.map(\.time).elementsEqual(all.map { $0.time - 100 }))
  }

  @Test func `of each slice the first, last, highest and lowest are kept`() {
    let all = samples(10_000)
    let slices = 50
    let points = thinning(0...1000, slices).points(of: all)
    #expect(points.count <= 4 * slices)
    let kept = Set(points.map(\.time))
    for slice in 0..<slices {
      let own = all[(slice * 200)..<(slice * 200 + 200)]
      let highest = own.max { $0.mebibytes < $1.mebibytes }
      let lowest = own.min { $0.mebibytes < $1.mebibytes }
      // A sample on the edge may be counted into either slice; none of these is lost by that.
      for sample in [highest, lowest].compactMap(\.self) where sample.time != own.first?.time {
        #expect(kept.contains(sample.time - 100))
      }
    }
    #expect(points.map(\.time) == points.map(\.time).sorted())
  }

  @Test func `the order of samples does not matter`() {
    let all = samples(10_000)
    let points = thinning(0...1000, 50).points(of: all)
    #expect(thinning(0...1000, 50).points(of: all.reversed()) == points)
  }

  @Test func `of what is outside the nearest on each side is kept, for the line to the edge`() {
    for count in [1000, 100_000] {
      let all = samples(count)
      let points = thinning(20...30, 20).points(of: all)
      #expect(points.first?.time == all[199].time - 100)
      #expect(points.last?.time == all[301].time - 100)
      #expect(points.dropFirst().dropLast().allSatisfy { (20...30).contains($0.time) })
    }
  }

  @Test func `moments that no clock has are no trouble`() {
    let odd = [-1e300, 0, 1e300, 5, 5].map { MemorySeries.Sample(time: $0, mebibytes: 1e300) }
    let many = (0..<40).flatMap { _ in odd }
    #expect(Thinning(start: -1e300, stretch: 0...2e300, slices: 3).points(of: many).count <= 12)
    #expect(Thinning(start: 5, stretch: 0...0, slices: 3).points(of: many).isEmpty == false)
  }
}
