// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// The page of a capture, or of the difference of two: one file with everything on it, which asks the network
/// for nothing.
package enum CapturePage {
  /// The page as text, ending in a newline.
  package static func html(_ view: CaptureView) -> String { html(PageData(PageSubject(view))) }

  package static func html(_ view: DifferenceView) -> String { html(PageData(PageSubject(view))) }

  private static func html(_ data: PageData) -> String {
    let title = DisplayWidth.fit(DisplayWidth.shown(data.subject.title), to: 200, mark: "…")
    let json = PageDocument(data).text
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      \(Plot.pageMark)
      <title>\(Markup.escaped(title)) – memory</title>
      <style>\(Plot.themes)\(Web.reportStyle)</style>
      </head>
      <body>
      \(Web.reportSkeleton)
      <script type="application/json" id="report">\(json)</script>
      <script type="application/octet-stream" id="columns">\
      \(Base64.text(Deflate.packed(data.columns.bytes)))</script>
      <script type="module">
      \(Web.reportScript)</script>
      </body>
      </html>

      """
  }
}
