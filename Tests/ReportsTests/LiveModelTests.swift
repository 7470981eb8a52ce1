// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import CaptureTestSupport
import Testing

@testable import Reports

/// Every key of the live view.
@Suite struct LiveModelTests {
  private func model(_ columns: Int = 100, _ rows: Int = 24) throws -> LiveModel {
    LiveModel(try LiveLook(.nightJob(), elapsed: 11_600), columns, rows)
  }

  @Test func `lines are sorted by any figure, and the selection stays on top`() throws {
    var model = try model()
    let look = try #require(model.look)
    for (key, sort) in zip("1234", [LiveSort.now, .peak, .allocated, .allocations]) {
      model.type(String(key))
      #expect(model.sort == sort)
      let amounts = model.listing.map { sort.amount($0.figures) }
      #expect(amounts == amounts.sorted(by: >))
      #expect(model.listing.count == look.view.account.rows.count)
      #expect(model.selectedName == model.names.first)
    }
    model.type("2")
    #expect(model.listing.map(\.place) == look.view.account.rows.map(\.place))
    var seen: [LiveSort] = []
    for _ in 0..<4 {
      model.type("s")
      seen.append(model.sort)
    }
    #expect(seen == [.allocated, .allocations, .now, .peak])
    model.type("S<")
    #expect(model.sort == .allocations)
    model.type(">")
    #expect(model.sort == .now)
  }

  @Test func `the selection goes by lines, pages, and to the ends`() throws {
    var model = try model(100, 20)
    let names = model.names
    #expect(names.count > 12)
    func select(_ keys: LiveKey...) -> String? {
      for key in keys { _ = model.press(key) }
      return model.selectedName
    }
    #expect(select(.up) == names[0])
    #expect(select(.down) == names[1])
    #expect(select(.down, .up, .down) == names[2])
    #expect(select(.end) == names.last)
    #expect(select(.down) == names.last)
    #expect(select(.home) == names[0])
    #expect(select(.pageDown) != names[0])
    #expect(select(.pageUp) == names[0])
    #expect(select(.character("j"), .character("j"), .character("k")) == names[1])
    #expect(select(.character("G")) == names.last)
    #expect(select(.character("g")) == names[0])
    // What is selected is always seen.
    for key in [LiveKey.end, .home, .pageDown, .pageDown, .up, .down] {
      _ = model.press(key)
      let screen = model.screen()
      #expect(screen.contains { $0.hasPrefix("▸") })
    }
  }

  @Test func `a line that was chosen stays chosen when others overtake it`() throws {
    var builder = CaptureBuilder.shortJob()
    var model = LiveModel(try LiveLook(builder))
    _ = model.press(.down)
    let name = try #require(model.selectedName)
    #expect(model.names.firstIndex(of: name) == 1)
    for index in builder.counters.indices where builder.counters[index].atPeak == 25 << 20 {
      builder.counters[index].atPeak = 250 << 20
    }
    model.show(try LiveLook(builder))
    #expect(model.selectedName == name)
    #expect(model.names.firstIndex(of: name) == 0)
    // What was on top without being chosen gives way.
    _ = model.press(.home)
    for index in builder.counters.indices { builder.counters[index].atPeak %= 250 << 20 }
    model.show(try LiveLook(builder))
    #expect(model.selectedName == model.names.first)
    #expect(model.selectedName != name)
  }

  @Test func `a filter is typed, kept, dropped, and looks at place, function and code`() throws {
    var model = try model()
    let all = model.listing.count
    model.type("/TRAIN.py")
    #expect(model.isTyping)
    #expect(model.listing.count == 12)
    // Letters are the filter's while it is typed.
    model.type("q")
    #expect(model.filter == "TRAIN.pyq")
    #expect(model.listing.isEmpty)
    _ = model.press(.backspace)
    #expect(model.listing.count == 12)
    _ = model.press(.down)
    #expect(model.selectedName == model.names[1])
    _ = model.press(.enter)
    #expect(!model.isTyping)
    #expect(model.listing.count == 12)
    _ = model.press(.escape)
    #expect(model.listing.count == all)
    model.type("/fetch")
    #expect(model.names == ["data/loader.py:77"])
    model.type("^/名前")
    #expect(model.names == ["data/loader.py:77"])
    model.type("^")
    #expect(!model.isTyping && model.filter.isEmpty && model.listing.count == all)
    model.type("/")
    _ = model.press(.backspace)
    #expect(!model.isTyping)
  }

  @Test func `keys that come together with a filter see the lines that it leaves`() throws {
    var model = try model()
    for key in ["/", "t", "r", "a", "i", "n"] { _ = model.press(.character(Character(key))) }
    for key in [LiveKey.enter, .down] { _ = model.press(key) }
    #expect(model.listing.count == 12)
    #expect(model.selectedName == model.names[1])
  }

  @Test func `a filter is of a bounded length`() throws {
    var model = try model()
    model.type("/" + String(repeating: "x", count: 1000))
    #expect(model.filter.count == 200)
    #expect(model.screen().count == 24)
  }

