"""An SLO of OpenSLO: one of a spec for each of its objectives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.importing.fields import Fields, mapping
from tocsin.importing.names import slug
from tocsin.importing.objective import objective_of_percent, objective_of_share
from tocsin.importing.openslo.alerts import burn_value
from tocsin.importing.openslo.indicator import Reading, indicator_value
from tocsin.importing.openslo.objects import VERSIONS, spec_of, text_of
from tocsin.importing.openslo.time import time_window
from tocsin.importing.refused import RefusedError
from tocsin.importing.slo import ImportedSlo
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.names import is_label_name
from tocsin.source.node import ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.importing.notes import Notes
    from tocsin.importing.openslo.objects import Objects
    from tocsin.source.node import MappingNode, Node


def read_openslo(node: MappingNode, objects: Objects, window: str, notes: Notes) -> Iterator[ImportedSlo]:
    """The SLOs of an object of the kind SLO; none where it is refused."""
    fields = Fields(node, "an SLO")
    name = "SLO"
    try:
        fields.ignore("kind")
        version = fields.required_text("apiVersion")
        metadata = fields.required_fields("metadata", "the metadata of an SLO")
        own = metadata.required_text("name")
        name = plain_text(own)
        if plain_text(version) not in VERSIONS:
            raise RefusedError(
                f"`{plain_text(version)}` is not read", version.node.span, "write it as `openslo/v1`"
            )
        inner = notes.branch()
        made = list(_slos(fields, metadata, own, Reading(window, objects, inner)))
    except RefusedError as error:
        notes.refuse(name, error)
        return
    notes.take(inner)
    notes.unread(fields.all)
    yield from made


def _slos(fields: Fields, metadata: Fields, own: Sourced, reading: Reading) -> Iterator[ImportedSlo]:
    spec = fields.required_fields("spec", "the spec of an SLO")
    metadata.ignore("annotations", "namespace")
    display = metadata.text("displayName") or own
    objectives = spec.items("objectives")
    if not objectives:
        raise RefusedError("it has no objective", own.node.span, "add `objectives`")
    first = _time_window(spec, objectives)
    window = time_window(first, reading.window, own, reading.notes)
    reading = reading._replace(window=window if isinstance(window, str) else plain_text(window))
    method = spec.text("budgetingMethod")
    service = spec.text("service")
    labels = _labels(metadata, service, reading.notes)
    description = spec.text("description")
    burn = burn_value(spec, reading)
    common = _sli(spec, reading)
    suffixes = _suffixes(objectives)
    for item, suffix in zip(objectives, suffixes, strict=True):
        objective = spec.inside(item, "an objective")
        objective.ignore("timeWindow", "timeWindows")
        if objective.entry("compositeWeight") is not None or (
            len(objectives) > 1 and objective.entry("indicator", "indicatorRef") is not None
        ):
            raise RefusedError(
                "it is composed of several indicators", objective.node.span, "write an SLO for each of them"
            )
        title = objective.text("displayName")
        sli = common or _sli(objective, reading) or objective
        indicator = indicator_value(sli, objective, "" if method is None else plain_text(method), reading)
        yield ImportedSlo(
            key=f"{slug(plain_text(own))}{suffix}",
            node=fields.node,
            start=fields.node if not suffix else _start(item, fields.node),
            name=own,
            title=display if not suffix or title is None else f"{plain_text(display)}: {plain_text(title)}",
            description=description,
            objective=_objective(objective),
            window=window,
            indicator=indicator,
            labels=labels,
            annotations={},
            burn=burn,
        )


def _time_window(spec: Fields, objectives: tuple[Node, ...]) -> Fields | None:
    """The window of the SLO; some write it into the first objective."""
    inner = Fields(mapping(objectives[0]), "an objective")
    found = spec.items("timeWindow", "timeWindows") or inner.items("timeWindow", "timeWindows")
    return spec.inside(found[0], "a time window") if found else None


def _start(item: Node, whole: MappingNode) -> MappingNode:
    return item if not isinstance(item, ScalarNode | SequenceNode) else whole


def _sli(fields: Fields, reading: Reading) -> Fields | None:
    """The spec of the indicator, written here or in an object; None where there is none here."""
    reference = fields.text("indicatorRef")
    if reference is not None:
        sli, metadata = spec_of(reading.objects.find("SLI", reference), "an SLI", fields.all)
    else:
        inline = fields.fields("indicator", "an indicator")
        if inline is None or inline.entry("spec") is None:
            return inline
        sli, metadata = spec_of(inline.node, "an SLI", fields.all)
        inline.ignore("metadata", "spec", "kind", "apiVersion")
    if metadata is not None:
        metadata.ignore("name", "displayName", "labels", "annotations")
    return sli


def _objective(objective: Fields) -> Sourced:
    share, percent = objective.text("target"), objective.text("targetPercent")
    if (share is None) == (percent is None):
        raise RefusedError(
            "an objective has either `target` or `targetPercent`", objective.node.span, "write `target: 0.99`"
        )
    if percent is not None:
        return objective_of_percent(percent)
    assert share is not None, "one of the two is there"
    return objective_of_share(share)


def _suffixes(objectives: tuple[Node, ...]) -> list[str]:
    """What the keys of an SLO's objectives end with; nothing where there is but one."""
    if len(objectives) == 1:
        return [""]
    names = [slug(text_of(mapping(one), "displayName")).lower() for one in objectives]
    if all(names) and len(set(names)) == len(names):
        return [f"-{name}" for name in names]
    return [f"-{number}" for number in range(1, len(objectives) + 1)]


def _labels(metadata: Fields, service: Sourced | None, notes: Notes) -> dict[str, Sourced | str]:
    """The labels of the object and its service, for the rules; several values become one with commas."""
    labels: dict[str, Sourced | str] = {} if service is None else {"service": service}
    found = metadata.entry("labels")
    for name, entry in mapping(found.value).entries.items() if found is not None else ():
        label = re.sub(r"[^A-Za-z0-9_]", "_", name)
        if isinstance(entry.value, SequenceNode):
            values = [one.text for one in entry.value.items if isinstance(one, ScalarNode)]
            text = ",".join(values)
            if len(values) > 1:
                notes.changed(
                    f"the label `{label}` has the value `{text}`: a label has one value",
                    entry.key.span,
                    "write one value",
                )
        elif isinstance(entry.value, ScalarNode):
            text = entry.value.text
        else:
            raise RefusedError(f"the label `{name}` is not a string", entry.value.span, "write a string")
        if not is_label_name(label):
            raise RefusedError(f"`{name}` cannot be a label", entry.key.span, "begin it with a letter")
        labels[label] = Sourced(text, entry.key, entry.value)
    return labels
