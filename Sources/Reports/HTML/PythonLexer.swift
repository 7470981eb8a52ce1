// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Tells the parts of Python source apart, row by row, for colours.
///
/// It is given rows in order, and remembers strings that go on over the end of a row. It need not be
/// right about programs that Python would refuse, but it never loses a character: the tokens of a row
/// are its text.
struct PythonLexer {
  enum Kind: Equatable {
    case plain, keyword, string, comment, number, decorator
    /// What a `def` or `class` defines.
    case name
  }

  struct Token: Equatable {
    var kind: Kind
    var text: String
  }

  /// Where the reader is; within one another, as the fields of an f-string are code in a string.
  private enum Mode {
    /// Code, with so many brackets open; in a field of an f-string or not.
    case code(depth: Int, isField: Bool)
    case string(Quote)
    /// Behind the colon of a field.
    case format
  }

  private struct Quote {
    var mark: Unicode.Scalar
    var isTriple: Bool
    var hasFields: Bool
    var length: Int { isTriple ? 3 : 1 }
  }

  private var modes: [Mode] = [.code(depth: 0, isField: false)]

  /// The next row, in parts.
  mutating func tokens(of row: String) -> [Token] {
    var row = Row(row)
    var isStart = isBetweenStatements
    row.skip { $0 == " " || $0 == "\t" }
    row.end(.plain)
    while !row.isAtEnd {
      switch modes.last ?? .format {
      case .string(let quote): string(quote, &row)
      case .format: format(&row)
      case .code(let depth, let isField): code(depth, isField, isStart: isStart, &row)
      }
      isStart = false
    }
    leaveRow(isContinued: row.isContinued)
    return row.tokens
  }

  /// Whether a statement may begin with the row.
  private var isBetweenStatements: Bool {
    if case .code(0, false)? = modes.last { return true }
    return false
  }

  /// A string in single quotes ends with its row, unless a backslash carries it on.
  private mutating func leaveRow(isContinued: Bool) {
    let open = modes.firstIndex { mode in
      if case .string(let quote) = mode { return !quote.isTriple }
      return false
    }
    guard let open else { return }
    if isContinued, open == modes.count - 1 { return }
    modes.removeSubrange(open...)
  }

  // MARK: - Code

  private mutating func code(_ depth: Int, _ isField: Bool, isStart: Bool, _ row: inout Row) {
    guard let next = row.peek() else { return }
    func setDepth(_ depth: Int) { modes[modes.count - 1] = .code(depth: depth, isField: isField) }
    switch next {
    case "#":
      row.skip { _ in true }
      row.end(.comment)
    case "\"", "'":
      open(quoteAt: next, prefix: "", &row)
    case "@" where isStart:
      row.take()
      row.skip { Self.isWord($0) || $0 == "." || $0 == " " }
      row.end(.decorator)
    case "(", "[", "{":
      setDepth(depth + 1)
      row.take()
      row.end(.plain)
    case "}" where isField && depth == 0:
      modes.removeLast()
      row.take()
      row.end(.plain)
    case ":" where isField && depth == 0:
      modes[modes.count - 1] = .format
      row.take()
      row.end(.plain)
    case ")", "]", "}":
      setDepth(max(0, depth - 1))
      row.take()
      row.end(.plain)
    case _ where Self.isDigit(next), "." where row.peek(1).map(Self.isDigit) == true:
      number(&row)
    case _ where Self.isWord(next):
      word(isStart: isStart, &row)
    default:
      row.take()
      row.end(.plain)
    }
  }

  private func number(_ row: inout Row) {
    let isHexadecimal = row.peek() == "0" && (row.peek(1) == "x" || row.peek(1) == "X")
    while let next = row.peek(), Self.isWord(next) || next == "." {
      row.take()
      let isExponent = !isHexadecimal && (next == "e" || next == "E")
      if isExponent, row.peek() == "-" || row.peek() == "+" { row.take() }
    }
    row.end(.number)
  }

