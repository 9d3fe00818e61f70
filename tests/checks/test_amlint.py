"""Whatever amlint finds in an Alertmanager configuration, a check or the reader finds as well.

One difference is meant: of two inhibitions amlint says that they may be a circle where their sides only can
overlap; `inhibit/circle` wants every source of the one to be a target of the other.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.cases import every_case, planned
from tests.missing import NO_CORPORA

from tocsin.checks import CHECKS
from tocsin.checks.framework.matcher_sets import allowed_label_values, is_impossible
from tocsin.compile import build
from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.lang.kubernetes.kube_prometheus import RECEIVERS
from tocsin.source import Document, read_stream
from tocsin.spec.load import load_documents
from tocsin.targets import alertmanager, loki, prometheus

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("amlint") is None, reason="amlint is not installed: `pip install amlint==0.8.5`"
)

_REFUSED = frozenset(
    "alertmanager/" + name for name in ("key", "reference", "root", "rule", "twice", "type", "value")
)
_ANSWERS: dict[str, frozenset[str]] = {
    "bad-time-interval": frozenset({"interval/release", *_REFUSED}),
    "bad-template": frozenset({"notification/syntax", "alertmanager/value"}),
    "template-unknown-field": frozenset({"notification/field"}),
    "undefined-template": frozenset({"notification/unknown-template"}),
    "circular-inhibition": frozenset({"inhibit/circle"}),
    "empty-receiver": frozenset({"receiver/empty"}),
    "inhibit-no-equal": frozenset({"inhibit/everywhere", "inhibit/no-equal", "inhibit/same"}),
    "inhibit-unknown-alertname": frozenset({"inhibit/unknown-alert"}),
    "inhibit-same-match": frozenset({"inhibit/same", "inhibit/overlap"}),
    "plaintext-secret": frozenset({"alertmanager/secret", *_REFUSED}),
    "repeat-before-group": frozenset({"route/repeat-interval"}),
    "route-always-muted": frozenset({"route/always-muted", "interval/never"}),
    "route-match-collision": frozenset({"route/shadowed"}),
    "shadowed-route": frozenset({"route/shadowed"}),
    "unreachable-route": frozenset({"route/shadowed"}),
    "route-unknown-alertname": frozenset({"route/unknown-alert"}),
    "stripped-brace": frozenset({"alertmanager/classic-matcher", *_REFUSED}),
    "time-interval-never-active": frozenset({"interval/never"}),
    "wait-exceeds-interval": frozenset({"route/group-wait"}),
    "alert-hits-default-receiver": frozenset({"route/catch-all", "route/nobody", "route/dropped"}),
    "deep-nesting": frozenset({"route/depth"}),
    "deprecated-match": frozenset({"alertmanager/deprecated"}),
    "deprecated-mute-time-intervals": frozenset({"alertmanager/deprecated"}),
    "unused-receiver": frozenset({"receiver/unused", "alertmanager/root"}),
    "useless-continue": frozenset({"route/continue"}),
}
"""By amlint's code; any other one is a refusal of Alertmanager itself."""
_NOTHING_TO_DO = frozenset({"global-resolve-timeout-missing"})
"""Prometheus and Loki send an end with every alert, so that it is never used."""
_OTHER_FILES = frozenset({"template-file-missing", "bad-template-file", "grafana-contact-point"})
"""What is not in the configuration, or in none of Alertmanager's."""

