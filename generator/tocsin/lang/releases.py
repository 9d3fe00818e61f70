"""Versions of programs, such as `3.5` or `0.33.1`, as far as they say what a release knows."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.lang.errors import LangError

_VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}(?:\.[0-9]{1,6})?")


# Asked for each query and each template.
@lru_cache(maxsize=256)
def release(version: str, example: str = "3.5") -> tuple[int, int]:
    """Major and minor number of a version such as `0.28` or `0.33.1`; LangError for any other text."""
    span = (0, len(version))
    if _VERSION.fullmatch(version) is None:
        meant = version.strip().lower().removeprefix("v").split("-")[0]
        if meant != version and _VERSION.fullmatch(meant):
            raise LangError(f"`{version}` is not a version", span, f'write `"{meant}"`', meant)
        raise LangError(f"`{version}` is not a version", span, f'write for example `"{example}"`')
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def check_supported(program: str, oldest: str, version: str) -> None:
    """LangError for a release of a program that is older than the oldest one that is supported."""
    if release(version, oldest) < release(oldest):
        reason = f"Tocsin writes for {program} {oldest} and newer"
        raise LangError(reason, (0, len(version)), f'write `"{oldest}"`, and use that release', oldest)
