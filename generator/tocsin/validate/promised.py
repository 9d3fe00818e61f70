"""Whether an alert that fires carries what its rule promises: labels, and texts without holes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import Rule
    from tocsin.validate.verdicts import Fired

_ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_LABEL = re.compile(r"\$labels\.([A-Za-z_][A-Za-z0-9_]*)")
# Text inside of these asks first whether the label is there.
_ASKS = re.compile(r"\s*(?:if|else|with|range|end)\b")
_BROKEN = ("<no value>", "<error expanding template", "%!")


def broken_promises(rule: Rule, fired: Fired) -> Iterator[str]:
    """What the alert lacks or says wrongly, one sentence each."""
    for name, value in rule.labels.items():
        if "{{" not in value and fired.labels.get(name, "") != value:
            got = fired.labels.get(name)
            yield f"its label `{name}` is {f'`{got}`' if got else 'missing'} and should be `{value}`"
    yield from _texts("label", rule.labels, fired.labels, fired.labels)
    yield from _texts("annotation", rule.annotations, fired.annotations, fired.labels)


def _texts(
    kind: str, written: Mapping[str, str], rendered: Mapping[str, str], labels: Mapping[str, str]
) -> Iterator[str]:
    for name, template in written.items():
        text = rendered.get(name, "")
        if template and not text:
            yield f"the {kind} `{name}` is empty"
        for sign in _BROKEN:
            if sign in text and sign not in template:
                yield f"the {kind} `{name}` reads “{text[:120]}”"
        for label in printed_labels(template):
            if not labels.get(label):
                yield f"the {kind} `{name}` prints the label `{label}`, which the alert does not have"


def printed_labels(template: str) -> Iterator[str]:
    """The labels that a template prints whatever they are."""
    depth = 0
    for action in _ACTION.finditer(template):
        asks = _ASKS.match(action[1])
        if asks:
            word = asks[0].strip()
            depth += {"end": -1, "else": 0}.get(word, 1)
        elif depth == 0:
            yield from _LABEL.findall(action[1])
