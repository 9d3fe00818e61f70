"""What keeps burn-rate alerts from being made: each with its place and what to write."""

from __future__ import annotations

import re
import textwrap
from datetime import date

import pytest
from tests.compile.burn.scenarios import BASE

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import load_documents


def _wrong(slo: str, base: str = BASE) -> list[tuple[str, str, str]]:
    text = f"{base}slos:\n  checkout:\n    title: T\n{textwrap.indent(textwrap.dedent(slo), '    ')}"
    loaded = load_documents([Document("spec.yaml", text)])
    found = loaded.diagnostics if loaded.spec is None else build(loaded.spec, loaded.sources).diagnostics
    places = [(one, one.span) for one in found]
    return [
        (one.id, one.message, "" if span is None else text[span.start : span.end].strip("'\""))
        for one, span in places
    ]


COUNTED = """\
objective: 99.9%
window: 30d
ratio: {bad: "sum by (shop) (rate(bad_total[30d]))", total: "sum by (shop) (rate(all_total[30d]))"}
"""


@pytest.mark.parametrize(
    ("slo", "id_", "said", "at"),
    [
        (COUNTED + "burn: {}\n", "spec/burn", "there is no tier", "burn"),
        (COUNTED + "burn: {page: {spent: [2% in 1h]}}\n", "spec/burn", "has no severity", "page"),
        (COUNTED + "burn: {page: urgent}\n", "reference/severity", "no severity `urgent`", "urgent"),
        (
            COUNTED + "burn: {tiers: {slow: {severity: warning}}}\n",
            "spec/burn",
            "nothing says how",
            "slow",
        ),
        (COUNTED + "burn: {page: critical, ticket: critical}\n", "spec/burn", "would be one rule", "ticket"),
        (
            COUNTED + "burn: {page: {severity: critical, spent: [5% in 31d]}}\n",
            "spec/burn",
            "looks back 31d",
            "5% in 31d",
        ),
        (
            COUNTED + "burn: {page: {severity: critical, spent: [2 in 1h]}}\n",
            "spec/burn-windows",
            "does not say how much",
            "2 in 1h",
        ),
        (
            COUNTED + "burn: {page: {severity: critical, spent: [2% in 1h and 2h]}}\n",
            "spec/burn-windows",
            "the second window is the short one",
            "2h",
        ),
        (
            COUNTED + "burn: {page: {severity: critical, spent: [9x in 1h and 6m, 8x in 2h and 11m, "
            "7x in 3h and 16m, 6x in 4h and 21m, 5x in 5h and 26m, 4x in 6h and 31m, 3x in 7h and 36m]}}\n",
            "spec/burn",
            "its rule group would have 22 rules, of which 14 are for windows",
            "burn",
        ),
        (COUNTED + "burn: {page: critical, interval: 10m}\n", "spec/burn", "every 10m", "10m"),
        (COUNTED + "burn: {page: critical}\nlabels: {slo: x}\n", "spec/burn", "label `slo`", "slo"),
        (COUNTED + "burn: {page: critical}\ngroup: shops\n", "reference/group", "no group `shops`", "shops"),
        (
            COUNTED + "burn: {page: critical, at_leat: 5}\n",
            "spec/unknown-key",
            "unknown key",
            "at_leat",
        ),
        (
            "objective: 99%\nwindow: 1d\nup: probe_success\nburn: {page: critical, ticket: warning}\n",
            "spec/burn",
            "too long for it",
            "ticket",
        ),
        (
            "objective: 99%\nwindow: 30d\nratio: {bad: 'sum(rate(a[5m]))', total: 'sum(rate(b[30d]))'}\n"
            "burn: {page: critical}\n",
            "spec/burn-range",
            "no range is as long as the window of 30d",
            "sum(rate(a[5m]))",
        ),
        (
            "objective: 99%\nwindow: 30d\nup: probe_success > 0\nburn: {page: critical}\n",
            "spec/burn",
            "samples of an expression",
            "probe_success > 0",
        ),
        (
            "objective: 99%\nwindow: 30d\nratio: {share: 'sum(rate(a[30d])) / sum(rate(b[30d]))'}\n"
            "burn: {page: critical, at_least: 5}\n",
            "spec/burn",
            "does not say how many",
            "at_least",
        ),
        (
            "objective: 99%\nwindow: 30d\nratio: {bad: 'rate(a[30d])', total: 'rate(b[30d])'}\n"
            "burn: {page: critical, ticket: warning}\n",
            "inhibition/instances",
            "nothing says which groups",
            "ratio",
        ),
    ],
)
def test_what_is_missing_is_said_at_its_place(slo: str, id_: str, said: str, at: str) -> None:
    [(found, message, where)] = _wrong(slo)
    assert (found, where) == (id_, at)
    assert said in message


