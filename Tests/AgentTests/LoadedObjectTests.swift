// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

import CAgent
import Glibc
import Testing

@testable import Agent

/// What the loader has told so far: its callback can hold nothing.
private nonisolated(unsafe) var foundObjects: [LoadedObject] = []

/// What the dynamic section of a loaded object says, against the loader's own answers.
@Suite(.serialized) struct LoadedObjectTests {
  /// All loaded objects that have a dynamic section, in the loader's order.
  private static func objects() -> [LoadedObject] {
    foundObjects = []
    agent_each_object { info in
      guard let info, let object = LoadedObject(Ref(known: Int(bitPattern: info))) else { return }
      foundObjects.append(object)
    }
    return foundObjects
  }

  /// Where an object defines a function, or nil.
  private func place(of name: String, in object: LoadedObject) -> Int? {
    name.withCString { name in
      object.definition(of: Int(bitPattern: name)).map {
        object.base + Int(bitPattern: UInt($0[].st_value))
      }
    }
  }

  private func libc() throws -> LoadedObject {
    try #require(Self.objects().first { place(of: "strdup", in: $0) != nil })
  }

  private func byLoader(_ name: String) -> Int {
    Int(bitPattern: dlsym(UnsafeMutableRawPointer(bitPattern: 0), name))
  }

  @Test(arguments: [
    "malloc", "free", "calloc", "realloc", "reallocarray", "posix_memalign", "aligned_alloc",
    "memalign", "valloc", "pvalloc", "malloc_usable_size", "mmap", "munmap", "mremap", "mprotect",
    "strdup", "strndup", "getline", "open_memstream", "asprintf", "scandir", "getcwd", "opendir",
    "fopen", "fclose", "setlocale", "qsort", "bsearch", "printf", "snprintf", "strtod", "strtol",
    "getenv", "setenv", "abort", "exit", "atoi", "rand", "read", "write", "close", "open", "lseek",
    "fork", "execve", "waitpid", "kill", "getpid", "sysconf", "dl_iterate_phdr", "pthread_self",
    "pthread_key_create", "pthread_mutex_lock", "sched_yield", "nanosleep", "clock_gettime",
  ])
  func `a function of libc is where the loader says`(name: String) throws {
    #expect(try place(of: name, in: libc()) == byLoader(name))
  }

  @Test(arguments: ["peakline_never_was", "", "mallo", "mallocc", "environ", "\u{e9}"])
  func `what is no function of libc is not found`(name: String) throws {
    // `environ` is there, and is no function.
    #expect(try place(of: name, in: libc()) == nil)
  }

  @Test func `a name that an object only calls is not one that it defines`() throws {
    let objects = Self.objects()
    let definers = objects.filter { place(of: "strdup", in: $0) != nil }
    #expect(objects.count > 2)
    #expect(definers.count == 1)
  }

  @Test func `the slots of calls hold what they are named after`() {
    for name in ["malloc", "free"] {
      let place = byLoader(name)
      var leading = 0
      for object in Self.objects() {
        object.forEachSlot { slot, slotName, isData in
          guard String(cString: UnsafePointer<CChar>(bitPattern: slotName)!) == name else { return }
          #expect(object.contains(slot))
          let target = load(slot)
          if target == place { leading += 1 }
          // A call that was never made leads to the object's own stub.
          #expect(target == place || (!isData && object.contains(target)), "\(name)")
        }
      }
      #expect(leading > 0)
    }
  }

  @Test func `code is executable and not writable, and lies within the extent`() throws {
    let libc = try libc()
    let strdup = try #require(place(of: "strdup", in: libc))
    #expect(libc.protection(at: strdup) == Int(PROT_READ | PROT_EXEC))
    #expect(libc.extent.start <= strdup && strdup < libc.extent.end)
    #expect(libc.contains(strdup))
    #expect(!libc.contains(libc.extent.start - 1) && !libc.contains(libc.extent.end))
    #expect(!libc.isSealed(strdup))
  }

  @Test func `addresses of the stack and of the heap are in no object`() throws {
    var onStack = 0
    let block = try #require(malloc(100))
    defer { free(block) }
    let stack = withUnsafeMutablePointer(to: &onStack) { Int(bitPattern: $0) }
    for object in Self.objects() {
      #expect(!object.contains(stack))
      #expect(!object.contains(Int(bitPattern: block)))
    }
  }

  @Test func `strings are compared to their ends`() {
    #expect(areEqual(cString("free"), cString("free")))
    #expect(areEqual(cString(""), cString("")))
    #expect(!areEqual(cString("free"), cString("freed")))
    #expect(!areEqual(cString("freed"), cString("free")))
    #expect(!areEqual(cString("mmap"), cString("mmax")))
  }
}
