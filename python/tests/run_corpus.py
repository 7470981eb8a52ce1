# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs by what they try: ordinary ones, exits, uncaught errors, threads that outlive main."""

from __future__ import annotations

ORDINARY = {
    "names_in_main": """
        import sys
        print(list(globals()), __name__, __file__, __cached__, __package__, __spec__, __doc__)
        print(type(__builtins__), type(__loader__), __loader__.name, __loader__.path)
        print(sys.argv, sys.path, sys.modules["__main__"].__dict__ is globals())
        """,
    "docstring_and_annotations": '''
        """What it is."""
        from __future__ import annotations
        value: int = 3
        print(__doc__, __annotations__, globals()["value"])
        ''',
    "annotations_without_future": """
        value: int = 3
        print(__annotations__)
        """,
    "imports_main": """
        import __main__, sys
        x = 5
        print(__main__, __main__.x, sys.modules[__name__] is __main__)
        """,
    "imports_a_neighbour": """
        import neighbour
        print(neighbour.__file__, neighbour.VALUE)
        """,
    "inspect_finds_the_module_and_source": """
        import inspect
        def f():
            return 1
        class C:
            pass
        print(inspect.getmodule(f), inspect.getsource(f), inspect.getsource(C), inspect.getfile(C))
        print(f.__module__, C.__module__, C, f.__code__.co_filename)
        """,
    "pickles_its_own_things": """
        import pickle, dataclasses, copy
        def f(): return 1
        @dataclasses.dataclass
        class D:
            a: int = 3
        print(pickle.loads(pickle.dumps(f)) is f, pickle.loads(pickle.dumps(D(5))), copy.copy(D()))
        """,
    "get_type_hints": """
        import typing
        class C:
            other: "C"
        def f(a: "C") -> "int": ...
        print(typing.get_type_hints(C), typing.get_type_hints(f))
        """,
    "enum_and_namedtuple": """
        import enum, collections, pickle
        Color = enum.Enum("Color", "RED BLUE")
        Pair = collections.namedtuple("Pair", "a b")
        print(Color.__module__, Pair.__module__, pickle.loads(pickle.dumps(Color.RED)))
        """,
    "doctest": """
        '''
        >>> 1 + 1
        3
        '''
        import doctest
        print(doctest.testmod())
        """,
    "unittest_main": """
        import unittest
        class T(unittest.TestCase):
            def test_a(self):
                self.assertTrue(True)
        runner = unittest.TextTestRunner(open("/dev/null", "w"))
        unittest.main(argv=["x"], testRunner=runner)
        """,
    "argparse_usage": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--n", type=int)
        parser.parse_args(["--n", "x"])
        """,
    "warning": """
        import warnings
        warnings.warn("careful")
        def f():
            warnings.warn("again", DeprecationWarning, stacklevel=2)
        f()
        """,
    "asyncio": """
        import asyncio
        async def main():
            await asyncio.sleep(0)
            print("slept")
        asyncio.run(main())
        """,
    "exec_and_eval": """
        exec("y = 4")
        print(eval("y"), y)
        """,
    "logging": """
        import logging
        logging.basicConfig()
        logging.warning("hm")
        """,
    "destructors": """
        import atexit
        class Noisy:
            def __init__(self, name): self.name = name
            def __del__(self): print("gone", self.name)
        a = Noisy("global")
        def f():
            b = Noisy("local")
            atexit.register(print, "exit")
            raise SystemExit(4)
        f()
        """,
    "prints_on_both_streams": """
        import sys
        print("one"); print("two", file=sys.stderr); print("three"); sys.stdout.write("no newline")
        """,
}

EXITS = {
    "none": "raise SystemExit",
    "none_given": "import sys; sys.exit(None)",
    "zero": "import sys; sys.exit(0)",
    "three": "import sys; sys.exit(3)",
    "true": "import sys; sys.exit(True)",
    "minus_one": "import sys; sys.exit(-1)",
    "huge": "import sys; sys.exit(2**70)",
    "text": "import sys; sys.exit('a reason')",
    "tuple": "import sys; sys.exit((1, 2))",
    "empty_text": "import sys; sys.exit('')",
    "object": "import sys; sys.exit(3.5)",
    "subclass": "class E(SystemExit): pass\nraise E(6)",
    "own_code": "class E(SystemExit):\n    code = 9\nraise E('text')",
    "builtin_exit": "exit(2)",
    "os_exit": "import os; print('lost'); os._exit(7)",
    "no_stderr": "import sys; sys.stderr = None; sys.exit('text')",
    "closed_stderr": "import sys; sys.stderr.close(); sys.exit('text')",
    "closed_stdout": "import sys; print('kept'); sys.stdout.close()",
    "closed_stdout_file": "import os; print('x'); os.close(1)",
    "abort_signal": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "in_a_thread": """
        import sys, threading
        thread = threading.Thread(target=sys.exit, args=(5,))
        thread.start(); thread.join(); print("still here")
        """,
    "exit_from_atexit": "import atexit, sys; atexit.register(sys.exit, 5)",
    "exec": "import os; print('old', flush=True); os.execv('/bin/echo', ['echo', 'new'])",
    "generator_exit": "raise GeneratorExit",
}

ERRORS = {
    "plain": "print('a')\n1 / 0",
    "in_functions": """
        def f(n):
            if n: return f(n - 1)
            return {}["missing"]
        f(3)
        """,
    "chained": """
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("outer") from error
        """,
    "context": """
        try:
            int("x")
        except ValueError:
            [][0]
        """,
    "suppressed": "try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError('k') from None",
    "no_module": "import there_is_no_such_module",
    "no_name": "from os import there_is_no_such_name",
    "misspelt": "printt(1)",
    "broken_import": "import broken",
    "failing_import": "import failing",
    "syntax_by_eval": "eval('1 +')",
    "syntax_by_compile": "compile('def f(:', 'given.py', 'exec')",
    "multiline": """
        value = max(
            1,
            2 / 0,
        )
        """,
    "lambda": "(lambda: 1/0)()",
    "comprehension": "[1/x for x in (1, 0)]",
    "class_body": "class C:\n    x = 1/0",
    "generator": "def g():\n    yield 1\n    raise ValueError('in g')\nlist(g())",
    "decorator": "def deco(f):\n    raise TypeError('deco')\n@deco\ndef f(): pass",
    "unicode": "raise ValueError('ü → ∞')",
    "bad_str": "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "base_exception": "class B(BaseException): pass\nraise B('base')",
    "assertion": "assert 1 == 2, 'arithmetic'",
    "through_c": "sorted([1, 2], key=lambda x: x / 0)",
    "own_hook": """
        import sys
        def hook(kind, value, trace):
            depth = 0
            while trace:
                depth, trace = depth + 1, trace.tb_next
            print("hook", kind.__name__, value, depth, sys.last_value is value)
        sys.excepthook = hook
        1/0
        """,
    "failing_hook": "import sys\ndef hook(*_): raise KeyError('hook')\nsys.excepthook = hook\n1/0",
    "exiting_hook": "import sys\ndef hook(*_): sys.exit(8)\nsys.excepthook = hook\n1/0",
    "hook_and_atexit": """
        import atexit, sys, traceback
        atexit.register(lambda: print(sys.last_type, len(traceback.extract_tb(sys.last_traceback))))
        1/0
        """,
    "failing_atexit": "import atexit\ndef f(): 1/0\natexit.register(f)\nprint('done')",
    "failing_thread": """
        import threading
        def work(): 1/0
        thread = threading.Thread(target=work, name="worker"); thread.start(); thread.join()
        """,
    "interrupt": "raise KeyboardInterrupt",
    "interrupt_with_text": "raise KeyboardInterrupt('text')",
    "interrupt_subclass": "class K(KeyboardInterrupt): pass\nraise K",
    "interrupt_by_signal": "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('no')",
    "interrupt_and_atexit": """
        import atexit, sys
        atexit.register(lambda: print("exit", sys.excepthook is sys.__excepthook__))
        raise KeyboardInterrupt
        """,
    "interrupt_handled": """
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            print("ok")
        """,
    "notes_and_groups": """
        try:
            raise ExceptionGroup("two", [ValueError(1), TypeError("t")])
        except NameError:
            raise
        """,
    "uncaught_in_destructor": "class C:\n    def __del__(self): 1/0\nC()",
    "memory_error": "raise MemoryError",
    "system_exit_context": """
        try:
            1/0
        except ZeroDivisionError:
            raise SystemExit("sorry")
        """,
}

THREADS = {
    "outlives_main": """
        import threading, time
        def work():
            time.sleep(0.2); print("worker done")
        threading.Thread(target=work).start()
        print("main done")
        """,
    "outlives_failed_main": """
        import threading, time
        def work():
            time.sleep(0.2); print("worker done")
        threading.Thread(target=work).start()
        1/0
        """,
    "outlives_exited_main": """
        import atexit, sys, threading, time
        def work():
            time.sleep(0.2); print("worker done", threading.main_thread().is_alive())
        atexit.register(print, "exit handler")
        threading.Thread(target=work).start()
        sys.exit("main exits")
        """,
    "daemon": """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        print("main done")
        """,
    "executor": """
        import concurrent.futures, time
        pool = concurrent.futures.ThreadPoolExecutor(1)
        for n in range(3):
            pool.submit(time.sleep, 0.05)
            pool.submit(print, n)
        """,
    "main_thread": """
        import threading
        print(threading.current_thread() is threading.main_thread(), threading.active_count())
        """,
    "starts_another": """
        import threading, time
        def second(): time.sleep(0.1); print("second")
        def first(): time.sleep(0.1); threading.Thread(target=second).start(); print("first")
        threading.Thread(target=first).start()
        """,
}
