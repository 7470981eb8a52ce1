// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CaptureReader

extension Capture {
  /// Whether it is of several processes.
  package var isTree: Bool { processes.count > 1 }

  /// A process as it is asked for: its number, or its name where several programs had that number.
  package func number(ofProcess index: Int) -> String {
    guard processes.indices.contains(index) else { return "\(header.processID)" }
    let number = processes[index].header.processID
    let isShared = processes.indices.contains {
      $0 != index && processes[$0].header.processID == number
    }
    return isShared ? processes[index].name : "\(number)"
  }

  /// What a process is called: its number and its command line.
  package func label(ofProcess index: Int) -> String {
    let command = processes.indices.contains(index) ? processes[index].command : self.command
    return number(ofProcess: index) + (command.isEmpty ? "" : " \(command)")
  }

  /// The image that a process became by running another program; nil where it ended as what it was.
  package func successor(ofProcess index: Int) -> Int? {
    switch processes[index].ending {
    case .exited, .killed, .ended, .stopped: return nil
    case .running, .withoutEnd: break
    }
    let number = processes[index].header.processID
    return processes[(index + 1)...].firstIndex { $0.header.processID == number }
  }

  /// How the tree ended, which is how its first process did; nil where nothing was merged.
  package var endingOfTree: Ending? {
    processes.last { $0.header.processID == header.processID }?.ending
  }

  /// The index of the process that a thread belongs to; nil where there is one process.
  package func process(ofThread index: Int) -> Int? {
    isTree ? processes.firstIndex { $0.threads.contains(index) } : nil
  }

  /// What a thread is called: its name and the kernel's number, in a tree its name and its process.
  package func label(ofThread index: Int) -> String {
    guard let process = process(ofThread: index) else { return name(ofThread: index) }
    let known = processes[process].header.processID
    let name = threads[index].number == known ? texts[threads[index].name] : ""
    let program = ProgramName(processes[process].command).short
    return (name.isEmpty ? self.name(ofThread: index) : name) + " of "
      + number(ofProcess: process) + (program.isEmpty ? "" : " (\(program))")
  }

  /// What a thread is called within its process: its name and the kernel's number.
  package func name(ofThread index: Int) -> String {
    guard index > 0, index < threads.count else { return "unknown thread" }
    let name = texts[threads[index].name]
    let number = threads[index].number
    return name.isEmpty ? "thread \(number)" : "\(name) (\(number))"
  }
}

extension CaptureProcess {
  /// Whether it ran at a moment, in nanoseconds since the tree began.
  package func isAlive(at moment: Int) -> Bool {
    begin <= moment && (moment <= end || ending == .running)
  }
}
