"""Messages about the baseline of accepted findings."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted
from tocsin.diagnostics.model import Level

MESSAGES = (
    accepted(
        "baseline/gone",
        Level.INFO,
        """An entry of the baseline matches no finding any more.

        Why:
            It was fixed, or the alert was renamed or removed. Left where it is, the entry would accept the
            next finding of its check about an alert of that name. The baseline holds what is still to be
            fixed; what is right as it stands is better allowed next to the alert, with its reason.

        Fix:
            Run the command with `--accept`, with the paths that CI checks, or remove the entry. Where the
            alert was renamed, write its new name into the entry.
        """,
    ),
)
