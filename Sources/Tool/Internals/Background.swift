// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Work on a thread of its own, which has the signals blocked that its maker has.
enum Background {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Begins it; false where there can be no more threads.
  static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    // Safe: the thread takes over what is retained for it, once.
    let work = unsafe Unmanaged.passRetained(Work(body))
    let failed = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard failed == 0 else {
      unsafe work.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}
