# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs with a known statement table: (name, least Python version, source, {line: occurrences}).

Each source defines `f`, the function that is watched, and `drive()`, which exercises it. Lines are
counted from 1 in the source as it stands here. The figures are what a reader of the source would
count; no Python version is the truth.
"""

from __future__ import annotations

CORPUS: list[tuple[str, tuple[int, int], str, dict[int, int]]] = []


def program(
    name: str, source: str, table: dict[int, int], since: tuple[int, int] = (3, 10)
) -> None:
    CORPUS.append((name, since, source, table))


# MARK: Simple statements

program(
    "a plain function",
    """\
def f(x):
    y = x + 1
    return y
def drive():
    f(1); f(2)
""",
    {1: 2, 2: 2, 3: 2},
)

program(
    "several statements on a line",
    """\
def f(x):
    a = 1; b = 2; c = 3
    if x: y = 1
    for i in range(3): x += i
    while x > 0: x -= 1
    a = (1,
         2); b = (3,
                  4)
    return a
def drive():
    f(1)
""",
    {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 9: 1},
)

program(
    "the whole function on one line",
    """\
def f(x): y = x; return y
def drive():
    f(1); f(2)
""",
    {1: 2},
)

program(
    "a docstring and constants",
    """\
def f():
    \"\"\"Says
    nothing.\"\"\"
    x = 1

    # a comment
    return x
def drive():
    f()
""",
    {1: 1, 4: 1, 7: 1},
)

program(
    "calls, strings and displays over several lines",
    """\
def g(*a, **k):
    return a
def f(x):
    y = g(
        x,
        g(1,
          2),
        k=g(
            3
        ),
    )
    z = \"\"\"one
    {}
    three\"\"\".format(
        x
    )
    d = {
        'a': g(1),
        'b': [
            g(2),
        ],
    }
    w = x + \\
        g(1)[0] + \\
        x
    g(
        d, w)
    return (y,
            z)
def drive():
    f(1)
""",
    {3: 1, 4: 1, 12: 1, 17: 1, 23: 1, 26: 1, 28: 1},
)

program(
    "conditional expressions over several lines",
    """\
def g(v):
    return v
def f(x):
    y = (g(1)
         if g(x)
         else g(2))
    z = (g(0) or
         g(0) or
         g(x))
    assert (g(1) and
            g(2)), g(
                3)
    return y
def drive():
    f(0); f(1)
""",
    {3: 2, 4: 2, 7: 2, 10: 2, 13: 2},
)

program(
    "assignment of attributes, items and unpacking over lines",
    """\
class O: pass
def f(o):
    o.a = \\
        1
    (o.b,
     o.c) = (
        2,
        3)
    d = {}
    d[
        'k'
    ] = 4
    d['k'] += (
        5)
    del (
        o.a,
        d)
    x: int = (
        1)
def drive():
    f(O())
""",
    {2: 1, 3: 1, 5: 1, 9: 1, 10: 1, 13: 1, 15: 1, 18: 1},
)

program(
    "f-strings over several lines",
    """\
def g(v):
    return v
def f(x):
    y = (f'{g(x)} '
         f'{g(x)!r:>{g(10)}} '
         'end')
    z = f'''{g(
        x)}
        {g(x)}
    '''
    return y + z
def drive():
    f(1)
""",
    {3: 1, 4: 1, 7: 1, 11: 1},
)

program(
    "imports and global statements",
    """\
def f():
    global counter
    import os, \\
        sys
    from os import (
        path,
        sep,
    )
    counter = 1
    pass
def drive():
    f()
""",
    {1: 1, 3: 1, 5: 1, 9: 1, 10: 1},
)

# MARK: Comprehensions and lambdas

program(
    "comprehensions over several lines",
    """\
def f(data):
    a = [x
         for x in data
         if x]
    b = {
        x: x + 1
        for x in data
    }
    c = {x for x in data}
    d = [(x, y)
         for x in data
         for y in a
         if (x and
             y)]
    e = sum(
        x
        for x in data)
    return [
        [y for y in a]
        for x in data]
def drive():
    f([1, 2, 3, 0])
""",
    {1: 1, 2: 1, 5: 1, 9: 1, 10: 1, 15: 1, 18: 1},
)

program(
    "a comprehension that raises",
    """\
