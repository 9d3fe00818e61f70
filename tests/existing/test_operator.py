"""`AlertmanagerConfig` resources become what the Prometheus operator makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.diagnostics import Level
from tocsin.existing.files import Adopted, read_existing
from tocsin.existing.input import Input
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.source import Document, read_stream

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.plan.model import Route

WEB = """
apiVersion: monitoring.coreos.com/v1beta1
kind: AlertmanagerConfig
metadata: {name: web, namespace: shop}
spec:
  route:
    receiver: chat
    groupBy: [job]
    groupWait: 30s
    matchers: [{name: severity, value: critical|warning, matchType: =~}]
    routes:
    - {receiver: pager, matchers: [{name: team, value: 'a "b"'}], activeTimeIntervals: [office]}
  inhibitRules:
  - sourceMatch: [{name: severity, value: critical}]
    targetMatch: [{name: severity, value: info}]
    equal: [job]
  receivers:
  - name: chat
    slackConfigs:
    - apiURL: {name: slack, key: url}
      channel: "#a"
      sendResolved: true
      actions: [{type: button, text: a, url: b}]
  - name: pager
    pagerdutyConfigs:
    - routingKey: {name: pagerduty, key: key}
      details: [{key: a, value: b}]
      pagerDutyLinkConfigs: [{href: "http://a.example", alt: A}]
      httpConfig: {followRedirects: true, tlsConfig: {ca: {configMap: {name: a, key: b}}}}
    snsConfigs:
    - topicARN: a
      useAWSHTTPClient: false
      sigv4: {region: eu, accessKey: {name: a, key: b}, secretKey: {name: a, key: c}}
  timeIntervals:
  - name: office
    timeIntervals:
    - weekdays: ["monday:friday"]
      times: [{startTime: "09:00", endTime: "17:00"}]
      daysOfMonth: [{start: 1, end: 20}]
"""
OLD = """
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: db, namespace: data}
spec:
  route:
    receiver: hook
    matchers: [{name: severity, value: crit.*, regex: true}]
    muteTimeIntervals: [night]
  receivers:
  - {name: hook, webhookConfigs: [{urlSecret: {name: a, key: b}, maxAlerts: 5}]}
  muteTimeIntervals: [{name: night, timeIntervals: [{months: ["january:march"]}]}]
