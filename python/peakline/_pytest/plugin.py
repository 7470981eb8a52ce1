# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""The options and the markers. Pytest loads this wherever Peakline is installed, so it does little.

What measures is imported when an option or a marker asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from peakline._pytest.settings import Settings

_OPTIONS = (
    ("top", "N", "tests in the table, those with the highest peaks; 0: all (default: 10)"),
    ("lines", "N", "lines below each test in the table (default: 3)"),
    ("sample", "SIZE", "measure by samples, one in SIZE on average, instead of block by block"),
    ("captures", "DIR", "keep a capture of each test there, for 'peakline report'"),
    ("json", "FILE", "write the figures of all tests there"),
)

_MARKERS = (
    "limit_memory(limit, current_thread_only=False): fail the test if it holds as much at its peak"
    " (peakline).",
    "limit_leaks(location_limit, warmups=1, repetitions=3, filter_fn=None,"
    " current_thread_only=False): repeat the test, and fail it if a place holds so much more"
    " each time (peakline).",
)

_NAME = "peakline-measuring"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options, each also as a setting in pytest's configuration file."""
    group = parser.getgroup("peakline", "memory of tests (peakline)")
    about = "measure the memory of each test, and show which lines held it at the peak"
    group.addoption("--peakline", action="store_true", default=None, help=about)
    parser.addini("peakline", about, type="bool", default=False)
    for name, value, text in _OPTIONS:
        group.addoption(f"--peakline-{name}", metavar=value, default=None, help=text)
        parser.addini(f"peakline_{name}", text)


def pytest_configure(config: pytest.Config) -> None:
    """Declares the markers; measures all tests where that is asked for."""
    for line in _MARKERS:
        config.addinivalue_line("markers", line)
    asks = ("peakline", "peakline_captures", "peakline_json")
    is_asked = any(_value(config, name) for name in asks) or any(
        config.getoption(f"peakline_{name}") for name, _, _ in _OPTIONS
    )
    if is_asked and not config.option.collectonly:
        _load(config, measures_all=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Measures the tests that have a limit. Raises UsageError where one cannot be understood."""
    # Where pytest-memray is loaded, too, the markers are its own.
    if config.pluginmanager.hasplugin("memray"):
        return
    limited = [
        item
        for item in items
        if item.get_closest_marker("limit_memory") or item.get_closest_marker("limit_leaks")
    ]
    if limited:
        _load(config, measures_all=False)
        from peakline._pytest.limits import refuse_bad

        # A worker of pytest-xdist would end as if it had crashed: there, the test fails.
        if not hasattr(config, "workerinput"):
            refuse_bad(limited)


def _load(config: pytest.Config, *, measures_all: bool) -> None:
    if config.pluginmanager.hasplugin(_NAME):
        return
    from peakline._pytest.captures import Captures
    from peakline._pytest.collecting import Collecting
    from peakline._pytest.measuring import Measuring

    settings = _settings(config)
    captures = Captures.of(config, settings)
    plugins = config.pluginmanager
    plugins.register(Measuring(config, settings, captures, measures_all=measures_all), _NAME)
    if measures_all and not hasattr(config, "workerinput"):
        plugins.register(Collecting(config, settings, captures), "peakline-collecting")


def _settings(config: pytest.Config) -> Settings:
    from peakline._pytest.settings import Settings

    return Settings.of({name: _value(config, f"peakline_{name}") for name, _, _ in _OPTIONS})


def _value(config: pytest.Config, name: str) -> str | bool | None:
    """What the command line says, else the configuration file."""
    said: str | bool | None = config.getoption(name)
    found: str | bool | None = config.getini(name) if said is None else said
    return found
