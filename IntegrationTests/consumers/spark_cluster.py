# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""A standalone Spark master and its workers, on loopback, from the package as pip installs it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_SECONDS = 90


def settings() -> dict[str, str]:
    """The environment of Spark's processes."""
    return {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}


@contextlib.contextmanager
def cluster(folder: Path, environment: dict[str, str], workers: int = 2) -> Iterator[str]:
    """Runs while the block does; gives the master's URL."""
    import pyspark

    run = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    environment = {**environment, **settings(), "SPARK_NO_DAEMONIZE": "1"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    package = "org.apache.spark.deploy"
    address = ("--host", "127.0.0.1", "--webui-port", "0")
    commands = [[run, f"{package}.master.Master", *address, "--port", str(port)]]
    commands += [
        [
            *(run, f"{package}.worker.Worker", *address, "--cores", "1", "--memory", "1g"),
            *("--work-dir", str(folder / f"worker{number}"), master),
        ]
        for number in range(workers)
    ]
    processes = []
    try:
        for number, command in enumerate(commands):
            log = folder / f"spark{number}.log"
            with log.open("w") as out:
                processes.append(
                    subprocess.Popen(
                        command,
                        env=environment,
                        stdout=out,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
            _wait_for(log, "I have been elected leader" if number == 0 else "Successfully regist")
        yield master
    finally:
        for process in reversed(processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _wait_for(log: Path, sentence: str) -> None:
    until = time.monotonic() + _SECONDS
    while sentence not in log.read_text():
        if time.monotonic() > until:
            raise TimeoutError(f"Spark does not say {sentence!r}: {log.read_text()[-2000:]}")
        time.sleep(0.1)
