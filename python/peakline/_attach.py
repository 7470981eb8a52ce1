# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What `peakline attach` and `peakline detach` run in a process that was started without Peakline.

It runs on a thread of its own, which is not one of `threading`'s and ends right after.
"""

from __future__ import annotations

import os
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from peakline._record import Recording

_recordings: dict[str, Recording] = {}
"""By the captures that they go to, as the system has their names."""

_errands = RLock()
"""Held while an errand runs. A child that is forked meanwhile would wait for ever for the modules
that are just being imported, so who forks waits for it, though not for long."""


def _after_fork() -> None:
    if _errands._is_owned():  # type: ignore[attr-defined]
        _errands.release()


os.register_at_fork(
    before=lambda: _errands.acquire(timeout=1),
    after_in_parent=_after_fork,
    after_in_child=_errands._at_fork_reinit,  # type: ignore[attr-defined]
)


def begin(path: str, sample: int, max_size: int) -> str:
    """Begins to record into a capture: "+", or "-" and why not, as the end of a sentence."""
    with _errands:
        from peakline._record import Recording

        recording = Recording(path, sample, max_size, source=False)
        try:
            recording.start()
        except FileExistsError:
            return f"-{path} is there already: name another file with -o"
        except OSError as error:
            return f"-{path} cannot be written by it ({error.strerror}): name another with -o"
        except RuntimeError as error:
            # Why nothing can be recorded here, in a sentence.
            return f"-{error}"
        _recordings[path] = recording
        return "+"


def end(path: str | None) -> str:
    """Ends the recording into a capture, or all; "+", and the captures in hexadecimal digits."""
    with _errands:
        paths = [path] if path in _recordings else [] if path else list(_recordings)
        ended = [path for path in paths if _recordings.pop(path).end()]
        return "+" + " ".join(os.fsencode(path).hex() for path in ended)
