# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Wraps whatever can be decorated, and gives back the same kind of thing.

A function comes back as a function of its kind, a method as a method, a property as a property, a
partial as a partial, and a class as itself, with the functions it defines wrapped in place. What
holds no Python code of its own (builtins, functions of C extensions) comes back unchanged, with a
warning that says what to profile instead.
"""

from __future__ import annotations

import functools
import sys
from types import CodeType, FunctionType, MethodType

from peakline import _wrappers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from peakline._wrappers import OpenCall

_PACKAGES = ("peakline", "memory_profiler")
_MEMBERS = (
    FunctionType,
    staticmethod,
    classmethod,
    property,
    functools.cached_property,
    functools.partialmethod,
    functools.singledispatchmethod,
)


def wrap(target: Any, open_call: OpenCall) -> Any:
    """`target`, recorded: each call opens one `_wrappers.Recording` by `open_call(function)`.

    Raises TypeError for what can be neither called nor looked up as a method.
    """
    if isinstance(target, FunctionType):
        return _function(target, open_call)
    if isinstance(target, type):
        return _class(target, open_call)
    if isinstance(target, MethodType):
        return MethodType(wrap(target.__func__, open_call), target.__self__)
    if isinstance(target, (staticmethod, classmethod)):
        return type(target)(wrap(target.__func__, open_call))
    if isinstance(target, property):
        return _property(target, open_call)
    if isinstance(target, functools.cached_property):
        target.func = wrap(target.func, open_call)
        return target
    if isinstance(target, (functools.partial, functools.partialmethod)):
        return _partial(target, open_call)
    if isinstance(target, functools.singledispatchmethod):
        _implementations(target.dispatcher, open_call)
        target.func = target.dispatcher.registry.get(object, target.func)
        return target
    if not callable(target):
        raise TypeError(
            f"a function, a class or something else that can be called is needed, not {target!r}"
        )
    return _callable(target, open_call)


def codes_of(target: Any) -> list[CodeType]:
    """The code objects that calls of `target`, or of what `wrap` makes of it, run; each once."""
    codes: dict[int, CodeType] = {}
    waiting = [target]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, FunctionType) and not _stands_for_others(each):
            codes[id(each.__code__)] = each.__code__
        else:
            waiting.extend(reversed(list(_inside(each))))
    return list(codes.values())


def _inside(target: Any) -> Iterator[Any]:
    """The objects whose code `target` runs, for one that is not a plain function."""
    if isinstance(target, FunctionType):
        registry = getattr(target, "registry", None)
        if registry is not None:
            yield from registry.values()
        else:
            yield target.__wrapped__  # type: ignore[attr-defined]
    elif isinstance(target, type):
        yield from (value for _, value in _own_members(target))
    elif isinstance(target, (MethodType, staticmethod, classmethod)):
        yield target.__func__
    elif isinstance(target, property):
        yield from (part for part in (target.fget, target.fset, target.fdel) if part is not None)
    elif isinstance(target, functools.singledispatchmethod):
        yield from target.dispatcher.registry.values()
    elif isinstance(
        target, (functools.cached_property, functools.partial, functools.partialmethod)
    ):
        yield target.func
    elif _is_cache(target):
        yield target.__wrapped__
    elif callable(target):
        call = _call_of(target)
        if call is not None:
            yield call


# MARK: Functions


def _function(target: FunctionType, open_call: OpenCall) -> FunctionType:
    if _is_dispatcher(target):
        _implementations(target, open_call)
        return target
    return _wrappers.around(target, target, open_call)


def _stands_for_others(function: FunctionType) -> bool:
    return _wrappers.is_wrapper(function) or _is_dispatcher(function)


def _is_dispatcher(function: FunctionType) -> bool:
    """Whether this is what `singledispatch` returns: the code that matters is in its registry."""
    return function.__code__.co_filename == functools.singledispatch.__code__.co_filename and all(
        hasattr(function, name) for name in ("registry", "dispatch", "register")
    )


def _implementations(dispatcher: Any, open_call: OpenCall) -> None:
    """Wraps what is registered so far; the decorator cannot know what will be."""
    for kind, implementation in list(dispatcher.registry.items()):
        dispatcher.register(kind, wrap(implementation, open_call))


def _is_cache(target: Any) -> bool:
    return isinstance(target, functools._lru_cache_wrapper)


def _callable(target: Any, open_call: OpenCall) -> Any:
    """A cached function, or an object whose class defines `__call__`."""
    if _is_cache(target):
        # The cache calls its function directly, so the recording goes around both: a hit runs no
        # line.
        function = _plain(target.__wrapped__)
        if function is not None:
            wrapper: Any = _wrappers.around(target, function, open_call)
            wrapper.cache_info = target.cache_info
            wrapper.cache_clear = target.cache_clear
            return wrapper
    call = _call_of(target)
    if call is not None:
        wrapper = _wrappers.around(target, call, open_call)
        if not hasattr(target, "__name__"):
            wrapper.__name__ = type(target).__name__
            wrapper.__qualname__ = type(target).__qualname__
        return wrapper
    warn_of_no_code(target)
    return target


def warn_of_no_code(target: Any) -> None:
    """Says that `target` cannot be measured, and what can."""
    _warn(
        f"Could not extract a code object for the object {target!r}: it is not written in Python, "
        "so it has no lines. Profile the Python function that calls it: the line of the call "
        "shows what it costs."
    )


def _call_of(target: Any) -> FunctionType | None:
    """The `__call__` that the object's class, or a base, defines in Python."""
    for base in type(target).__mro__:
        call = vars(base).get("__call__")
        if call is not None:
            return call if isinstance(call, FunctionType) else None
    return None


