"""The check of the unit in which a text says the value, against what the query gives."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import (
    is_per_cent,
    is_quotient,
    measured_part,
    metric_names,
    query_nodes,
    rule_tree,
    strip_parentheses,
    threshold,
    written_number,
)
from tocsin.checks.framework.time_units import TIME_UNITS, UNIT_NAMES, unit_of_time
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.value_range import TRUTH
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import conventional_range
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.annotation_templates import TemplateText
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.lang.gotemplate.alert_data import ValueUse

_NO_SHARE = 10
"""From here on, nobody compares a share: it would be a thousand per cent."""
_WHOLE = re.compile(r"[^%]*%[0-9]*\.0f[^%]*")
_IN_MILLISECONDS = re.compile(r"_(?:milliseconds|millis|ms)(?:_(?:bucket|sum|count|total))?$")
_OF_TIME = re.compile(r"second|time|duration|latency|_ms\b|_ms_|delay|age", re.IGNORECASE)
_OF_EVENTS = re.compile(r"(?<!_seconds)(?<!_ratio)_total$")
_EACH = re.compile(r"(?<!_seconds)_total$|_count$")
_PER_LONGER = regex_on_use(
    r"(?:\s[^\W\d_]{1,20}){0,2}(?:\s?/\s?|\s(?:per|por|par|pro|an?|each|every)\s)"
    r"(?:(?P<minute>min|minute|minuto)|h|hour|hora|heure|stunde)(?!\w)|\s?每(?:(?P<far>分钟)|小时)",
    re.IGNORECASE,
)
"""What follows a number of something in each minute or hour, with up to two words for what is counted."""
_OF_UNITS = frozenset({"humanizePercentage", "humanizeDuration", "humanizeTimestamp", "humanize1024"})
_LONGER = {name: seconds for name, seconds in UNIT_NAMES.items() if seconds > 1}
_TIME_BEHIND = regex_on_use(
    r"\s?(?P<unit>ms|milliseconds|s|sec|secs|seconds?|segundos?|sekunden|secondes?|min|minutes?|minutos?|minuten"
    r"|hours?|horas?|heures?|stunden|days?|dias?|jours?|tagen?)(?![\w/])",
    re.IGNORECASE,
)
_TOGETHER = frozenset({"sum", "avg", "max", "min"})
_OF_NUMBERS = frozenset({"humanize", "humanize1024", "printf"})
_FORMATTING = frozenset({"humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "printf"})


@check_shares("template/unit", Level.WARNING)
def unit(share: Share) -> Iterator[Finding]:
    """A text says the value in another unit than the query has.

    Why:
        A ratio is from 0 to 1: printed with a "%" behind it, 95 % reads as "0.95%". Multiplied by 100
        it is per cent already, and `humanizePercentage` multiplies once more: "9500%".
        `humanizeDuration` takes seconds. `rate` is per second: 2 of these are 120 per minute.

    Fix:
        Write `{{ $value | humanizePercentage }}` for a ratio and nothing behind it, `{{ $value }}%` for
        per cent, and divide milliseconds by 1000 before `humanizeDuration`.

    Bad:
        - alert: Errors
          expr: errors:ratio_rate5m / requests:rate5m > 0.05
          annotations: {summary: '{{ printf "%.1f" $value }}% fail'}

    Good:
        - alert: Errors
          expr: errors:ratio_rate5m / requests:rate5m > 0.05
          annotations: {summary: "{{ $value | humanizePercentage }} fail"}
    """
    for rule, texts in templates(share):
        node: Node | None = None
        for text in texts:
            for use in () if text.is_label else text.reads.values:
                node = rule_tree(rule) if node is None else node
                found = None if node is None else wrong_unit(text, use, node)
                if found is not None:
                    yield Finding(found[0], at=text.piece(use.action), help=found[1], about=rule.place)


def wrong_unit(text: TemplateText, use: ValueUse, node: Node) -> tuple[str, str] | None:
    """What is wrong with the unit that a text gives the value, and what to write."""
    after = text.text[use.action[1] :]
    functions = set(use.functions)
    if _rounded(text, use, node):
        return "the query gives a ratio from 0 to 1, and this prints it without its fraction, as 0 or 1", (
            "write `$value | humanizePercentage`"
        )
    longer = _PER_LONGER.match(after) if _is_per_second(node) and functions <= _OF_NUMBERS else None
    if longer is not None:
        name, factor = ("minute", 60) if longer["minute"] or longer["far"] else ("hour", 3600)
        return f"`rate` gives a number per second, and the text says per {name}", (
            f"multiply by {factor} in the query, and its threshold too, or write per second"
        )
    other = _other_time(measured_part(node), after) if functions <= _OF_NUMBERS else None
    if other is not None:
        return f"the query gives {other[0]} by the metric's name, and the text says {other[1]}", (
            "write the unit that the query gives, or let it give the other one"
        )
    percent = re.match(r"\s?%(?![A-Za-z0-9])", after) is not None
    if not percent and functions.isdisjoint(_OF_UNITS):
        return None
    value = measured_part(node)
    if "humanizeTimestamp" in functions:
        if not _is_from_now(value):
            return None
        return (
            "the query gives the seconds from or until then, and `humanizeTimestamp` makes a day of it",
            ("write `$value | humanizeDuration`"),
        )
    if "humanizePercentage" in functions:
        if percent:
            return "`humanizePercentage` writes a `%`, and another one follows it", "remove one"
        if is_per_cent(value):
            return "the query gives per cent, and `humanizePercentage` multiplies by 100 again", (
                'write `printf "%.1f" $value` with a `%` behind the braces, or take the 100 out of the query'
            )
        counted = _counted(value)
        if counted is not None:
            better = "humanizeDuration" if counted == "seconds" else "humanize"
            return f"the query gives {counted}, and `humanizePercentage` multiplies it by 100", (
                f"write `$value | {better}`, or divide by the whole in the query"
            )
        compared = threshold(node)
        if compared is not None and compared[1] in (">", ">=") and compared[2] >= _NO_SHARE:
            return (
                f"the value is above {compared[2]:g} here, and `humanizePercentage` multiplies it by 100",
                "write `$value | humanize`, or divide by the whole in the query",
            )
        return None
    if "humanizeDuration" in functions:
        if re.match(r"\s?(?:s|sec|seconds|ms|minutes|minutos|segundos)\b", after):
            return "`humanizeDuration` writes the unit, and another one follows it", "remove it"
        if _is_of(value, "_bytes"):
            return "the query gives bytes by the metric's name, and `humanizeDuration` takes seconds", (
                "write `$value | humanize1024` with a `B` behind the braces"
            )
        if _is_milliseconds(value):
            return (
                "the query gives milliseconds by the metric's name, and `humanizeDuration` takes seconds",
                ("divide by 1000 in the query, and its threshold too"),
            )
        longer_unit = next(
            (name for name, seconds in _LONGER.items() if unit_of_time(value) == seconds), None
        )
        if longer_unit is not None:
            return (
                f"the query gives {longer_unit} by the metric's name, and `humanizeDuration` takes seconds",
                f"write `$value | humanize` with the word {longer_unit} behind the braces",
            )
        compared = threshold(node)
        is_share = is_quotient(value) and compared is not None and 0 < abs(compared[2]) < 1
        if is_share and not any(map(_OF_TIME.search, metric_names(value))):
            return "the query gives a ratio from 0 to 1, and `humanizeDuration` takes seconds", (
                "write `$value | humanizePercentage`"
            )
        return None
    if "humanize1024" in functions and _is_of(value, "_seconds"):
        return "the query gives seconds by the metric's name, and `humanize1024` is for bytes", (
            "write `$value | humanizeDuration`"
        )
    if percent and functions <= _FORMATTING and is_quotient(value):
        compared = threshold(node)
        if compared is not None and 0 < abs(compared[2]) < 1:
            return "the query gives a ratio from 0 to 1, and the text says per cent", (
                "write `$value | humanizePercentage`, and no `%` behind the braces"
            )
    return None


def _is_from_now(node: Node) -> bool:
    """Whether it is the time between now and another moment."""
    if not isinstance(node, promql.Binary) or node.op != "-":
        return False
    sides = [strip_parentheses(side) for side in (node.left, node.right)]
    return sum(isinstance(side, promql.Call) and side.function == "time" for side in sides) == 1


def _other_time(value: Node, after: str) -> tuple[str, str] | None:
    """The unit of time that a query gives, and the other one that stands behind the value."""
    said = _TIME_BEHIND.match(after)
    has = None if said is None else unit_of_time(value)
    if said is None or has is None or math.isclose(TIME_UNITS[said["unit"].lower()], has):
        return None
    name = next((name for name, length in UNIT_NAMES.items() if math.isclose(length, has)), None)
    return None if name is None else (name, said["unit"])


def _is_per_second(node: Node) -> bool:
    """Whether the value is a rate as it is, or several of them together."""
    value = measured_part(node)
    while isinstance(value, promql.Aggregation | logql.Aggregation) and value.op in _TOGETHER:
        value = strip_parentheses(value.expr)
    if isinstance(value, promql.Call):
        return value.function in ("rate", "irate")
    return isinstance(value, logql.RangeAggregation) and value.op == "rate"


def _counted(value: Node) -> str | None:
    """What a query gives that is surely not a ratio: a count, or the height or growth of a counter."""
    found = strip_parentheses(value)
    if isinstance(found, promql.Aggregation) and found.op == "count":
        return "a count"
    if isinstance(found, promql.Aggregation) and found.op == "sum" and _is_truth(found.expr):
        return "how many there are"
    while isinstance(found, promql.Aggregation) and found.op in ("sum", "max", "min", "avg"):
        found = strip_parentheses(found.expr)
    if isinstance(found, promql.Call) and found.function in ("increase", "changes", "resets"):
        return f"a count, by `{found.function}`"
    if isinstance(found, promql.Selector) and found.name is not None and found.name.endswith("_total"):
        return "the height of a counter, by its name"
    if isinstance(found, promql.Call) and found.function in ("rate", "irate"):
        # What grows by seconds a second is a share of the time.
        is_count = all(_OF_EVENTS.search(name) for name in metric_names(found))
        return "how many there are a second" if is_count and metric_names(found) else None
    return "seconds" if _is_seconds(found) else None


def _is_truth(node: Node) -> bool:
    found = strip_parentheses(node)
    return isinstance(found, promql.Selector) and conventional_range(found.name or "") == TRUTH


def _is_of(node: Node, ending: str) -> bool:
    """Whether it is a metric that ends so, or a choice or average of its series."""
    found = strip_parentheses(node)
    while isinstance(found, promql.Aggregation) and found.op in ("sum", "max", "min", "avg"):
        found = strip_parentheses(found.expr)
    return isinstance(found, promql.Selector) and (found.name or "").endswith(ending)


def _is_seconds(node: Node) -> bool:
    """Whether it is a duration: a quantile of durations, an age, or a metric in seconds by its name."""
    if isinstance(node, promql.Call) and node.function == "histogram_quantile":
        names = metric_names(node)
        return bool(names) and all(name.endswith("_seconds_bucket") for name in names)
    if isinstance(node, promql.Binary) and node.op == "-":
        now = strip_parentheses(node.left)
        return isinstance(now, promql.Call) and now.function == "time"
    if isinstance(node, promql.Binary) and node.op == "/" and node.matching.how is None:
        # The seconds that were spent by how often: `…_seconds_sum` by `…_count`.
        spent, often = metric_names(node.left), metric_names(node.right)
        is_spent = len(spent) == 1 and spent[0].endswith(("_seconds_total", "_seconds_sum"))
        return is_spent and len(often) == 1 and _EACH.search(often[0]) is not None
    return isinstance(node, promql.Selector) and (node.name or "").endswith("_seconds")


def _rounded(text: TemplateText, use: ValueUse, node: Node) -> bool:
    """Whether a ratio is printed without its fraction, so that it says 0 or 1."""
    start, end = use.action
    rounded = [one for one in text.reads.formats if start <= one.span[0] < end]
    if len(rounded) != 1 or set(use.functions) != {"printf"} or not _WHOLE.fullmatch(rounded[0].text):
        return False
    compared = threshold(node)
    if compared is None or not 0 < abs(compared[2]) < 1:
        return False
    return is_quotient(measured_part(node)) or _averages_truths(compared[0])


def _averages_truths(node: Node) -> bool:
    """Whether it is the share in which something like `up` is 1, or is not."""
    found = strip_parentheses(node)
    if isinstance(found, promql.Binary) and found.op == "-" and written_number(found.left) == 1:
        found = strip_parentheses(found.right)
    averaged = False
    while True:
        if isinstance(found, promql.Aggregation) and found.op in ("avg", "min", "max"):
            averaged |= found.op == "avg"
            found = strip_parentheses(found.expr)
        elif isinstance(found, promql.Call) and found.function == "avg_over_time":
            averaged = True
            found = strip_parentheses(found.arguments[0])
        elif isinstance(found, promql.Range):
            found = found.selector
        else:
            return averaged and _is_truth(found)


def _is_milliseconds(node: Node) -> bool:
    names = metric_names(node)
    scaled = any(
        written_number(part) is not None and abs(written_number(part) or 0) != 1 for part in _factors(node)
    )
    return bool(names) and all(map(_IN_MILLISECONDS.search, names)) and not scaled


def _factors(node: Node) -> Iterator[Node]:
    for part in query_nodes(node):
        if isinstance(part, promql.Binary | logql.Binary) and part.op in ("*", "/"):
            yield from (part.left, part.right)
