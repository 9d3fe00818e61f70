"""Alert policies and conditions, as the alerts of an SLO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.fields import Fields, number
from tocsin.importing.names import slug
from tocsin.importing.openslo.objects import spec_of
from tocsin.importing.openslo.time import shorthand
from tocsin.importing.pairs import spent_text
from tocsin.importing.refused import RefusedError
from tocsin.importing.slo import Burn, Missing, Tier
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.durations import parse_duration
from tocsin.source.node import ScalarNode

if TYPE_CHECKING:
    from tocsin.importing.openslo.indicator import Reading
    from tocsin.source.node import Node

_KEYS = frozenset({"alert", "interval", "at_least", "missing"})
"""Keys of `burn` that are no tiers."""


def burn_value(spec: Fields, reading: Reading) -> Burn | None:
    """The alerts of an SLO; None where it has no policy that alerts."""
    tiers: list[Tier] = []
    missing: Missing | None = None
    for item in spec.items("alertPolicies"):
        policy, _ = _referred(item, "AlertPolicy", "alertPolicyRef", spec, reading)
        breaching = policy.flag("alertWhenBreaching")
        no_data = policy.flag("alertWhenNoData")
        # Alertmanager notifies of the end of an alert by itself.
        policy.ignore("alertWhenResolved")
        described = policy.text("description")
        _mention_targets(policy, reading)
        for condition in policy.items("conditions"):
            inner, name = _referred(condition, "AlertCondition", "conditionRef", spec, reading)
            severity = inner.required_text("severity")
            tier = _tier(inner, name, severity, inner.text("description") or described, tiers)
            if breaching is not False:
                tiers.append(tier)
            if no_data and missing is None:
                missing = Missing(severity, None, None, {}, {})
    return Burn(None, None, tuple(tiers), missing) if tiers or missing is not None else None


def _referred(
    item: Node, kind: str, key: str, spec: Fields, reading: Reading
) -> tuple[Fields, Sourced | None]:
    """The spec and the name of an object that is referred to, or written here."""
    if isinstance(item, ScalarNode):
        reference: Sourced | None = Sourced(item.text, None, item)
    else:
        reference = spec.inside(item, kind).text(key)
    node = item if reference is None else reading.objects.find(kind, reference)
    fields, metadata = spec_of(node, kind, spec.all)
    if metadata is None:
        return fields, reference
    metadata.ignore("displayName", "labels", "annotations")
    return fields, metadata.text("name") or reference


def _tier(
    spec: Fields, name: Sourced | None, severity: Sourced, described: Sourced | None, before: list[Tier]
) -> Tier:
    condition = spec.required_fields("condition", "the condition of an alert")
    kind = condition.text("kind")
    if kind is not None and plain_text(kind).lower() != "burnrate":
        raise RefusedError(
            f"the alert condition is of the kind `{plain_text(kind)}`", kind.node.span, "write a `burnrate`"
        )
    operator = condition.text("op")
    if operator is not None and plain_text(operator) not in ("gt", "gte"):
        raise RefusedError(
            f"the alert condition holds while the burn rate is low (`op: {plain_text(operator)}`)",
            operator.node.span,
            "write `op: gte`",
        )
    threshold = number(condition.required_text("threshold"))
    window = parse_duration(shorthand(condition.required_text("lookbackWindow")))
    after = condition.text("alertAfter")
    waits = None if after is None or plain_text(after).rstrip("mhdw") == "0" else shorthand(after)
    return Tier(
        name=_free_name("burn" if name is None else slug(plain_text(name)), before),
        severity=severity,
        urgency=len(before),
        spent=(spent_text(f"{threshold.normalize():f}x", window, window),),
        for_=None if waits is None or after is None else Sourced(waits, after.key, after.node),
        labels={},
        annotations={} if described is None else {"description": described},
    )


def _free_name(wanted: str, before: list[Tier]) -> str:
    taken = {*_KEYS, *(tier.name for tier in before)}
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    return name


def _mention_targets(policy: Fields, reading: Reading) -> None:
    targets = policy.entry("notificationTargets")
    if targets is not None:
        reading.notes.left_out(
            "`notificationTargets`: in a spec, routes decide who is notified",
            targets.key.span,
            "write receivers and routes",
        )
