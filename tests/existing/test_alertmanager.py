"""A plain Alertmanager configuration: what is read, what is refused, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.diagnostics import Level
from tocsin.existing.alertmanager import AlertmanagerParts, adopt_alertmanager
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.source import Document, MappingNode, Sources, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SOUND = """
receivers: [{name: all}, {name: db}]
route:
  receiver: all
  group_by: ['...']
  routes:
    - match: {team: db}
      match_re: {severity: critical|warning}
      matchers: ['{a="b",c!~"d"}', 'e=f,g=h', '"strange name"=x']
      receiver: db
      continue: yes
      group_wait: 0s
      mute_time_intervals: [nights]
      routes: [{group_by: []}]
inhibit_rules:
  - source_match: {severity: critical}
    target_match_re: {severity: warning|info}
    equal: [alertname, instance]
mute_time_intervals:
  - name: nights
    time_intervals:
      - {times: [{start_time: "22:00", end_time: "24:00"}], years: [2026], location: Europe/Lisbon}
"""


def _read(text: str) -> tuple[AlertmanagerParts, Sources]:
    node = read_yaml(Document("alertmanager.yml", text)).node
    assert isinstance(node, MappingNode)
    return adopt_alertmanager(node), Sources(node)


def test_old_and_new_names_of_the_fields_come_out_alike() -> None:
    parts, _ = _read(SOUND)
    assert parts.problems == ()
    assert parts.route is not None
    child = parts.route.routes[0]
    assert child.matchers == (
        Matcher("team", "=", "db"),
        Matcher("severity", "=~", "critical|warning"),
        Matcher("a", "=", "b"),
        Matcher("c", "!~", "d"),
        Matcher("e", "=", "f"),
        Matcher("g", "=", "h"),
        Matcher("strange name", "=", "x"),
    )
    assert (child.receiver, child.continues, child.timing.group_wait) == ("db", True, "0s")
    assert (parts.route.group_by, child.group_by, child.routes[0].group_by) == (("...",), None, ())
    (inhibition,) = parts.inhibitions
    assert inhibition.target == (Matcher("severity", "=~", "warning|info"),)
    (interval,) = parts.time_intervals
    assert interval.name == "nights"
    assert interval.periods[0]["years"] == ["2026"]


@pytest.mark.parametrize(
    ("old", "new", "message", "marked"),
    [
        ("receiver: db", "receiver: bd", "no receiver `bd`", "bd"),
        ("{name: all}", "{name: all}, {name: db}", "two receivers `db`", "db"),
        ("receiver: all", "group_wait: 1s", "names no receiver", "route"),
        ("receiver: all", "receiver: all\n  matchers: [a=b]", "cannot have matchers", "matchers"),
        (
            "receiver: all",
            "receiver: all\n  mute_time_intervals: [nights]",
            "cannot have time",
            "mute_time_int",
        ),
        ("receiver: all", "receiver: all\n  continue: true", "no siblings", "continue"),
        ("['...']", "['...', a]", "excludes others", "group_by"),
        ("['...']", "[a, a]", "is written twice", "group_by"),
        ("group_wait: 0s", "group_interval: 0s", "no zero", "0s"),
        ("group_wait: 0s", "repeat_interval: 0", "no zero", "0"),
        ("group_wait: 0s", "group_wait: 5", "not a duration", "5"),
        ("[nights]", "[night]", "no time interval `night`", "night"),
        ("critical|warning", "critical|(", "regular expression", "critical|("),
        ("22:00", "25:00", "not a time of the day", "25:00"),
        ("22:00", "24:00", "ends before it begins", "end_time"),
        ("Europe/Lisbon", "Europe/Lisboa", "not a time zone", "Europe/Lisboa"),
        ("continue: yes", "continues: yes", "unknown key `continues`", "continues"),
        ("e=f,g=h", "e=f,,g=h", "name belongs here", ","),
        ("group_wait: 0s", "labels: {'': x}", "a label in `labels` has no name", "labels"),
        ("equal: [alertname, instance]", "equal: alertname", "a list belongs here", "alertname"),
    ],
)
def test_what_alertmanager_refuses_is_refused_at_its_place(
    old: str, new: str, message: str, marked: str
) -> None:
    parts, sources = _read(SOUND.replace(old, new, 1))
    assert len(parts.problems) == 1, parts.problems
    span = sources.locate(parts.problems[0].place)
    assert message in parts.problems[0].message
    assert span.document.text[span.start : span.end].startswith(marked)


INTEGRATIONS = """
global: {{slack_api_url: "https://hooks.slack.com/services/secret"}}
receivers: [{{name: all, {0}}}]
route: {{receiver: all}}
"""


@pytest.mark.parametrize(
    ("integration", "message"),
    [
        ("slack_configs: [{channel: a}]", None),
        ("slack_configs: [{chanel: a}]", "unknown key `chanel`"),
        ("email_configs: [{to: a, smarthost: 'b:25'}]", "nothing says `from`"),
        ("email_configs: [{to: a, smarthost: b, from: c}]", "`host:port`"),
        ("webhook_configs: [{}]", "`url` or `url_file` is missing"),
        ("webhook_configs: [{url: ''}]", "`url` or `url_file` is missing"),
        ("webhook_configs: [{url: 'https://{{ .x }}/'}]", None),
        ("webhook_configs: [{url: example.org}]", "starts with http"),
        ("webhook_configs: [null]", "nothing here"),
        ("slack_configs: [null]", "nothing here"),
        ("pagerduty_configs: [{routing_key: a, routing_key_file: b}]", "exclude each other"),
        ("telegram_configs: [{bot_token: a}]", "`chat_id` or `chat_id_file`"),
        ("opsgenie_configs: [{api_key: a, responders: [{type: team}]}]", "`id` or `name` or `username`"),
        ("webhook_configs: [{url: 'http://a', http_config: {basic_auth: {}, oauth2: {}}}]", "`client_id`"),
    ],
)
def test_integrations_need_what_alertmanager_needs(integration: str, message: str | None) -> None:
    parts, _ = _read(INTEGRATIONS.format(integration))
    found = [problem.message for problem in parts.problems]
    assert (not found) if message is None else any(message in text for text in found), found


@pytest.mark.parametrize(
    ("integration", "help_"),
    [
        ("email_configs: [{to: a, subject: b}]", "write it below `headers:`, as `Subject`"),
        ("email_configs: [{to: a, body: b}]", "write `text:`, or `html:`"),
        (
            "hipchat_configs: [{room_id: a}]",
            "remove it: HipChat is no more, and Alertmanager has not had it since 0.21",
        ),
        ("slack_configs: [{body: b}]", "Alertmanager 0.35 knows no such key here"),
    ],
)
def test_keys_that_people_take_from_elsewhere_are_told_what_to_write(integration: str, help_: str) -> None:
    parts, _ = _read(INTEGRATIONS.format(integration))
    (said,) = (one for one in parts.problems if one.id == "alertmanager/key")
    assert (said.help, said.fix) == (help_, None)


@pytest.mark.parametrize(
    ("settings", "mail", "messages"),
    [
        # What is misspelt is told where it stands, and not missed further down.
        ("email_from: a@b, smtp_smarthost: 'b:25'", "to: a", ["unknown key `email_from`"]),
        ("smpt_from: a@b, smtp_smarthost: 'b:25'", "to: a", ["unknown key `smpt_from`"]),
        ("smtp_smarthost: 'b:25'", "to: a, form: a@b", ["unknown key `form`"]),
        # Another one is as missing as before.
        ("email_from: a@b", "to: a", ["unknown key `email_from`", "nothing says `smarthost`"]),
        ("smtp_smarthost: 'b:25'", "to: a", ["nothing says `from`"]),
        ("smtp_smarthost: 'b:25'", "to: a, body: b", ["unknown key `body`", "nothing says `from`"]),
    ],
)
def test_a_setting_with_a_misspelt_key_is_not_missing_besides(
    settings: str, mail: str, messages: list[str]
) -> None:
    text = f"global: {{{settings}}}\nreceivers: [{{name: all, email_configs: [{{{mail}}}]}}]\n"
    found = [one.message for one in _read(f"{text}route: {{receiver: all}}\n")[0].problems]
    assert sorted(found) == sorted(messages)


@pytest.mark.parametrize(
    ("webhook", "message"),
    [
        ("batch: true, batch_max_events: 5", None),
        ("batch_max_events: 5", "`batch_max_events` belongs to `batch: true`, which is missing"),
    ],
)
def test_events_are_sent_in_batches_as_alertmanager_does(webhook: str, message: str | None) -> None:
    outputs = f"{{stdout_outputs: [{{}}], webhook_outputs: [{{url: 'https://e.example', {webhook}}}]}}"
    found = _read(f"event_recorder: {outputs}\nroute: {{receiver: all}}\nreceivers: [{{name: all}}]\n")[
        0
    ].problems
    assert [one.message for one in found] == ([] if message is None else [message])


def test_an_empty_equal_says_that_nothing_has_to_agree() -> None:
    rule = "{source_matchers: [alertname=Down], target_matchers: [severity=warning]"
    said = [_read(f"inhibit_rules: [{rule}{equal}}}]")[0].inhibitions[0] for equal in ("", ", equal: []")]
    assert [one.is_everywhere for one in said] == [False, True]


def test_slack_without_any_client_is_refused_as_alertmanager_crashes_on_it() -> None:
    text = INTEGRATIONS.format("slack_configs: [{channel: a}]").replace("{slack", "{http_config: null, slack")
    assert [one.message for one in _read(text)[0].problems] == [
        "Alertmanager crashes on this: `global` says that `http_config` is nothing"
    ]
    own = text.replace("{channel: a}", "{channel: a, http_config: {}}")
    assert not _read(own)[0].problems


def test_secrets_are_told_apart_so_that_nobody_sees_them() -> None:
    parts, sources = _read(INTEGRATIONS.format("slack_configs: [{api_url: 'http://x/y'}]"))
    spans = [sources.locate(place) for place in parts.secrets]
    assert [span.document.text[span.start : span.end] for span in spans] == [
        '"https://hooks.slack.com/services/secret"',
        "'http://x/y'",
    ]


def test_a_configuration_without_a_route_is_refused() -> None:
    parts, _ = _read("receivers: [{name: a}]")
    assert "no `route`" in parts.problems[0].message


def test_old_names_are_mentioned_once_each() -> None:
    parts, sources = _read(SOUND)
    told = [one.located(sources) for one in parts.notes if one.id == "alertmanager/deprecated"]
    assert [one.message.split("`")[1] for one in told] == [
        "source_match",
        "target_match_re",
        "match",
        "match_re",
        "mute_time_intervals",
    ]
    assert {one.level for one in told} == {Level.INFO}


@pytest.mark.parametrize(
    ("receivers", "asked", "told"),
    [
        pytest.param("[{name: 'null'}]", "{alertname: Watchdog}", False, id="as the chart came"),
        pytest.param("[{name: 'null'}]", "{alertname: Watchdog, team: web}", True, id="another route"),
        pytest.param(
            "[{name: 'null', webhook_configs: [{url: 'http://x/y'}]}]",
            "{alertname: Watchdog}",
            True,
            id="somebody is notified",
        ),
    ],
)
def test_old_names_in_the_default_of_a_chart_are_not_mentioned(
    receivers: str, asked: str, told: bool
) -> None:
    route = f"route: {{receiver: 'null', routes: [{{match: {asked}, receiver: 'null'}}]}}"
    parts, _ = _read(f"{route}\nreceivers: {receivers}\n")
    assert ("alertmanager/deprecated" in {one.id for one in parts.notes}) is told


@pytest.mark.parametrize(
    ("line", "told"),
    [("code=~[0-9]{3}", True), ('code=~"[0-9]{3}"', False), ("{code=~[0-9]+}", False), ("code=x", False)],
)
def test_a_brace_that_alertmanager_strips_is_mentioned(line: str, told: bool) -> None:
    parts, _ = _read(
        f"receivers: [{{name: a}}]\nroute: {{receiver: a, routes: [{{matchers: ['{line}']}}]}}\n"
    )
    assert any("brace at the end" in one.message for one in parts.notes) is told


@pytest.mark.parametrize(
    ("line", "id_", "fixed"),
    [
        (r'instance=~"web\\.example"', None, None),
        (r'instance=~"web\\.example",team=web', None, None),
        ("team=~web|shop", None, None),
        ('team="two words"', None, None),
        ('"team"="web"', None, None),
        ("team.name=web", None, None),
        (r'instance=~"web\.example"', "classic-matcher", r'instance=~"web\\.example"'),
        (r'{instance=~"web\.example", team=web}', "classic-matcher", r'instance=~"web\\.example",team="web"'),
        ("team=two words", "classic-matcher", 'team="two words"'),
        ("team=a=b", "classic-matcher", 'team="a=b"'),
        ("{team=web", "classic-matcher", 'team="web"'),
        ("team='web'", "classic-matcher", "team=\"'web'\""),
        ("code=~[0-9]{3}", "classic-matcher", None),
        (r'name=~"\bweb"', "ambiguous-matcher", r'name=~"\\bweb"'),
        (r'name="a\tb"', "ambiguous-matcher", r'name="a\\tb"'),
        ("", "ambiguous-matcher", None),
        ("{}", "ambiguous-matcher", None),
    ],
)
@pytest.mark.parametrize("where", ["routes", "inhibitions"])
def test_what_alertmanager_logs_about_a_matcher_is_found(
    line: str, id_: str | None, fixed: str | None, where: str, amtool: Program, tmp_path: Path
) -> None:
    quoted = "'" + line.replace("'", "''") + "'"
    rest = f"routes: [{{matchers: [{quoted}]}}]"
    if where == "inhibitions":
        rest = f"routes: []\ninhibit_rules: [{{source_matchers: [a=b, {quoted}], target_matchers: [c=d]}}]"
    text = f"receivers: [{{name: a}}]\nroute:\n  receiver: a\n  {rest}\n"
    parts, sources = _read(text)
    notes = [one for one in parts.notes if one.id.endswith("-matcher")]
    assert [one.id for one in notes] == ([] if id_ is None else [f"alertmanager/{id_}"])
    assert [one.fix for one in notes] == ([] if id_ is None else [fixed])
    assert _is_logged(amtool, text, tmp_path) is (id_ is not None)
    for one in notes:
        fix = one.located(sources).fix
        if fix is not None:
            after = text[: fix.span.start] + fix.text + text[fix.span.end :]
            assert not _is_logged(amtool, after, tmp_path)
            assert _read(after)[0].route is not None


def _is_logged(amtool: Program, text: str, folder: Path) -> bool:
    path = folder / "alertmanager.yml"
    path.write_text(text, encoding="utf-8")
    done = amtool.run(["--verbose", "check-config", str(path)])
    assert done.returncode == 0
    return "level=WARN" in done.stdout + done.stderr


def test_matchers_of_the_old_keys_are_not_parsed() -> None:
    parts, _ = _read(
        "receivers: [{name: a}]\nroute: {receiver: a, routes: [{match_re: {instance: 'web\\.example'}}]}\n"
    )
    assert not [one for one in parts.notes if one.id.endswith("-matcher")]


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("pagerduty_configs: [{routing_key: 3f9a1c0be44d4f0d8d6c2b7e5a1f0c9d}]", True),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/T0AB1/B0CD2/abcdefgh1234'}]", True),
        ("webhook_configs: [{url: 'https://user:hunter22@h.example/'}]", True),
        ("webhook_configs: [{url: 'https://h.example/?token=abcdef12345'}]", True),
        (
            f"webhook_configs: [{{url: 'https://api.telegram.org/bot123456789:{'aB3' * 12}/sendMessage'}}]",
            True,
        ),
        ("webhook_configs: [{url: 'https://api.telegram.org/botTOKEN/sendMessage'}]", False),
        ("pagerduty_configs: [{routing_key: '${KEY}'}]", False),
        ("pagerduty_configs: [{routing_key: <secret>}]", False),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/XXXX/YYYY/your-token-here'}]", False),
        ("email_configs: [{to: a@b.c, auth_password: __MAIL_PASSWORD__}]", False),
        ("email_configs: [{to: a@b.c, auth_password: MAIL_PASSWORD}]", False),
        ("email_configs: [{to: a@b.c, auth_password: smtp-password}]", False),
        ("email_configs: [{to: a@b.c, auth_password: app password}]", False),
        ("email_configs: [{to: a@b.c, auth_password: smtp_password_here}]", False),
        ("email_configs: [{to: a@b.c, auth_password: 'abcd efgh ijkl mnop'}]", True),
        ("telegram_configs: [{chat_id: 1, bot_token: revoked}]", False),
        ("telegram_configs: [{chat_id: 1, bot_token: '7100239967:AAF-w1q7qxnRBxnW'}]", True),
        ("discord_configs: [{webhook_url: 'https://discord.com/api/webhooks/TON_ID_WEBHOOK'}]", False),
        (
            "discord_configs: [{webhook_url: 'https://discord.com/api/webhooks/144857683/Jgbh1DGYGDI08'}]",
            True,
        ),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/SlackWebhookAPI'}]", False),
        ("pagerduty_configs: [{routing_key: risk-team-pagerduty-key}]", False),
        ("pagerduty_configs: [{routing_key: risk-4f9a-pagerduty-key}]", True),
        ("email_configs: [{to: a@b.c, auth_password: my_mail_pass}]", True),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/REPLACE/WITH/REAL-HOOK-URL'}]", False),
        ("webhook_configs: [{url: 'http://internal:9093/hooks/alertmanager-bridge'}]", False),
        ("slack_configs: [{api_url: 'https://hooks.slack.com/services/'}]", False),
        ('pagerduty_configs: [{service_key: "[PAGER DUTY SERVICE KEY]"}]', False),
        ("pagerduty_configs: [{routing_key_file: /etc/key}]", False),
    ],
)
def test_a_secret_in_clear_is_told_and_what_stands_in_for_one_is_not(channel: str, told: bool) -> None:
    parts, _ = _read(f"route: {{receiver: a}}\nreceivers: [{{name: a, {channel}}}]\n")
    assert any(one.id == "alertmanager/secret" for one in parts.notes) is told


def test_a_variable_of_a_go_template_in_the_settings_is_told_and_what_fills_in_a_label_is_not() -> None:
    text = "route: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b.c, smarthost: 'm:25'}]}]\n"
    for value, told in (("{{ .Env.MAIL_FROM }}", 1), ('{{ env "MAIL_FROM" }}', 1), ("{{ .Receiver }}", 0)):
        parts, _ = _read(f"global: {{smtp_from: '{value}'}}\n{text}")
        assert [one.id for one in parts.notes] == ["alertmanager/variable"] * told


def test_all_settings_that_one_receiver_lacks_are_one_problem() -> None:
    parts, _ = _read("route: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b.c}]}]\n")
    (told,) = parts.problems
    assert told.message == "nothing says `smarthost` and `from`"
    assert told.help == "write them here, or `smtp_smarthost` and `smtp_from` under `global`"


def test_settings_under_a_misspelt_key_are_there() -> None:
    text = "route: {receiver: a}\nreceivers: [{name: a, email_configs: [{to: a@b.c}]}]\n"
    parts, _ = _read("lobal: {smtp_from: a@b.c, smtp_smarthost: 'm:25'}\n" + text)
    assert [(one.id, one.help) for one in parts.problems] == [("alertmanager/key", "did you mean `global`?")]


@pytest.mark.parametrize(
    ("channel", "id_", "help_"),
    [
        ("slack_configs: [{api_url: '${SLACK_WEBHOOK_URL}'}]", "alertmanager/variable", "`api_url_file`"),
        ("slack_configs: [{api_url: $SLACK_WEBHOOK_URL}]", "alertmanager/variable", "`api_url_file`"),
        ("pagerduty_configs: [{routing_key: '${KEY}'}]", "alertmanager/variable", "`routing_key_file`"),
        ("webhook_configs: [{url: 'http://u:hunter2@h/${ID:-hunter2}'}]", "alertmanager/variable", "_file"),
        ("email_configs: [{to: '${MAIL_TO}'}]", "alertmanager/variable", "`envsubst`"),
    ],
)
def test_a_variable_that_nobody_fills_in_is_told_once_and_without_what_stands_around_it(
    channel: str, id_: str, help_: str
) -> None:
    settings = "global: {smtp_smarthost: 'm:25', smtp_from: a@b.c, resolve_timeout: 5m}\n"
    parts, _ = _read(f"{settings}route: {{receiver: a}}\nreceivers: [{{name: a, {channel}}}]\n")
    (told,) = [one for one in (*parts.problems, *parts.notes) if one.id != "alertmanager/secret"]
    assert told.id == id_
    assert help_ in str(told.help)
    assert "expands no environment variables" in str(told.help)
    assert "SLACK" not in f"{told.message}{told.help}"
    assert "hunter2" not in f"{told.message}{told.help}"


@pytest.mark.parametrize(
    "channel",
    [
        "slack_configs: [{api_url: 'http://h/', channel: '$general'}]",
        "slack_configs: [{api_url: 'http://h/', title: '{{ $x := 1 }}${ALL}{{ $x }}'}]",
        "webhook_configs: [{url: 'http://h/a$b'}]",
    ],
)
def test_a_dollar_that_is_no_variable_is_taken_as_it_is(channel: str) -> None:
    parts, _ = _read(f"route: {{receiver: a}}\nreceivers: [{{name: a, {channel}}}]\n")
    assert [one.id for one in (*parts.problems, *parts.notes)] == []


@pytest.mark.parametrize(
    ("channels", "told"),
    [
        ("[{api_url_file: /a}, {channel: '#x', title: t}]", True),
        ("[{channel: '#x'}, {title: t, text: u}]", True),
        ("[{channel: '#x'}, {send_resolved: true}, {title: t}]", True),
        ("[{channel: '#x', send_resolved: true}, {channel: '#y', send_resolved: true}]", False),
        ("[{api_url_file: /a, channel: '#x', title: t}]", False),
        ("[{channel: '#x'}, {channel: '#y'}]", False),
        ("[{api_url_file: /a}, {api_url: 'http://b/c'}]", False),
    ],
)
def test_an_item_that_a_dash_has_split_is_reported(channels: str, told: bool) -> None:
    parts, _ = _read(
        "global: {slack_api_url_file: /etc/url, resolve_timeout: 5m}\nroute: {receiver: a}\n"
        f"receivers: [{{name: a, slack_configs: {channels}}}]\n"
    )
    assert any(one.id == "alertmanager/split-item" for one in parts.notes) is told


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("{{`{{ .Status }}`}}", True),
        ('{{ "{{" }} .Status {{ "}}" }}', True),
        ("{{ .Status }}", False),
        ('{{ "{{" }} is a brace', False),
    ],
)
def test_a_template_that_is_escaped_for_helm_is_reported(title: str, told: bool) -> None:
    parts, _ = _read(
        "global: {resolve_timeout: 5m}\nroute: {receiver: a}\nreceivers:\n- name: a\n"
        f"  slack_configs:\n  - api_url_file: /a\n    title: '{title}'\n"
    )
    assert any(one.id == "alertmanager/escaped" for one in parts.notes) is told
    parts, _ = _read(
        "route: {receiver: a}\nreceivers:\n- name: a\n  pushover_configs:\n"
        f"  - {{user_key: '{{{{ .USER_KEY }}}}', token_file: /a, title: '{title}'}}\n"
    )
    # Another program reads this file first.
    assert not any(one.id == "alertmanager/escaped" for one in parts.notes)


@pytest.mark.parametrize(
    ("receiver", "told"),
    [("null", True), ("~", True), ('"null"', False), ("pager", False)],
)
def test_a_null_receiver_below_the_root_is_the_one_above(receiver: str, told: bool) -> None:
    parts, sources = _read(
        "receivers: [{name: a}, {name: 'null'}, {name: pager}, {name: '~'}]\n"
        f"route: {{receiver: a, routes: [{{matchers: [b=c], receiver: {receiver}}}]}}\n"
    )
    found = [one for one in parts.notes if one.id == "alertmanager/null-receiver"]
    assert bool(found) is told
    fixes = [one.located(sources).fix for one in found]
    assert [one.text for one in fixes if one is not None] == ([f'"{receiver}"'] if told else [])


_STAND_INS = (
    *("PLACEHOLDER", "<url>", "${URL}", "REPLACE_ME", "SMTP_HOST_PLACEHOLDER", "YOUR_WEBHOOK"),
    *("your-webhook-url", "COLE_AQUI_O_Webhook_DO_SLACK", "__WEBHOOK__", "@WEBHOOK@"),
)
_NO_ADDRESSES = ("hooks.slack.com/services/T1/B2/c3", "slack", "slack_general", "http//host")


@pytest.mark.parametrize("value", _STAND_INS)
def test_what_is_filled_in_before_alertmanager_reads_the_file_is_no_error(value: str) -> None:
    assert set(_ids_by_place(value).values()) == {("alertmanager/variable",)}


@pytest.mark.parametrize("value", _NO_ADDRESSES)
def test_an_address_that_is_written_wrong_is_an_error(value: str) -> None:
    assert set(_ids_by_place(value).values()) == {("alertmanager/value",)}


def test_an_empty_value_is_to_be_filled_in_only_in_the_values_of_a_chart() -> None:
    wrong, later = ("alertmanager/value",), ("alertmanager/variable",)
    assert _ids_by_place("") == {"file": wrong, "values": later, "map": wrong}
    assert _ids_by_place("$(SlackUrl)") == {"file": later, "values": (), "map": later}


def test_what_a_helm_release_takes_from_elsewhere_may_be_what_is_missing() -> None:
    text = (
        "spec:\n  values:\n    route: {receiver: a}\n"
        "    receivers: [{name: a, slack_configs: [{channel: b}]}]\n"
    )
    for more, told in (("", ["alertmanager/rule"]), ("  valuesFrom: [{kind: Secret, name: s}]\n", [])):
        node = read_yaml(Document("release.yaml", text + more)).node
        assert isinstance(node, MappingNode)
        inner = node.entries["spec"].value
        assert isinstance(inner, MappingNode)
        values = inner.entries["values"].value
        assert isinstance(values, MappingNode)
        found = adopt_alertmanager(values, ("release.yaml", "spec", "values")).problems
        assert [one.id for one in found] == told


def test_a_variable_is_told_where_the_name_of_the_file_does_not_say_that_it_is_filled_in() -> None:
    text = (
        "global: {slack_api_url: '${URL}'}\nroute: {receiver: a}\n"
        "receivers: [{name: a, slack_configs: [{channel: b}]}]\n"
    )
    for name, told in (("config.yml", True), ("config.tpl.yml", False), ("config.template.yml", False)):
        node = read_yaml(Document(name, text)).node
        assert isinstance(node, MappingNode)
        found = adopt_alertmanager(node, (name,)).problems
        assert ("alertmanager/variable" in [one.id for one in found]) == told


def _ids_by_place(value: str) -> dict[str, tuple[str, ...]]:
    """What is found of an address that two receivers need, in a file, in values and in a ConfigMap."""
    text = (
        f"global: {{slack_api_url: '{value}'}}\nroute: {{receiver: a}}\nreceivers:\n"
        "- {name: a, slack_configs: [{channel: '#a'}]}\n- {name: b, slack_configs: [{channel: '#b'}]}\n"
    )
    node = read_yaml(Document("values.yaml", text)).node
    assert isinstance(node, MappingNode)
    return {
        where: tuple(one.id for one in adopt_alertmanager(node, path).problems)
        for where, path in {
            "file": ("values.yaml",),
            "values": ("values.yaml", "alertmanager", "config"),
            "map": ("values.yaml", "data", "alertmanager.yml"),
        }.items()
    }