"""
BASE = """
global: {resolve_timeout: 5m, smtp_from: a@b.example, smtp_smarthost: "a:25"}
route: {receiver: all, routes: [{matchers: [a=b]}]}
receivers: [{name: all}]
"""


def _adopted(*texts: str) -> Adopted:
    documents = [Document(f"{number}.yml", text) for number, text in enumerate(texts)]
    return read_existing([Input(one, read_stream(one), True) for one in documents])


def _routes(adopted: Adopted) -> tuple[Route, ...]:
    assert adopted.plan.route is not None
    return adopted.plan.route.routes


def test_a_resource_takes_the_alerts_of_its_namespace_and_its_names_are_its_own() -> None:
    adopted = _adopted(WEB)
    assert adopted.diagnostics == ()
    assert adopted.plan.route is not None
    assert not adopted.plan.route.continues
    (web,) = _routes(adopted)
    assert web.matchers == (
        Matcher("severity", "=~", "critical|warning"),
        Matcher("namespace", "=", "shop"),
    )
    assert (web.receiver, web.continues, web.group_by, web.timing.group_wait) == (
        "shop/web/chat",
        True,
        ("job",),
        "30s",
    )
    assert web.routes[0].matchers == (Matcher("team", "=", 'a "b"'),)
    assert web.routes[0].active_time_intervals == ("shop/web/office",)
    (rule,) = adopted.plan.inhibitions
    assert Matcher("namespace", "=", "shop") in rule.source
    assert Matcher("namespace", "=", "shop") in rule.target
    (office,) = adopted.plan.time_intervals
    assert office.name == "shop/web/office"
    assert office.periods[0] == {
        "weekdays": ["monday:friday"],
        "times": [{"start_time": "09:00", "end_time": "17:00"}],
        "days_of_month": ["1:20"],
    }


def test_what_stands_behind_a_reference_is_shown_as_the_reference() -> None:
    receivers = {one.name: dict(one.channels) for one in _adopted(WEB, OLD).plan.receivers}
    assert receivers["shop/web/chat"]["slack_configs"][0]["api_url"] == "<secret slack/url>"
    pager = receivers["shop/web/pager"]["pagerduty_configs"][0]
    assert pager["routing_key"] == "<secret pagerduty/key>"
    assert pager["details"] == {"a": "b"}
    assert pager["links"] == [{"href": "http://a.example", "text": "A"}]
    assert pager["http_config"]["tls_config"] == {"ca": "<secret a/b>"}
    assert receivers["data/db/hook"]["webhook_configs"] == ({"url": "<secret a/b>", "max_alerts": 5},)


def test_several_resources_come_before_the_routes_of_the_base_in_the_order_of_their_names() -> None:
    adopted = _adopted(WEB, BASE, OLD)
    assert [one.level for one in adopted.diagnostics] == []
    names = [route.receiver for route in _routes(adopted)]
    assert names == ["data/db/hook", "shop/web/chat", None]
    assert adopted.plan.route is not None
    assert adopted.plan.route.receiver == "all"
    assert _routes(adopted)[0].matchers[0] == Matcher("severity", "=~", "crit.*")
    assert adopted.plan.project.alertmanager["resolve_timeout"] == "5m"


@pytest.mark.parametrize(
    ("strategy", "kept"),
    [
        ("OnNamespace", 2),
        ("None", 1),
        ("OnNamespaceExceptForAlertmanagerNamespace", 1),
    ],
)
def test_the_strategy_of_an_alertmanager_decides_whose_alerts_a_resource_takes(
    strategy: str, kept: int
) -> None:
    alertmanager = f"""
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {{name: main, namespace: shop}}
spec: {{alertmanagerConfigMatcherStrategy: {{type: {strategy}}}}}
"""
    (web,) = _routes(_adopted(f"{WEB}---{alertmanager}"))
    assert len(web.matchers) == kept


def test_a_resource_can_be_the_whole_configuration() -> None:
    alertmanager = """
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {name: main, namespace: data}
spec: {alertmanagerConfiguration: {name: root}}
"""
    root = WEB.replace("name: web,", "name: root,").replace(
        "    matchers: [{name: severity, value: critical|warning, matchType: =~}]\n", ""
    )
    adopted = _adopted(root, OLD, alertmanager)
    assert adopted.diagnostics == ()
    assert adopted.plan.route is not None
    assert adopted.plan.route.receiver == "shop/root/chat"
    assert [route.receiver for route in _routes(adopted)] == ["data/db/hook", "shop/root/pager"]


@pytest.mark.parametrize(("said", "kept"), [("{type: None}", 1), ("{type: OnNamespace}", 2), ("{}", 2)])
def test_the_values_of_a_chart_say_whose_alerts_a_resource_takes(said: str, kept: int) -> None:
    values = f"alertmanager: {{alertmanagerSpec: {{alertmanagerConfigMatcherStrategy: {said}}}}}"
    (web,) = _routes(_adopted(WEB, values))
    assert len(web.matchers) == kept


def test_the_values_of_a_chart_name_the_whole_configuration() -> None:
    values = "alertmanager: {alertmanagerSpec: {alertmanagerConfiguration: {name: root}}}"
    adopted = _adopted(WEB.replace("name: web,", "name: root,"), values)
    assert adopted.plan.route is not None
    assert adopted.plan.route.receiver == "shop/root/chat"
    other = _adopted(WEB.replace("name: web,", "name: root,"), values.replace("root", "main"))
    assert [len(route.matchers) for route in _routes(other)] == [2]


@pytest.mark.parametrize(
    ("old", "new", "message", "marked"),
    [
        ("receiver: pager", "receiver: pagre", "there is no receiver `shop/web/pagre`", "pagre"),
        ("groupBy: [job]", "group_by: [job]", "has no key `group_by`", "group_by"),
        ("groupWait: 30s", "groupWait: 30", "not a duration", "30"),
        ("matchType: =~", "matchType: ==", "one of `=`", "=="),
        ("critical|warning", "critical|(", "regular expression", "critical|("),
        ("{name: slack, key: url}", "{name: slack}", "has no `key`", "{name: slack}"),
        ("    receiver: chat\n", "", "has to name a receiver", "route"),
        ("[office]", "[ofice]", "no time interval `shop/web/ofice`", "ofice"),
        ("sendResolved: true", "sendResolved: maybe", "`true` or `false`", "maybe"),
        ("{region: eu", "{regoin: eu", "has no key `regoin`", "regoin"),
        ('"17:00"', '"08:00"', "ends before it begins", "endTime"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_in_the_words_of_the_resource(
    old: str, new: str, message: str, marked: str
) -> None:
    found = _adopted(WEB.replace(old, new, 1)).diagnostics
    errors = [one for one in found if one.level is Level.ERROR and message in one.message]
    assert len(errors) == 1, found
    span = errors[0].span
    assert span is not None
    assert span.document.text[span.start : span.end].startswith(marked)


def test_a_secret_in_clear_is_shown_to_nobody() -> None:
    adopted = _adopted(WEB.replace("{name: slack, key: url}", "http://x.example/T0KEN"))
    texts = [one.span.document.text for one in adopted.diagnostics if one.span is not None]
    assert texts
    assert not any("T0KEN" in text for text in texts)


def test_a_resource_without_a_namespace_takes_alerts_of_any() -> None:
    adopted = _adopted(WEB.replace(", namespace: shop", ""))
    assert adopted.diagnostics == ()
    (web,) = _routes(adopted)
    assert web.matchers[-1] == Matcher("namespace", "=~", ".+")
    assert web.receiver == "web/chat"
    assert adopted.plan.inhibitions[0].equal == ("job", "namespace")


def test_a_comment_in_a_resource_can_allow_a_finding(tmp_path: Path) -> None:
    spare = """\
  # tocsin: allow receiver/unused: for later
  - {name: spare, webhookConfigs: [{url: "http://a.example"}]}
  - name: pager
