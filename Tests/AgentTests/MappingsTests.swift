// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

/// The table of mappings against a page-by-page model.
@Suite(.serialized) struct MappingsTests {
  /// What is known of each page; numbers of pages stand for addresses.
  private struct Model {
    var pages: [MappingKind?]

    init(pages count: Int) { pages = Array(repeating: nil, count: count) }

    func count(of kinds: MappingKind..., in range: Range<Int>? = nil) -> Int {
      pages[range ?? 0..<pages.count].count { $0.map(kinds.contains) ?? false }
    }

    mutating func set(_ range: Range<Int>, _ kind: MappingKind?) {
      for page in range { pages[page] = kind }
    }

    mutating func turn(_ range: Range<Int>, from: MappingKind, to: MappingKind) {
      for page in range where pages[page] == from { pages[page] = to }
    }
  }

  private enum Step {
    case enter(Range<Int>, MappingKind, overMapped: Bool)
    case remove(Range<Int>)
    case turn(Range<Int>, from: MappingKind, to: MappingKind)
  }

  private static let kinds: [MappingKind] = [.heap, .reserved, .file, .older]
  private static let page = 4096
  /// Not at 0, so that the table's own end is not the address space's.
  private static let base = 0x7000_0000_0000

  private static func address(_ page: Int) -> Int { base + page * Self.page }

  private static func ranges(of pages: Int) -> [Range<Int>] {
    (0..<pages).flatMap { start in (start + 1...pages).map { start..<$0 } }
  }

  /// Takes a step in both and compares what it says; false if they differ.
  private func take(_ step: Step, _ table: inout Mappings, _ model: inout Model) -> Bool {
    let page = Self.page
    switch step {
    case .enter(let range, let kind, let overMapped):
      let expected = overMapped ? change(model, range) : (0, 0, 0)
      let change = table.enter(
        Self.address(range.lowerBound), Self.address(range.upperBound), kind,
        overMapped: overMapped)
      model.set(range, kind)
      return (change.heap / page, change.reserved / page, change.file / page) == expected
    case .remove(let range):
      let expected = change(model, range)
      let change = table.remove(Self.address(range.lowerBound), Self.address(range.upperBound))
      model.set(range, nil)
      return (change.heap / page, change.reserved / page, change.file / page) == expected
    case .turn(let range, let from, let to):
      let expected = model.count(of: from, in: range)
      let bytes = table.turn(
        Self.address(range.lowerBound), Self.address(range.upperBound), from: from, to: to)
      model.turn(range, from: from, to: to)
      return bytes == expected * page
    }
  }

  private func change(_ model: Model, _ range: Range<Int>) -> (Int, Int, Int) {
    (
      model.count(of: .heap, .older, in: range), model.count(of: .reserved, in: range),
      model.count(of: .file, in: range)
    )
  }

  private func agree(_ table: Mappings, _ model: Model) -> Bool {
    for (page, kind) in model.pages.enumerated() {
      let first = Self.address(page)
      if table.kind(at: first) != kind || table.kind(at: first + Self.page - 1) != kind {
        return false
      }
    }
    return table.reserved == model.count(of: .reserved) * Self.page
      && table.files == model.count(of: .file) * Self.page
      && table.kind(at: Self.base - 1) == nil
      && table.kind(at: Self.address(model.pages.count)) == nil
  }

  private static func allSteps(_ pages: Int) -> [Step] {
    ranges(of: pages).flatMap { range -> [Step] in
      var steps: [Step] = [.remove(range)]
      for kind in kinds {
        for overMapped in [false, true] {
          steps.append(.enter(range, kind, overMapped: overMapped))
        }
        for to in kinds where to != kind { steps.append(.turn(range, from: kind, to: to)) }
      }
      return steps
    }
  }

  @Test func `an empty table knows nothing`() {
    var table = Mappings()
    #expect(table.kind(at: 4096) == nil)
    #expect(table.turn(0, 1 << 40, from: .heap, to: .reserved) == 0)
    #expect(table.remove(0, 1 << 40).heap == 0)
    #expect(table.reserved == 0 && table.files == 0)
  }

