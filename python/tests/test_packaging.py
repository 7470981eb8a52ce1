# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The wheel: what is in it, and how it lives beside the original memory-profiler, in every order.

The original distribution has modules, and a script, of the names that ours has. Each order is
played in an environment of its own, with the original from PyPI or, where that does not answer, a
wheel of the same files.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from peakline import _version

ORIGINAL = "memory-profiler==0.61.0"


def stand_in(directory: Path) -> Path:
    """A wheel with the names of the original's files, and its command, but none of its code."""
    described = "memory_profiler-0.61.0.dist-info"
    files = {
        "memory_profiler.py": "def profile(function):\n    return function\n",
        "mprof.py": "def main():\n    print('the original')\n",
        f"{described}/COPYING": "",
        f"{described}/METADATA": (
            "Metadata-Version: 2.1\nName: memory-profiler\nVersion: 0.61.0\nRequires-Dist: psutil\n"
        ),
        f"{described}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        f"{described}/entry_points.txt": "[console_scripts]\nmprof = mprof:main\n",
        f"{described}/top_level.txt": "memory_profiler\nmprof\n",
    }
    record = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    files[f"{described}/RECORD"] = "\n".join([*record, f"{described}/RECORD,,", ""])
    path = directory / "memory_profiler-0.61.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def wheel() -> Path:
    path = os.environ.get("PEAKLINE_WHEEL")
    if not path:
        pytest.skip("PEAKLINE_WHEEL does not name the wheel to test: run 'make test'")
    return Path(path)


# ---- The wheel itself


def test_one_wheel_serves_every_python_of_its_platform(wheel: Path) -> None:
    name, version, python, abi, platform = wheel.stem.split("-")
    assert (name, version) == ("peakline", _version.__version__)
    assert (python, abi) == ("py3", "none")
    assert platform.startswith("linux_")
    with zipfile.ZipFile(wheel) as archive:
        described = archive.read(f"peakline-{version}.dist-info/WHEEL").decode()
    assert f"Tag: py3-none-{platform}\n" in described
    assert "Root-Is-Purelib: false\n" in described


def test_the_wheel_carries_three_typed_packages_the_agent_and_two_commands(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packages = {"peakline", "memory_profiler", "mprof"}
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        *packages,
        f"peakline-{_version.__version__}.data",
    }
    for package in packages:
        assert {f"{package}/__init__.py", f"{package}/py.typed"} <= names
    assert [name for name in names if name.endswith(".so")] == ["peakline/libpeakline_agent.so"]
    scripts = f"peakline-{_version.__version__}.data/scripts/"
    assert {name.removeprefix(scripts) for name in names if scripts in name} == {
        "peakline",
        "mprof",
    }


def test_the_wheel_requires_nothing_at_run_time(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"peakline-{_version.__version__}.dist-info/METADATA").decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    assert required, "the extras are gone: this would prove nothing"
    assert all("extra ==" in line for line in required)


# ---- Beside the original


class Environment:
    """A throw-away environment, without pip of its own: this Python's installs into it."""

    def __init__(self, directory: Path) -> None:
        venv.create(directory, with_pip=False, symlinks=True)
        self.bin = directory / "bin"
        self.python = self.bin / "python"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the environment, as if it were activated."""
        program = self.bin / command[0]
        outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [str(program), *command[1:]],
            env={**outside, "PATH": f"{self.bin}:{os.environ['PATH']}"},
            cwd=self.bin.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def pip(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "pip", "--python", str(self.python), *arguments, "-q"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr

    def imported(self) -> str:
        """The file that `import memory_profiler` gives, relative to where packages lie."""
        answer = self.run("python", "-c", "import memory_profiler; print(memory_profiler.__file__)")
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip().partition("site-packages/")[2]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The original's wheel, fetched once, or one like it; the registry serves nothing else."""
    directory = tmp_path_factory.mktemp("original")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(directory)]
    with suppress(subprocess.TimeoutExpired, StopIteration):
        subprocess.run(
            [*command, "--retries", "1", "--timeout", "20", ORIGINAL],
            capture_output=True,
            check=False,
            timeout=60,
        )
        return next(directory.glob("*.whl"))
    return stand_in(directory)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "environment")


@pytest.fixture
def install(environment: Environment) -> Callable[[Path], None]:
    # Without its dependency: importing ours must not need it.
    return lambda wheel: environment.pip("install", "--no-index", "--no-deps", str(wheel))


def assert_ours_in_full(environment: Environment) -> None:
    assert environment.imported() == "memory_profiler/__init__.py"
    version = _version.__version__
    assert environment.run("peakline", "--version").stdout == f"peakline {version}\n"
    assert environment.run("mprof", "--version").stdout.startswith(f"mprof {version} ")
    assert environment.run("peakline", "doctor").returncode == 0


def assert_told_what_to_do(environment: Environment) -> None:
    """The original's uninstallation took the script mprof with it; all else is whole."""
    assert not (environment.bin / "mprof").exists()
    assert environment.imported() == "memory_profiler/__init__.py"
    by_module = environment.run("python", "-m", "mprof", "--version")
    assert by_module.stdout.startswith(f"mprof {_version.__version__} ")
    doctor = environment.run("peakline", "doctor")
    assert doctor.returncode == 1
    (line,) = [line for line in doctor.stdout.splitlines() if line.startswith("bad")]
    assert "mprof missing" in line
    assert "pip install --force-reinstall --no-deps peakline" in line


Install = Callable[[Path], None]


def test_ours_alone_works(environment: Environment, install: Install, wheel: Path) -> None:
    install(wheel)
    assert_ours_in_full(environment)


def test_the_original_installed_before_ours_is_replaced(
    environment: Environment, install: Install, wheel: Path, original: Path
) -> None:
    install(original)
    assert "from mprof import main" in (environment.bin / "mprof").read_text()
    install(wheel)
    assert_ours_in_full(environment)


def test_the_original_installed_after_ours_changes_nothing(
    environment: Environment, install: Install, wheel: Path, original: Path
) -> None:
    install(wheel)
    install(original)
    assert "from mprof import main" in (environment.bin / "mprof").read_text()
    assert_ours_in_full(environment)


@pytest.mark.parametrize("order", ["original first", "ours first"])
def test_the_original_uninstalled_from_beside_ours_leaves_ours_working(
    environment: Environment, install: Install, wheel: Path, original: Path, order: str
) -> None:
    for each in [original, wheel] if order == "original first" else [wheel, original]:
        install(each)
    environment.pip("uninstall", "-y", "memory-profiler")
    assert_told_what_to_do(environment)
    environment.pip("install", "--no-index", "--no-deps", "--force-reinstall", str(wheel))
    assert_ours_in_full(environment)


def test_the_original_uninstalled_before_ours_comes_leaves_nothing_behind(
    environment: Environment, install: Install, wheel: Path, original: Path
) -> None:
    install(original)
    environment.pip("uninstall", "-y", "memory-profiler")
    install(wheel)
    assert_ours_in_full(environment)


def test_ours_uninstalled_gives_the_original_its_modules_back(
    environment: Environment, install: Install, wheel: Path, original: Path
) -> None:
    install(original)
    install(wheel)
    environment.pip("uninstall", "-y", "peakline")
    packages = next(environment.bin.parent.glob("lib/python*/site-packages"))
    assert (packages / "memory_profiler.py").is_file()
    assert not list((packages / "memory_profiler").glob("*.py"))
