// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// A place in the agent's own memory that holds a `Target`; `ref[]` is the target itself.
///
/// It is the fence around raw pointers: the engine's records refer to each other through `Ref`s,
/// which only the pool makes. A `Ref` is valid until its record is given back; who gives back what
/// is said at each record.
@safe struct Ref<Target: BitwiseCopyable>: BitwiseCopyable {
  private let pointer: UnsafeMutablePointer<Target>

  @inline(__always)
  init(_ pointer: UnsafeMutablePointer<Target>) {
    unsafe self.pointer = pointer
  }

  /// The ref whose `address` was handed out before; nil for 0.
  @inline(__always)
  init?(address: Int) {
    guard let pointer = unsafe UnsafeMutablePointer<Target>(bitPattern: address) else { return nil }
    unsafe self.pointer = pointer
  }

  /// The ref at an address that is known not to be 0.
  @inline(__always)
  init(known address: Int) {
    unsafe self.pointer = UnsafeMutablePointer<Target>(bitPattern: address).unsafelyUnwrapped
  }

  /// The number under which C and Python hold this ref.
  @inline(__always)
  var address: Int { unsafe Int(bitPattern: pointer) }

  @inline(__always)
  subscript() -> Target {
    get { unsafe pointer.pointee }
    nonmutating _modify { yield unsafe &pointer.pointee }
  }

  /// The target `offset` places further on, where the ref stands at the start of a run of targets.
  @inline(__always)
  func advanced(by offset: Int) -> Ref<Target> { unsafe Ref(pointer + offset) }

  /// The first field of the target, which stands at the target's own address.
  @inline(__always)
  func firstField<Field: BitwiseCopyable>(as _: Field.Type) -> Ref<Field> {
    unsafe Ref<Field>(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Field.self))
  }

  @inline(__always)
  static func == (one: Ref, other: Ref) -> Bool { unsafe one.pointer == other.pointer }
}