def f(data):
    try:
        a = [1 / x
             for x in data]
    except ZeroDivisionError:
        a = None
    return a
def drive():
    f([1, 2, 0])
""",
    {1: 1, 2: 1, 3: 1, 5: 1, 6: 1, 7: 1},
)

program(
    "lambdas over several lines",
    """\
def f(data):
    key = lambda v: (
        -v
    )
    data = sorted(data, key=lambda v: (
        v,
        key(v)))
    return [*map(key,
                 data)]
def drive():
    f([3, 1, 2])
""",
    {1: 1, 2: 1, 5: 1, 8: 1},
)

program(
    "a lambda itself",
    """\
f = lambda x: (
    x +
    x
)
def drive():
    f(1); f(2)
""",
    {1: 2},
)

program(
    "the walrus",
    """\
def f(data):
    while (x := (
            data.pop() if data
            else None)) is not None:
        y = x
    if (n := 10) > 5: n += 1
    return [m
            for v in range(3)
            if (m := v)]
def drive():
    f([1, 2, 3])
""",
    {1: 1, 2: 4, 5: 3, 6: 1, 7: 1},
)

# MARK: Branches and loops

program(
    "if, elif, else",
    """\
def f(x):
    if x == 0:
        y = 0
    elif x == 1:
        y = 1
    elif (x == 2 or
          x == 3):
        y = 2
    else:
        y = 3
    return y
def drive():
    for x in range(5): f(x)
""",
    {1: 5, 2: 5, 3: 1, 4: 4, 5: 1, 6: 3, 8: 2, 10: 1, 11: 5},
)

program(
    "conditions over several lines",
    """\
def f(a, b):
    if (a or
        b or
        1):
        x = 1
    if a and \\
       b:
        x = 2
    if not (a
            and b):
        x = 3
def drive():
    f(0, 0); f(1, 0); f(1, 1)
""",
    {1: 3, 2: 3, 5: 3, 6: 3, 8: 1, 9: 3, 11: 2},
)

program(
    "a loop of ten with a condition of two lines",
    """\
def f(n):
    while True:
        if n > 3 and \\
           n > 5:
            n -= 1
        else:
            n -= 2
        if n <= 0:
            break
    return n
def drive():
    f(10)
""",
    {1: 1, 2: 8, 3: 8, 5: 5, 7: 3, 8: 8, 9: 1, 10: 1},
)

program(
    "for with continue, break and else",
    """\
def f(n):
    for i in range(n):
        if i == 1:
            continue
        if i == 4:
            break
    else:
        n = -1
    return n
def drive():
    f(3); f(10)
""",
    {1: 2, 2: 9, 3: 8, 4: 2, 5: 6, 6: 1, 8: 1, 9: 2},
)

program(
    "a for header over several lines",
    """\
def f():
    for (
        i,
        j
    ) in zip(
        [1, 2],
        [3, 4],
    ):
        x = i
    for k in (
        1,
        2,
    ): x = k
    for i in range(2):
        pass
def drive():
    f()
""",
    {1: 1, 2: 3, 9: 2, 10: 1, 14: 3, 15: 2},
)

program(
    "while with else",
    """\
def f(n):
    while n:
        n -= 1
    else:
        n = 5
    while (n and
           n > 2):
        n -= 1
    return n
def drive():
    f(3)
""",
    {1: 1, 2: 4, 3: 3, 5: 1, 6: 4, 8: 3, 9: 1},
)

program(
    "nested loops that end in continue",
    """\
def f(n):
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            k = i
def drive():
    f(3)
""",
    {1: 1, 2: 4, 3: 12, 4: 9, 5: 3, 6: 6},
)

program(
    "return out of loops",
    """\
def f(n):
    for i in range(n):
        while i:
            if i == 2:
                return i
            i -= 1
    return None
def drive():
    f(2); f(4)
""",
    {1: 2, 2: 6, 3: 7, 4: 3, 5: 1, 6: 2, 7: 1},
)

# MARK: try, with

program(
    "try, except, else, finally",
    """\
