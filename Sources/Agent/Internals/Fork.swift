// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

// How the agent notices that it is now in a forked child, where kept files still describe the
// parent and threads are gone.

import CAgent
import Synchronization

private let forks = Atomic<UInt32>(0)
private let watched = Atomic<Bool>(false)

/// How often this process was forked into being since the agent was loaded; what was kept under
/// another number is the parent's.
@inline(__always)
func forkGeneration() -> UInt32 {
  forks.load(ordering: .relaxed)
}

/// Starts the counting.
///
/// Whoever keeps something that a child must not use calls this first.
func watchForks() {
  if watched.exchange(true, ordering: .relaxed) { return }
  _ = pthread_atfork(nil, nil, { forks.wrappingAdd(1, ordering: .relaxed) })
}
