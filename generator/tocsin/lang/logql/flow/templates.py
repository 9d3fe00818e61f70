"""What the templates of `label_format` and `line_format` give, as far as that is plain to see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.flow.label_values import ANY, PRESENT, LabelValues, single_value

if TYPE_CHECKING:
    from tocsin.lang.flow.model import Flow

_ACTION = re.compile(r"\{\{-?.*?-?\}\}", re.DOTALL)
_FIELD = re.compile(r"\{\{-?\s*\.([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}")


def formatted_values(template: str, flow: Flow) -> LabelValues:
    """The texts that a template gives for labels of which the flow holds."""
    actions = _ACTION.findall(template)
    if not actions:
        return single_value(template)
    field = _FIELD.fullmatch(template)
    if field:
        return flow.label(field[1]).texts
    around = _ACTION.sub("", template)
    # White space beside an action may be trimmed away, and a branch may leave out the text inside of it.
    plain = all(_FIELD.fullmatch(action) for action in actions)
    return PRESENT if plain and around.strip() else ANY


def can_fail(template: str) -> bool:
    """Whether running the template may fail on some line: a field alone never does."""
    return not all(_FIELD.fullmatch(action) for action in _ACTION.findall(template))
