// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

/// A recording that is compared with another.
package struct Side {
  let capture: Capture
  let account: Account
  /// The text of a line as it is known to have run.
  let text: (_ file: String, _ line: Int) -> String?

  /// `account` has to be of the peak; `text` gives nil where it is not known what ran.
  package init(
    _ capture: Capture, _ account: Account, text: @escaping (String, Int) -> String?
  ) {
    self.capture = capture
    self.account = account
    self.text = text
  }
}
