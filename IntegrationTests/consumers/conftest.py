# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What the consumers' tests share: see README.md on how to run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
# Memory of known size, and the reader of tables.
sys.path.append(str(HERE.parent.parent / "python" / "tests"))


def pytest_configure(config: pytest.Config) -> None:
    """Known markers: joblib's helpers use one of a plugin."""
    config.addinivalue_line("markers", "timeout: of pytest-timeout")


@pytest.fixture(autouse=True, scope="session")
def _memory_profiler_is_ours() -> None:
    """A consumer that found the original would prove nothing."""
    asked = subprocess.run(
        [sys.executable, "-c", "import memory_profiler as m; print(m.LineProfiler.__module__)"],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=HERE,
    )
    if asked.stdout.strip() != "memory_profiler._line_profiler":
        pytest.fail(f"Peakline's memory_profiler is not the one that is imported: {asked}")


def environment(**more: str) -> dict[str, str]:
    """What the programs run in: as it is here, but for what would be seen in their figures."""
    import peakline

    clean = {name: value for name, value in os.environ.items() if not name.startswith("PEAKLINE")}
    packages = str(Path(peakline.__file__).resolve().parent.parent)
    return {**clean, "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1", **more}


@pytest.fixture
def program() -> Any:
    """Runs this Python with arguments in a folder; what it printed. Its status must be of those."""

    def run(folder: Path, *arguments: object, status: tuple[int, ...] = (0,), **more: str) -> str:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            env=environment(**more),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode in status, done.stdout + done.stderr
        return done.stdout

    return run
