"""SLOs of Sloth: `version: prometheus/v1`, and the Kubernetes resource PrometheusServiceLevel.

What Sloth makes of them is in slok/sloth, `internal/storage/io` and `internal/plugin/slo/core`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.importing.fields import Fields, mapping
from tocsin.importing.objective import objective_of_percent
from tocsin.importing.query_window import query_over_window
from tocsin.importing.refused import RefusedError
from tocsin.importing.slo import Burn, ImportedSlo, Tier
from tocsin.importing.sloth_windows import BUILT_IN, AlertWindows
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.importing.notes import Notes
    from tocsin.importing.slo import Texts
    from tocsin.source.document import Span
    from tocsin.source.node import MappingNode, Node

_SEVERITY = "severity"
_TIERS = (("page", "critical"), ("ticket", "warning"))
_NO_PLUGINS = "write the query that the plugin returns as `sli.raw.error_ratio_query`"
_NO_CHAIN = "remove the plugins if the rules do not need them, or go on with Sloth for this SLO"


class SlothPeriod(NamedTuple):
    """The period of all SLOs, which Sloth takes as an option, and the windows of the files."""

    text: str
    catalogue: Mapping[str, AlertWindows]

    def windows(self) -> AlertWindows | None:
        """The windows of the period; None where there are none for it."""
        period = parse_duration(self.text)
        if not self.catalogue:
            return BUILT_IN.get(period)
        return next((one for text, one in self.catalogue.items() if parse_duration(text) == period), None)


class _Service(NamedTuple):
    """What the SLOs of a file have in common."""

    name: Sourced
    labels: dict[str, Sourced]
    plugins: Fields | None


def read_sloth(node: MappingNode, period: SlothPeriod, notes: Notes) -> Iterator[ImportedSlo]:
    """The SLOs of a file or resource."""
    whole = Fields(node, "a Sloth SLO")
    spec = whole
    try:
        if "spec" in node.entries:
            whole.ignore("apiVersion", "kind", "metadata", "status")
            spec = whole.required_fields("spec", "a PrometheusServiceLevel")
        else:
            spec.ignore("version")
        service = _Service(
            spec.required_text("service"),
            spec.texts("labels"),
            spec.fields("slo_plugins", "SLO plugins", "sloPlugins"),
        )
        items = spec.items("slos")
    except RefusedError as error:
        notes.refuse("service", error)
        return
    for item in items:
        slo = _read_slo(item, service, period, notes)
        if slo is not None:
            yield slo
    notes.unread(one for one in whole.all if one is not service.plugins)


def _read_slo(item: Node, service: _Service, period: SlothPeriod, notes: Notes) -> ImportedSlo | None:
    name = plain_text(service.name)
    try:
        fields = Fields(mapping(item), "an SLO")
        own = fields.required_text("name")
        name = f"{name}-{plain_text(own)}"
        inner = notes.branch()
        slo = _slo(fields, own, service, period, inner)
    except RefusedError as error:
        notes.refuse(name, error)
        return None
    notes.take(inner)
    notes.unread(fields.all)
    return slo


def _slo(fields: Fields, own: Sourced, service: _Service, period: SlothPeriod, notes: Notes) -> ImportedSlo:
    _refuse_plugins(fields, service)
    key = f"{plain_text(service.name)}-{plain_text(own)}"
    windows = period.windows()
    if windows is None:
        raise RefusedError(
            f"there are no alert windows for a period of {period.text}",
            own.node.span,
            "name the file with its `kind: AlertWindows` as well, or another period by `--window`",
        )
    indicator = _indicator(fields, period.text)
    objective = objective_of_percent(fields.required_text("objective"))
    labels: dict[str, Sourced | str] = {
        "sloth_id": key,
        "sloth_service": service.name,
        "sloth_slo": own,
        **service.labels,
        **fields.texts("labels"),
    }
    inherited = labels.pop(_SEVERITY, None)
    alerting = fields.fields("alerting", "the alerting of an SLO")
    description = fields.text("description")
    burn, annotations = _burn(alerting, own, labels, inherited, windows, notes)
    return ImportedSlo(
        key=key,
        node=fields.node,
        start=fields.node,
        name=own,
        title=f"{plain_text(service.name)} {plain_text(own)}",
        description=description,
        objective=objective,
        window=period.text,
        indicator=indicator,
        labels=labels,
        annotations=annotations,
        burn=burn,
    )


def _refuse_plugins(fields: Fields, service: _Service) -> None:
    for chain in (fields.fields("plugins", "SLO plugins"), service.plugins):
        if chain is not None and (found := chain.entry("chain")) is not None:
            reason = "plugins of Sloth make its rules, and nothing here runs them"
            raise RefusedError(reason, found.key.span, _NO_CHAIN)


def _indicator(fields: Fields, window: str) -> dict[str, object]:
    sli = fields.required_fields("sli", "an SLI")
    plugin = sli.fields("plugin", "an SLI plugin")
    if plugin is not None:
        id_ = plugin.required_text("id")
        reason = f"the plugin `{plain_text(id_)}` of Sloth makes its query, and nothing here runs it"
        raise RefusedError(reason, id_.node.span, _NO_PLUGINS)
    events = sli.fields("events", "an SLI")
    raw = sli.fields("raw", "an SLI")
    if raw is not None and events is None:
        query = raw.required_text("error_ratio_query", "errorRatioQuery")
        return {"ratio": {"share": query_over_window(query, window)}}
    if events is None or raw is not None:
        raise RefusedError(
            "its `sli` has to hold either `events` or `raw`", sli.node.span, "write one of the two"
        )
    bad = query_over_window(events.required_text("error_query", "errorQuery"), window)
    total = query_over_window(events.required_text("total_query", "totalQuery"), window)
    return {"ratio": {"bad": bad, "total": total}}


def _burn(
    alerting: Fields | None,
    own: Sourced,
    labels: dict[str, Sourced | str],
    inherited: Sourced | str | None,
    windows: AlertWindows,
    notes: Notes,
) -> tuple[Burn | None, Texts]:
    """The alerts of both severities, and the annotations that they share; `labels` gets their labels."""
    if alerting is None:
        raise RefusedError(
            "it has no `alerting`, which names its alerts",
            own.node.span,
            "add `alerting: {name: …}`, or disable both alerts there",
        )
    name = alerting.text("name")
    given = alerting.texts("labels")
    severity = given.pop(_SEVERITY, None) or inherited
    # Those of the alerts go to all rules of the SLO, where that changes none of them.
    common = {one: value for one, value in given.items() if _differs(labels.get(one), value)}
    labels.update((one, value) for one, value in given.items() if one not in labels)
    annotations = alerting.texts("annotations")
    tiers: list[Tier] = []
    for urgency, (kind, usual) in enumerate(_TIERS):
        entry = alerting.entry(f"{kind}_alert", f"{kind}Alert")
        fields = None if entry is None else Fields(mapping(entry.value), "an alert of Sloth", alerting.all)
        if fields is not None and fields.flag("disable"):
            # Sloth reads no more of it.
            fields.ignore("labels", "annotations")
            continue
        own_labels = {**common, **(fields.texts("labels") if fields is not None else {})}
        chosen = own_labels.pop(_SEVERITY, None) or severity
        if chosen is None:
            place = own.node if entry is None else entry.key
            _mention_severity(kind, usual, place.span, notes)
        tiers.append(
            Tier(
                name=kind,
                severity=chosen or usual,
                urgency=urgency,
                spent=windows.page if kind == "page" else windows.ticket,
                for_=None,
                labels={"sloth_severity": kind, **own_labels},
                annotations={
                    **({} if "title" in annotations else {"title": f"({kind}) {_SLO} too fast."}),
                    **(fields.texts("annotations") if fields is not None else {}),
                },
            )
        )
    if not tiers:
        notes.changed(
            "both alerts are disabled: the SLO becomes documentation, and nothing is recorded for it",
            alerting.node.span,
            "write `burn:` into the spec, with `missing: none`, to have its figures recorded",
        )
        return None, {}
    if name is None or not plain_text(name).strip():
        raise RefusedError(
            "its alerts have no name", alerting.node.span, "add `name` to `alerting`, or disable both alerts"
        )
    shared: Texts = {**({} if "summary" in annotations else {"summary": _SUMMARY}), **annotations}
    return Burn(name, None, tuple(tiers), None), shared


def _mention_severity(kind: str, severity: str, span: Span, notes: Notes) -> None:
    notes.changed(
        f"the {kind} alert gets the label `severity: {severity}`, which it did not have",
        span,
        f"see whether a route matches it; a label `severity` in `{kind}_alert` is taken instead",
    )


# What Sloth writes itself: `internal/plugin/slo/core/alert_rules_v1` in slok/sloth.
_SLO = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is"
_SUMMARY = f"{_SLO} over expected."


def _differs(one: Sourced | str | None, other: Sourced) -> bool:
    return one is not None and plain_text(one) != plain_text(other)
