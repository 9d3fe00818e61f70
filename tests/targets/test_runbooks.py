"""Runbook pages as a person reads them: nothing is dropped, nothing is invented, no text breaks the page."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.targets import runbooks, sections
from tocsin.targets.runbooks import markdown
from tocsin.targets.runbooks.markdown import Anchors, anchor
from tocsin.text.yaml import yaml_text
from tocsin.translations import TEXTS
from tocsin.translations.model import RunbookWords

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

FENCE = re.compile(r"(?ms)^( *)(`{3,})[^\n`]*\n.*?^\1\2$")


def _pages(plan: Plan) -> dict[str, str]:
    return {file.path.removeprefix("runbooks/"): file.content.decode() for file in runbooks.emit(plan)}


def _prose(page: str) -> str:
    return FENCE.sub("(code)", page)


def _in_order(page: str, *parts: str) -> None:
    at = 0
    for part in parts:
        found = page.find(part, at)
        assert found >= 0, f"{part!r} is not in the rest of the page:\n{page[at:]}"
        at = found + len(part)


def test_a_page_has_everything_in_the_order_in_which_it_is_needed(shop_plan: Plan) -> None:
    _in_order(
        _pages(shop_plan)["CheckoutErrors.md"],
        "# 🔴🟡 CheckoutErrors\n",
        "> Checkout of `<shop>` fails\n",
        "**🔴 Critical · 🟡 Warning** · Team: Payments team",
        "[Panel](https://grafana.shop.example/d/shop-checkout?viewPanel=",
        "| 🔴 Critical | above **10 %** for 5m; keeps firing for 10m after the condition has ended |",
        "| 🟡 Warning | above **2 %** for 10m |",
        "| 🔴 Critical | `payments` | 10s | 30m |",
        "| 🟡 Warning | `payments`; only in `office-hours` | 1m | 4h |",
        "- 🔴 Critical: first action within **5m**, resolved within another **30m**, ",
        "mean time to resolve **1h**\n",
        "## What happened\n\n`<value>` of the checkouts in `<shop>` fail.\n",
        "## Impact\n\n- Customers cannot pay.\n",
        "### 1. See which step fails\n",
        '```promql\nsum by (step) (rate(checkouts_total{result="failed"}[5m]))\n```\n',
        "[Run it](https://prometheus.shop.example/graph?g0.expr=",
        "→ the card provider is down → [Action 1: Switch to the second card provider]"
        "(#action-1-switch-to-the-second-card-provider)\n- all steps fail\n",
        "```bash\nkubectl logs -l app=checkout --since 10m\n```",
        "### Action 1: Switch to the second card provider\n\n```bash\nshopctl provider use backup\n```",
        "- [ ] Less than 2 % of the checkouts fail for 15 minutes.",
        "- [ ] Write the post-mortem.",
        "- Test the second provider every month.",
        "Nobody has bought anything for five minutes, or the shop is down.",
        "- `warning` is inhibited while `critical` is firing, with the same `shop`",
        "- Inhibited while [ShopDown](ShopDown.md) is firing, with the same `shop`",
        "- Related alerts: [PaymentDeclined](PaymentDeclined.md)",
        "```promql\n# failed against all\nsum by (shop)",
    )


def test_an_alert_without_steps_says_so_openly(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    declined = pages["PaymentDeclined.md"]
    _in_order(
        declined,
        "## Diagnosis",
        "The diagnosis steps have not been written yet.",
        "Ask Payments team",
        "Whoever finds the cause can write them down: under `runbook:` of `PaymentDeclined` in the spec.",
        "Start with the query of the alert itself: [Run it](https://grafana.shop.example/explore?",
    )
    assert '```logql\n{app="payments"} |= "declined" | json | __error__=""\n```' in declined
    row = next(line for line in pages["README.md"].splitlines() if line.startswith("| [PaymentDeclined]"))
    assert row.endswith("| Payments team | to be written |")


def test_an_alert_shows_the_escalation_of_its_severities(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    _in_order(
        pages["CheckoutErrors.md"],
        "## Escalation\n\n1. **First level** · Notified through On-call engineer (`on-call`)\n",
        "    - Any page.\n",
        "2. **Second level**\n    - 🔴 Critical: not resolved after **30m**\n    - Ask in `#leads`.\n",
    )
    assert "not resolved after" not in pages["PaymentDeclined.md"]


def test_labels_in_commands_are_placeholders_that_are_explained(plan_of: Callable[[str], Plan]) -> None:
    command = "kubectl -n {{ $labels.namespace }} logs {{$labels.pod}} --template '{{ .x }}'"
    plan = plan_of(_spec("A", "s", ["i"], command))
    assert (
        "```bash\nkubectl -n <namespace> logs <pod> --template '{{ .x }}'\n```\n\n"
        "Replace `<namespace>`, `<pod>` with the values of the labels that the alert has. "
        "The notification shows this command filled in.\n"
    ) in _pages(plan)["A.md"]
    assert "Replace" not in _pages(plan_of(_spec("A", "s", ["i"], "ls '{{ .x }}'")))["A.md"]


def test_queries_of_logs_can_be_run_as_those_of_metrics(shop_plan: Plan) -> None:
    lines = _pages(shop_plan)["PaymentDeclined.md"].split("The log lines behind it:")[1]
    assert "[Run it](https://grafana.shop.example/explore?" in lines


def test_severities_that_ask_different_things_have_a_query_each(plan_of: Callable[[str], Plan]) -> None:
    one = "        expr: up == 0\n        severity: bad\n"
    two = "        rules: [{severity: worse, expr: absent(up)}, {severity: bad, expr: up == 0}]\n"
    written = _spec("A", "s", ["i"], "ls")
    assert one in written
    written = written.replace(one, f"        per: []\n{two}")
    written = written.replace("severities:\n", "severities:\n  worse: {rank: 2, title: Worse}\n")
    _in_order(
        _pages(plan_of(written))["A.md"],
        "## What is watched\n",
        "Bad:\n\n```promql\nup == 0\n```\n",
        "Worse:\n\n```promql\nabsent(up)\n```\n",
    )


def test_one_page_holds_every_runbook_and_procedure_with_links_inside(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    whole = pages["all.md"]
    _in_order(
        whole,
        "# All runbooks on one page: Web Shop\n",
        "- [🔴🟡 CheckoutErrors](#-checkouterrors)\n",
        "## 🔴🟡 CheckoutErrors\n\n> Checkout of `<shop>` fails\n",
        "→ [Action 1: Switch to the second card provider](#action-1-switch-to-the-second-card-provider)",
        "#### Action 1: Switch to the second card provider\n",
        "Inhibited while [ShopDown](#-shopdown) is firing",
        "## Post-mortem\n",
        "# What happened\n\n# Why\n",
    )
    assert whole.count("<!--") == 1
    assert ".md)" not in whole.replace("](README.md", "](index")
    for name, page in pages.items():
        if name not in ("README.md", "routing.md", "slos.md", "all.md"):
            assert whole.count(f"\n## {page.splitlines()[0][2:]}\n") == 1


def test_a_cause_names_what_it_silences(shop_plan: Plan) -> None:
    assert "- Inhibits [CheckoutErrors](CheckoutErrors.md)" in _pages(shop_plan)["ShopDown.md"]


def test_the_index_lists_alerts_by_severity_and_by_group_and_the_rest(shop_plan: Plan) -> None:
    _in_order(
        _pages(shop_plan)["README.md"],
        "# Runbooks: Web Shop",
        "- [Alerts by severity](#alerts-by-severity)",
        "### 🔴 Critical\n\n- [CheckoutErrors](CheckoutErrors.md) 🔴🟡: Checkout of `<shop>` fails\n"
        "- [ShopDown](ShopDown.md)",
        "### 🟡 Warning\n\n- [PaymentDeclined](PaymentDeclined.md)",
        "### Checkout\n",
        "### Web servers\n",
        "- [Silence an alert](procedures/silence.md): The alert is known and somebody works on it.",
        "- [Post-mortem](procedures/post-mortem.md)",
        "1. **First level** · Notified through On-call engineer (`on-call`)\n    - Any page.",
        "2. **Second level**\n    - 🔴 Critical: not resolved after **30m**\n    - Ask in `#leads`.",
        "- `#incident`",
        "- [Status page](https://status.shop.example): update it first",
    )


def test_procedures_have_pages_with_their_steps_and_templates(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    assert 'amtool silence add alertname=SlowPages --comment "deploy"' in pages["procedures/silence.md"]
    assert "```markdown\n# What happened\n\n# Why\n```" in pages["procedures/post-mortem.md"]


def test_every_relative_link_leads_to_a_page_and_a_heading(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    for name, page in pages.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
            if ":" in link:
                continue
            path, _, heading = link.partition("#")
            folder = name.rpartition("/")[0]
            target = name if not path else unquote(path).removeprefix("../") if folder else unquote(path)
            assert target in pages, (name, link)
            assert not heading or heading in _anchors(pages[target]), (name, link)


def _anchors(page: str) -> set[str]:
    anchors = Anchors()
    return {anchors.take(found[1]) for found in re.finditer(r"(?m)^#{1,6} (.+)$", _prose(page))}


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Ação 1: Backend parado (restart)", "ação-1-backend-parado-restart"),
        ("🔴 Crítico", "-crítico"),
        ("⚠️ Aviso", "️-aviso"),
        ("`up == 0` & more", "up--0--more"),
        ("Under\\_score-and-hyphen", "under_score-and-hyphen"),
    ],
)
def test_anchors_are_those_of_github(heading: str, expected: str) -> None:
    assert anchor(heading) == expected


def test_equal_headings_get_numbers() -> None:
    anchors = Anchors()
    assert [anchors.take("A"), anchors.take("A"), anchors.take("A 1"), anchors.take("A")] == [
        "a",
        "a-1",
        "a-1-1",
        "a-2",
    ]


def test_portuguese_pages_hold_no_english_heading(plan_of: Callable[[str], Plan]) -> None:
    text = _spec("Lento", "Algo está lento", ["Clientes esperam."], "ls").replace(
        "title: P\n", "title: P\n  language: pt-BR\n", 1
    )
    pages = _pages(plan_of(text))
    headings = {line.lstrip("# ") for page in pages.values() for line in page.splitlines() if line[:1] == "#"}
    assert "Diagnóstico" in headings
    names = [one.name for one in fields(RunbookWords) if one.name != "comparisons"]
    english, portuguese = ({getattr(TEXTS[one].runbooks, name) for name in names} for one in ("en", "pt-BR"))
    assert not headings & (english - portuguese)


def _spec(alert: str, summary: str, impact: list[str], command: str) -> str:
    return yaml_text(
        {
            "project": {"name": "p", "title": "P"},
            "severities": {"bad": {"rank": 1, "title": "Bad"}},
            "receivers": {"all": {}},
            "routing": {"catch_all": "all"},
            "groups": {
                "g": {
                    "title": "G",
                    "alerts": {
                        alert: {
                            "summary": summary,
                            "description": "d",
                            "expr": "up == 0",
                            "severity": "bad",
                            "runbook": {
                                "impact": impact,
                                "diagnosis": [{"command": {"language": "bash", "code": command}}],
                            },
                        }
                    },
                }
            },
        }
    )


def test_texts_of_the_author_stay_text(plan_of: Callable[[str], Plan]) -> None:
    summary = "a | b `c` <b> ](x) # *d* {{ $labels.e }} {% raw %}{{ 7 * 7 }}"
    pages = _pages(plan_of(_spec("A", summary, ["one\ntwo {{ 7 * 7 }}"], "ls")))
    assert "49" not in pages["A.md"]
    assert "- one\n  two {{ 7 * 7 }}\n" in pages["A.md"]
    row = next(line for line in pages["README.md"].splitlines() if line.startswith("| [A]"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "\\<b\\>" in row
    assert "`<e>`" in row


def test_a_command_comes_out_as_it_was_written(plan_of: Callable[[str], Plan]) -> None:
    command = "cat <<Y  \n```\nY\n\n\n\ncat <<X\n# heading\nX\n"
    page = _pages(plan_of(_spec("A", "s", ["i"], command)))["A.md"]
    assert f"````bash\n{command}````\n" in page


def test_a_page_ends_in_one_newline_and_holds_no_loose_ends(shop_plan: Plan) -> None:
    for page in _pages(shop_plan).values():
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
        assert "None" not in page
        assert "\n\n\n" not in _prose(page)
        assert not re.search(r"(?m)[ \t]+$", _prose(page))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_no_text_breaks_a_table_or_a_fence(text: str) -> None:
    assert "\n" not in markdown.table_cell(text)
    assert len(re.findall(r"(?<!\\)\|", markdown.table_cell(markdown.escape_text(text)))) == 0
    block = markdown.code_block("text", text)
    ticks = block.split("text", 1)[0]
    inner = block.split("\n", 1)[1].rsplit("\n", 1)[0]
    assert not any(line.lstrip().startswith(ticks) for line in inner.split("\n"))
    assert inner == text.strip("\n")


def test_several_processes_write_the_same_pages(shop_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = _pages(shop_plan)
    monkeypatch.setattr(runbooks, "MUCH", 1)
    monkeypatch.setattr(sections, "useful_processes", lambda *_: 2)
    assert _pages(shop_plan) == alone


def test_an_alert_without_texts_has_a_page_without_their_headings(plan_of: Callable[[str], Plan]) -> None:
    plan = plan_of(
        """
        project: {name: p, title: P}
        severities: {bad: {rank: 1, title: B}}
        receivers: {all: {}}
        routing: {catch_all: all}
        groups: {g: {title: G, alerts: {A: {expr: up == 0, severity: bad}}}}
        """
    )
    (rule,) = plan.rule_groups[0].rules
    assert rule.annotations == {}  # type: ignore[union-attr]
    pages = _pages(plan)
    assert "\n>" not in pages["A.md"]
    assert "## What happened" not in pages["A.md"]
    assert "- [A](A.md)\n" in pages["README.md"]
