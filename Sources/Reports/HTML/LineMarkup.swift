// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of a function's lines in HTML.
struct LineMarkup {
  let cells: LineCells
  let columns: [Column]
  /// The width of a full bar, in ems.
  let barWidth: Int

  func write(_ heading: FunctionHeading, to markup: inout Markup) {
    markup.table(class: columns.contains(.code) ? "pk-lines" : "") { table in
      table.caption { title(heading, &$0) }
      table.element("thead") { head in
        head.element("tr") { row in
          for column in columns { self.heading(of: column, &row) }
        }
      }
      table.newline()
      var lexer = PythonLexer()
      table.element("tbody") { body in
        for line in cells.function.lines {
          self.line(line, &lexer, &body)
          body.newline()
        }
      }
      guard let sums = cells.sums(of: columns) else { return }
      table.element("tfoot") { foot in
        foot.element("tr") { row in
          for (column, text) in zip(columns, sums) { sum(text, of: column, &row) }
        }
      }
    }
  }

  // MARK: - Headings

  private func title(_ heading: FunctionHeading, _ markup: inout Markup) {
    markup.element("div", class: "pk-title") { title in
      title.element("strong") { $0.text(heading.name) }
      title.text(" ")
      title.element("span") { $0.text(heading.place) }
      title.text(" ")
      let about = [heading.calls, heading.backend].compactMap { $0 }.joined(separator: ", ")
      title.element("span", class: "pk-quiet") { $0.text("(\(about))") }
    }
    for remark in heading.remarks {
      markup.element("div", class: remark.tone.className) { $0.text(remark.text) }
    }
  }

  private func heading(of column: Column, _ row: inout Markup) {
    let isText = column == .code
    row.heading(
      column.heading(isHeap: cells.isHeap), isText: isText, kind: isText ? "pk-code" : "",
      title: column.help)
    guard LineCells.hasBar(column) else { return }
    // A room of one width, so that bars of two functions compare.
    row.element("td", class: "pk-slot") {
      $0.element("span", style: "display:inline-block;width:\(barWidth)em")
    }
  }

  // MARK: - Rows

  private func line(
    _ line: LineProfile.Line, _ lexer: inout PythonLexer, _ body: inout Markup
  ) {
    body.element("tr", class: tint(of: line)) { row in
      for column in columns {
        let text = cells.text(column, of: line)
        let tone = cells.tone(column, of: line)
        switch column {
        case .line: row.rowHeading(text, tone)
        case .code: code(text, isKnown: line.source != nil, &lexer, &row)
        default: row.number(text, tone, title: exact(column, of: line))
        }
        guard LineCells.hasBar(column) else { continue }
        let size = cells.bar(column, of: line)
        guard size != 0 else {
          row.element("td")
          continue
        }
        row.element("td", class: "pk-slot", style: "text-align:left") { slot in
          slot.bar(
            Double(size), of: Double(cells.scale), width: Double(barWidth),
            tone: size < 0 ? .good : tone)
        }
      }
    }
  }

  /// How a row is coloured: as the loudest of what it costs.
  private func tint(of line: LineProfile.Line) -> String {
    let tones = columns.filter(LineCells.hasBar).map { cells.tone($0, of: line) }
    return tones.contains(.hot) ? "pk-hot-row" : tones.contains(.warm) ? "pk-warm-row" : ""
  }

  /// A size to the byte, for whoever points at it.
  private func exact(_ column: Column, of line: LineProfile.Line) -> String {
    guard line.ran, let size = column.size(of: line), size.magnitude >= 1024 else { return "" }
    return Digits.grouped(size) + " bytes"
  }

  private func code(
    _ text: String, isKnown: Bool, _ lexer: inout PythonLexer, _ row: inout Markup
  ) {
    row.element("td", class: "pk-code", style: "text-align:left;white-space:pre") { cell in
      if isKnown {
        // Spaces that are a text of their own do not survive all that notebooks go through.
        var spaces = ""
        for var token in lexer.tokens(of: text) {
          token.text = spaces + token.text
          let isBlank = token.text.utf8.allSatisfy { $0 == UInt8(ascii: " ") }
          spaces = isBlank ? token.text : ""
          if !isBlank { self.token(token, &cell) }
        }
      } else {
        cell.element("span", class: "pk-quiet") { $0.text(text) }
        lexer = PythonLexer()
      }
    }
  }

  private func token(_ token: PythonLexer.Token, _ cell: inout Markup) {
    let kind: String
    switch token.kind {
    case .plain: return cell.text(token.text)
    case .keyword: kind = "pk-keyword"
    case .string: kind = "pk-string"
    case .comment: kind = "pk-comment"
    case .number: kind = "pk-number"
    case .decorator: kind = "pk-decorator"
    case .name: kind = "pk-def"
    }
    cell.element("span", class: kind) { $0.text(token.text) }
  }

  private func sum(_ text: String, of column: Column, _ row: inout Markup) {
    switch column {
    case .line:
      row.rowHeading(text, .bold)
    case .code:
      row.element("td", class: "pk-quiet", style: "text-align:left;white-space:pre") {
        $0.text(text)
      }
    default:
      row.number(text)
    }
    if LineCells.hasBar(column) { row.element("td") }
  }
}
