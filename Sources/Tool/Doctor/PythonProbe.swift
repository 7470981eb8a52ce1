// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// Asks a Python about itself, and reads its answer.
///
/// The questions are carried here and not in the package, because the first of them is whether the
/// package can be imported at all. The answer is one `name<TAB>value` a line; a name that is absent
/// could not be found out.
enum PythonProbe {
  /// Runs in the Python that is examined, whichever version: hence the plainest of Python.
  static let script = """
    import os, sys
    def say(name, value):
        sys.stdout.write(name + '\\t' + ' '.join(str(value).split()) + '\\n')
    say('version', '.'.join(map(str, sys.version_info[:3])))
    say('implementation', sys.implementation.name)
    say('recent', sys.version_info >= (3, 10))
    import sysconfig
    say('scripts', sysconfig.get_path('scripts'))
    try:
        import peakline
        say('package', os.path.dirname(os.path.abspath(peakline.__file__)))
        from peakline import _version
        say('package-version', _version.__version__)
    except Exception as error:
        say('package-error', '%s: %s' % (type(error).__name__, error))
    else:
        try:
            from peakline import _agent
            say('abi', _agent.library().peakline_abi())
        except Exception as error:
            say('agent-error', '%s: %s' % (type(error).__name__, error))
        try:
            from peakline import _engine
            say('driver', _engine.start())
            say('caveats', ' '.join(_engine.caveats()))
        except Exception as error:
            say('driver-error', '%s: %s' % (type(error).__name__, error))
        try:
            from peakline import _heap
            obstacle = _heap.available()
            if obstacle is None and _engine.start() == 'trace':
                from peakline import _trace
                obstacle = _trace.WHY_NO_HEAP
            if obstacle is None:
                _heap.start()
                say('heap-caveats', ' '.join(_heap.caveats()))
                say('objects', 'malloc' if _heap._small_objects_are_mallocs() else 'own')
            else:
                say('heap-obstacle', obstacle)
        except Exception as error:
            say('heap-error', '%s: %s' % (type(error).__name__, error))
    try:
        from importlib import metadata, util
        spec = util.find_spec('memory_profiler')
        if spec is not None and spec.origin:
            say('memory-profiler', os.path.abspath(spec.origin))
        original = metadata.distribution('memory-profiler')
        say('original', original.version)
    except Exception:
        pass
    """

  /// The Python's answers by name, or nil when it could not even run the questions.
  static func ask(_ python: String) throws(Failure) -> [String: String]? {
    let answer = try Program.output(of: python, arguments: ["-c", script])
    return answer.succeeded ? parse(answer.text) : nil
  }

  static func parse(_ text: String) -> [String: String] {
    var answers: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let tab = line.firstIndex(of: "\t") else { continue }
      answers[String(line[..<tab])] = String(line[line.index(after: tab)...])
    }
    return answers
  }
}
