# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""One `-f NAME`: which functions it names, and which modules it could name.

`NAME` is a dotted name or a glob over one: `func`, `Class.method`, `Class` (its methods),
`module.func`, `package.module.*`, `outer.<locals>.inner` or just `outer.inner`, `<module>` for the
top level of the script.
"""

from __future__ import annotations

from peakline._functions import MODULE

_WILD = frozenset("*?[")


class Pattern:
    """A name, or a glob, given by the user."""

    __slots__ = ("is_glob", "parts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts = text.split(".")
        self.is_glob = _is_wild(text)

    def matches(self, module: str, name: str, *, is_function: bool = True) -> bool:
        """Whether it names the function `name` of `module`; an empty module stands for the script.

        What is no function (a lambda, a class body, the top level) must be named by its `<…>`.
        """
        if not is_function and name != MODULE and not self.parts[-1].startswith("<"):
            return False
        if name == MODULE and self.parts[-1] != MODULE:
            return False
        prefix = f"{module}." if module else ""
        full, short = prefix + name, prefix + name.replace(".<locals>", "")
        if self.is_glob:
            from fnmatch import fnmatchcase

            return fnmatchcase(full, self.text) or fnmatchcase(short, self.text)
        return self.text in (full, short) or self._names_class_of(full, prefix)

    def _names_class_of(self, full: str, prefix: str) -> bool:
        is_below = full.startswith(self.text + ".") and self.text.startswith(prefix)
        return is_below and len(self.text) > len(prefix) and "<" not in full[len(self.text) :]

    def may_name(self, module: str) -> bool:
        """Whether it could name something in `module`.

        Its first part must name the top package: `*.run` is about the script, not about all that it
        imports.
        """
        if self.text.startswith("*"):
            return False
        module_parts = module.split(".")
        for position, part in enumerate(module_parts):
            if position >= len(self.parts):
                return False
            pattern = self.parts[position]
            if _is_wild(pattern):
                from fnmatch import fnmatchcase

                if not fnmatchcase(part, pattern):
                    return False
                if "*" in pattern:  # it matches dots, and so any deeper module
                    return True
            elif part != pattern:
                return False
        return len(self.parts) > len(module_parts)


def _is_wild(text: str) -> bool:
    return not _WILD.isdisjoint(text)
