"""Whether an alert that fires carries what its rule promises: labels, and texts without holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import reads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import Rule
    from tocsin.validate.verdicts import Fired

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
        for label in sorted(printed_labels(template)):
            if not labels.get(label):
                yield f"the {kind} `{name}` prints the label `{label}`, which the alert does not have"


def printed_labels(template: str) -> frozenset[str]:
    """The labels that a template prints whatever they are: it does not ask first whether they are there.

    None of a template that Prometheus cannot parse.
    """
    try:
        return frozenset(label.name for label in reads(template).labels if not label.asked)
    except LangError:
        return frozenset()