def f(x):
    try:
        y = 1 / x
    except (ZeroDivisionError,
            KeyError) as error:
        y = 0
    except TypeError:
        y = 2
    else:
        y = 3
    finally:
        z = 1
    return y
def drive():
    f(0); f(1); f('a')
""",
    {1: 3, 2: 3, 3: 3, 4: 2, 6: 1, 7: 1, 8: 1, 10: 1, 12: 3, 13: 3},
)

program(
    "finally after return, break, continue and raise",
    """\
def f(kind):
    for i in range(2):
        try:
            if kind == 'return': return i
            if kind == 'break': break
            if kind == 'continue': continue
            if kind == 'raise': raise ValueError
            x = 1
        finally:
            y = 2
            z = 3
def drive():
    f('return'); f('break'); f('continue'); f('')
    try:
        f('raise')
    except ValueError:
        pass
""",
    {1: 5, 2: 9, 3: 7, 4: 7, 5: 6, 6: 5, 7: 3, 8: 2, 10: 7, 11: 7},
)

program(
    "an exception that leaves the function",
    """\
def g():
    raise KeyError(
        'x')
def f(x):
    y = 1
    g() if x else (
        0)
    return y
def drive():
    try:
        f(1)
    except KeyError:
        pass
    f(0)
""",
    {4: 2, 5: 2, 6: 2, 8: 1},
)

program(
    "raise and re-raise",
    """\
def f():
    try:
        try:
            raise ValueError(
                1)
        except ValueError as error:
            raise KeyError from (
                error)
    except KeyError:
        pass
    try:
        raise TypeError
    except TypeError:
        try:
            raise
        except TypeError:
            x = 1
    return x
def drive():
    f()
""",
    {
        1: 1,
        2: 1,
        3: 1,
        4: 1,
        6: 1,
        7: 1,
        9: 1,
        10: 1,
        11: 1,
        12: 1,
        13: 1,
        14: 1,
        15: 1,
        16: 1,
        17: 1,
        18: 1,
    },
)

program(
    "with over one and several lines",
    """\
class CM:
    def __init__(self, swallow=False): self.swallow = swallow
    def __enter__(self): return self
    def __exit__(self, *a): return self.swallow
def f():
    with CM() as a:
        x = 1
    with (CM() as a,
          CM() as b):
        x = 2
    with CM() as a, \\
         CM() as b:
        x = 3
    with CM(): x = 4
    with CM(True):
        raise ValueError
    return x
def drive():
    f()
""",
    {5: 1, 6: 2, 7: 1, 8: 2, 10: 1, 11: 2, 13: 1, 14: 1, 15: 2, 16: 1, 17: 1},
)

program(
    "return out of with",
    """\
class CM:
    def __enter__(self): return self
    def __exit__(self, *a): return False
def f(x):
    with CM():
        if x:
            return 1
    for i in range(2):
        with CM():
            continue
    try:
        with CM():
            raise ValueError
    except ValueError:
        pass
def drive():
    f(0); f(1)
""",
    {4: 2, 5: 4, 6: 2, 7: 1, 8: 3, 9: 4, 10: 2, 11: 1, 12: 2, 13: 1, 14: 1, 15: 1},
)

program(
    "except star",
    """\
def f():
    try:
        raise ExceptionGroup('g', [
            ValueError(), TypeError()])
    except* ValueError as group:
        x = 1
    except* (TypeError,
             KeyError):
        x = 2
    return x
def drive():
    f()
""",
    {1: 1, 2: 1, 3: 1, 5: 1, 6: 1, 7: 1, 9: 1, 10: 1},
    (3, 11),
)

# MARK: match

program(
    "match with cases over several lines",
    """\
def f(v):
    match (v,
           1):
        case (1, 1):
            x = 1
        case (
            (2 |
             3), 1
        ):
            x = 2
        case (
            4, _
        ) if (x :=
              0):
            x = 3
        case ('a', y) if y: x = 4
        case _:
            x = 5
    return x
def drive():
    f(1); f(3); f(4); f('a'); f(9)
""",
    {1: 5, 2: 5, 4: 5, 5: 1, 6: 4, 10: 1, 11: 3, 16: 3, 17: 2, 18: 2, 19: 5},
)

program(
    "a grouped pattern below its keyword",
    """\
