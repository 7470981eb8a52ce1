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

  /// Does work on a thread of its own while the caller waits for it; nil where there can be no more threads.
  static func wait<Answer>(for body: () -> Answer) -> Answer? {
    var answer: Answer?
    withoutActuallyEscaping({ answer = body() }) { body in
      let work = Waited(body)
      var thread = pthread_t()
      // Safe: the work outlives the thread, which is waited for.
      let failed = unsafe pthread_create(
        &thread, nil,
        { context in
          guard let context = unsafe context else { return nil }
          unsafe Unmanaged<Waited>.fromOpaque(context).takeUnretainedValue().body()
          return nil
        }, Unmanaged.passUnretained(work).toOpaque())
      if failed == 0 { pthread_join(thread, nil) }
      withExtendedLifetime(work) {}
    }
    return answer
  }

  private final class Waited {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
