"""SLOs of Pyrra: the Kubernetes resource ServiceLevelObjective.

What Pyrra makes of them is in pyrra-dev/pyrra, `slo/rules.go` and `slo/slo.go`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from tocsin.importing.fields import Fields, duration_ms
from tocsin.importing.objective import objective_of_percent
from tocsin.importing.pairs import spent_text
from tocsin.importing.query_window import parsed
from tocsin.importing.refused import RefusedError
from tocsin.importing.slo import Burn, ImportedSlo, Missing, Tier
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.durations import format_duration
from tocsin.lang.names import is_label_name
from tocsin.lang.promql.ast import Selector
from tocsin.source.node import ScalarNode
from tocsin.text.yaml import OnOneLine

if TYPE_CHECKING:
    from tocsin.importing.notes import Notes
    from tocsin.source.node import MappingNode

_PREFIX = "pyrra.dev/"
_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS
_INTERVAL = "30s"
_ALERT = "ErrorBudgetBurn"
_ABSENT = "SLOMetricAbsent"
_INDICATORS = ("ratio", "latency", "latencyNative", "bool_gauge")


class _Window(NamedTuple):
    """One of Pyrra's burn-rate alerts, for an SLO over 28 days."""

    tier: str
    key: str
    """Of its severity in `alerting.severities`."""
    severity: str
    factor: int
    long: Decimal
    """In days, as the next."""
    short: Decimal
    for_: Decimal


_MINUTE = Decimal(1) / (24 * 60)
_WINDOWS = (
    _Window("fast", "fastBurn", "critical", 14, 60 * _MINUTE, 5 * _MINUTE, 2 * _MINUTE),
    _Window("medium", "mediumBurn", "critical", 7, 360 * _MINUTE, 30 * _MINUTE, 15 * _MINUTE),
    _Window("slow", "slowBurn", "warning", 2, Decimal(1), 120 * _MINUTE, 60 * _MINUTE),
    _Window("long-term", "longTermBurn", "warning", 1, Decimal(4), 360 * _MINUTE, 180 * _MINUTE),
)


def read_pyrra(node: MappingNode, notes: Notes) -> ImportedSlo | None:
    """The SLO of a resource; None where it is refused."""
    name = "ServiceLevelObjective"
    try:
        fields = Fields(node, "a ServiceLevelObjective")
        fields.ignore("apiVersion", "kind", "status")
        metadata = fields.required_fields("metadata", "the metadata of an SLO")
        own = metadata.required_text("name")
        name = plain_text(own)
        inner = notes.branch()
        slo = _slo(fields, metadata, own, inner)
    except RefusedError as error:
        notes.refuse(name, error)
        return None
    notes.take(inner)
    notes.unread(one for one in fields.all if one is not metadata)
    return slo


def _slo(fields: Fields, metadata: Fields, own: Sourced, notes: Notes) -> ImportedSlo:
    spec = fields.required_fields("spec", "the spec of an SLO")
    # It changes how Pyrra's own figures are made, and no alert.
    spec.ignore("performanceOverAccuracy")
    window = spec.required_text("window")
    window_ms = duration_ms(window)
    if not _scaled(window_ms, _WINDOWS[-1].short):
        reason = f"over {plain_text(window)}, all of Pyrra's short windows are of 0s"
        raise RefusedError(reason, window.node.span, "write a window of three days at least")
    objective = objective_of_percent(spec.required_text("target"))
    indicator = _Indicator(spec.required_fields("indicator", "an indicator"), plain_text(window))
    labels: dict[str, Sourced | str] = {**_propagated(metadata, "labels", notes), **indicator.labels}
    burn = _burn(spec, window_ms, objective)
    _mention_left_out(spec, indicator, burn, notes)
    if burn is not None and len(burn.tiers) < len(_WINDOWS):
        left = ", ".join(f"{one.factor}x" for one in _WINDOWS if not _scaled(window_ms, one.short))
        notes.left_out(
            f"the alert of {left}: over {plain_text(window)} Pyrra reads its short window over 1s, in which "
            "no counter has two samples, so that it never fires",
            window.node.span,
            "write a window of three days at least to have all alerts",
        )
    return ImportedSlo(
        key=plain_text(own),
        node=fields.node,
        start=fields.node,
        name=own,
        title=own,
        description=spec.text("description"),
        objective=objective,
        window=window,
        indicator=indicator.value,
        labels=labels,
        annotations=_propagated(metadata, "annotations", notes),
        burn=burn,
    )


