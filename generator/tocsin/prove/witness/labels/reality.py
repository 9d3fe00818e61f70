"""What the labels of series that exist have to be like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")
STORED_OTHERWISE = "Prometheus 3 stores"
"""How the reason begins that holds from this release on only."""


def lacking_labels(name: str, labels: Mapping[str, str], wanted: Iterable[str]) -> Iterator[str]:
    """Why no series has these labels: one lacks a label that all have, or a number is stored otherwise."""
    missing = [label for label in wanted if label not in labels]
    if missing:
        yield f"`{name}` would have no label {' and '.join(f'`{label}`' for label in missing)}"
    bound = "le" if name.endswith("_bucket") else "quantile"
    if ":" not in name and _WHOLE.fullmatch(labels.get(bound, "")):
        yield f'{STORED_OTHERWISE} `{bound}="{labels[bound]}"` as `{bound}="{labels[bound]}.0"`'
