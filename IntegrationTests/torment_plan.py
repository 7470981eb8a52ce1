# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Which torture programs are run, and under which settings."""

from __future__ import annotations

from typing import NamedTuple

import environments


class Variant(NamedTuple):
    name: str = "plain"
    options: tuple[str, ...] = ()
    """The interpreter's."""
    variables: tuple[tuple[str, str], ...] = ()
    allocator: tuple[str, str] | None = None
    """Another malloc, preloaded: its library, and Debian's package."""
    witness: bool = True
    """Whether shim.c, which knows glibc's malloc only, stands behind the agent."""
    is_judged: bool = True
    """Whether the ledger can be true: not where tracemalloc was first, which keeps pointers to
    malloc and takes our hooks away when it stops. Output and end count in any case."""


class Program(NamedTuple):
    name: str
    variants: tuple[Variant, ...] = (Variant(),)
    seconds: int = 120
    arguments: tuple[str, ...] = ()
    pools_are_compared: bool = True
    late: bool = False
    """It starts the agent itself, where that is to be attached."""
    may_lose: int = 0
    """Events that the ledger may say it lost."""


# Nothing that glibc keeps for itself: mallinfo2 is then exact.
EXACT = ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1")


def _memory(way: str) -> Variant:
    return Variant(f"PYTHONMALLOC={way}", variables=(("PYTHONMALLOC", way),))


ALLOCATORS = (
    Variant(),
    Variant("as shipped", witness=False),
    Variant("mallinfo2 exact", variables=(EXACT,), witness=False),
    _memory("malloc"),
    _memory("debug"),
    _memory("malloc_debug"),
    _memory("pymalloc"),
    _memory("pymalloc_debug"),
    Variant("-X dev", ("-X", "dev")),
    Variant("-X tracemalloc", ("-X", "tracemalloc=5"), is_judged=False),
    Variant("MALLOC_PERTURB_", variables=(("MALLOC_PERTURB_", "165"),)),
    Variant("jemalloc", allocator=("libjemalloc", "libjemalloc2"), witness=False),
    Variant("tcmalloc", allocator=("libtcmalloc_minimal", "libtcmalloc-minimal4"), witness=False),
)

BOTH = (Variant(), Variant("mallinfo2 exact", variables=(EXACT,), witness=False))

PROGRAMS = (
    Program("edges", (*BOTH, ALLOCATORS[-1])),
    Program(
        "realloc", (*BOTH, _memory("malloc"), _memory("debug"), Variant("-X dev", ("-X", "dev")))
    ),
    Program("workload", ALLOCATORS),
    Program(
        "arenas",
        (*BOTH, _memory("malloc"), Variant("tracemalloc", ("-X", "tracemalloc"), is_judged=False)),
    ),
    Program("maps"),
    Program("threads_dying", (*BOTH, Variant("as shipped", witness=False), ALLOCATORS[-2])),
    Program("fork_storm", (*BOTH, ALLOCATORS[-2])),
    Program("children", BOTH),
    Program("programs"),
    Program("signals", BOTH, seconds=40),
    Program("plugs", BOTH),
    Program("operators", BOTH),
    Program("tracers"),
    Program(
        "tracemalloc_around",
        (*BOTH, _memory("debug"), Variant("before", ("-X", "tracemalloc"), is_judged=False)),
    ),
    Program("subinterpreters", (*BOTH, _memory("malloc"), _memory("debug")), arguments=("shared",)),
    # CPython 3.12 and 3.13 never give the arenas of such interpreters back, and report on the main
    # interpreter's pools only: what was not freed in the others is in the ledger, rightly, alone.
    Program(
        "subinterpreters",
        (*BOTH, _memory("malloc"), _memory("debug")),
        arguments=("isolated",),
        pools_are_compared=False,
    ),
    Program("daemons", (*BOTH, _memory("debug"), Variant("as shipped", witness=False))),
    Program(
        "limits",
        (
            Variant(witness=False),
            Variant("PYTHONMALLOC=malloc", (), (("PYTHONMALLOC", "malloc"),), None, False),
        ),
        # The one in flight when there is no arena for the first time.
        may_lose=1,
    ),
    Program("late", BOTH, late=True),
    Program("recursion"),
    Program("overflow"),
    Program("descriptors"),
)


def libraries() -> None:
    """Compiles every C part, where the programs look for them."""
    for name in ("truth", "shim", "threads", "maps", "edges", "signals", "spawn", "cxx"):
        environments.library(name)
    here, below = "-Wl,-rpath,$ORIGIN/below", "-Wl,--enable-new-dtags"
    for folder in ("plugs/below", "plugs"):
        (environments.BUILD / "native" / folder).mkdir(parents=True, exist_ok=True)
    environments.compiled("plug", "plugs/below/libplugdependency.so", "-DDEPENDENCY")
    environments.compiled("plug", "plugs/below/libplugfriend.so", "-DFRIEND")
    found = f"-L{environments.BUILD / 'native' / 'plugs' / 'below'}"
    environments.compiled("plug", "plugs/libplug.so", found, "-lplugdependency", here, below)
