// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What other threads have to tell the one that waits for signals: a letter comes with a SIGUSR1,
/// which ends the waiting.
final class Mailbox<Letter: Sendable>: Sendable {
  private let letters = Mutex<[Letter]>([])

  func post(_ letter: Letter) {
    letters.withLock { $0.append(letter) }
    kill(getpid(), SIGUSR1)
  }

  /// All that have come, the first one first.
  func take() -> [Letter] {
    letters.withLock { letters in
      defer { letters = [] }
      return letters
    }
  }
}
