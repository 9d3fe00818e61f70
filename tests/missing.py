"""What a test needs and a machine may not have, and how to get it."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_CORPORA = "no corpora of real files: TOCSIN_CORPORA names their folder, or they are at ../shared/corpora"
NO_ORIGINAL = "no original files of ConectCRM: they are at ../shared/seed where they are shared"
HOW_PROGRAMS = "`make engines` fetches it where there is apt; elsewhere put it on PATH"


def missing(reason: str) -> NoReturn:
    """Skip a test for want of something; in CI, where all of it has to be there, the test fails.

    `reason` names the thing first, and after a colon how to get it.
    """
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def lines(reports: Iterable[Any]) -> list[str]:
    """A line for each reason for which tests were skipped, with how many these are."""
    reasons = Counter(
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr).removeprefix(
            "Skipped: "
        )
        for report in reports
    )
    return [
        f"{count:4} {'test' if count == 1 else 'tests'}: {reason}" for reason, count in reasons.most_common()
    ]
