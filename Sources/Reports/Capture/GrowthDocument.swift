// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis

/// What stacks held more from copy to copy, as JSON: docs/format.md has the keys.
package struct GrowthDocument {
  private let view: CaptureView
  private let growth: Growth

  /// `view` is of the last copy.
  package init(_ growth: Growth, _ view: CaptureView) {
    self.growth = growth
    self.view = view
  }

  /// The document, ending in a newline; `take` gets it piece by piece.
  package func json(to take: @escaping ([UInt8]) -> Void) {
    JSONWriter.document(to: take) { writer in
      writer.put("schema", CaptureDocument.schema)
      writer.put("kind", "growth")
      writer.list("stacks", growth.stacks, stack)
      writer.list("caveats", texts: Limits(view, style: Style()).notes())
    }
  }

  private func stack(_ stack: Growth.Stack, _ writer: inout JSONWriter) {
    let tree = view.account.tree
    let thread = tree.thread(of: stack.node)
    writer.put("least", stack.least)
    writer.list("steps", numbers: stack.steps)
    writer.put("thread", thread > 0 ? Int(view.capture.threads[thread].number) : nil)
    writer.list("frames", tree.path(to: stack.node)) { node, writer in
      let place = tree.place(node)
      CaptureDocument(view).place(place, &writer)
      writer.put("source", view.source(place))
    }
  }
}