def test_names_of_generated_alerts_are_names_like_others() -> None:
    """They can be referred to, and none may be taken twice."""
    group = (
        "groups: {shop: {title: Shop, alerts: {%s: {summary: s, description: d, expr: up == 0, "
        "severity: warning, related: [CheckoutBudgetBurn], "
        "depends_on: [{alert: CheckoutBudgetMissing, equal: []}]}}}}\n"
    )
    burn = COUNTED + "burn: {page: critical}\n"
    assert _wrong(burn, BASE + group % "ShopDown") == []
    [(found, message, _)] = _wrong(burn, BASE + (group % "CheckoutBudgetBurn").replace("related", "per"))
    assert (found, message) == ("spec/defined-twice", "there are two alerts `CheckoutBudgetBurn`")


def test_without_remote_write_only_short_windows_of_logs_are_left() -> None:
    logs = (
        "objective: 99%\nwindow: 30d\nratio:\n  engine: loki\n"
        '  bad: \'sum(count_over_time({app="x"} |= "error" [30d]))\'\n'
        "  total: 'sum(count_over_time({app=\"x\"}[30d]))'\n"
    )
    base = BASE.replace("title: Shop}", "title: Shop, loki: {remote_write: false}}")
    assert _wrong(logs + "burn: {page: critical}\n", base) == []
    [(found, message, where)] = _wrong(logs + "burn: {page: critical, ticket: warning}\n", base)
    assert (found, where) == ("spec/burn", "ticket")
    assert "cannot be read from logs alone" in message


_TIER = re.compile(r"write `((\w+): \{.*?\})` instead of `(.*?)`")
_SPENT = re.compile(r"write `(spent: \[.*?\])`")


def _findings(slo: str, base: str = BASE) -> list[tuple[str, str]]:
    """The ids and helps of what is found, of all checks where the spec can be compiled."""
    text = f"{base}slos:\n  checkout:\n    title: T\n{textwrap.indent(slo, '    ')}"
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    found = built.diagnostics
    if built.plan is not None:
        found += check_plan(
            built.plan, loaded.sources, list(CHECKS.values()), known=CHECKS, today=date(2026, 1, 1)
        )
    return [(one.id, one.help or "") for one in found]


@pytest.mark.parametrize("objective", ["50%", "95%", "99.99%"])
@pytest.mark.parametrize("window", ["1h", "6h", "1d", "2d", "3d", "7d"])
@pytest.mark.parametrize("burn", ["{page: critical, ticket: warning}", "{ticket: {severity: warning}}"])
def test_what_is_proposed_for_usual_windows_that_do_not_fit_is_sound(
    objective: str, window: str, burn: str
) -> None:
    """The share of the budget in half a window that was proposed once is spent while the promise is kept."""
    slo = COUNTED.replace("99.9%", objective).replace("30d", window) + f"burn: {burn}\n"
    while helps := [text for id_, text in _findings(slo) if id_ == "spec/burn"]:
        before = slo
        if whole := _TIER.search(helps[0]):
            slo = slo.replace(whole[3], whole[1])
        elif only := _SPENT.search(helps[0]):
            slo = slo.replace("severity: warning", f"severity: warning, {only[1]}")
        assert slo != before, helps
    found = {id_ for id_, _ in _findings(slo)}
    assert "slo/within-budget" not in found, slo
    if not slo.endswith(f"burn: {burn}\n") and "critical, ticket" not in slo:
        # The usual windows of another tier may be late or never reached by themselves.
        assert not any(id_.startswith("slo/") for id_ in found), slo


def test_a_tier_of_the_defaults_is_named_with_what_the_objective_needs() -> None:
    base = BASE.replace("title: Shop}", "title: Shop, defaults: {burn: {page: critical, ticket: warning}}}")
    slo = COUNTED.replace("30d", "1d")
    ((_, help_),) = _findings(slo + "burn: {}\n", base)
    tier = "ticket: {severity: warning, spent: [1x in 12h]}"
    assert f"`{tier}`" in help_
    assert not any(
        id_.startswith(("slo", "spec"))
        for id_, _ in _findings(slo + f"burn: {{page: critical, {tier}}}\n", base)
    )
