// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The table of a function's lines in HTML.
struct LineMarkup {
  let cells: LineCells
  let columns: [Column]
  let axis: BarAxis
  /// Whether columns may give way where there is little room.
  let givesWay: Bool
  let showsCurve: Bool
  private var mark: Int?

  init(_ cells: LineCells, columns: [Column], axis: BarAxis, givesWay: Bool, showsCurve: Bool) {
    self.cells = cells
    self.columns = columns
    self.axis = axis
    self.givesWay = givesWay
    self.showsCurve = showsCurve
  }

  mutating func write(_ heading: FunctionHeading, to markup: inout Markup) {
    mark = heading.mark
    let axis = "--pk-axis:\(Markup.ems(axis.position))"
    let label = "Lines of \(heading.name)"
    markup.table(label, class: columns.contains(.code) ? "pk-lines" : "", style: axis) {
      [self] table in
      table.caption(class: givesWay ? "pk-gives-way" : "") { title(heading, &$0) }
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
      let kind = remark.isFinding ? "pk-lead" : remark.tone.className
      markup.element("div", class: kind) { $0.text(remark.text) }
    }
    if showsCurve {
      LineCurve(cells.function, cells.figures)?
        .write(heap: usageName, mark: mark, style: cells.style, to: &markup)
    }
    if hasBars { legend(&markup) }
  }

  private var usageName: String { cells.isHeap ? "The heap" : "Memory" }

  // MARK: - Bars

  /// They stand behind the last of the columns that they draw.
  private var barredColumn: Column? { columns.last(where: LineCells.hasBar) }

  private var hasBars: Bool { barredColumn != nil && axis.below | axis.above > 0 }

  /// What the bars stand for, those that there may be.
  private func legend(_ markup: inout Markup) {
    markup.element("div", class: "pk-legend pk-quiet") { legend in
      func entry(_ kind: String, _ form: String, _ words: String) {
        legend.element("span") { entry in
          entry.element(
            "span", class: "pk-bar \(kind)", style: "display:inline-block;width:1.4em;\(form)")
          entry.text(" " + words)
        }
        legend.text(" ")
      }
      if columns.contains(.increment), axis.above > 0 {
        entry("pk-plain-bar", "border-bottom:0.6em solid", "added")
      }
      if columns.contains(.ownPeak), axis.above > 0 {
        entry("pk-reach pk-plain-bar", LineBars.reachForm, "needed meanwhile (own peak)")
      }
      if columns.contains(.increment), axis.below > 0 {
        entry("pk-good-bar", LineBars.backForm, "given back")
      }
    }
  }

  private func heading(of column: Column, _ row: inout Markup) {
    let isText = column == .code
    row.heading(
      column.heading(isHeap: cells.isHeap), isText: isText, kind: isText ? "pk-code" : kind(column),
      title: column.help)
    guard column == barredColumn else { return }
    // A room of one width, so that bars of two functions compare.
    row.element("td", class: "pk-slot") {
      $0.element("span", style: "display:inline-block;width:\(Markup.ems(axis.width))")
    }
  }

  // MARK: - Rows

  private func line(
    _ line: LineProfile.Line, _ lexer: inout PythonLexer, _ body: inout Markup
  ) {
    let kinds = [line.line == mark && line.ran ? "pk-mark" : "", tint(of: line)]
    body.element("tr", class: kinds.filter { !$0.isEmpty }.joined(separator: " ")) { row in
      for column in columns {
        let text = cells.text(column, of: line)
        let tone = cells.tone(column, of: line)
        switch column {
        case .line: row.rowHeading(text, line.line == mark && line.ran ? .bold : tone)
        case .code: code(text, isKnown: line.source != nil, &lexer, &row)
        default: row.number(text, tone, kind: kind(column), title: exact(column, of: line))
        }
        if column == barredColumn { bars(line, &row) }
      }
    }
  }

  private func bars(_ line: LineProfile.Line, _ row: inout Markup) {
    func size(_ column: Column) -> Int {
      columns.contains(column) ? cells.bar(column, of: line) : 0
    }
    let bars = LineBars(
      axis: axis, increment: size(.increment), ownPeak: size(.ownPeak),
      tones: (cells.tone(.increment, of: line), cells.tone(.ownPeak, of: line)))
    row.element("td", class: "pk-slot", style: "text-align:left;white-space:nowrap") {
      bars.write(to: &$0)
    }
  }

  /// The class of a column that gives way; those that the bars draw stay.
  private func kind(_ column: Column) -> String {
    guard givesWay else { return "" }
    switch column {
    case .usage, .count, .occurrences: return "pk-first-to-go"
    case .time: return "pk-next-to-go"
    case .allocated: return "pk-last-to-go"
    default: return ""
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
      row.number(text, kind: kind(column))
    }
    if column == barredColumn { row.element("td") }
  }
}
