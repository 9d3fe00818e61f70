"""An alert that fires is held to what its rule promises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.validate.rendered_alerts import broken_promises, printed_labels
from tocsin.validate.verdicts import Fired

if TYPE_CHECKING:
    from tocsin.plan.model import Plan, Rule


@pytest.fixture
def rule(shop_plan: Plan) -> Rule:
    return replace(
        shop_plan.groups[0].alerts[0].rules[0],
        labels={"severity": "critical"},
        annotations={"summary": "{{ $labels.shop }} fails"},
    )


@pytest.mark.parametrize(
    ("labels", "summary", "said"),
    [
        ({"severity": "critical", "shop": "a"}, "a fails", None),
        ({"severity": "warning", "shop": "a"}, "a fails", "its label `severity` is `warning`"),
        ({"severity": "critical"}, " fails", "prints the label `shop`, which the alert does not have"),
        ({"severity": "critical", "shop": "a"}, "", "the annotation `summary` is empty"),
        ({"severity": "critical", "shop": "a"}, "<no value> fails", "reads “<no value> fails”"),
        ({"severity": "critical", "shop": "a"}, "<error expanding template: x>", "reads “<error expanding"),
    ],
)
def test_a_broken_promise_is_told(rule: Rule, labels: dict[str, str], summary: str, said: str | None) -> None:
    sentences = list(broken_promises(rule, Fired(labels, {"summary": summary}, "")))
    assert (said is None) == (not sentences)
    if said is not None:
        assert any(said in sentence for sentence in sentences)


def test_a_label_that_the_text_asks_for_first_may_be_missing(rule: Rule) -> None:
    text = "down{{ if $labels.shop }} in {{ $labels.shop }}{{ end }}"
    asked = replace(rule, annotations={"summary": text})
    assert list(broken_promises(asked, Fired({"severity": "critical"}, {"summary": "down"}, ""))) == []


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{ $labels.shop }} and {{- .Labels.host -}}", {"shop", "host"}),
        ('{{ printf "%s" $labels.shop | toUpper }}', {"shop"}),
        ("{{ with $labels }}{{ .shop }}{{ end }}", {"shop"}),
        ("{{ $l := $labels }}{{ $l.shop }}", {"shop"}),
        ("{{ if $labels.shop }}{{ $labels.shop }}{{ else }}{{ $labels.host }}{{ end }}", {"host"}),
        ("{{ if gt $value 5.0 }}{{ $labels.shop }}{{ end }}", {"shop"}),
        ("{{/* $labels.shop */}}{{ `$labels.host` }}", set()),
        ("{{ $labels.shop", set()),
    ],
)
def test_the_labels_that_a_template_prints(template: str, printed: set[str]) -> None:
    assert printed_labels(template) == printed
