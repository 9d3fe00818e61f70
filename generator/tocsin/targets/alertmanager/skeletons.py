"""The skeletons of the templates, which stand beside this module."""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files


class Skeleton(string.Template):
    """A text with places such as `@{team}`: Go's templates use both braces and the dollar sign."""

    delimiter = "@"


@cache
def skeleton(name: str) -> Skeleton:
    """The skeleton in a file."""
    return Skeleton(files(__package__).joinpath(name).read_text(encoding="utf-8").rstrip("\n"))
