"""Checks of the templates in labels and annotations: whether they run, and whether they say what is meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.query_units import (
    measured_part,
    metric_names,
    query_nodes,
    rule_tree,
    source_of_fractions,
)
from tocsin.checks.template.unit_in_text import wrong_unit
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.sprig import of_sprig
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow import promql_flow
from tocsin.lang.promql.flow.ratio import cancelled
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.annotation_templates import TemplateText
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.gotemplate.alert_data import Format, ValueUse
    from tocsin.plan.model import Rule

_VERB = regex_on_use(r"%[-+# 0]*(\*|[0-9]+)?(?:\.(\*|[0-9]+)?)?(.)?", re.DOTALL)
_OF_NUMBERS = frozenset("beEfFgGxXvT")
_OF_TEXTS = frozenset("sqvxXT")
_NAMED_VALUE = regex_on_use(r"(?:values?|valor|wert|valeur)\W*$", re.IGNORECASE)
_OF_CHARTS = frozenset({"Values", "Release", "Chart", "Files", "Capabilities"})
_FLAG = regex_on_use(r"(?:^|_)(?:up|success|healthy|ready|reachable|available)$")
_COUNTING = frozenset({"sum", "count", "count_values"})
_TIME = regex_on_use(
    r"\s?(?:s|m|h|d|sec|min|second|minute|hour|day|segundo|minuto|hora|dia)s?\b", re.IGNORECASE
)


@check_shares("template/syntax", Level.ERROR)
def syntax(share: Share) -> Iterator[Finding]:
    """A template cannot be parsed, so the engine refuses the whole file.

    Why:
        Templates are Go's. Prometheus and Loki parse each of them when they load the file, and load
        nothing of it when one is wrong.

    Fix:
        Fix the template; the functions are those of Prometheus' template reference.

    Bad:
        - alert: Slow
          expr: latency_seconds > 1
          annotations: {summary: "{{ $labels.job }}: {{ $value | human }}"}

    Good:
        - alert: Slow
          expr: latency_seconds > 1
          annotations: {summary: "{{ $labels.job }}: {{ $value | humanize }}"}
    """
    for rule, texts in templates(share):
        for text in texts:
            if text.refused is not None and not (share.around.is_filled_in_later and "$$" in text.text):
                yield Finding(
                    f"{text.said} is not a valid template: {text.refused.reason}",
                    at=text.piece(text.refused.span),
                    help=text.refused.help,
                    about=rule.place,
                )


@check_shares("template/field", Level.ERROR)
def field(share: Share) -> Iterator[Finding]:
    """A template reads something that a rule's template is not given.

    Why:
        A rule's template has the labels, the value and the external labels, and nothing else. Anything
        else ends the run of it: the text of the alert becomes an error message.

    Fix:
        Write `$labels.name` for a label, `$value` for the value. Where `{{ … }}` is meant for another
        program, such as the legend of a panel or a LogQL query, write `{{ "{{" }}` for the braces.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ .instance }} is down"}

    Good:
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ .Labels.instance }} is down"}
    """
    for rule, texts in templates(share):
        for text in texts:
            for use in text.reads.fields:
                owner = f"`{use.owner}` has" if use.owner else "the template is given"
                yield Finding(
                    f"{text.said} reads `.{use.name}`, but {owner} no such field",
                    at=text.piece(use.span),
                    label="the whole text becomes an error message",
                    help=_field_help(use.name, use.owner),
                    about=rule.place,
                )


@check_shares("template/arguments", Level.ERROR)
def arguments(share: Share) -> Iterator[Finding]:
    """A template calls a function with too few or too many arguments.

    Why:
        The engine loads the file, but the template fails when the alert fires: its text becomes an
        error message just when somebody needs it.

    Fix:
        Give the function its arguments; what stands before `|` is the last one.

    Bad:
        - alert: Slow
          expr: latency_seconds > 1
          annotations: {summary: "it takes {{ value }} s"}

    Good:
        - alert: Slow
          expr: latency_seconds > 1
          annotations: {summary: "it takes {{ $value }} s"}
    """
    for rule, texts in templates(share):
        for text in texts:
            for call in text.reads.calls:
                if not call.name.isidentifier():
                    yield Finding(
                        f"`{call.name}` is not a function: nothing can be given to it",
                        at=text.piece(call.span),
                        label="the whole text becomes an error message",
                        help=f"write braces of its own for each: `{{{{ {call.name} }}}}`",
                        about=rule.place,
                    )
                    continue
                wants = str(call.least) if call.least == call.most else f"{call.least} or more"
                meant = {"value": "`$value`", "label": "`$labels.name`"}.get(call.name)
                yield Finding(
                    f"`{call.name}` takes {wants} argument{'' if wants == '1' else 's'}, "
                    f"and gets {call.given or 'none'}",
                    at=text.piece(call.span),
                    label="the whole text becomes an error message",
                    help=f"did you mean {meant}?" if meant and not call.given else None,
                    about=rule.place,
                )


@check_shares("template/printf", Level.ERROR)
def formats(share: Share) -> Iterator[Finding]:
    """A format of `printf` does not fit what it prints.

    Why:
        The value is a number with a fraction, labels are texts. `printf "%d" $value` prints
        `%!d(float64=0.93)`: nothing fails, but the alert is hard to read.

    Fix:
        Write `%.0f` for a number without its fraction, `%.2f` for two digits, `%s` for a label.

    Bad:
        - alert: Queue
          expr: queue_length > 100
          annotations: {summary: '{{ printf "%d" $value }} jobs wait'}

    Good:
        - alert: Queue
          expr: queue_length > 100
          annotations: {summary: '{{ printf "%.0f" $value }} jobs wait'}
    """
    for rule, texts in templates(share):
        for text in texts:
            for form in text.reads.formats:
                wrong = _wrong_format(form)
                if wrong is not None:
                    first = next((one.name for one in text.reads.labels if one.span[0] >= form.span[1]), "")
                    is_value = "text" in form.arguments and first.lower() == "value"
                    yield Finding(
                        f"{text.said} formats wrongly: {wrong[0]}",
                        at=text.piece(form.span),
                        help="the value of the query is `$value`" if is_value else wrong[1],
                        about=rule.place,
                    )


@check_shares("template/query", Level.ERROR)
def queries(share: Share) -> Iterator[Finding]:
    """A query inside a template cannot be read, or lacks a label that the template then reads.

    Why:
        The engine runs the query when the alert fires, so it goes unnoticed before: the text of the alert
        becomes an error message, or has a hole.

    Fix:
        Fix the query, or keep the label in it.

    Bad:
        - alert: Down
          expr: up == 0
          annotations:
            summary: '{{ with query "sum(up" }}{{ . | first | value }}{{ end }}'

    Good:
        - alert: Down
          expr: up == 0
          annotations:
            summary: '{{ with query "sum(up)" }}{{ . | first | value }}{{ end }}'
    """
    for rule, texts in templates(share):
        for text in texts:
            for query in text.reads.queries:
                try:
                    flow = promql_flow(query.text, share.around.flows.recordings)
                except LangError as error:
                    yield Finding(
                        f"the query of {text.said} is not valid PromQL: {error.reason}",
                        at=text.piece(query.span),
                        help=error.help,
                        about=rule.place,
                    )
                    continue
                for name, span in query.labels:
                    fact = flow.label(name)
                    if flow.empty is None and fact.is_impossible:
                        yield Finding(
                            f"{text.said} reads the label `{name}`, but its query cannot return it: "
                            f"{fact.why.reason}",
                            at=text.piece(span),
                            also=((text.piece(query.span), "this query"),),
                            about=rule.place,
                        )


@check_shares("template/value-label", Level.WARNING)
def value_label(share: Share) -> Iterator[Finding]:
    """A label of an alert holds the value, so that each new value is another alert.

    Why:
        An alert is known by its labels. With the value among them, every evaluation ends one alert and
        begins another one: `for` starts anew each time, and people are notified over and over. With a label
        that depends on the value, such as a severity, it does so where the value crosses a number.

    Fix:
        Write the value into an annotation.

    Bad:
        - alert: Queue
          expr: queue_length > 100
          for: 5m
          labels: {length: "{{ $value }}"}

    Good:
        - alert: Queue
          expr: queue_length > 100
          for: 5m
          annotations: {length: "{{ $value }}"}
    """
    known = share.around.flows
    for rule, texts in templates(share):
        for text in texts:
            if not text.is_label or not text.reads.mentions_value:
                continue
            flow = known.result(rule)
            if flow is None or flow.value.constant is not None:
                continue
            waits = rule.for_ not in ("0s", "0")
            if not text.reads.values:
                if waits:
                    yield Finding(
                        f"{text.said} depends on the value: where that changes, another alert begins",
                        at=text.piece((0, len(text.text))),
                        also=((rule.written.for_, "this starts anew for the other one"),),
                        help="write a rule for each, with a threshold of its own",
                        about=rule.place,
                    )
                continue
            use = text.reads.values[0]
            yield Finding(
                f"{text.said} holds the value: each new value makes another alert",
                at=text.piece(use.span),
                also=((rule.written.for_, "this starts anew with each of them"),) if waits else (),
                help="write it into an annotation",
                about=rule.place,
            )


@check_shares("template/value-constant", Level.WARNING)
def value_constant(share: Share) -> Iterator[Finding]:
    """A text says a value that is always the same.

    Why:
        The value of an alert is that of its query. `up == 0` only returns zeros and `absent(…)` only
        ones, so "down for {{ $value }} minutes" says "down for 0 minutes" for ever.

    Fix:
        Leave the value out, or ask for the number that is meant, such as a duration, in the query.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {summary: "down for {{ $value }} minutes"}

    Good:
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ $labels.instance }} is down"}
    """
    known = share.around.flows
    for rule, texts in templates(share):
        said = [(text, use) for text in texts if not text.is_label for use in text.reads.values]
        flow = known.result(rule) if said else None
        if flow is None or flow.empty is not None or flow.value.constant is None:
            continue
        if any(isinstance(part, promql.Binary) and cancelled(part) for part in promql_parts(rule.expr)):
            # `query/same-series` tells why it is always the same.
            continue
        used = [(text, use) for text, use in said if not _is_named(text, use)]
        if flow.value.constant == 0:
            # "0 workers are free" is true though it never changes; what a flag says is no number at all.
            used = [(text, use) for text, use in used if _is_flag(rule) or _is_time(text, use)]
        if flow.value.constant == 1:
            # "100% of the quota" is true as well.
            used = [(text, use) for text, use in used if "humanizePercentage" not in use.functions]
        why = expr_piece(rule, flow.value_why.span), flow.value_why.reason
        for text, use in used:
            yield Finding(
                f"{text.said} says the value, which is {flow.value.described()}",
                at=text.piece(use.span),
                also=() if flow.value_why.span == (0, 0) else (why,),
                help="leave it out, or let the query compute the number that is meant",
                about=rule.place,
            )


@check_shares("template/value-format", Level.INFO)
def value_format(share: Share) -> Iterator[Finding]:
    """A text prints a number with a fraction, in all its digits.

    Why:
        A rate, an average or a quotient has up to seventeen digits: "93.33333333333333 %". Who reads it
        on a telephone has to search for the point.

    Fix:
        Write `{{ $value | humanize }}`, `humanizePercentage` for a ratio, `humanizeDuration` for
        seconds, or `{{ printf "%.2f" $value }}`.

    Bad:
        - alert: Errors
          expr: rate(errors_total[5m]) > 1
          annotations: {summary: "{{ $value }} errors per second"}

    Good:
        - alert: Errors
          expr: rate(errors_total[5m]) > 1
          annotations: {summary: "{{ $value | humanize }} errors per second"}
    """
    for rule, texts in templates(share):
        used = [
            (text, use)
            for text in texts
            for use in (() if text.is_label else text.reads.values)
            if not use.functions and not _is_named(text, use)
        ]
        node = rule_tree(rule) if used else None
        why = None if node is None else source_of_fractions(measured_part(node))
        if node is None or why is None:
            continue
        for text, use in used:
            if wrong_unit(text, use, node) is not None:
                # Who writes the unit that is right writes fewer digits.
                continue
            yield Finding(
                f"{text.said} prints the value with all its digits",
                at=text.piece(use.span),
                also=((expr_piece(rule, why[0]), f"`{why[1]}` gives numbers with a fraction"),),
                help='write `$value | humanize`, or `printf "%.2f" $value`',
                about=rule.place,
            )


def _is_named(text: TemplateText, use: ValueUse) -> bool:
    """Whether the value is not part of a sentence: a text of its own, or named as the value."""
    start, end = use.action
    alone = not (text.text[:start].strip() or text.text[end:].strip())
    return alone or any(_NAMED_VALUE.search(name) for name in (text.text[:start], text.name))


def _is_flag(rule: Rule) -> bool:
    """Whether everything that is read is 0 or 1 by its name, and nothing counts it."""
    node = rule_tree(rule)
    names = () if node is None else metric_names(node)
    parts = () if node is None else query_nodes(node)
    is_number = any(isinstance(part, promql.Aggregation) and part.op in _COUNTING for part in parts)
    return bool(names) and all(map(_FLAG.search, names)) and not is_number


def _is_time(text: TemplateText, use: ValueUse) -> bool:
    return _TIME.match(text.text, use.action[1]) is not None


def _field_help(name: str, owner: str) -> str | None:
    if owner in ("$value", ".Value"):
        return "write `$value` alone"
    if owner:
        return "it is a text, which has no fields"
    if name in _OF_CHARTS:
        return f"`.{name}` is of a Helm chart: check what `helm template` makes of it"
    if name == "Env":
        return of_sprig("env")
    near = {"labels": "$labels", "value": "$value", "Annotations": "", "externalLabels": "$externalLabels"}
    if near.get(name):
        return f"write `{near[name]}`"
    return f'write `$labels.{name}` for the label; for braces that stay braces, write `{{{{ "{{{{" }}}}`'


def _wrong_format(form: Format) -> tuple[str, str | None] | None:
    if "[" in form.text:
        return None
    wanted: list[str] = []
    for found in _VERB.finditer(form.text):
        verb = found[3]
        if verb is None:
            return "`%` is at the end", "write `%%` for the sign itself"
        if verb == "%":
            continue
        wanted += ["*"] * ((found[1] == "*") + (found[2] == "*"))
        wanted.append(verb)
    if len(wanted) != len(form.arguments):
        many, few = len(wanted), len(form.arguments)
        return f"the format wants {many} value{'' if many == 1 else 's'}, and gets {few}", None
    for verb, kind in zip(wanted, form.arguments, strict=True):
        if kind == "number" and verb not in _OF_NUMBERS:
            return f"`%{verb}` is not for a number with a fraction", "write `%.0f` or `%.2f`"
        if kind == "text" and verb not in _OF_TEXTS:
            return f"`%{verb}` is not for a text", "write `%s`"
    return None
