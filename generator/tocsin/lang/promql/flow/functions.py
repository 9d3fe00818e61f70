"""The flow of function calls: labels and emptiness here, the values in `function_values`."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.flow.algebra import drop_labels, no_labels, not_always, with_label, with_value
from tocsin.lang.flow.label_values import ANY, MISSING, PRESENT, LabelValues, single_value
from tocsin.lang.flow.model import METRIC_NAME, Flow, LabelFact, Why
from tocsin.lang.flow.relabelling import replaced_texts
from tocsin.lang.flow.value_range import exact_range
from tocsin.lang.promql.ast import Call, Paren, Range, Selector, String, walk
from tocsin.lang.promql.flow.evaluation import without_name
from tocsin.lang.promql.flow.function_values import function_range
from tocsin.lang.promql.types import Type, subject_of, type_of_call
from tocsin.lang.regexes import is_regex
from tocsin.lang.tokens import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.promql.ast import LabelMatcher, Node
    from tocsin.lang.promql.flow.evaluation import Evaluation

_KEEP_NAME = split_words(
    """
    first_over_time info label_join label_replace last_over_time sort sort_by_label sort_by_label_desc
    sort_desc
    """
)
_SERIES_BY_SERIES = split_words(
    """
    abs acos acosh asin asinh atan atanh ceil clamp_max clamp_min cos cosh deg exp floor label_join
    label_replace ln log10 log2 rad round sgn sin sinh sort sort_by_label sort_by_label_desc sort_desc sqrt
    tan tanh timestamp
    """
)
"""Those that give one series for every one they get, if it is no histogram."""
_MOST_JOINED = 100


def call_flow(node: Call, evaluation: Evaluation) -> Flow:
    """What a function can give."""
    if node.function in ("absent", "absent_over_time"):
        return _absent(node, evaluation)
    subject = subject_of(node)
    values = [evaluation.of(argument).value for argument in node.arguments]
    if subject is None or type_of_call(node) is Type.SCALAR:
        flow = replace(no_labels(Why(f"`{node.function}` has no labels", node.name_span)), always=True)
        return with_value(flow, function_range(node, values, evaluation), node.function, node.name_span)
    flow = _relabelled(node, evaluation.of(subject))
    if node.function not in _KEEP_NAME:
        flow = without_name(flow, node.function, node.name_span)
    if node.function not in _SERIES_BY_SERIES:
        flow = not_always(flow)
    flow = _never_something(node, flow, subject, evaluation)
    return with_value(flow, function_range(node, values, evaluation), node.function, node.name_span)


def _never_something(node: Call, flow: Flow, subject: Node, evaluation: Evaluation) -> Flow:
    if flow.empty is not None:
        return flow
    if (fault := _fault(node)) is not None:
        return replace(flow, empty=Why(f"`{node.function}` fails each time: {fault}", node.name_span))
    if node.function == "clamp":
        low, high = (evaluation.of(argument).value.constant for argument in node.arguments[1:])
        if low is not None and high is not None and high < low:
            reason = "`clamp` gives nothing where its upper bound is below its lower one"
            return replace(flow, empty=Why(reason, node.span))
    if node.function in ("histogram_quantile", "histogram_fraction") and evaluation.conventions:
        lacking = evaluation.of(subject).label("le")
        # Histograms of VictoriaMetrics have `vmrange` instead.
        of_other = not evaluation.of(subject).label("vmrange").is_impossible
        if lacking.is_impossible and _reads_buckets(subject) and not of_other:
            reason = f"`{node.function}` needs the label `le`, which is gone"
            return replace(flow, empty=Why(reason, node.name_span, lacking.why))
    return flow


def _fault(node: Call) -> str | None:
    """What Prometheus finds wrong with the texts that it gets, but only when it evaluates the query."""
    if node.function not in ("label_replace", "label_join"):
        return None
    texts = [_text(argument) for argument in node.arguments[1:]]
    if texts[0] == "":
        return "the label that it sets has no name"
    if node.function == "label_join" and "" in texts[2:]:
        return "a label that it reads has no name"
    if node.function == "label_replace" and texts[3] is not None and not is_regex(texts[3]):
        return f"`{texts[3]}` is not a valid regular expression"
    return None


def _reads_buckets(node: Node) -> bool:
    names = [part.name for part in walk(node) if isinstance(part, Selector)]
    return bool(names) and all(name is not None and name.endswith("_bucket") for name in names)


def _absent(node: Call, evaluation: Evaluation) -> Flow:
    """A series with the labels of the `=` matchers, or nothing."""
    inner = evaluation.of(node.arguments[0])
    argument = node.arguments[0]
    while isinstance(argument, Paren):
        argument = argument.expr
    selector = argument.selector if isinstance(argument, Range) else argument
    is_selector = isinstance(selector, Selector)
    has = "has only the labels of `=` matchers" if is_selector else "of an expression has no labels"
    flow = Flow(
        LabelFact(MISSING, Why(f"`{node.function}` {has}", node.name_span)),
        Why(f"`{node.function}` is always 1", node.name_span),
        value=exact_range(1),
        always=inner.empty is not None,
    )
    if isinstance(selector, Selector):
        flow = _of_matchers(selector, flow)
    if inner.always:
        return replace(flow, empty=Why("what it looks for always exists", node.name_span))
    return flow


def _of_matchers(selector: Selector, flow: Flow) -> Flow:
    matchers = [matcher for matcher in selector.matchers if matcher.name != METRIC_NAME]
    # Prometheus' own storage puts matchers that exclude behind the others before `absent` looks at them.
    reordered = sorted(matchers, key=_excludes)
    for label in dict.fromkeys(matcher.name for matcher in matchers):
        named = [matcher for matcher in matchers if matcher.name == label]
        texts = _left_by(named).either(_left_by([m for m in reordered if m.name == label]))
        reason = f"`absent` takes it from the matcher of `{label}`"
        if len(named) > 1:
            reason = f"`absent` is at odds with several matchers of `{label}`"
        if texts != flow.label(label).texts:
            flow = with_label(flow, label, texts, Why(reason, named[0].span))
    return flow


def _left_by(matchers: Sequence[LabelMatcher]) -> LabelValues:
    """What `absent` makes of a label: the first `=` sets it, everything else on the label removes it."""
    texts, is_set = MISSING, False
    for matcher in matchers:
        if matcher.op == "=" and not is_set:
            texts, is_set = single_value(matcher.value), True
        else:
            texts = MISSING
    return texts


def _excludes(matcher: LabelMatcher) -> bool:
    return matcher.op in ("!=", "!~") and ANY.narrowed(matcher.op, matcher.value).allows("")


def _relabelled(node: Call, flow: Flow) -> Flow:
    name = node.function
    if name in ("histogram_quantile", "histogram_fraction"):
        return drop_labels(flow, ["le"], Why(f"`{name}` removes `le`", node.name_span))
    if name == "histogram_quantiles":
        flow = drop_labels(flow, ["le"], Why(f"`{name}` removes `le`", node.name_span))
        label = _text(node.arguments[1])
        return flow if label is None else with_label(flow, label, PRESENT, _sets(node, label))
    if name == "label_replace":
        return _label_replace(node, flow)
    if name == "label_join":
        return _label_join(node, flow)
    if name == "info":
        return _with_info(node, flow)
    return flow


def _sets(node: Call, label: str) -> Why:
    return Why(f"`{node.function}` sets `{label}`", node.name_span)


def _text(node: Node) -> str | None:
    while isinstance(node, Paren):
        node = node.expr
    return node.value if isinstance(node, String) else None


def _label_replace(node: Call, flow: Flow) -> Flow:
    texts = [_text(argument) for argument in node.arguments[1:]]
    target, replacement, source, pattern = texts
    if target is None or replacement is None or source is None or pattern is None:
        return flow
    if not is_regex(pattern):
        return flow
    source_texts = flow.label(source).texts if source else MISSING
    result = replaced_texts(flow.label(target).texts, source_texts, replacement, pattern)
    if result == flow.label(target).texts:
        return flow
    return with_label(flow, target, result, _sets(node, target))


def _label_join(node: Call, flow: Flow) -> Flow:
    target, separator, *sources = (_text(argument) or "" for argument in node.arguments[1:])
    parts = [flow.label(source).texts for source in sources]
    listed = [part.listed for part in parts if part.listed is not None]
    count = 1
    for texts in listed:
        count *= len(texts)
    result: LabelValues
    if len(listed) == len(parts) and count <= _MOST_JOINED:
        result = LabelValues(frozenset(separator.join(texts) for texts in itertools.product(*listed)))
    elif (separator and len(parts) > 1) or any(not part.allows("") for part in parts):
        result = PRESENT
    else:
        result = ANY
    return with_label(flow, target, result, _sets(node, target))


def _with_info(node: Call, flow: Flow) -> Flow:
    """`info` adds labels of info metrics and keeps those that are there."""
    why = Why("`info` may add it", node.name_span)

    def extended(fact: LabelFact) -> LabelFact:
        return fact if fact.is_guaranteed else LabelFact(fact.texts.either(ANY), why)

    return replace(
        flow,
        labels={name: extended(fact) for name, fact in flow.labels.items()},
        others=extended(flow.others),
    )