_RUN = "from amlint.cli import main; main()"
_ALL = "receivers: [{name: all, webhook_configs: [{url: 'http://h.example/'}]}]\n"
_BROKEN = {
    "bad label": "route: {receiver: all, routes: [{match: {k8s.x: a}}]}\n" + _ALL,
    "bad matcher": "route: {receiver: all, routes: [{matchers: ['a ~ b']}]}\n" + _ALL,
    "bad regex": "route: {receiver: all, routes: [{matchers: ['a=~\"(\"']}]}\n" + _ALL,
    "look-ahead": "route: {receiver: all, routes: [{match_re: {a: '(?=x)'}}]}\n" + _ALL,
    "no route": _ALL,
    "unknown receiver": "route: {receiver: web}\n" + _ALL,
    "unknown interval": "route: {receiver: all, routes: [{mute_time_intervals: [x]}]}\n" + _ALL,
    "bad interval": "route: {receiver: all}\n"
    "time_intervals: [{name: a, time_intervals: [{months: [smarch]}]}]\n" + _ALL,
    "two receivers": "route: {receiver: a}\nreceivers: [{name: a}, {name: a}]\n",
    "ellipsis": "route: {receiver: all, group_by: ['...', a]}\n" + _ALL,
    "root with matchers": "route: {receiver: all, matchers: [a=b]}\n" + _ALL,
    "brace": "route: {receiver: all, routes: [{matchers: ['code=~[0-9]{3}']}]}\n" + _ALL,
    "old intervals": "route: {receiver: all}\nmute_time_intervals: [{name: a, time_intervals: [{}]}]\n"
    + _ALL,
    **{
        f"{kind} without its target": "route: {receiver: a}\n"
        f"receivers: [{{name: a, {kind}_configs: [{{{more}}}]}}]\n"
        for kind, more in {
            "slack": "channel: x",
            "pagerduty": "",
            "email": "to: a@b.example",
            "webhook": "",
            "opsgenie": "",
            "victorops": "routing_key: x",
            "sns": "",
            "telegram": "chat_id: 1",
            "discord": "",
            "msteams": "",
            "wechat": "",
        }.items()
    },
    "secrets": """route: {receiver: a}
receivers:
  - name: a
    pagerduty_configs: [{routing_key: 3f9a1c0be44d4f0d8d6c2b7e5a1f0c9d}, {routing_key: "${KEY}"}]
    slack_configs: [{api_url: "https://hooks.slack.com/services/T0AB1/B0CD2/abcdefgh12345678ijkl"}]
    webhook_configs:
      - url: http://internal:9093/hook
      - url: https://user:hunter22@h.example/
      - url: https://h.example/hook?token=abcdef12345
    email_configs: [{to: a@b.example, from: a@b.example, smarthost: "m:25", auth_password: hunter22x}]
""",
}


