"""Objectives in per cent, from the numbers that other tools write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.importing.fields import number
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced
from tocsin.lang.errors import LangError
from tocsin.lang.objectives import parse_objective
from tocsin.source.node import ScalarNode

if TYPE_CHECKING:
    from decimal import Decimal

_PLAIN = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,15})?")


def objective_of_percent(value: Sourced) -> Sourced:
    """The objective of a number in per cent, with the digits that its author wrote."""
    assert isinstance(value.node, ScalarNode), "it was read as a string"
    text = value.node.text.strip()
    return _objective(value, text if _PLAIN.fullmatch(text) else _digits(number(value)))


def objective_of_share(value: Sourced) -> Sourced:
    """The objective of a share of one."""
    return _objective(value, _digits(number(value) * 100))


def _objective(value: Sourced, percent: str) -> Sourced:
    try:
        parse_objective(f"{percent}%")
    except LangError as error:
        help_ = error.help or "write for example 99.9"
        raise RefusedError(error.reason, value.node.span, help_) from None
    return Sourced(f"{percent}%", value.key, value.node)


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"