def _propagated(metadata: Fields, name: str, notes: Notes) -> dict[str, Sourced]:
    """The labels or annotations that Pyrra writes into its rules."""
    found: dict[str, Sourced] = {}
    for key, value in metadata.texts(name).items():
        inner = key.removeprefix(_PREFIX)
        if inner == key:
            continue
        if not is_label_name(inner):
            assert value.key is not None, "it was read from an entry"
            notes.left_out(
                f"`{key}`: `{inner}` is not a valid name of a label",
                value.key.span,
                "use letters, digits and `_` only",
            )
        else:
            found[inner] = value
    return found


class _Indicator:
    """The indicator as a value of the spec, and the labels that its matchers give to the rules."""

    def __init__(self, fields: Fields, window: str) -> None:
        kinds = [name for name in _INDICATORS if fields.entry(name) is not None]
        if len(kinds) != 1:
            count = "several indicators" if kinds else "no indicator"
            raise RefusedError(f"it has {count}", fields.node.span, f"write one of {', '.join(_INDICATORS)}")
        self.kind = kinds[0]
        self.fields = fields.required_fields(self.kind, "an indicator")
        self.total = self._selector(self.fields if self.kind == "bool_gauge" else self._inner("total"))
        self.grouping = tuple(dict.fromkeys(self._grouping()))
        self.other: tuple[Sourced, Selector] | None = None
        if self.kind in ("ratio", "latency"):
            self.other = self._selector(self._inner("errors" if self.kind == "ratio" else "success"))
        self.value = self._value(window)
        self.labels = {
            one.name: one.value
            for one in self.total[1].matchers
            if one.op == "=" and one.value and one.name != "__name__" and one.name not in self.grouping
        }

    def _value(self, window: str) -> dict[str, object]:
        by = f" by ({', '.join(self.grouping)}) " if self.grouping else ""
        total, selector = self.total
        if self.kind == "bool_gauge":
            return {"up": {"gauge": total, "by": OnOneLine(self.grouping)} if self.grouping else total}
        if self.kind == "latencyNative":
            return {"latency": self._native(selector)}
        assert self.other is not None, "both counters were read"
        part = "bad" if self.kind == "ratio" else "good"
        return {
            "ratio": {
                key: Sourced(f"sum{by}(rate({plain_text(one)}[{window}]))", one.key, one.node)
                for key, one in ((part, self.other[0]), ("total", total))
            }
        }

    def _native(self, selector: Selector) -> dict[str, object]:
        within = self.fields.required_text("latency")
        duration_ms(within)
        if selector.name is None:
            raise RefusedError(
                "its histogram has no name", self.total[0].node.span, "write the name in front of the braces"
            )
        text = plain_text(self.total[0])
        value: dict[str, object] = {"histogram": selector.name, "within": within, "kind": "native"}
        if self.grouping:
            value["by"] = OnOneLine(self.grouping)
        if selector.matchers:
            value["matchers"] = [text[slice(*one.span)] for one in selector.matchers]
        return value

    def _inner(self, name: str) -> Fields:
        return self.fields.required_fields(name, f"`{name}`")

    def _selector(self, fields: Fields) -> tuple[Sourced, Selector]:
        metric = fields.required_text("metric")
        text = plain_text(metric).strip()
        tree = parsed(text, metric)
        if not isinstance(tree, Selector) or tree.offset is not None or tree.at is not None:
            raise RefusedError(
                f"`{' '.join(text.split())}` is not a selector",
                metric.node.span,
                "write a metric and matchers",
            )
        return Sourced(text, metric.key, metric.node), tree

    def _grouping(self) -> list[str]:
        found: list[str] = []
        for item in self.fields.items("grouping"):
            if not isinstance(item, ScalarNode):
                raise RefusedError("a label of `grouping` is not a string", item.span, "write a label")
            found.append(item.text)
        return found


