# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Functions are chosen by name in modules: imported already, or at the moment they are imported."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from select_bench import Chosen


@pytest.fixture
def modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], None]]:
    """Writes importable modules, and forgets them afterwards."""
    present = set(sys.modules)
    finders = list(sys.meta_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(path: str, source: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source))
        importlib.invalidate_caches()

    yield write
    sys.meta_path[:] = finders
    for name in set(sys.modules) - present:
        del sys.modules[name]


def test_a_module_imported_later_is_chosen_before_it_runs(
    modules: Callable[[str, str], None],
) -> None:
    modules("later.py", "def used(): return 1\nVALUE = used()\nclass C:\n    def m(self): ...\n")
    modules("unrelated.py", "def used(): return 2\n")
    chosen = Chosen("later.used", "later.C.m", "unrelate.used")
    chosen.selector.start()

    later = importlib.import_module("later")
    unrelated = importlib.import_module("unrelated")
    chosen.selector.stop()

    assert chosen.places() == ["later:used", "later:C.m"]
    assert chosen.codes == [later.used.__code__, later.C.m.__code__]
    assert chosen.codes[0] is later.used.__code__
    assert type(later.__loader__) is type(unrelated.__loader__)
    assert vars(later.__loader__).keys() == vars(unrelated.__loader__).keys()
    assert chosen.selector.unmatched() == ["unrelate.used"]


def test_a_glob_covers_a_package_and_its_modules(modules: Callable[[str, str], None]) -> None:
    modules("package/__init__.py", "def top(): ...\n")
    modules("package/one.py", "def f(): ...\n")
    modules("package/two/__init__.py", "")
    modules("package/two/three.py", "from package.one import f\ndef g(): ...\n")
    chosen = Chosen("package.*")
    chosen.selector.start()

    importlib.import_module("package.two.three")
    chosen.selector.stop()

    assert chosen.places() == ["__init__:top", "three:g", "one:f"]


def test_the_top_level_of_a_module_can_be_named(modules: Callable[[str, str], None]) -> None:
    modules("toplevel.py", "x = 1\n")
    chosen = Chosen("toplevel.<module>")
    chosen.selector.start()
    importlib.import_module("toplevel")

    assert chosen.places() == ["toplevel:<module>"]


def test_a_module_imported_already_is_searched(modules: Callable[[str, str], None]) -> None:
    modules(
        "already.py",
        """
        import functools
        from os.path import join

        def plain():
            def nested(): ...
            return nested

        def keeping(f):
            @functools.wraps(f)
            def wrapper(*args): return f(*args)
            return wrapper

        @keeping
        def decorated(): ...

        @functools.lru_cache
        def cached(): ...

        part = functools.partial(plain)

        class C:
            def method(self): ...
            @staticmethod
            def static(): ...
            @classmethod
            def klass(cls): ...
            @property
            def value(self): ...
            @value.setter
            def value(self, new): ...
            @functools.cached_property
            def lazy(self): ...
            class Inner:
                def deep(self): ...

        class Tail:
            def __init__(self): self.func = self
        tail = Tail()

        class Rude:
            @property
            def __dict__(self): raise RuntimeError("hands off")
            @property
            def __class__(self): raise RuntimeError("hands off")
        rude = Rude()
        """,
    )
    already = importlib.import_module("already")
    chosen = Chosen("already.*")
    chosen.selector.start()
    chosen.selector.stop()

    assert sorted(set(chosen.names)) == sorted(
        {
            "plain",
            "plain.<locals>.nested",
            "keeping",
            "keeping.<locals>.wrapper",
            "decorated",
            "cached",
            "C.method",
            "C.static",
            "C.klass",
            "C.value",
            "C.lazy",
            "C.Inner.deep",
            "Tail.__init__",
            "Rude.__dict__",
            "Rude.__class__",
        }
    )
    assert already.decorated.__wrapped__.__code__ in chosen.codes
    assert already.C.value.fset.__code__ in chosen.codes


def test_a_name_that_a_package_offers_leads_to_where_it_is_defined(
    modules: Callable[[str, str], None],
) -> None:
    modules("offering/__init__.py", "from offering._inner import f, C\n")
    modules("offering/_inner.py", "def f(): ...\nclass C:\n    def m(self): ...\n")
    importlib.import_module("offering")
    chosen = Chosen("offering.f", "offering.C")
    chosen.selector.start()
    chosen.selector.stop()

    assert chosen.places() == ["_inner:f", "_inner:C.m"]
    assert chosen.selector.unmatched() == []


