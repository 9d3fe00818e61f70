"""The flow of a selector: what its matchers, its name and the recording rules of that name say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.flow.algebra import replace_reasons, selected_by_all, unknown_flow, with_label
from tocsin.lang.flow.label_values import PRESENT, single_value
from tocsin.lang.flow.model import METRIC_NAME, Flow, Why
from tocsin.lang.promql.flow.conventions import conventional_range

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import LabelMatcher, Selector
    from tocsin.lang.promql.flow.evaluation import Evaluation

_ALERT_STATES = {"ALERTS": ("alertname", "alertstate"), "ALERTS_FOR_STATE": ("alertname",)}


def selector_flow(node: Selector, evaluation: Evaluation) -> Flow:
    """The series that a selector can find."""
    name = _name(node)
    flow = None if name is None else evaluation.recorded(name, node.matchers)
    if flow is not None:
        flow = replace_reasons(flow, lambda why: Why(why.reason, node.span))
    else:
        flow = unknown_flow(
            Why(f"the series of `{name}` may carry it" if name else "nothing forbids it", node.span)
        )
    if node.name is not None:
        flow = with_label(flow, METRIC_NAME, single_value(node.name), Why("the selector names it", node.span))
    for label in _ALERT_STATES.get(name or "", ()):
        flow = with_label(flow, label, PRESENT, Why(f"Prometheus sets it on every `{name}`", node.span))
    if node.matchers:
        flow = selected_by_all(flow, [(one.name, one.op, one.value, _why(one)) for one in node.matchers])
    if evaluation.conventions and name is not None and flow.value.is_unbounded:
        value = conventional_range(name)
        if not value.is_unbounded:
            why = Why(f"by its name, `{name}` is {value.described()}", node.span)
            flow = Flow(flow.others, why, flow.labels, value, flow.empty, flow.always)
    return flow


def _name(node: Selector) -> str | None:
    """The one metric that is selected, named in front or by a matcher."""
    if node.name is not None:
        return node.name
    named = [m.value for m in node.matchers if m.name == METRIC_NAME and m.op == "=" and m.value]
    return named[0] if named else None


def _why(matcher: LabelMatcher) -> Why:
    shown = Matcher(matcher.name, matcher.op, matcher.value).text()
    if matcher.op == "=":
        what = f"`{shown}` asks for it" if matcher.value else f"`{shown}` asks for series without it"
    else:
        what = f"`{shown}` limits it"
    return Why(what, matcher.span)