"""
    text = WEB.replace("  - name: pager\n", spare)
    (tmp_path / "web.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(tmp_path / "web.yaml")])
    assert result.exit_code == 0, result.output
    assert "spare" not in result.output


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    receiver: chat\n", "    receiver: chat\n    continue: false\n", True),
        ("    receiver: chat\n", "    receiver: chat\n    continue: true\n", False),
        ("    receiver: chat\n", "    receiver: chat\n", False),
        ("{receiver: pager,", "{receiver: pager, continue: false,", False),
    ],
)
def test_a_continue_that_the_operator_overrides_is_reported(old: str, new: str, told: bool) -> None:
    adopted = _adopted(WEB.replace(old, new, 1))
    assert [one.id for one in adopted.diagnostics] == (["alertmanager/continue"] if told else [])
    assert [one.level for one in adopted.diagnostics] == ([Level.INFO] if told else [])
    assert _routes(adopted)[0].continues


def test_the_continue_of_a_resource_that_is_the_whole_configuration_is_not_overridden() -> None:
    whole = WEB.replace("    receiver: chat\n", "    receiver: chat\n    continue: false\n", 1)
    alertmanager = """
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {name: main, namespace: shop}
spec: {alertmanagerConfiguration: {name: web}}
"""
    assert "alertmanager/continue" not in [one.id for one in _adopted(whole, alertmanager).diagnostics]


def test_templates_of_a_resource_are_judged_only_beside_its_configuration(tmp_path: Path) -> None:
    resource = tmp_path / "web.yaml"
    resource.write_text(
        WEB.replace('channel: "#a"', 'channel: "#a"\n      title: \'{{ template "title" . }}\'')
    )
    base = "route: {receiver: rest, group_by: [alertname]}\nreceivers: [{name: rest}]\n"
    run = CliRunner()
    alone = run.invoke(main, ["check", str(resource)])
    assert (alone.exit_code, "[" in alone.stdout) == (0, False), alone.stdout
    whole = tmp_path / "alertmanager.yaml"
    whole.write_text(base)
    beside = run.invoke(main, ["check", str(tmp_path)])
    assert "error[notification/unknown-template]: nothing defines the template `title`" in beside.stdout
    whole.write_text(f"{base}templates: [a.tmpl]\n")
    (tmp_path / "a.tmpl").write_text('{{ define "title" }}{{ .Receiver }}{{ end }}\n')
    assert "unknown-template" not in run.invoke(main, ["check", str(tmp_path)]).stdout