def f(v):
    match v:
        case 1:
            x = 1
        # case of the others
        case (
            2 | 3
        ):
            x = 2
def drive():
    f(1); f(3); f(9)
""",
    {1: 3, 2: 3, 3: 3, 4: 1, 6: 2, 9: 1},
)

# MARK: Definitions inside

program(
    "nested definitions with decorators",
    """\
def deco(*a):
    return lambda g: g
def f():
    @deco(1)
    @deco(
        2)
    def g(a,
          b=[
              1]):
        x = 1

        return x
    @deco()
    class C(
            object):
        y = 1
        def m(self): return 2
    def h(): return 3
    async def k():
        await None
    return g(1, 2), h(), C().m()
def drive():
    f()
""",
    {3: 1, 7: 1, 14: 1, 18: 1, 19: 1, 21: 1},
)

program(
    "a decorated function over several lines",
    """\
def deco(*a):
    return lambda g: g
@deco(1,
      2)
@deco()
def f(a,
      b=1):
    # nothing

    return a
def drive():
    f(1); f(2)
""",
    {3: 2, 10: 2},
)

program(
    "closures and recursion",
    """\
def f(n):
    total = n
    def add(k):
        nonlocal total
        total += k
    if n:
        f(n - 1)
    add(1)
    return total
def drive():
    f(3)
""",
    {1: 4, 2: 4, 3: 4, 6: 4, 7: 3, 8: 4, 9: 4},
)

program(
    "type parameters",
    """\
def f():
    def g[T: (
        int, str)](x: T) -> T:
        return x
    class C[T](
            list[T]):
        pass
    type A[T] = list[
        T]
    return g(1), A
def drive():
    f()
""",
    {1: 1, 2: 1, 5: 1, 8: 1, 10: 1},
    (3, 12),
)

# MARK: Generators and coroutines

program(
    "a generator consumed, closed and thrown into",
    """\
def f(n):
    try:
        for i in range(n):
            x = yield (
                i)
            y = x
    except ValueError:
        yield 'caught'
    finally:
        z = 1
def drive():
    list(f(3))
    g = f(3); next(g); g.close()
    g = f(3); next(g); g.throw(ValueError()); list(g)
    g = f(3); next(g); del g
""",
    {1: 4, 2: 4, 3: 7, 4: 6, 6: 3, 7: 3, 8: 1, 10: 4},
)

program(
    "yield from and a generator of one line",
    """\
def g(n):
    yield from range(n)
def f(n):
    x = yield from g(
        n)
    for i in g(n): yield i
    while n: yield n; n -= 1
    return x
def drive():
    list(f(3))
""",
    {3: 1, 4: 1, 6: 1, 7: 1, 8: 1},
)

program(
    "two generators in turns",
    """\
def f(n):
    for i in range(n):
        x = i
        yield x
def drive():
    list(zip(f(2), f(3)))
""",
    {1: 2, 2: 5, 3: 4, 4: 4},
)

program(
    "coroutines in turns",
    """\
import asyncio
class CM:
    async def __aenter__(self): await asyncio.sleep(0)
    async def __aexit__(self, *a): await asyncio.sleep(0)
async def numbers(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i
async def f(n):
    await asyncio.sleep(
        0)
    async with CM() as a, \\
            CM():
        x = 1
    async for i in numbers(
            n):
        x = i
    y = [i
         async for i in numbers(n)
         if i]
    for i in range(2): await asyncio.sleep(0)
    return y
async def main():
    await asyncio.gather(f(2), f(3))
    task = asyncio.create_task(f(1))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
def drive():
    asyncio.run(main())
""",
    {9: 3, 10: 3, 12: 4, 14: 2, 15: 7, 17: 5, 18: 2, 21: 2, 22: 2},
)

program(
    "an asynchronous generator",
    """\
import asyncio
async def f(n):
    for i in range(n):
        await asyncio.sleep(0)
        try:
            yield (
                i)
        finally:
            x = i
async def main():
    async for i in f(2): pass
    g = f(5)
    await g.asend(None)
    await g.aclose()
def drive():
    asyncio.run(main())
""",
    {2: 2, 3: 4, 4: 3, 5: 3, 6: 3, 9: 3},
)
