"""The messages that a real Alertmanager sends to every integration, for one alert and for a thousand.

`pytest -s` prints a table of their lengths, first and last lines.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.routing.alertmanager import running, wait_for
from tests.spec.integrations import MINIMAL
from tests.targets.services import services
from tests.targets.test_alertmanager import EVERY_CHANNEL, POST_DATA

from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.lang.alertmanager.texts import Unit
from tocsin.targets import alertmanager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

COUNTS = (1, 3, 40, 1_000)
_OWN = {f"{name}_configs" for name in MINIMAL} - POST_DATA
"""Those with texts of ours: the other two send Alertmanager's own document."""
_LONGEST_REQUEST = {"msteams": 28 * 1024, "msteamsv2": 28 * 1024, "pagerduty": 512_000}
_TITLES = {"title", "summary", "subject", "entity_display_name"}
_SHORT = {"opsgenie": "message", "pagerduty": "description"}
"""Where the title is, if its key is called otherwise."""
_BLANK_OR_FENCE = re.compile(r"\s*|```")

Sent = dict[tuple[str, int], tuple[dict[str, str], int]]


def _alerts(count: int) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    for number in range(count):
        # The most urgent ones come last by their labels, in which order Alertmanager has them.
        severity = "critical" if number >= count * 9 // 10 else "notice"
        yield {
            "labels": {
                "alertname": "CheckoutErrors",
                "severity": severity,
                "team": "web",
                "batch": str(count),
                "shop": f"shop-{number:04}",
                "namespace": "checkout",
            },
            "annotations": {
                "summary": f"O checkout de shop-{number:04} falha",
                "description": f"{number % 90 + 10} % dos pagamentos de <shop-{number:04}> & filiais falham.",
                "command": f"kubectl -n checkout logs -l shop=shop-{number:04} --since 10m",
                "runbook_url": "https://runbooks.example/CheckoutErrors.md",
                "dashboard_url": f"https://grafana.example/d/shop?viewPanel=7&var-shop=shop-{number:04}",
            },
            "startsAt": (now - timedelta(minutes=12, seconds=number)).isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "generatorURL": "https://prometheus.example/graph?g0.expr=checkout_errors",
        }


@pytest.fixture(scope="module")
def sent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """By integration and number of alerts: the texts, and the bytes of the request."""
    program: Program = request.getfixturevalue("alertmanager")
    plan_of: Callable[[str], Plan] = request.getfixturevalue("plan_of")
    if shutil.which("openssl") is None:
        pytest.skip("no openssl: Pushover is only reached by TLS")
    folder = tmp_path_factory.mktemp("alertmanager")
    with services(folder) as taken:
        files = {file.path: file.content for file in alertmanager.emit(plan_of(EVERY_CHANNEL))}
        value = yaml.safe_load(files["alertmanager/alertmanager.yaml"])
        value["route"] = {
            "receiver": "old",
            "group_by": ["batch"],
            # Alerts that began long ago do not wait, so the first message of a group lists only a few.
            "group_wait": "1s",
            "group_interval": "2s",
        }
        value["inhibit_rules"] = []
        for receiver in value["receivers"]:
            for key in [key for key in receiver if key.endswith("_configs")]:
                if key not in _OWN:
                    del receiver[key]
                    continue
                for entry in receiver[key]:
                    for path in [one for one in entry if one.endswith("_file")]:
                        del entry[path]
                    entry |= taken.redirected(key.removesuffix("_configs"))
        (folder / "templates").mkdir()
        (folder / "templates" / "tocsin.tmpl").write_bytes(files["alertmanager/templates/tocsin.tmpl"])
        (folder / "alertmanager.yaml").write_text(yaml.safe_dump(value), encoding="utf-8")
        with running(program, folder / "alertmanager.yaml", folder) as server:
            for count in COUNTS:
                server.post(*_alerts(count))
            wait_for(lambda: len(_by_count(taken.texts())) == len(_OWN) * len(COUNTS), 60)
        log = (folder / "alertmanager.log").read_text(encoding="utf-8")
        found = _by_count(taken.texts())
    missing = {(key.removesuffix("_configs"), count) for key in _OWN for count in COUNTS} - found.keys()
    assert not missing, log[-3_000:]
    assert "runcated" not in log, "Alertmanager had to cut a text off"
    _print_table(found)
    return found


def _by_count(messages: Iterator[tuple[str, dict[str, str], int]]) -> Sent:
    found: Sent = {}
    for integration, texts, size in messages:
        whole = "\n".join(texts.values())
        total = re.search(r"\((\d+) disparando\)", whole)
        count = int(total[1]) if total else 1
        if re.search(rf"batch=(?:3D)?{count}\b", whole):
            found[integration, count] = texts, size
    return found


def _print_table(found: Sent) -> None:
    print("\n| integration | alerts | text | length | first line | last line |\n| --- " + "| --- " * 5 + "|")
    for (integration, count), (texts, _) in sorted(found.items()):
        for key, text in texts.items():
            if key in _TITLES or _SHORT.get(integration) == key or key == "html" or not text:
                continue
            lines = text.strip().splitlines()
            shown = (f"{line[:60]}…" if len(line) > 60 else line for line in (lines[0], lines[-1]))
            print(f"| {integration} | {count} | {key} | {len(text):,} |", " | ".join(shown), "|")


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("integration", sorted(key.removesuffix("_configs") for key in _OWN))
def test_a_message_fits_and_names_the_most_urgent_first(sent: Sent, integration: str, count: int) -> None:
    texts, size = sent[integration, count]
    for key, limit in INTEGRATIONS[integration].limits.items():
        text = texts.get(key, "")
        assert (len(text) if limit.unit is Unit.CHARACTERS else len(text.encode())) <= limit.size, key
    assert size <= _LONGEST_REQUEST.get(integration, size)
    whole = "\n".join(texts.values())
    assert "CheckoutErrors" in whole
    assert "<no value>" not in whole
    urgent = f"shop-{count * 9 // 10:04}"
    assert re.findall(r"\bshop-\d{4}", whole)[0] == urgent
    assert re.search(r"há \d+ minutos", whole)
    # What a title of the spec says is shown, and never run.
    assert "Equipe `web` {{ . }}" in whole
    body = max((text for key, text in texts.items() if key != "html"), key=len)
    repeated = [line for line, times in Counter(body.splitlines()).items() if times > 1]
    assert all(_BLANK_OR_FENCE.fullmatch(line) or line.endswith("Comando:") for line in repeated), repeated
    left = re.search(r"e mais (\d+): .*", body)
    if integration == "email" or count == 1:
        assert left is None
    if count == 1_000 and integration != "email":
        assert left is not None
        assert "/#/alerts?receiver=old" in left[0]
    assert len(set(re.findall(r"\bshop-\d{4}", body))) + (int(left[1]) if left else 0) == count
    assert not texts.get("resolved")