  @Test func `every two steps in a small range, over every state, agree with the model`() {
    let pages = 3
    let steps = Self.allSteps(pages)
    var table = Mappings()
    var wrong: [String] = []
    // Nothing, one mapping, two with a gap between them, and two without.
    let beginnings: [[Step]] = [
      [],
      [.enter(0..<3, .heap, overMapped: false)],
      [.enter(0..<1, .heap, overMapped: false), .enter(2..<3, .reserved, overMapped: false)],
      [.enter(0..<1, .older, overMapped: false), .enter(1..<3, .file, overMapped: false)],
    ]
    for beginning in beginnings {
      for first in steps {
        for second in steps {
          var model = Model(pages: pages)
          var holds = true
          for step in beginning + [first, second] {
            holds = take(step, &table, &model) && holds
          }
          if !holds || !agree(table, model) { wrong.append("\(beginning) \(first) \(second)") }
          _ = table.remove(Self.base, Self.address(pages))
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count) of them, first \(wrong.first ?? "")")
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `it agrees with the model over random steps`(seed: UInt64) {
    var random = SplitMix(state: seed)
    let pages = 96
    var table = Mappings()
    var model = Model(pages: pages)
    for count in 0..<10_000 {
      let start = Int.random(in: 0..<pages, using: &random)
      let end = min(pages, start + Int.random(in: 1...20, using: &random))
      let kind = Self.kinds.randomElement(using: &random) ?? .heap
      let other = Self.kinds.randomElement(using: &random) ?? .heap
      let step: Step =
        switch random.next() % 4 {
        case 0: .remove(start..<end)
        case 1: .turn(start..<end, from: kind, to: other)
        default: .enter(start..<end, kind, overMapped: random.next() % 2 == 0)
        }
      if case .turn(_, let from, let to) = step, from == to { continue }
      guard take(step, &table, &model) else {
        Issue.record("seed \(seed), step \(count): \(step)")
        return
      }
      if count % 16 == 0 { #expect(agree(table, model), "seed \(seed), step \(count)") }
    }
    #expect(agree(table, model), "seed \(seed)")
  }

  @Test func `what is mapped over is told, what had been unmapped unseen is not`() {
    var table = Mappings()
    _ = table.enter(Self.address(0), Self.address(10), .heap, overMapped: false)
    let over = table.enter(Self.address(2), Self.address(4), .file, overMapped: true)
    #expect(over.heap == 2 * Self.page && over.file == 0)
    let anew = table.enter(Self.address(0), Self.address(10), .heap, overMapped: false)
    #expect(anew.heap == 0 && anew.file == 0)
    #expect(table.files == 0)
    #expect(table.remove(Self.address(0), Self.address(10)).heap == 10 * Self.page)
  }

  @Test func `neighbours of one kind take no more room`() {
    // As the kernel keeps them: one range. Far more than a table of single pages has room for.
    var table = Mappings()
    let before = ledgerBytes()
    for page in 0..<100_000 {
      _ = table.enter(Self.address(page), Self.address(page + 1), .heap, overMapped: false)
    }
    #expect(ledgerBytes() - before < 1 << 20)
    #expect(table.remove(Self.base, Self.address(100_000)).heap == 100_000 * Self.page)
  }

  @Test func `thousands of ranges apart are all kept`() {
    var table = Mappings()
    for page in (0..<5_000).reversed() {
      let kind = Self.kinds[page % 4]
      _ = table.enter(Self.address(2 * page), Self.address(2 * page + 1), kind, overMapped: false)
    }
    var wrong = 0
    for page in 0..<5_000 {
      if table.kind(at: Self.address(2 * page)) != Self.kinds[page % 4] { wrong += 1 }
      if table.kind(at: Self.address(2 * page + 1)) != nil { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(table.reserved == 1_250 * Self.page && table.files == 1_250 * Self.page)
    let all = table.remove(Self.base, Self.address(10_000))
    #expect(all.heap == 2_500 * Self.page)
    #expect(table.reserved == 0 && table.files == 0)
  }
}
