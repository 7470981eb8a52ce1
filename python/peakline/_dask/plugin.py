# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""What is registered with the scheduler: it begins a recording in a worker, and ends it."""

from __future__ import annotations

import contextlib
from typing import Any

from distributed import WorkerPlugin


def plugin(token: str, interval: int, max_size: int) -> WorkerPlugin:
    """The plugin of the recording `token`, whose workers say how it went as events of that topic.

    Its class is made here, so that it is sent by value: a worker without Peakline can load it, too,
    and starts as ever. Nothing that fails in it reaches the worker.
    """

    class RecordsWorker(WorkerPlugin):  # type: ignore[misc]
        def setup(self, worker: Any) -> None:
            import os
            import socket

            facts: dict[str, Any] = {"process": os.getpid(), "host": socket.gethostname()}
            try:
                facts["worker"], facts["name"] = str(worker.address), str(worker.name)
                from peakline._dask import worker as here

                facts["path"] = here.begin(token, facts["worker"], interval, max_size)
            except ImportError as error:
                facts["error"] = f"no suitable Peakline is installed there ({error})"
            except Exception as error:
                facts["error"] = str(error) or type(error).__name__
            # Without it the worker is missing in the capture, and in the warnings.
            with contextlib.suppress(Exception):
                worker.log_event(token, facts)

        def teardown(self, worker: Any) -> None:
            try:
                from peakline._dask import worker as here

                here.end(token, str(worker.address))
            except Exception:
                pass  # Who collects the captures finds out.

    return RecordsWorker()
