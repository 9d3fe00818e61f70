"""With which labels alerts leave Prometheus: external labels are added, and labels are rewritten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.label_values import ANY, MISSING, PRESENT, LabelValues, single_value
from tocsin.lang.flow.relabelling import replaced_texts
from tocsin.lang.regexes import matches_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.plan.model import Relabelling, Server

_MADE = frozenset({"hashmod", "lowercase", "uppercase"})


def values_after_relabelling(server: Server, name: str, texts: Callable[[str], LabelValues]) -> LabelValues:
    """What a label can be in alerts as they leave the server; `texts` are those of the rule's alerts."""

    def labelled(label: str) -> LabelValues:
        found = texts(label)
        value = server.external_labels.get(label)
        if value is None or not found.allows(""):
            return found
        return found.narrowed("!=", "").either(PRESENT if "$" in value else single_value(value))

    return _relabelled(name, server.relabellings, labelled)


def first_dropping_step(server: Server, texts: Callable[[str], LabelValues]) -> Relabelling | None:
    """The first step that surely leaves no alert."""
    for number, step in enumerate(server.relabellings):
        if step.action not in ("keep", "drop"):
            continue
        before = replace(server, relabellings=server.relabellings[:number])
        source = _joined(
            step.separator, [values_after_relabelling(before, label, texts) for label in step.sources]
        )
        op: Operator = "=~" if step.action == "drop" else "!~"
        if source.always_matches(op, step.regex):
            return step
    return None


def _relabelled(name: str, steps: Sequence[Relabelling], texts: Callable[[str], LabelValues]) -> LabelValues:
    """What a label can be after all the steps; where that cannot be said exactly, more."""
    if not steps:
        return texts(name)
    *earlier, step = steps
    before = _relabelled(name, earlier, texts)
    if step.action in ("labeldrop", "labelkeep"):
        return MISSING if matches_whole(step.regex, name) == (step.action == "labeldrop") else before
    if step.action == "labelmap":
        return ANY
    if step.action in ("keep", "drop") and step.sources == (name,):
        return before.narrowed("=~" if step.action == "keep" else "!~", step.regex)
    if step.action == "replace" and "$" in step.target:
        return ANY
    if step.target != name:
        return before
    if step.action == "replace":
        return _replaced(before, step, [_relabelled(label, earlier, texts) for label in step.sources])
    return ANY if step.action in _MADE else before


def _replaced(before: LabelValues, step: Relabelling, sources: list[LabelValues]) -> LabelValues:
    return replaced_texts(before, _joined(step.separator, sources), step.replacement, step.regex)


def _joined(separator: str, sources: list[LabelValues]) -> LabelValues:
    if len(sources) == 1:
        return sources[0]
    joined = {""}
    for number, source in enumerate(sources):
        if source.listed is None or len(source.listed) * len(joined) > 100:
            return ANY
        between = separator if number else ""
        joined = {f"{left}{between}{right}" for left in joined for right in source.listed}
    return LabelValues(frozenset(joined))
