"""Regular expressions that are compiled when they are used first."""

from __future__ import annotations

import re
from typing import AnyStr, Generic, cast


def regex_on_use(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` makes, later: a run uses a few of the four hundred patterns that its modules name.

    A mistake in the pattern is found at the first use. The result is no instance of `re.Pattern`, and no
    argument for the functions of `re`: call its methods.
    """
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Pattern(Generic[AnyStr]):
    def __init__(self, text: AnyStr, flags: int) -> None:
        self.pattern: AnyStr = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        made = re.compile(self.pattern, self._flags)
        # From now on they are found here, as fast as those of the compiled pattern.
        self.__dict__.update((method, getattr(made, method)) for method in _METHODS)
        return getattr(made, name)
