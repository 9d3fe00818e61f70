"""Keys and new names in rule files and Alertmanager configurations; `‸` stands where the cursor is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.lsp.client import Client, place, range_of

if TYPE_CHECKING:
    from pathlib import Path

CURSOR = "‸"
RULES = """\
groups:
  - name: web
    rules:
      - alert: Errors
        expr: rate(errors_total[5m]) > 0.1
        labels: {severity: page}
"""


def _offered(client: Client, file: Path, text: str) -> list[str]:
    client.change(file, text.replace(CURSOR, ""))
    return [one["label"] for one in client.at("completion", file, *place(text, CURSOR))["items"]]


def test_keys_of_plain_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    with Client(tmp_path) as client:
        client.open(file)
        client.settle(file)
        text = RULES.replace(
            "        labels: {severity: page}\n", "        ‸\n        labels: {severity: page}\n"
        )
        offered = _offered(client, file, text)
        assert set(offered) >= {"for", "keep_firing_for", "annotations"}
        assert not {"interval", "thresholds", "receiver"} & set(offered)
        group = _offered(client, file, RULES.replace("    rules:\n", "    ‸\n    rules:\n"))
        assert set(group) >= {"interval", "limit", "query_offset"}
        assert _offered(client, file, RULES.replace("{severity: page}", "{‸}")) == []


def test_keys_of_an_alertmanager_configuration(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    text = (
        "route:\n  receiver: all\n  routes:\n    - matchers: [a=b]\n      ROUTE\n      receiver: all\n"
        "receivers:\n  - name: all\n    slack_configs:\n      - channel: '#a'\n        SLACK\n"
        "        api_url_file: /run/slack\n"
    )
    plain = text.replace("      ROUTE\n", "").replace("        SLACK\n", "")
    file.write_text(plain, encoding="utf-8")
    with Client(tmp_path) as client:
        client.open(file)
        client.settle(file)
        route = _offered(client, file, text.replace("ROUTE", "‸").replace("        SLACK\n", ""))
        slack = _offered(client, file, text.replace("SLACK", "‸").replace("      ROUTE\n", ""))
    assert set(route) >= {"group_by", "group_wait", "continue", "mute_time_intervals", "routes"}
    assert set(slack) >= {"send_resolved", "title", "text", "actions"}
    assert "group_by" not in slack


def test_a_receiver_gets_another_name_wherever_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    text = """\
route:
  receiver: mail
  routes:
    - {matchers: [a=b], receiver: "mail"}
receivers:
  - name: mail # not mailing
    webhook_configs: [{url: "https://example.org/mail"}]
  - name: pager
    webhook_configs: [{url: "https://example.org/b"}]
"""
    file.write_text(text, encoding="utf-8")
    with Client(tmp_path) as client:
        client.open(file)
        client.settle(file)
        where = place(text, "receiver: mail", 11)
        named = client.at("prepareRename", file, *where)
        assert range_of({"range": named}) == (1, 12, 1, 16)
        edits = client.at("rename", file, *where, newName="on-call")["changes"][file.as_uri()]
        lines = text.splitlines()
        for line, start, _, end, new in sorted(
            ((*range_of(one), one["newText"]) for one in edits), reverse=True
        ):
            lines[line] = lines[line][:start] + new + lines[line][end:]
        assert "\n".join(lines) + "\n" == text.replace(": mail", ": on-call").replace('"mail"', '"on-call"')
        # Taken, or nothing that has a name of its own.
        for name, why in (("pager", "there is a receiver `pager` already"), (" ", "a name needs")):
            with pytest.raises(ValueError, match=why):
                client.at("rename", file, *where, newName=name)
        assert client.at("prepareRename", file, *place(text, "example.org", 2)) is None
