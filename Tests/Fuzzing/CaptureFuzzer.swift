// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Analysis
import Reports

/// What libFuzzer calls with bytes of its own: `make fuzz` links it with the fuzzer's main program.
///
/// Whatever a file holds, it is refused, or a report of it comes to an end.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  // Safe: the fuzzer gives so many bytes.
  let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  let shape = FuzzedCapture(input)
  guard let capture = try? Capture(bytes: shape.file) else { return 0 }
  guard let account = try? Account(capture, shape.when, shape.selection) else { return 0 }
  let source = SourceFile(text: "def f():\n    return [0] * 1000\n".utf8, modified: .max)
  let view = CaptureView(
    capture: capture, account: account, sources: SourceLines(capture, disk: { _ in source }),
    ending: Ending(capture.header, isRunning: false))
  _ = shape.report.text(view, style: shape.style)
  shape.report.json(view) { _ in }
  compare(view, shape)
  return 0
}

/// The difference of a capture, as much of it as is looked at, and itself.
private func compare(_ view: CaptureView, _ shape: FuzzedCapture) {
  guard let all = try? Account(view.capture),
    let some = try? Account(view.capture, .peak, shape.selection)
  else { return }
  let parts = [all, some].map { account in
    DifferenceView.Part(
      name: "a",
      capture: CaptureView(
        capture: view.capture, account: account, sources: view.sources, ending: view.ending))
  }
  let difference = DifferenceView(before: parts[0], after: parts[1], by: .peak)
  let report = DifferenceReport(stacks: true, allowance: .percent(5))
  _ = report.text(difference, style: shape.style)
  _ = report.markdown(difference, style: shape.style)
  report.json(difference) { _ in }
}
