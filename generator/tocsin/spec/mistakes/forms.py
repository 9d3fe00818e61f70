"""How a value would be written in the form that belongs in its place."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.period_words import weekdays_meant
from tocsin.spec import (
    alert_rules,
    alerts,
    burn,
    cases,
    conditions,
    group_options,
    integrations,
    project,
    routing,
    runbook,
    slos,
)
from tocsin.spec.integrations import Guarded, record_of
from tocsin.spec.mistakes.foreign_keys import foreign_keys
from tocsin.spec.mistakes.shape import field_of, required_keys
from tocsin.text.yaml import flow_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.spec.mistakes.shape import Shape

EXAMPLES: dict[type[BaseModel], str] = {
    routing.TimeRange: '{start_time: "09:00", end_time: "18:00"}',
    routing.Period: '{weekdays: ["monday:friday"], location: Europe/Berlin}',
    routing.Route: "{severity: critical, receiver: on-call}",
    routing.Severity: "{rank: 1, title: Critical}",
    routing.RoutingTest: "{alert: HostDown, receivers: [on-call]}",
    routing.Timing: "{group_wait: 30s}",
    routing.ResponseTargets: "{mttr: 30m}",
    conditions.Threshold: "{above: 5}",
    alerts.Alert: "{summary: Down, description: The host is down, expr: up == 0, severity: critical}",
    alerts.Group: "{title: Web, alerts: {HostDown: {summary: Down, description: The host is down, "
    "expr: up == 0, severity: critical}}}",
    alerts.Recording: "{record: 'job:up:sum', promql: sum by (job) (up)}",
    alert_rules.AlertRule: "{severity: critical, for: 5m, labels: {window: 1h}, expr: error_ratio > 0.05}",
    alerts.GroupRecording: "{record: 'job:up:sum', promql: sum by (job) (up)}",
    group_options.GroupOptions: "{limit: 50}",
    alerts.Dependency: "{alert: HostDown, equal: [instance]}",
    alerts.Panel: "{title: Queue}",
    project.ProjectLink: "{title: Status page, url: 'https://status.example.org'}",
    alerts.GroupPanel: "{title: Scraped targets, promql: sum by (job) (up)}",
    runbook.Runbook: "{diagnosis: [{title: Look at the logs}]}",
    runbook.Step: "{title: Look at the logs}",
    runbook.Command: "{language: bash, code: uptime}",
    slos.Slo: "{title: Pages, objective: 99%, window: 30d, latency: {histogram: page_seconds, within: 1s}}",
    slos.Ratio: "{bad: sum(increase(failed_total[30d])), total: sum(increase(all_total[30d]))}",
    slos.Up: "{gauge: probe_success, by: [job]}",
    slos.Slices: "{promql: max(lag_seconds), below: 30s, unit: seconds}",
    slos.GroupObjectives: "{default: 99.9%, by: shop, values: {berlin: 99.5%}}",
    burn.Burn: "{page: critical, ticket: warning}",
    burn.BurnDefaults: "{page: critical, ticket: warning}",
    burn.BurnTier: "{severity: critical, spent: [2% in 1h, 5% in 6h]}",
    burn.Missing: "{severity: warning, for: 10m}",
    slos.Latency: "{histogram: http_request_duration_seconds, within: 500ms}",
    cases.Case: '{series: {\'up{job="web"}\': "0x10"}}',
    integrations.Receiver: "{webhook: [{url_file: /path/to/file}]}",
}
_BY_KEY = {
    "weekdays": '["monday:friday"]',
    "days_of_month": '["1:5"]',
    "months": '["january:march"]',
    "years": '["2026:2028"]',
    "location": "Europe/Berlin",
    "matchers": "['severity=\"critical\"']",
    "group_by": "[alertname]",
    "equal": "[instance]",
    "per": "[instance]",
    "start_time": '"09:00"',
    "end_time": '"18:00"',
    "for": "5m",
    "objective": "99.5%",
    "window": "30d",
    "series": "{'up{job=\"web\"}': 0x10}",
    "labels": "{tier: front}",
    "catch_all": "on-call",
}
# The key that a value without one is meant for, and what has to stand beside it.
_MAIN: dict[type[BaseModel], tuple[str, dict[str, Any]]] = {
    conditions.Threshold: ("above", {}),
    alerts.Panel: ("title", {}),
    routing.Team: ("title", {}),
    routing.FiringAlert: ("alert", {}),
    runbook.Action: ("title", {}),
    runbook.Command: ("code", {"language": "bash"}),
    runbook.Observation: ("see", {}),
    runbook.Procedure: ("title", {}),
    runbook.Runbook: ("url", {}),
    runbook.Step: ("title", {}),
    runbook.EscalationLevel: ("title", {}),
}
_NAMES = ("name", "alert", "severity", "record", "id")
_RANGE = re.compile(r"([0-2]?\d)(?:[:.h]([0-5]\d))?\s*(?:-|–|to|until|bis)\s*([0-2]?\d)(?:[:.h]([0-5]\d))?")
_COMPARED = re.compile(r"([a-z_]+ |[<>=!]=?)?\s*([-+.]?[0-9]\S*)")
_LIST = re.compile(r"(?<!\s)\s*+[,;|]\s*+")
_MAIL = re.compile(r"[^\s@:/<>\"']+@[^\s@:/<>\"']+")
_LONGEST = 100


def intended_value(shape: Shape, value: object) -> object | None:
    """The value in the form that belongs there, if it is clear which; None where it is not.

    It is one that the models take: what is proposed is tried first.
    """
    for candidate in _candidates(shape, value):
        if fits_shape(shape, candidate):
            return candidate
    return None


def is_same_data(value: object, other: object) -> bool:
    """Whether two values differ only in the type of a scalar, or in a list around one value."""
    if isinstance(value, list) != isinstance(other, list):
        return is_same_data(*(one if isinstance(one, list) else [one] for one in (value, other)))
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(is_same_data, value, other))
    scalars = (str, int, float)
    return isinstance(value, scalars) and isinstance(other, scalars) and str(value) == str(other)


def fits_shape(shape: Shape, value: object) -> bool:
    """Whether the models take the value in this place."""
    try:
        TypeAdapter(shape.type).validate_python(value)
    except ValidationError:
        return False
    return True


def value_help(shape: Shape, value: object) -> tuple[str | None, str | None]:
    """The help about a value that the models do not take in this place, and what to write instead of it."""
    try:
        TypeAdapter(shape.type).validate_python(value)
    except ValidationError as error:
        context = error.errors(include_url=False)[0].get("ctx", {})
        return context.get("help"), context.get("fix")
    return None, None


def value_as_yaml(shape: Shape, value: object) -> str | None:
    """The value as YAML on one line; None where it is too long, or may hold what nobody should see."""
    if not _may_be_shown(shape, value):
        return None
    text = flow_text(value)
    return text if len(text) <= _LONGEST else None


def shape_example(shape: Shape, depth: int = 2) -> str:
    """A value of this shape, as an author would write it."""
    if shape.key in _BY_KEY:
        return _BY_KEY[shape.key]
    if shape.item is not None:
        return f"[{shape_example(shape.item, depth)}]"
    if shape.value is not None:
        return f"{{{_name_under(shape)}: {shape_example(shape.value, depth)}}}"
    record = shape.record
    if record is not None:
        if (example := model_example(record)) is not None:
            return example
        inner = [(key, field_of(record, key)) for key in required_keys(record)]
        parts = [
            f"{key}: {'…' if one is None or not depth else shape_example(one, depth - 1)}"
            for key, one in inner
        ]
        return f"{{{', '.join(parts) or '…'}}}"
    if shape.names:
        return shape.names[0]
    if shape.takes(date):
        return "2027-12-31"
    return "5" if shape.takes(float) or shape.takes(int) else "true" if shape.takes(bool) else "…"


def model_example(model: type[BaseModel]) -> str | None:
    """The example for a mapping of a model, where it has one of its own."""
    record = record_of(model)
    return EXAMPLES.get(model) if record is None else record.example or None


def describe_shape(shape: Shape) -> str:
    """What belongs there, such as `a list`."""
    found = {
        "a list": shape.item is not None,
        "a mapping": shape.value is not None or shape.record is not None,
        "a number": shape.takes(float),
        "a whole number": shape.takes(int) and not shape.takes(float),
        "`true` or `false`": shape.takes(bool),
        "a date": shape.takes(date),
        "a string": shape.takes(str),
    }
    return " or ".join(what for what, takes in found.items() if takes) or "another value"


def _name_under(shape: Shape) -> str:
    return "warning" if shape.value is not None and shape.value.record is conditions.Threshold else "name"


def _candidates(shape: Shape, value: object) -> Iterator[object]:
    if isinstance(value, str) and shape.takes(str):
        yield value
        _, fix = value_help(shape, value)
        if fix is not None:
            yield fix
    if shape.item is not None:
        yield from _as_list(shape, shape.item, value)
    if shape.value is not None and isinstance(value, list):
        yield from _by_name(shape.value, value)
    if shape.record is not None:
        yield from _as_record(shape.record, value)
    if shape.takes(str):
        yield from _as_string(shape, value)


def _as_list(shape: Shape, item: Shape, value: object) -> Iterator[object]:
    if isinstance(value, list):
        found = [one if fits_shape(item, one) else intended_value(item, one) for one in value]
        if None not in found:
            yield found
        return
    if shape.key == "group_by" and value in ("all", "*"):
        yield ["..."]
    if shape.key == "weekdays" and isinstance(value, dict) and len(value) == len(("from", "to")):
        value = ":".join(map(str, value.values()))
    if shape.key == "weekdays" and isinstance(value, str):
        yield list(weekdays_meant(value)) or None
    if shape.key == "matchers" and isinstance(value, dict):
        yield labels_as_matchers(value)
    if isinstance(value, str) and len(parts := _LIST.split(value.strip())) > 1:
        if shape.key == "matchers":
            parts = _LIST.split(value.strip().strip("{}"))
        yield parts
    yield [value]
    if (one := intended_value(item, value)) is not None:
        yield [one]


def labels_as_matchers(labels: dict[str, object], operator: Operator = "=") -> list[str]:
    """Labels, as Alertmanager's old `match` has them, as matchers."""
    return [Matcher(str(name), operator, str(value)).text() for name, value in labels.items()]


