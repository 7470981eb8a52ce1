// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The JSON of a page: all its texts, and what its columns are.
struct PageDocument {
  private let data: PageData
  private let subject: PageSubject
  private var view: CaptureView { subject.now.view }

  init(_ data: PageData) {
    self.data = data
    subject = data.subject
  }

  /// JSON that may stand inside of a `script` element.
  var text: String {
    var bytes: [UInt8] = []
    JSONWriter.document { piece in
      // Only in strings, and no string may end the element, or begin a comment, too early.
      for byte in piece {
        if byte == UInt8(ascii: "<") { bytes += Array("\\u003c".utf8) } else { bytes.append(byte) }
      }
    } _: {
      write(to: &$0)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(to writer: inout JSONWriter) {
    writer.put("schema", 1)
    writer.put("kind", subject.difference == nil ? "capture" : "difference")
    writer.put("title", subject.title)
    writer.list("about", texts: subject.about)
    writer.put("isSampled", subject.isSampled)
    let intervals = [subject.before?.view, view].compactMap { $0?.header.interval }
    writer.put("interval", intervals.max() ?? 0)
    writer.put("step", data.timeline.step)
    usage(view, &writer)
    writer.put("baseline", view.header.baseline)
    writer.list("findings", subject.findings) { finding, writer in
      writer.put("text", finding.text)
      writer.put("place", finding.place.flatMap { data.places.number(of: $0) })
    }
    writer.put("hidesLibraries", subject.own != nil)
    data.owners.write(to: &writer)
    texts(&writer)
    writer.list("marks", PageMark.all(of: view)) { mark, writer in
      writer.put("ms", mark.milliseconds)
      writer.put("until", mark.until)
      writer.put("text", mark.text)
    }
    if data.folded.foldedCount > 0 || data.timeline.folded > 0 {
      writer.object("folded") { writer in
        writer.put("nodes", data.folded.foldedCount)
        writer.put("share", data.folded.share)
        writer.put("changes", data.timeline.folded)
      }
    }
    writer.list("columns", data.columns.columns) { column, writer in
      writer.put("name", column.name)
      writer.put("type", column.type)
      writer.put("count", column.count)
    }
    if let difference = subject.difference { before(difference, &writer) }
    writer.list("notes", texts: subject.notes)
  }

  /// How long a recording was, how high, and what was left.
  private func usage(_ view: CaptureView, _ writer: inout JSONWriter) {
    let header = view.header
    writer.put("duration", Double(header.lastMoment) / 1e6)
    writer.object("peak") { writer in
      writer.put("bytes", header.peak)
      writer.put("ms", Double(header.peakMoment) / 1e6)
      writer.put("bound", header.peakBound)
      writer.put("resident", header.residentAtPeak)
    }
    writer.object("end") { $0.put("bytes", header.live) }
  }

  private func texts(_ writer: inout JSONWriter) {
    let files = data.places.fileList
    writer.list("files", texts: files.map(\.name))
    writer.list(
      "short",
      texts: files.map { ($0.isFormer ? subject.before?.view ?? view : view).short($0.name) })
    // What the page hides at first, and what is grey.
    writer.list("libraries", optionalTexts: files.map { Library(ofFile: $0.name)?.name })
    writer.list("functions", texts: data.places.functionNames)
    writer.list("sources", data.sources.files) { source, writer in
      writer.put("file", data.places.number(of: source.file))
      writer.list("lines", optionalTexts: source.lines)
    }
  }

  /// What is in no line.
  private static func rest(
    _ difference: Difference
  ) -> [(figure: Figure, text: String, change: Change)] {
    [Figure.peak, .live].flatMap { figure in
      [
        (figure, "In other threads", difference.inOtherThreads(figure)),
        (figure, "Before the recording", difference.baseline(figure)),
        (figure, "In no line", difference.unexplained(figure)),
      ].filter { $0.2.before != 0 || $0.2.after != 0 }
    }
  }

  /// What only a difference has.
  private func before(_ view: DifferenceView, _ writer: inout JSONWriter) {
    let files = data.places.fileList
    writer.list("former", files.indices.filter { files[$0].isFormer }) { index, writer in
      let name = files[index].name
      writer.put("file", index)
      // One whose functions are all gone may still be there.
      let now = PagePlaces.File(name: subject.tree.successors[name] ?? name)
      writer.put("now", data.places.number(of: now))
    }
    writer.put("unsampled", view.difference.unsampled ?? 0)
    writer.list("rest", Self.rest(view.difference)) { rest, writer in
      writer.put("text", rest.text)
      writer.put("measure", rest.figure.rawValue)
      writer.put("before", rest.change.before)
      writer.put("after", rest.change.after)
    }
    let heading = DifferenceHeading(view, style: Style())
    writer.object("before") { writer in
      writer.put("title", view.before.name)
      writer.list("about", texts: [heading.about(view.before), heading.ending(view.before)])
      writer.put("isSampled", view.before.capture.isSampled)
      usage(view.before.capture, &writer)
      writer.object("moments") { writer in
        let moments = data.momentsBefore
        writer.list("ms", numbers: moments?.milliseconds ?? [])
        writer.list("live", numbers: moments?.live ?? [])
        writer.list("highest", numbers: moments?.highest ?? [])
      }
    }
  }
}