def _amlint(folder: Path, *options: str) -> list[dict[str, Any]]:
    files = sorted(map(str, folder.glob("*.yml")))
    run = subprocess.run(
        [sys.executable, "-c", _RUN, "check", "--exit-zero", "--format", "json", *options, *files],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


# A receiver whose name says that it discards, and the one of kube-prometheus, the heartbeat that each look
# repeats, and a variable that another program fills in.
_MEANT = re.compile(
    r"'[\w/-]*(?:hole|null|nobody|empty|Watchdog)' (?:has no|is defined but)"
    r"|\(50s\) is shorter than .* \(1m\)"
    r"|uses \.[A-Z]+(?:_[A-Z]+)+ on the notification data"
)


def _escaped(texts: dict[str, str], folder: Path) -> tuple[list[str], Counter[str]]:
    """What amlint finds and nothing here answers, and how often each of its codes was answered."""
    answered: Counter[str] = Counter()
    escaped: list[str] = []
    ours: dict[str, tuple[set[str], Plan]] = {}
    for number, text in enumerate(texts.values()):
        path = folder / f"{number:04}.yml"
        path.write_text(text, encoding="utf-8")
        document = Document(str(path), text)
        adopted = read_existing([Input(document, read_stream(document), True)])
        found = {one.id for one in adopted.diagnostics}
        found |= {one.id for one in _checked(text)}
        ours[str(path)] = found, adopted.plan
    names = list(texts)
    for one in _amlint(folder):
        found, plan = ours[one["file"]]
        code = one["code"]
        if code in _OTHER_FILES | _NOTHING_TO_DO or _MEANT.search(one["message"]):
            continue
        wanted = _ANSWERS.get(code, _REFUSED)
        # What Alertmanager refuses is not judged any further.
        if wanted & found or (found & _REFUSED and code not in _ANSWERS) or _harmless(code, plan):
            answered[code] += 1
        else:
            escaped.append(f"{names[int(Path(one['file']).stem)]}: {code}: {one['message']}")
    return escaped, answered


def _checked(text: str) -> Any:
    made = planned(text)
    assert made is not None
    return made.found(CHECKS.values())


def _harmless(code: str, plan: Plan) -> bool:
    """What amlint tells and is no fault.

    Alertmanager 0.33 takes a bot's token for all receivers, and files may define templates. A value on both
    sides of an inhibition hurts nobody where no alert can be on both of them. Targets that are named by more
    than a severity say what depends on the cause, `equal: []` says that they are
    everywhere, and a receiver that discards may wait for who needs it, as those that kube-prometheus brings
    along, where the old form of a matcher is left as it came.
    """
    has_channels = any(entries for one in plan.receivers for _, entries in one.channels)
    if code == "deprecated-match":
        return not has_channels
    if code == "empty-receiver":
        return not has_channels and {one.name for one in plan.receivers} <= RECEIVERS
    if code == "inhibit-no-equal":
        bare = [rule for rule in plan.inhibitions if not rule.equal and not rule.is_everywhere]
        return all(any(one.name != "severity" for one in rule.target) for rule in bare)
    if code == "telegram-no-bot-token":
        return any(key.startswith("telegram_bot_token") for key in plan.project.alertmanager)
    if code == "undefined-template":
        return bool(plan.templates)
    return code == "inhibit-same-match" and any(
        is_impossible(allowed_label_values([*rule.source, *rule.target])) for rule in plan.inhibitions
    )


def test_nothing_escapes_that_amlint_finds_in_broken_configurations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = dict(_BROKEN)
    for case in every_case():
        for number, part in enumerate(case.text.split("---\n")):
            if "receivers:" in part and "route:" in part and "severities" not in part:
                texts[f"{case.check}:{case.line}:{number}"] = part
    escaped, answered = _escaped(texts, tmp_path)
    with capsys.disabled():
        print(
            f"\namlint: {sum(answered.values())} findings of {len(answered)} kinds in {len(texts)} "
            f"configurations, {len(escaped)} without an answer"
        )
    assert not escaped, "\n".join(escaped)
    assert len(answered) > 35


def test_nothing_escapes_in_files_from_the_wild(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpora = Path(os.environ.get("TOCSIN_CORPORA", Path(__file__).parents[3] / "shared" / "corpora"))
    files = sorted((corpora / "alertmanager").rglob("*.y*ml")) if corpora.is_dir() else []
    if not files:
        pytest.skip(NO_CORPORA)
    texts = {}
    for file in files:
        try:
            texts[file.relative_to(corpora).as_posix()] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    escaped, answered = _escaped(texts, tmp_path)
    with capsys.disabled():
        print(
            f"\namlint: {sum(answered.values())} findings in {len(texts)} files from the wild, "
            f"{len(escaped)} without an answer"
        )
    assert not escaped, "\n".join(escaped)


@pytest.mark.parametrize("spec", ["conectcrm", "shop"])
def test_amlint_finds_nothing_in_what_is_generated(spec: str, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    folder = root / "spec" if spec == "conectcrm" else root / "tests" / "specs"
    documents = [
        Document(path.name, path.read_text(encoding="utf-8"))
        for path in ([folder / "shop.yaml"] if spec == "shop" else sorted(folder.glob("*.yaml")))
    ]
    loaded = load_documents(documents)
    assert loaded.spec is not None
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None
    rules = tmp_path / "rules"
    for file in (*alertmanager.emit(built.plan), *prometheus.emit(built.plan), *loki.emit(built.plan)):
        if file.path.endswith("alertmanager.yaml"):
            (tmp_path / "alertmanager.yml").write_bytes(file.content)
        elif file.path.endswith((".yaml", ".tmpl")):
            inside = tmp_path / "templates" if file.path.endswith(".tmpl") else rules
            inside.mkdir(exist_ok=True)
            (inside / file.path.replace("/", "-")).write_bytes(file.content)
    assert list(rules.iterdir())
    assert _amlint(tmp_path, "--rules", f"{rules}/*.yaml") == []