def _by_name(inner: Shape, items: list[object]) -> Iterator[object]:
    """A list of mappings, as Alertmanager and Prometheus write them, under the names that they carry."""
    named: dict[str, object] = {}
    for item in items:
        if not isinstance(item, dict):
            return
        key = next((key for key in _NAMES if isinstance(item.get(key), str)), None)
        if key is not None:
            name, rest = item[key], {one: value for one, value in item.items() if one != key}
        elif len(item) == 1 and isinstance(next(iter(item.values())), dict):
            ((name, rest),) = item.items()
        else:
            return
        if name in named:
            return
        named[name] = rest if fits_shape(inner, rest) else _meant_or(inner, rest)
    yield named


def _meant_or(shape: Shape, value: object) -> object:
    found = intended_value(shape, value)
    return value if found is None else found


def _as_record(record: type[BaseModel], value: object) -> Iterator[object]:
    if record is routing.TimeRange and isinstance(value, str):
        yield from _as_time_range(value)
    if record is routing.Period and isinstance(value, (str, list)):
        days = value if isinstance(value, list) else [value]
        yield {"weekdays": [entry for day in days for entry in weekdays_meant(str(day)) or (day,)]}
    if isinstance(value, list) and len(value) == 1:
        yield value[0]
    if record is conditions.Threshold and isinstance(value, str):
        yield from _as_threshold(value)
    elif isinstance(value, (str, int, float)):
        key, beside = _main_key(record)
        if key:
            yield {**beside, key: value}