def test_a_name_that_cannot_be_profiled_is_explained(modules: Callable[[str, str], None]) -> None:
    modules("hub/__init__.py", "from hub._inner import f, C\n")
    modules("hub/_inner.py", "def f(): ...\nclass C:\n    def m(self): ...\n")
    patterns = ["math.sqrt", "hub", "hub.f", "hub.C", "absent.f", "methud", "zzzz", "builtins.dict"]
    chosen = Chosen(*patterns)
    chosen.selector.script(compile("def method(): ...", "s.py", "exec"))
    chosen.selector.start()
    importlib.import_module("hub")
    chosen.selector.stop()

    assert chosen.selector.unmatched() == patterns
    told = {pattern: chosen.selector.explain(pattern) for pattern in patterns}
    c_sentence = "is not written in Python and has no lines: name the Python function that uses it"
    assert told == {
        "math.sqrt": f"'math.sqrt' {c_sentence}",
        "builtins.dict": f"'builtins.dict' {c_sentence}",
        "hub": "'hub' is a module: 'hub.*' names all its functions",
        "hub.f": "'hub.f' is defined elsewhere: name it 'hub._inner.f'",
        "hub.C": "'hub.C' is defined elsewhere: name it 'hub._inner.C'",
        "absent.f": "no function is called 'absent.f': nothing imported a module 'absent'",
        "methud": "no function is called 'methud': did you mean method?",
        "zzzz": "no function is called 'zzzz': "
        "name it as 'function', 'Class.method' or 'module.function'",
    }


def test_modules_in_a_zip_file_are_chosen(
    modules: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("zipped_one.py", "import zipped_two\ndef f(): ...\n")
        archive.writestr("zipped_two.py", "def g(): ...\n")
    monkeypatch.syspath_prepend(str(tmp_path / "archive.zip"))
    chosen = Chosen("zipped_one.f", "zipped_two.g")
    chosen.selector.start()

    module = importlib.import_module("zipped_one")
    chosen.selector.stop()

    assert chosen.places() == ["zipped_one:f", "zipped_two:g"]
    assert module.f.__code__ is chosen.codes[0]
    assert "get_code" not in vars(module.__loader__)


def test_a_named_module_that_does_not_compile_fails_without_our_frames(
    modules: Callable[[str, str], None],
) -> None:
    modules("unsound.py", "x = (\n")
    modules("raising.py", "def f(): 1/0\nf()\n")

    def traceback_files(name: str) -> list[str]:
        with pytest.raises((SyntaxError, ZeroDivisionError)) as caught:
            exec(f"import {name}")
        return [str(entry.path) for entry in caught.traceback][1:]

    plain = [traceback_files(name) for name in ("unsound", "raising")]
    chosen = Chosen("unsound.f", "raising.f")
    chosen.selector.start()

    assert [traceback_files(name) for name in ("unsound", "raising")] == plain
    assert chosen.places() == ["raising:f"]


def test_looking_for_a_module_registers_nothing(modules: Callable[[str, str], None]) -> None:
    modules("sought.py", "def f(): ...\n")
    chosen = Chosen("sought.f")
    chosen.selector.start()

    assert importlib.util.find_spec("sought") is not None
    assert importlib.util.find_spec("sought_in_vain") is None
    assert chosen.names == []
    importlib.import_module("sought")
    assert chosen.places() == ["sought:f"]


def test_a_reloaded_module_is_chosen_again(modules: Callable[[str, str], None]) -> None:
    modules("again.py", "def f(): ...\n")
    chosen = Chosen("again.f")
    chosen.selector.start()

    module = importlib.import_module("again")
    first = module.f.__code__
    importlib.reload(module)

    assert chosen.codes[0] is first
    assert chosen.codes[-1] is module.f.__code__
    assert first is not module.f.__code__


def test_another_finder_that_asks_all_finders_does_not_loop(
    modules: Callable[[str, str], None],
) -> None:
    modules("looping.py", "def f(): ...\n")

    class Asking:
        def find_spec(self, name: str, path: object = None, target: object = None) -> object:
            if name != "looping":
                return None
            for finder in sys.meta_path:
                if not isinstance(finder, Asking) and (spec := finder.find_spec(name, None, None)):
                    return spec
            return None

    chosen = Chosen("looping.f")
    chosen.selector.start()
    sys.meta_path.append(Asking())  # type: ignore[arg-type]
    sys.meta_path.insert(0, sys.meta_path[-1])

    importlib.import_module("looping")

    assert chosen.places() == ["looping:f"]


def test_nothing_is_left_behind(modules: Callable[[str, str], None]) -> None:
    modules("after.py", "def f(): ...\n")
    finders = list(sys.meta_path)
    chosen = Chosen("after.f")
    chosen.selector.start()
    chosen.selector.stop()
    importlib.import_module("after")

    assert sys.meta_path == finders
    assert chosen.names == []


def test_without_patterns_no_import_is_watched() -> None:
    finders = list(sys.meta_path)
    Chosen().selector.start()

    assert sys.meta_path == finders
