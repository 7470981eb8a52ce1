// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// What is run in a process: it loads Peakline's package there, calls a function of
/// `python/peakline/_attach.py`, and leaves an answer that begins with + or, for what went wrong, -.
///
/// The package is loaded from its folder, so that the program's own search path stays as it is; with the
/// lock that imports of it have, since another errand, or the program, may be loading it.
struct ErrandText {
  /// The package's folder.
  var folder: String
  /// The number that the process has for itself: a child that it forks meanwhile is not meant.
  var processID: Int
  /// The call, as Python's code.
  var call: String

  var text: String {
    """
    answer = "-it is a child that was forked meanwhile"
    try:
        import posix, sys
        if posix.getpid() == \(processID):
            from _frozen_importlib import _ModuleLockManager, module_from_spec
            from _frozen_importlib_external import spec_from_file_location
            with _ModuleLockManager("peakline"):
                package = sys.modules.get("peakline")
                if package is None:
                    folder = \(Self.literal(folder))
                    spec = spec_from_file_location(
                        "peakline", folder + "/__init__.py", submodule_search_locations=[folder]
                    )
                    package = sys.modules["peakline"] = module_from_spec(spec)
                    try:
                        spec.loader.exec_module(package)
                    except BaseException:
                        del sys.modules["peakline"]
                        raise
            version = getattr(package, "__version__", "of another kind")
            if version == "\(peaklineVersion)":
                from peakline import _attach
                answer = _attach.\(call)
            else:
                answer = "-it has Peakline " + version + " loaded: use the 'peakline' of that"
    except PermissionError as error:
        answer = "-it may not read " + str(error.filename) + ": install Peakline where it may"
    except BaseException as error:
        answer = "-" + type(error).__name__ + ": " + str(error)
    answer = answer.encode("utf-8", "replace").decode()

    """
  }

  /// A path as Python's code, whatever is in it.
  ///
  /// With a blank, since words of letters and digits are kept for good by Python 3.13.
  static func literal(_ path: String) -> String {
    let digits = path.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "bytes.fromhex(' \(digits)').decode('utf-8', 'surrogateescape')"
  }
}
