"""What a severity that an alert names is: the value of the label, and how urgent it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.spec.model import Spec

NO_SEVERITY = "none"
"""What an alert without a severity names, unless the spec has a severity of that name."""


def has_no_severity(spec: Spec, name: str) -> bool:
    """Whether the name stands for no severity."""
    return name == NO_SEVERITY and name not in spec.severities


def severity_label(spec: Spec, name: str, labels: Mapping[str, str]) -> str:
    """The label's value: of no severity what the author sets under `labels`, or an empty text."""
    return labels.get("severity", "") if has_no_severity(spec, name) else name


def severity_rank(spec: Spec, name: str) -> int:
    """The severity's rank; what is none is the least urgent."""
    if name in spec.severities:
        return spec.severities[name].rank
    return max((severity.rank for severity in spec.severities.values()), default=0) + 1
