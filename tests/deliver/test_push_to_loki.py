"""The rules in the ruler of a real Loki, where there is one.

`TOCSIN_LOKI_URL` names a Loki of its own, whose ruler has an API (`enable_api`) and a store that can be
written: the test uses a namespace of its own, and removes it at the end. Without it, the test is skipped.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.deliver.rulers.api import Endpoint, RulerApi, RulerError
from tocsin.deliver.rulers.push import apply_changes, ruler_changes
from tocsin.plan.model import Engine, Rule, Ruler
from tocsin.source.place import Place

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

URL = os.environ.get("TOCSIN_LOKI_URL", "").rstrip("/")
pytestmark = pytest.mark.skipif(not URL, reason="no running Loki: TOCSIN_LOKI_URL names its address")

_RULER = Ruler(Engine.LOKI, None, "tocsin-test", 2, 0, Place(("deliver", "loki"), key=True))
_TENANT = "fake"


def test_loki_keeps_what_it_is_sent_and_loses_what_is_removed(shop_plan: Plan) -> None:
    api = RulerApi(Endpoint(URL, "/loki/api/v1/rules"), _TENANT)
    try:
        before = api.groups()
    except RulerError as error:
        pytest.skip(f"this Loki has no API for rules: {error}")
    plan = _with_awkward_rules(shop_plan)
    try:
        written = ruler_changes(plan, _RULER, _TENANT, before)
        assert len(written) > 2
        apply_changes(api, written, lambda _: None)
        assert ruler_changes(plan, _RULER, _TENANT, api.groups()) == ()
        fewer = replace(plan, rule_groups=plan.rule_groups[:1])
        changes = ruler_changes(fewer, _RULER, _TENANT, api.groups())
        assert {one.kind for one in changes} == {"removed"}
        apply_changes(api, changes, lambda _: None)
        assert ruler_changes(fewer, _RULER, _TENANT, api.groups()) == ()
    finally:
        left = ruler_changes(replace(plan, rule_groups=()), _RULER, _TENANT, api.groups())
        apply_changes(api, left, lambda _: None)
    assert {name: len(groups) for name, groups in api.groups().items()} == {
        name: len(groups) for name, groups in before.items()
    }


def _with_awkward_rules(plan: Plan) -> Plan:
    (group,) = (one for one in plan.rule_groups if one.engine is Engine.LOKI)
    rule = group.rules[0]
    assert isinstance(rule, Rule)
    rules = tuple(
        replace(rule, alert=f"A{number}", expr=expr, annotations={"summary": text}, labels={"a": text})
        for number, (expr, text) in enumerate(
            [
                ('sum by (app) (rate({app="web"} |= "a\\"b" [5m])) > 0.10', 'quotes " and \\'),
                ('sum(count_over_time({app=~"a|b"} | json | x > 1m [1h]))\n  > 10', "two\nlines: - x"),
                ('sum(rate({app="web"} |~ `\\d+` [60m])) > 1e3', "{{ $labels.app }} é 🔥"),
                ('sum(rate({app="web"}[5m])) > 1 # why', "yes"),
            ]
        )
    )
    more = replace(group, name="awkward names. - _", rules=rules, interval="90s", limit=5)
    return replace(plan, rule_groups=(group, more))