def _main_key(model: type[BaseModel]) -> tuple[str, dict[str, Any]]:
    record = record_of(model)
    return _MAIN.get(model, ("", {})) if record is None else (record.main, {})


def _as_threshold(value: str) -> Iterator[object]:
    """A comparison in words or signs, as `above 5` or `>= 90%`; a number alone is the limit to be above."""
    found = _COMPARED.fullmatch(value.strip())
    if found is not None:
        word = (found[1] or "above").strip()
        key = word if word in conditions.COMPARISONS else foreign_keys(conditions.Threshold).get(word)
        if key in conditions.COMPARISONS:
            yield {key: found[2]}


def _as_time_range(value: str) -> Iterator[object]:
    found = _RANGE.fullmatch(value.strip())
    if found is not None:
        ends = [f"{int(found[n]):02}:{found[n + 1] or '00'}" for n in (1, 3)]
        yield {"start_time": ends[0], "end_time": "24:00" if ends[1] == "00:00" else ends[1]}


def _as_string(shape: Shape, value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, dict) and shape.item is None and len(value) == 1:
        ((name, inner),) = value.items()
        if isinstance(inner, (str, int)) and shape.key == "":
            yield from labels_as_matchers({str(name): inner})
    elif isinstance(value, list) and len(value) == 1:
        yield value[0]
    elif isinstance(value, list) and shape.model is not None and _is_main(shape.model, shape.key):
        yield ", ".join(map(str, value))


def _is_main(model: type[BaseModel], key: str) -> bool:
    """Whether it is the key of a channel that a value without one is meant for, such as whom a mail is to."""
    record = record_of(model)
    return record is not None and bool(key) and record.main == key


def _may_be_shown(shape: Shape, value: object) -> bool:
    """Of what belongs to a receiver, addresses of mails alone: anything else may be a secret."""
    models = [shape.model, shape.record]
    for inner in (shape.item, shape.value):
        models += [] if inner is None else [inner.record]
    guarded = any(model is not None and issubclass(model, Guarded) for model in models)
    if not guarded:
        return True
    return all(_MAIL.fullmatch(part) for text in _texts(value) for part in _LIST.split(text))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    else:
        yield str(value)