def _burn(spec: Fields, window_ms: int, objective: Sourced) -> Burn | None:
    alerting = spec.fields("alerting", "`alerting`")
    if alerting is None:
        return Burn(_ALERT, _INTERVAL, _tiers(window_ms, None), _missing(window_ms, objective, None, None))
    severities = alerting.fields("severities", "`severities`")
    name, absent_name = alerting.text("name"), alerting.text("absentName")
    burns = alerting.flag("burnrates") is not False and not alerting.flag("disabled")
    tiers = _tiers(window_ms, severities)
    missing: Missing | None = _missing(window_ms, objective, severities, absent_name)
    if alerting.flag("absent") is False:
        missing = None
    if not burns and missing is not None:
        raise RefusedError(
            "its only alert is the one on missing metrics, which a spec has beside burn-rate alerts",
            alerting.node.span,
            "write `absent: false` as well, and an alert with `absent()` of your own",
        )
    if not burns:
        return None
    return Burn(name or _ALERT, _INTERVAL, tiers if burns else (), missing)


def _tiers(window_ms: int, severities: Fields | None) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    for urgency, one in enumerate(_WINDOWS):
        severity = None if severities is None else severities.text(one.key)
        long, short, for_ = (_scaled(window_ms, days) for days in (one.long, one.short, one.for_))
        if not short:
            continue
        exhaustion = _duration_text(window_ms // one.factor // 1000 * 1000)
        tiers.append(
            Tier(
                name=one.tier,
                severity=severity or one.severity,
                urgency=urgency,
                spent=(spent_text(f"{one.factor}x", long, short),),
                for_=format_duration(for_) if for_ else None,
                labels={
                    "short": _duration_text(short),
                    "long": _duration_text(long),
                    "exhaustion": exhaustion,
                },
                annotations={},
            )
        )
    return tuple(tiers)


def _missing(window_ms: int, objective: Sourced, severities: Fields | None, name: Sourced | None) -> Missing:
    """The alert on absent metrics: it waits as long as the first alert does when everything fails."""
    severity = None if severities is None else severities.text("absent")
    first = _WINDOWS[0]
    bad = 1 - float(plain_text(objective).rstrip("%")) / 100
    # The seconds are cut off as in Pyrra, where they are floating-point numbers as well.
    seconds = int(first.factor * bad * (_scaled(window_ms, first.long) / 1000))
    wait = _to_minutes(Decimal(seconds * 1000 + _scaled(window_ms, first.for_)))
    return Missing(severity or "critical", name or _ABSENT, format_duration(wait) if wait else None, {}, {})


def _mention_left_out(spec: Fields, indicator: _Indicator, burn: Burn | None, notes: Notes) -> None:
    """What Pyrra does and a spec does not."""
    strategy = spec.text("partial_response_strategy")
    if strategy is not None and plain_text(strategy) == "warn":
        notes.left_out(
            "`partial_response_strategy: warn`, which Thanos reads",
            strategy.node.span,
            "set it in the rule files that Thanos gets",
        )
    output = spec.entry("ruleOutput")
    if output is not None:
        notes.left_out(
            "`ruleOutput`: the labels of PrometheusRule resources",
            output.key.span,
            "label the resources where you deploy the generated rule files",
        )
    other = indicator.other
    if burn is None or burn.missing is None or other is None or indicator.total[1].name == other[1].name:
        return
    assert other[0].key is not None, "it was read from an entry"
    what = "bad" if indicator.kind == "ratio" else "good"
    notes.changed(
        f"the alert on missing data watches the series of `total`: without any of these, nothing is {what}",
        other[0].node.span,
        "if the metric always has series, write an alert with `absent()` for it",
    )


def _scaled(window_ms: int, days: Decimal) -> int:
    """A length of time for an SLO over 28 days, as that of this window: in whole minutes, as Pyrra rounds."""
    return _to_minutes(Decimal(window_ms) * days / 28)


def _to_minutes(ms: Decimal) -> int:
    return int((ms / _MINUTE_MS).quantize(Decimal(1), ROUND_HALF_UP)) * _MINUTE_MS


def _duration_text(ms: int) -> str:
    """A duration as Prometheus prints it in the labels of Pyrra's alerts: `4w`, where it is whole weeks."""
    weeks, rest = divmod(ms, 7 * _DAY_MS)
    return f"{weeks}w" if weeks and not rest else format_duration(ms)