def _plain(target: Any) -> FunctionType | None:
    """The Python function below a cached one's decorators."""
    while _is_cache(target):
        target = target.__wrapped__
    return target if isinstance(target, FunctionType) else None


def _partial(target: Any, open_call: OpenCall) -> Any:
    again = type(target)(wrap(target.func, open_call), *target.args, **target.keywords)
    again.__dict__.update(
        (name, value) for name, value in vars(target).items() if name not in vars(again)
    )
    return again


def _property(target: property, open_call: OpenCall) -> property:
    accessors: tuple[Any, ...] = (target.fget, target.fset, target.fdel)
    get, put, delete = (
        part if part is None or _wrappers.is_wrapper(part) else wrap(part, open_call)
        for part in accessors
    )
    # Left out, the text is taken from the getter again, as it was.
    from_getter = target.fget is not None and target.__doc__ == target.fget.__doc__
    return type(target)(get, put, delete, None if from_getter else target.__doc__)


# MARK: Classes


def _class(target: type, open_call: OpenCall) -> type:
    """The class itself, what its body defines wrapped in place; what it inherits stays.

    A method that was decorated by itself keeps the wrapper, and the options, that it has.
    """
    found = False
    for name, value in _own_members(target):
        found = True
        wrapped = value if _is_wrapped(value) else wrap(value, open_call)
        if wrapped is value:
            continue
        try:
            setattr(target, name, wrapped)
        except (AttributeError, TypeError) as error:
            _warn(f"{target.__qualname__}.{name} cannot be profiled: {error}")
    if not found:
        _warn(
            f"Could not extract a code object for the object {target!r}: the class defines no "
            "Python function of its own. Profile the class that does, or the function that uses it."
        )
    return target


def _is_wrapped(value: Any) -> bool:
    if isinstance(value, FunctionType) and not _stands_for_others(value):
        return False
    return _wrappers.is_wrapper(value) or (
        not isinstance(value, type) and all(map(_wrappers.is_wrapper, _inside(value)))
    )


def _own_members(target: type) -> list[tuple[str, Any]]:
    """What the class's body defines: functions, methods of every sort, and classes nested in it."""
    members = []
    for name, value in list(vars(target).items()):
        if isinstance(value, type):
            if value.__qualname__ == f"{target.__qualname__}.{name}" and _own_members(value):
                members.append((name, value))
        elif isinstance(value, _MEMBERS) or _is_cache(value):
            members.append((name, value))
    written = [
        (name, value)
        for name, value in members
        if not (isinstance(value, FunctionType) and value.__module__ != target.__module__)
        and not _is_generated(value)
    ]
    # Of a class without any text all is generated: an exec'd one. A dataclass in a file is told by
    # its module.
    if written or hasattr(sys.modules.get(target.__module__), "__file__"):
        return written
    return members


def _is_generated(value: Any) -> bool:
    """Whether all the code was made from a string, like a dataclass's methods: it has no lines."""
    if isinstance(value, type):
        return False
    while isinstance(value, FunctionType) and hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    return all(
        code.co_filename == "<string>" or code.co_filename.startswith("<attrs generated")
        for code in codes_of(value)
    )


def _warn(message: str) -> None:
    """Warns at the line of the program that asked, whichever of our faces it came through."""
    import warnings

    level, frame = 1, sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith(_PACKAGES):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)