  private mutating func word(isStart: Bool, _ row: inout Row) {
    let word = row.word()
    if let quote = row.peek(word.unicodeScalars.count), quote == "\"" || quote == "'",
      Self.prefixes.contains(word.lowercased())
    {
      open(quoteAt: quote, prefix: word.lowercased(), &row)
      return
    }
    let isKeyword =
      Self.keywords.contains(word) || (isStart && Self.isSoftKeyword(word, in: row))
    for _ in word.unicodeScalars { row.take() }
    row.end(isKeyword ? .keyword : .plain)
    guard word == "def" || word == "class" else { return }
    row.skip { $0 == " " }
    row.end(.plain)
    row.skip(while: Self.isWord)
    row.end(.name)
  }

  /// Whether a word that is a keyword in its place only is one here, at the beginning of a statement.
  private static func isSoftKeyword(_ word: String, in row: Row) -> Bool {
    guard word == "match" || word == "case" || word == "type" else { return false }
    let rest = row.rest.dropFirst(word.unicodeScalars.count)
    guard rest.first == " ", let next = rest.first(where: { $0 != " " }) else { return false }
    if word == "type" { return isWord(next) && rest.contains("=") }
    return rest.contains(":") && !["=", ".", ",", ":", ")"].contains(next)
  }

  // MARK: - Strings

  private mutating func open(quoteAt mark: Unicode.Scalar, prefix: String, _ row: inout Row) {
    for _ in prefix.unicodeScalars { row.take() }
    let isTriple = row.peek(1) == mark && row.peek(2) == mark
    let quote = Quote(
      mark: mark, isTriple: isTriple, hasFields: prefix.contains("f") || prefix.contains("t"))
    for _ in 0..<quote.length { row.take() }
    // It may be all that is left of the row.
    row.end(.string)
    modes.append(.string(quote))
  }

  private mutating func string(_ quote: Quote, _ row: inout Row) {
    while let next = row.peek() {
      if next == "\\" {
        row.take()
        row.take()
      } else if next == quote.mark, row.follows(next, times: quote.length) {
        for _ in 0..<quote.length { row.take() }
        modes.removeLast()
        break
      } else if quote.hasFields, next == "{", row.peek(1) == "{" {
        row.take()
        row.take()
      } else if quote.hasFields, next == "{" {
        row.end(.string)
        openField(&row)
        return
      } else {
        row.take()
      }
    }
    row.end(.string)
  }

  /// What says how a field is written; fields may be in it too.
  private mutating func format(_ row: inout Row) {
    while let next = row.peek(), next != "{", next != "}" { row.take() }
    row.end(.string)
    if row.peek() == "{" {
      openField(&row)
    } else if row.peek() == "}" {
      modes.removeLast()
      row.take()
      row.end(.plain)
    }
  }

  private mutating func openField(_ row: inout Row) {
    row.take()
    row.end(.plain)
    modes.append(.code(depth: 0, isField: true))
  }

  // MARK: - Characters and words

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: !scalar.isASCII
    }
  }

  private static let prefixes: Set = [
    "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt",
  ]

  private static let keywords: Set = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
  ]
}

extension PythonLexer {
  /// A row that is being read, and the tokens so far.
  private struct Row {
    private let scalars: [Unicode.Scalar]
    private var start = 0
    private var index = 0
    private(set) var tokens: [Token] = []

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    var isAtEnd: Bool { index >= scalars.count }
    /// Whether the row ends in a backslash that is not itself escaped.
    var isContinued: Bool { !scalars.reversed().prefix { $0 == "\\" }.count.isMultiple(of: 2) }
    var rest: ArraySlice<Unicode.Scalar> { scalars[index...] }

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
      index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    func follows(_ scalar: Unicode.Scalar, times: Int) -> Bool {
      (0..<times).allSatisfy { peek($0) == scalar }
    }

    /// The word that begins here.
    func word() -> String {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: rest.prefix(while: PythonLexer.isWord))
      return String(text)
    }

    mutating func take() { index = min(index + 1, scalars.count) }

    mutating func skip(while condition: (Unicode.Scalar) -> Bool) {
      while let next = peek(), condition(next) { index += 1 }
    }

    /// Ends a token here; of the same kind as the one before, it joins it.
    mutating func end(_ kind: Kind) {
      guard start < index else { return }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[start..<index])
      let text = String(view)
      if let last = tokens.last, last.kind == kind {
        tokens[tokens.count - 1].text += text
      } else {
        tokens.append(Token(kind: kind, text: text))
      }
      start = index
    }
  }
}