  @Test func `calls, help and the recording are pages that are left again`() throws {
    var model = try model()
    _ = model.press(.enter)
    #expect(model.page == .calls)
    for key in [LiveKey.escape, .left, .enter, .backspace] {
      _ = model.press(key)
      #expect(model.page == .lines)
      _ = model.press(.right)
      #expect(model.page == .calls)
    }
    model.type("h")
    #expect(model.page == .help)
    model.type("?")
    #expect(model.page == .lines)
    model.type("i")
    #expect(model.page == .about)
    model.type("i")
    #expect(model.page == .lines)
    model.type("?/")
    #expect(model.page == .lines && model.isTyping)
  }

  @Test func `there are no calls of no line`() throws {
    var model = try model()
    model.type("/no such line")
    _ = model.press(.enter)
    _ = model.press(.enter)
    #expect(model.page == .lines)
    #expect(model.selectedRow == nil)
  }

  @Test func `a page that is longer than the screen is scrolled, and no further than its end`()
    throws
  {
    var model = try model(60, 8)
    model.type("?")
    let top = model.screen()
    _ = model.press(.down)
    #expect(model.screen()[0] == top[1])
    _ = model.press(.up)
    _ = model.press(.up)
    #expect(model.screen() == top)
    _ = model.press(.end)
    let bottom = model.screen()
    #expect(!bottom[6].isEmpty)
    _ = model.press(.pageDown)
    #expect(model.screen() == bottom)
    _ = model.press(.pageUp)
    #expect(model.screen() != bottom)
    _ = model.press(.home)
    #expect(model.screen() == top)
  }

  @Test func `the calls stay those of their line while figures change`() throws {
    var builder = CaptureBuilder.shortJob()
    var model = LiveModel(try LiveLook(builder), 100, 30)
    _ = model.press(.enter)
    let name = try #require(model.selectedName)
    for index in builder.counters.indices where builder.counters[index].atPeak == 25 << 20 {
      builder.counters[index].atPeak = 250 << 20
    }
    model.show(try LiveLook(builder))
    #expect(model.screen()[0].contains(name))
    #expect(model.names.first != name)
  }

  @Test func `the heaviest calls are those of the moment that lines are sorted by`() throws {
    var model = LiveModel(try LiveLook(.shortJob()), 100, 30)
    _ = model.press(.enter)
    #expect(model.screen().contains { $0.contains("65.0 MiB") && $0.contains("MainThread") })
    model.type("1")
    #expect(model.screen().contains { $0.contains("10.0 MiB") && $0.contains("MainThread") })
  }

  @Test func `some keys ask for something`() throws {
    var model = try model()
    #expect(model.press(.character("q")) == .quit)
    #expect(model.press(.character(" ")) == .look)
    #expect(model.press(.redraw) == .look)
    #expect(model.press(.character("p")) == nil)
    #expect(model.isPaused)
    #expect(model.press(.character("p")) == .look)
    #expect(!model.isPaused)
    for page in ["i", "h"] {
      model.type(page)
      #expect(model.press(.character("q")) == .quit)
    }
    #expect(model.press(.character("z")) == nil)
  }

  @Test func `that a capture is gone matters only while there is more to come`() throws {
    var running = LiveModel(try LiveLook(.shortJob()))
    running.note(trouble: "gone.")
    #expect(running.screen().contains("gone."))
    running.note(trouble: nil)
    #expect(!running.screen().contains("gone."))
    var ended = LiveModel(try LiveLook(.shortJob(), ending: .exited(0)))
    ended.note(trouble: "gone.")
    #expect(!ended.screen().contains("gone."))
  }

  @Test func `it looks more often or less often, and not so often that looking is all it does`() {
    var pace = LivePace(every: 1)
    pace.quicken()
    #expect(pace.wanted == 0.5)
    for _ in 0..<9 { pace.quicken() }
    #expect(pace.wanted == 0.1)
    pace.slow()
    #expect(pace.wanted == 0.2)
    for _ in 0..<20 { pace.slow() }
    #expect(pace.wanted == 60)
    pace = LivePace(every: 0.3)
    pace.cost = 0.05
    #expect(pace.interval == 0.3)
    pace.cost = 0.5
    #expect(pace.interval == 2)
    #expect(pace.words(Style()) == "every 2.00 s, reading takes 500 ms")
  }

  @Test func `keys for it are there on every page`() throws {
    var model = try model()
    model.type("+")
    #expect(model.pace.wanted == 0.5)
    model.type("i-_")
    #expect(model.pace.wanted == 2)
  }

  @Test func `any keys in any order leave a screen`() throws {
    let seed = UInt64.random(in: 1 ... .max)
    var random = SeededNumbers(seed: seed)
    let keys: [LiveKey] =
      [
        .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .backspace,
        .redraw,
      ] + "qhi?ps<>S1234/+-jkgGtrain ".map { .character($0) }
    let looks = [
      try LiveLook(.nightJob(), elapsed: 11_600), try LiveLook(.shortJob()),
      try LiveLook(CaptureBuilder()), try LiveLook(.shortJob(), trouble: "gone."),
    ]
    var model = LiveModel(looks[0])
    for round in 0..<1000 {
      switch Int.random(in: 0..<12, using: &random) {
      case 0: model.show(looks.randomElement(using: &random) ?? looks[0])
      case 1:
        model.resize(
          columns: Int.random(in: 0...200, using: &random),
          rows: Int.random(in: 0...60, using: &random))
      default: _ = model.press(keys.randomElement(using: &random) ?? .up)
      }
      #expect(model.screen().count == max(1, model.height), "seed \(seed), round \(round)")
    }
  }
}
