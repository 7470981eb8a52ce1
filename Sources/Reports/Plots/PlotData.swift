// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A plot as the page's script reads it (`Web/plot/data.js`): columns of differences between whole
/// numbers, times in units of 0.1 ms and memory in KiB, as exact as the files have them.
enum PlotData {
  /// JSON that may stand inside of a `script` element.
  static func json(_ plot: Plot) -> String {
    var bytes: [UInt8] = []
    JSONWriter.document { piece in
      // Only in strings, and no string may end the element, or begin a comment, too early.
      for byte in piece {
        if byte == UInt8(ascii: "<") { bytes += Array("\\u003c".utf8) } else { bytes.append(byte) }
      }
    } _: { writer in
      writer.put("title", plot.heading)
      writer.list("window", numbers: [plot.window.lowerBound, plot.window.upperBound])
      writer.put("isWindow", plot.isWindow)
      writer.put("isFlame", plot.isFlame)
      writer.list("runs", plot.runs, run)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func run(_ run: Plot.Run, _ writer: inout JSONWriter) {
    writer.put("file", run.file)
    writer.put("command", run.commandLine)
    writer.put("end", run.end)
    writer.object("peak") {
      $0.put("time", run.peak.time)
      $0.put("mib", run.peak.mebibytes)
    }
    writer.put("includesChildren", run.includesChildren)
    writer.put("hiddenChildren", run.hiddenChildren)
    if let slope = run.slope {
      writer.object("slope") {
        $0.put("perSecond", slope.perSecond)
        $0.put("offset", slope.offset)
      }
    } else {
      writer.put("slope", nil as Double?)
    }
    writer.list("curves", [run.program] + run.children) { curve, writer in
      writer.put("name", curve.name)
      writer.put("peak", curve.peak)
      writer.list("times", numbers: differences(curve.points) { units(ofTime: $0.time) })
      writer.list("amounts", numbers: differences(curve.points) { units(ofMemory: $0.mebibytes) })
    }
    var places: [String: Int] = [:]
    var names: [String] = []
    for span in run.spans where places[span.name] == nil {
      places[span.name] = names.count
      names.append(span.name)
    }
    writer.list("names", texts: names)
    writer.list("spans", rows: run.spans) { span in
      [
        places[span.name] ?? 0, units(ofTime: span.start.time), units(ofTime: span.end.time),
        units(ofMemory: span.start.mebibytes), units(ofMemory: span.end.mebibytes), span.level,
      ]
    }
  }

  private static func differences(
    _ points: [Plot.Point], _ figure: (Plot.Point) -> Int
  ) -> [Int] {
    var last = 0
    return points.map { point in
      let value = figure(point)
      defer { last = value }
      return value - last
    }
  }

  private static func units(ofTime seconds: Double) -> Int { whole(seconds * 10_000) }
  private static func units(ofMemory mebibytes: Double) -> Int { whole(mebibytes * 1024) }

  /// What a foreign file has may be beyond all measure; the script's numbers are exact below 2⁵³.
  private static func whole(_ value: Double) -> Int {
    Int(min(max(value.rounded(), -4e15), 4e15))
  }
}
