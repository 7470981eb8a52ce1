// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// The colours of source: what is told apart, also over the end of a row, and that nothing is lost.
@Suite struct PythonLexerTests {
  /// Rows with their parts marked: `k:` keyword, `s:` string and so on, each between bars.
  private func marked(_ rows: String...) -> [String] {
    var lexer = PythonLexer()
    return rows.map { row in
      lexer.tokens(of: row).map { token in
        switch token.kind {
        case .plain: token.text
        case .keyword: "|k:\(token.text)|"
        case .string: "|s:\(token.text)|"
        case .comment: "|c:\(token.text)|"
        case .number: "|n:\(token.text)|"
        case .decorator: "|d:\(token.text)|"
        case .name: "|f:\(token.text)|"
        }
      }.joined()
    }
  }

  @Test(arguments: [
    ("    return x", "    |k:return| x"),
    ("async def load(self):", "|k:async| |k:def| |f:load|(self):"),
    ("class 名前(Base):", "|k:class| |f:名前|(Base):"),
    ("x = returned + is_in", "x = returned + is_in"),
    ("def", "|k:def|"),
    ("", ""),
  ])
  func `keywords and names that are defined`(row: String, parts: String) {
    #expect(marked(row) == [parts])
  }

  @Test(arguments: [
    ("match point:", "|k:match| point:"), ("match = re.match(x)", "match = re.match(x)"),
    ("match.group(1)", "match.group(|n:1|)"),
    ("    case -1: pass", "    |k:case| -|n:1|: |k:pass|"),
    ("type Pair = int", "|k:type| Pair = int"), ("type(x) == y", "type(x) == y"),
    ("x = match if case else type", "x = match |k:if| case |k:else| type"),
  ])
  func `keywords that are names elsewhere`(row: String, parts: String) {
    #expect(marked(row) == [parts])
  }

  @Test(arguments: [
    ("0", "|n:0|"), ("1_000.5e-3j", "|n:1_000.5e-3j|"), ("0xFFe-1", "|n:0xFFe|-|n:1|"),
    (".5+x1", "|n:.5|+x1"), ("a[1:2]", "a[|n:1|:|n:2|]"), ("x.y", "x.y"), ("1e+5", "|n:1e+5|"),
  ])
  func `numbers`(row: String, parts: String) {
    #expect(marked(row) == [parts])
  }

  @Test(arguments: [
    ("x = 'a' # b 'c'", "x = |s:'a'| |c:# b 'c'|"), ("'#'", "|s:'#'|"),
    (#"'it\'s' + "\\""#, #"|s:'it\'s'| + |s:"\\"|"#), (#"rb'\' '"#, #"|s:rb'\' '|"#),
    ("bar'x'", "bar|s:'x'|"), ("''''''", "|s:''''''|"), ("'' ''", "|s:''| |s:''|"),
    ("'open", "|s:'open|"),
  ])
  func `strings and comments`(row: String, parts: String) {
    #expect(marked(row) == [parts])
  }

  @Test func `a string in three quotes goes on over rows`() {
    #expect(
      marked("x = '''a \"\"\" def", "  return ' 1", "b''' + y  # z", "return")
        == [
          "x = |s:'''a \"\"\" def|", "  |s:return ' 1|", "|s:b'''| + y  |c:# z|", "|k:return|",
        ])
  }

  @Test func `a string in one quote goes on only behind a backslash`() {
    #expect(marked("x = 'a", "if b'") == ["x = |s:'a|", "|k:if| |s:b'|"])
    #expect(marked(#"x = 'a \"#, "if b' in") == [#"x = |s:'a \|"#, "|s:if b'| |k:in|"])
    #expect(marked(#"x = 'a \\"#, "if b") == [#"x = |s:'a \\|"#, "|k:if| b"])
  }

  @Test(arguments: [
    ("f'a{b}c'", "|s:f'a|{b}|s:c'|"), ("f'{{}}'", "|s:f'{{}}'|"),
    ("f'{x!r:>{width}.2f} {y}'", "|s:f'|{x!r:|s:>|{width}|s:.2f|}|s: |{y}|s:'|"),
    ("f\"{d[\"k\"]}\"", "|s:f\"|{d[|s:\"k\"|]}|s:\"|"),
    ("f'{ {1: 2}[1] if x else 3}'", "|s:f'|{ {|n:1|: |n:2|}[|n:1|] |k:if| x |k:else| |n:3|}|s:'|"),
    ("'{x}'", "|s:'{x}'|"), ("f'{x", "|s:f'|{x"),
  ])
  func `the fields of an f-string are code`(row: String, parts: String) {
    #expect(marked(row) == [parts])
  }

  @Test func `a field goes on over rows where its string does`() {
    #expect(
      marked("f'''{", "  x for x in y", "} z'''", "pass")
        == ["|s:f'''|{", "  x |k:for| x |k:in| y", "}|s: z'''|", "|k:pass|"])
    #expect(marked("f'{x", "pass") == ["|s:f'|{x", "|k:pass|"])
  }

  @Test func `decorators, and matrices that are multiplied`() {
    #expect(marked("  @app.route('/')") == ["  |d:@app.route|(|s:'/'|)"])
    #expect(marked("x = (a", "@ b)", "@c") == ["x = (a", "@ b)", "|d:@c|"])
    #expect(marked("a @ b") == ["a @ b"])
  }

  /// Whatever comes, its text comes out again, in no more parts than needed.
  @Test(arguments: 0..<60)
  func `no character is lost`(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    let pieces = [
      "'", "\"", "'''", "\"\"\"", "f'", "{", "}", ":", "\\", "#", " ", "def", "class ", "@", "1e",
      ".", "(", ")", "x", "é́", "名", "\u{FFFD}", "match ", "lambda",
    ]
    var lexer = PythonLexer()
    for _ in 0..<200 {
      var row = ""
      for _ in 0..<(state >> 40) % 12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        row += pieces[Int(state >> 33) % pieces.count]
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let tokens = lexer.tokens(of: row)
      #expect(tokens.map(\.text).joined() == row)
      #expect(zip(tokens, tokens.dropFirst()).allSatisfy { $0.kind != $1.kind })
    }
  }
}
