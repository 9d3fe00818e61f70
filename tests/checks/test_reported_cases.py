"""Faults that people reported in public: each is found at its place, and each fixed form is silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from tests.missing import missing

from tocsin.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterable

CASES = Path(__file__).parents[2].parent / "shared" / "cases"
FOUND = {
    "routing/01-interval-items/bad": "interval/alternatives alertmanager.yml:19",
    "routing/03-inhibit-wrong-label/bad": "inhibit/alertname alertmanager.yml:6",
    "routing/03-inhibit-wrong-label/bad-with-prometheus": "inhibit/alertname alertmanager.yml:6",
    "routing/05-inhibit-equal-absent/bad": "inhibit/missing-label alertmanager.yml:8",
    "routing/05-inhibit-equal-absent/bad-with-prometheus": "inhibit/missing-label alertmanager.yml:8",
    "routing/06-repeat-not-multiple/bad": "route/late-repeat alertmanager.yml:6",
    "routing/07-glob-and-list/bad": "route/pattern alertmanager.yml:5",
    "routing/08-parent-not-told/bad": "route/continue alertmanager.yml:6",
    "routing/09-amconfig-namespace/bad": "route/impossible amconfig.yml:10",
    "routing/10-slack-split-item/bad": "alertmanager/rule amconfig.yml:12",
    "routing/10-slack-split-item/bad-help-followed": "alertmanager/rule amconfig.yml:9",
    "routing/10-slack-split-item/bad-plain": "alertmanager/rule alertmanager.yml:6",
    "routing/10-slack-split-item/bad-plain-global": "alertmanager/split-item alertmanager.yml:7",
    "routing/11-teams-key/bad": "alertmanager/key alertmanager.yml:5",
    "routing/12-template-scope/bad": "notification/field alertmanager.yml:8",
    "routing/12-template-scope/bad-fields": "notification/field alertmanager.yml:8",
    "routing/14-opsgenie/bad-priority": "alertmanager/rule alertmanager.yml:9",
    "routing/15-equals-alternation/bad-comma-in-flow-list": "alertmanager/value alertmanager.yml:7",
    "routing/15-equals-alternation/bad-equals": "route/pattern alertmanager.yml:6",
    "routing/15-equals-alternation/bad-equals-rules": "route/pattern alertmanager.yml:6",
    "routing/15-equals-alternation/bad-flow": "alertmanager/value alertmanager.yml:5",
    "routing/16-null-receiver/bad": "alertmanager/root alertmanager.yml:2",
    "routing/17-loki-zero/bad": "query/empty rules.yml:5",
    "routing/18-loki-absent-labels/bad": "label/dropped rules.yml:9",
    "routing/19-loki-escape/bad": "file/logql rules.yml:5",
    "routing/20-loki-json/bad": "query/empty rules.yml:5",
    "routing/21-loki-wrong-language/bad": "file/promql rules.yml:7",
    "routing/21-loki-wrong-language/bad-alloy": "file/promql rules.yml:9",
    "routing/21-loki-wrong-language/bad-interval": "file/logql rules.yml:5",
    "routing/22-dashboard-ds-input/bad": "dashboard/input shop.json:5",
    "routing/22-dashboard-ds-input/bad-noinputs": "dashboard/datasource shop.json:8",
    "routing/24-time-zone/bad": "alertmanager/rule alertmanager.yml:18",
    "routing/24-time-zone/bad-month": "interval/never alertmanager.yml:4",
    "routing/24-time-zone/bad2": "alertmanager/root alertmanager.yml:4",
    "routing/25-helm-escaped/bad": "template/escaped rules.yaml:13",
    "routing/25-helm-escaped/bad-am": "alertmanager/escaped alertmanager.yml:7",
    "routing/27-viewpanel-row/bad": "link/panel rules.yml:10",
    "routing/28-secret-twice/bad": "alertmanager/value alertmanager.yml:4",
    "routing/29-prometheus-template-in-am/bad": "notification/syntax alertmanager.yml:7",
    "routing/30-infoinhibitor/bad": "inhibit/never alertmanager.yml:11",
    "routing/31-inhibit-names-differ/bad": "inhibit/never alertmanager.yml:6",
    "routing/32-amconfig-twice/bad": "alertmanager/continue amconfig.yml:5",
    "routing/34-templated-alert-name/bad": "template/name rules.yml:4",
    "routing/35-wrong-indent/bad": "file/yaml alertmanager.yml:6",
    "rules/01-join-max-by-raw/bad.yml": "query/scraped-join bad.yml:11",
    "rules/03-sum-and-raw/bad.yml": "query/empty bad.yml:5",
    "rules/04-or-vector-zero/bad.yml": "alert/no-condition bad.yml:5",
    "rules/05-scalar-labels/bad.yml": "label/dropped bad.yml:10",
    "rules/06-value-becomes-label/bad.yml": "template/value-label bad.yml:11",
    "rules/08-bool-times-precedence/bad.yml": "query/bool bad.yml:5",
    "rules/09-count-of-nothing/bad.yml": "query/count-of-none bad.yml:5",
    "rules/10-counter-born-at-one/bad.yml": "query/first-event bad.yml:5",
    "rules/11-uptime-with-for/bad.yml": "rule/for-lasting bad.yml:6",
    "rules/12-raw-counter-percentage/bad.yml": "query/raw-counter bad.yml:5",
    "rules/13-ratio-told-as-count/bad.yml": "template/unit bad.yml:9",
    "rules/14-hours-and-absent/bad.yml": "query/empty bad.yml:5",
    "rules/15-counter-functions-on-gauges/bad.yml": "query/rate-of-gauge bad.yml:5",
    "rules/17-on-drops-route-label/bad.yml": "route/unreachable alertmanager.yml:5",
    "rules/18-absent-labels/bad.yml": "label/dropped bad.yml:8",
    "rules/19-rate-window-scrape/bad.yml": "query/range bad.yml:5",
    "rules/20-recorded-rarely/bad.yml": "group/interval bad.yml:3",
    "rules/22-native-histograms/bad.yml": "query/empty-by-name bad.yml:5",
    "rules/23-and-of-two-windows/bad.yml": "query/empty-by-name bad.yml:11",
    "rules/24-no-condition/bad.yml": "alert/no-condition bad.yml:5",
    "rules/25-restarts-and-mul/bad.yml": "query/rate-of-gauge bad.yml:5",
    "rules/27-glob-help/bad.yml": "query/glob bad.yml:5",
    "rules/28-info-metric/bad.yml": "query/empty-by-name bad.yml:5",
}
"""What is found in each bad form, and at which line of which file."""
ARGUED = {
    "routing/14-opsgenie/bad": "Alertmanager 0.33 takes a template as the type of a responder",
    "routing/25-helm-escaped/bad-values": "Helm reads the values of a chart, and takes the escape away",
    "rules/26-told-threshold-full-stop/bad.yml": "the text is right, and only the `le` is worth a word",
}
"""The forms in which nothing is wrong."""
_SAID_OF_GOOD_ONES = {
    "rules/26-told-threshold-full-stop/good.yml": {"query/integer-bucket"},
}
"""What is found in fixed forms, and right: Prometheus 3 stores `le="1"` as `1.0`."""


def _check(paths: Iterable[Path]) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["check", "--format", "json", *map(str, paths)], catch_exceptions=False)
    found = json.loads(result.stdout)
    assert isinstance(found, list)
    return found


def _files(form: Path) -> list[Path]:
    if form.is_dir():
        return sorted(form.iterdir())
    beside = (form.parent / name for name in ("alertmanager.yml", "prometheus.yml"))
    return [form, *(path for path in beside if path.exists())]


def _forms(prefix: str) -> list[Path]:
    if not CASES.is_dir():
        missing("no reported faults: they are at ../shared/cases where they are shared")
    return sorted(CASES.glob(f"*/*/{prefix}*"))


def test_every_reported_fault_is_found_at_its_place() -> None:
    forms = _forms("bad")
    names = {form.relative_to(CASES).as_posix() for form in forms}
    assert names == {*FOUND, *ARGUED}
    wrong = {}
    for form in forms:
        name = form.relative_to(CASES).as_posix()
        said = {
            f"{one['check']} {Path(one['file']).name}:{one['line']}"
            for one in _check(_files(form))
            if one["file"]
        }
        if name in FOUND and FOUND[name] not in said:
            wrong[name] = (FOUND[name], sorted(said))
    print(f"{len(FOUND)} bad forms, {len(ARGUED)} argued, {len(wrong)} not found")
    assert wrong == {}


def test_every_fixed_form_is_silent() -> None:
    loud = {}
    forms = _forms("good")
    for form in forms:
        name = form.relative_to(CASES).as_posix()
        said = {one["check"] for one in _check(_files(form)) if one["level"] != "info"}
        if said != _SAID_OF_GOOD_ONES.get(name, set()):
            loud[name] = sorted(said)
    print(f"{len(forms)} fixed forms")
    assert loud == {}


def test_each_edit_that_a_help_describes_removes_its_finding(tmp_path: Path) -> None:
    edits = 0
    for form in _forms("bad"):
        for one in _check(_files(form)):
            if one["fix"] is None:
                continue
            edits += 1
            folder = tmp_path / str(edits)
            folder.mkdir()
            changed = [_copy(path, folder, one["fix"]) for path in _files(form)]
            kept = [(its["check"], its["message"]) for its in _check(changed)]
            assert (one["check"], one["message"]) not in kept, (form, one)
    print(f"{edits} edits made")
    assert edits > 5


def _copy(path: Path, folder: Path, fix: dict[str, Any]) -> Path:
    text = path.read_text(encoding="utf-8")
    if path == Path(fix["file"]):
        lines = text.split("\n")
        starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
        start = starts[fix["line"] - 1] + fix["column"] - 1
        end = starts[fix["end_line"] - 1] + fix["end_column"] - 1
        text = text[:start] + fix["text"] + text[end:]
    copy = folder / path.name
    copy.write_text(text, encoding="utf-8")
    return copy


def _at(one: dict[str, Any]) -> str:
    return f"{one['check']} {Path(one['file']).name}:{one['line']}"
