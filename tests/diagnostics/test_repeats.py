"""One cause is one finding, and what has causes of its own stays apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

_ROUTES = """\
route:
  receiver: a
  routes:
    - matchers: [severity="critical"]
    - matchers: [severity="critical", team="x"]
    - matchers: [severity="critical", team="y"]
    - matchers: [severity="warning"]
    - matchers: [severity="warning", team="x"]
receivers: [{name: a, webhook_configs: [{url: "http://h.example/"}]}]
inhibit_rules:
  - source_match: {severity: critical}
    target_match: {severity: warning}
    equal: [instance]
"""


def _found(folder: Path, check: str) -> list[int]:
    """For each finding of a check, in how many places it is."""
    result = CliRunner().invoke(main, ["check", str(folder), "--only", check, "--format", "json"])
    return [1 + len(one["more"]) for one in json.loads(result.stdout)]


def _rules(name: str, *annotations: str) -> str:
    rules = "".join(
        f"  - alert: {name}{number}\n    expr: up == {number}\n    annotations: {text}\n"
        for number, text in enumerate(annotations)
    )
    return f"groups:\n- name: {name}\n  rules:\n{rules}"


def test_links_still_to_be_written_are_one_finding_for_each_annotation(tmp_path: Path) -> None:
    both = "{runbook_url: TODO, dashboard_url: TODO}"
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(_rules(name, both, "{runbook_url: TODO}"))
    assert sorted(_found(tmp_path, "link/placeholder")) == [2, 4]


def test_texts_that_are_escaped_for_helm_are_one_finding_for_each_file(tmp_path: Path) -> None:
    texts = [
        "{summary: '{{`{{ $labels.job }}`}} and {{`{{ $value }}`}}'}",
        "{summary: '{{`{{ $labels.a }}`}}'}",
    ]
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(_rules(name, *texts))
    assert _found(tmp_path, "template/escaped") == [3, 3]


def test_routes_behind_the_same_one_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(_ROUTES)
    assert _found(tmp_path, "route/shadowed") == [2, 1]


def test_old_names_in_one_file_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(_ROUTES)
    assert _found(tmp_path, "alertmanager/deprecated") == [2]


def test_labels_that_a_query_drops_are_one_finding_for_each_alert(tmp_path: Path) -> None:
    text = "{summary: '{{ $labels.a }} {{ $labels.b }}', description: '{{ $labels.c }}'}"
    rules = _rules("a", text, text).replace("up ==", "sum(up) ==")
    (tmp_path / "a.yml").write_text(rules)
    assert _found(tmp_path, "label/dropped") == [3, 3]


def test_fields_that_a_text_is_not_given_are_one_finding_for_each_alert(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_rules("a", "{summary: '{{ .a }} {{ .b }}'}", "{summary: '{{ .a }}'}"))
    assert _found(tmp_path, "template/field") == [2, 1]


def test_regular_expressions_without_need_are_one_finding(tmp_path: Path) -> None:
    rules = _rules("a", "{}", "{}").replace("up == 0", 'up{job=~"a"} == 0')
    (tmp_path / "a.yml").write_text(rules.replace("up == 1", 'up{job=~"b"} == 1'))
    assert _found(tmp_path, "query/regex") == [2]


def _queries(name: str, *queries: str) -> str:
    rules = "".join(f"  - alert: {name}{number}\n    expr: {expr}\n" for number, expr in enumerate(queries))
    return f"groups:\n- name: {name}\n  rules:\n{rules}"


def test_one_rule_in_several_files_is_found_once(tmp_path: Path) -> None:
    for folder in ("bundle", "deploy", "other"):
        (tmp_path / folder).mkdir()
        name = "B" if folder == "other" else "A"
        (tmp_path / folder / "rules.yml").write_text(_queries(name, "rate(room_temperature_celsius[5m]) > 1"))
    assert sorted(_found(tmp_path, "query/rate-of-gauge")) == [1, 2]


def test_copies_of_one_text_are_found_once_whatever_their_quotes(tmp_path: Path) -> None:
    for mark in ("'", '"'):
        text = f"{mark}p99 is {{{{ $value }}}} s{mark}"
        rule = f"{{alert: A, expr: 'rate(a_total[5m]) > 1', annotations: {{summary: {text}}}}}"
        (tmp_path / f"{ord(mark)}.yml").write_text(f"groups: [{{name: g, rules: [{rule}]}}]\n")
    assert _found(tmp_path, "template/value-format") == [2]


def test_labels_of_groups_that_no_alert_has_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(_queries("A", "sum(a_total) > 1"))
    (tmp_path / "routes.yml").write_text(
        "route: {receiver: a, group_by: [alertname, shop, team], routes: [{group_by: [shop]}]}\n"
        "receivers: [{name: a, webhook_configs: [{url: 'http://h/'}]}]\n"
    )
    assert _found(tmp_path, "route/group-by") == [3]


def test_the_same_slip_in_many_rules_of_a_file_is_found_once(tmp_path: Path) -> None:
    few = [f"histogram_quantile(0.9, shop{number}_seconds_bucket) > 1" for number in range(3)]
    (tmp_path / "rules.yml").write_text(_queries("A", *few))
    assert _found(tmp_path, "query/bucket-total") == [1, 1, 1]
    (tmp_path / "rules.yml").write_text(_queries("A", *few, few[0].replace("0.9", "0.5")))
    assert _found(tmp_path, "query/bucket-total") == [4]
    joined = [f"sum(shop{number}_a) and shop{number}_b{{job='x'}} > 1" for number in range(4)]
    (tmp_path / "rules.yml").write_text(_queries("A", *joined))
    assert _found(tmp_path, "query/empty") == [4]


def test_a_unit_that_two_texts_of_a_file_have_wrong_is_one_finding(tmp_path: Path) -> None:
    texts = ["{{ $value }}% fail", "{{ $value }}% failed", "{{ $value | printf `%.0f` }} fail"]
    rules = "".join(
        f"  - alert: A{number}\n"
        f"    expr: avg(rate(a{number}_total{{code='500'}}[5m])) / avg(rate(a{number}_total[5m])) > 0.1\n"
        f"    annotations: {{summary: '{text}'}}\n"
        for number, text in enumerate(texts)
    )
    (tmp_path / "rules.yml").write_text(f"groups:\n- name: a\n  rules:\n{rules}")
    assert sorted(_found(tmp_path, "template/unit")) == [1, 2]


def test_receivers_that_are_still_to_be_written_are_one_finding(tmp_path: Path) -> None:
    names = ("pager", "chat", "mail")
    routes = "".join(f"    - {{matchers: [team={name}], receiver: {name}}}\n" for name in names)
    receivers = "".join(f"  - name: {name}\n" for name in ("root", *names))
    text = f"route:\n  receiver: root\n  routes:\n{routes}receivers:\n{receivers}"
    (tmp_path / "alertmanager.yml").write_text(text)
    assert _found(tmp_path, "receiver/empty") == [4]
    # What is found of the routes tells which alerts go to the one at the root.
    (tmp_path / "rules.yml").write_text(_queries("A", "sum(up) == 0"))
    assert _found(tmp_path, "receiver/empty") == [3]
    assert _found(tmp_path, "route/dropped") == [1]


def test_copies_of_a_rule_are_joined_with_all_that_is_found_of_it(tmp_path: Path) -> None:
    text = "{summary: '{{ $labels.instance }} of {{ $labels.job }}'}"
    for folder in ("bundle", "deploy"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yml").write_text(_rules("A", text).replace("up == 0", "sum(up) == 0"))
    assert _found(tmp_path, "label/dropped") == [4]


def test_variables_of_a_configuration_are_one_finding(tmp_path: Path) -> None:
    hooks = "".join(f"  - {{api_url: '${{HOOK_{number}}}', channel: '#a'}}\n" for number in range(5))
    text = f"route: {{receiver: a}}\nreceivers:\n- name: a\n  slack_configs:\n{hooks}"
    (tmp_path / "alertmanager.yml").write_text(text.replace("${HOOK_3}', ch", "https://h/', ch"))
    assert _found(tmp_path, "alertmanager/variable") == [4]


def test_groups_that_read_each_other_are_one_finding_for_a_file(tmp_path: Path) -> None:
    groups = [
        f"- name: g{number}\n  rules: [{{record: 'r{number}:a:b', expr: 'r{number - 1}:a:b'}}]\n"
        for number in range(1, 6)
    ]
    first = "- name: g0\n  rules: [{record: 'r0:a:b', expr: sum(up)}]\n"
    (tmp_path / "few.yml").write_text("groups:\n" + first + "".join(groups[:2]))
    assert _found(tmp_path, "group/dependency") == [1, 1]
    (tmp_path / "few.yml").write_text("groups:\n" + first + "".join(groups))
    assert _found(tmp_path, "group/dependency") == [5]


def test_a_spare_receiver_that_discards_is_no_finding(tmp_path: Path) -> None:
    hook = "webhook_configs: [{url: 'http://h/'}]"
    text = (
        f"route: {{receiver: a}}\nreceivers:\n- {{name: a, {hook}}}\n- name: 'null'\n- {{name: b, {hook}}}\n"
    )
    (tmp_path / "alertmanager.yml").write_text(text)
    assert _found(tmp_path, "receiver/unused") == [1]


def test_habits_of_a_team_are_one_finding_in_whatever_files(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        rules = _rules(name, "{summary: '{{ $value }} errors'}").replace("up ==", "rate(a_total[5m]) >")
        (tmp_path / f"{name}.yml").write_text(rules)
        (tmp_path / f"{name}-routes.yml").write_text(_ROUTES.replace("severity", name))
    assert _found(tmp_path, "template/value-format") == [3]
    assert _found(tmp_path, "alertmanager/deprecated") == [6]


def test_a_text_that_is_pasted_into_many_rules_is_one_finding(tmp_path: Path) -> None:
    text = "{summary: 'on {{ $labels.instance }}'}"
    for number in range(3):
        by = f"sum by (shop{number}) (up) =="
        (tmp_path / f"{number}.yml").write_text(_rules(f"a{number}", text).replace("up ==", by))
    assert _found(tmp_path, "label/dropped") == [1] * 3
    (tmp_path / "more.yml").write_text(_rules("more", text).replace("up ==", "sum(up) =="))
    assert _found(tmp_path, "label/dropped") == [4]


def test_a_text_that_all_rules_of_one_file_have_and_one_of_another_is_one_finding(tmp_path: Path) -> None:
    text = "{summary: 'on {{ $labels.instance }}'}"
    (tmp_path / "many.yml").write_text(_rules("many", *[text] * 5).replace("up ==", "sum(up) =="))
    (tmp_path / "one.yml").write_text(_rules("one", text).replace("up ==", "max(up) =="))
    assert _found(tmp_path, "label/dropped") == [6]


def test_a_text_of_two_rules_that_are_copied_for_each_cluster_is_two_findings(tmp_path: Path) -> None:
    for cluster in ("a", "b", "c"):
        text = "{summary: 'on {{ $labels.instance }}'}"
        rules = _rules("one", text, text).replace("up == 0", "sum(up) == 0")
        (tmp_path / f"{cluster}.yml").write_text(rules.replace("up == 1", "max(up) == 1"))
    assert _found(tmp_path, "label/dropped") == [3, 3]


def test_copies_are_found_once_however_their_lines_are_broken(tmp_path: Path) -> None:
    query = "rate(room_temperature_celsius[5m]) > 1"
    (tmp_path / "a.yml").write_text(_queries("A", query))
    (tmp_path / "b.yml").write_text(_queries("A", f"|\n      {query}"))
    assert _found(tmp_path, "query/rate-of-gauge") == [2]


def test_keys_with_one_answer_are_one_finding(tmp_path: Path) -> None:
    text = (
        "global: {hipchat_api_url: 'https://h/', hipchat_auth_token: x}\n"
        "route: {receiver: a, recever: b, group_bye: [c]}\nreceivers: [{name: a}]\n"
    )
    (tmp_path / "alertmanager.yml").write_text(text)
    assert _found(tmp_path, "alertmanager/key") == [2, 1, 1]


def test_a_label_that_all_texts_of_a_file_print_is_one_finding_whatever_drops_it(tmp_path: Path) -> None:
    texts = 4 * ["{summary: '{{ $labels.job }} fails'}"]
    rules = _rules("a", *texts).replace("up == 1", "sum by (pod) (a) > 0").replace("up == ", "count(b) == ")
    (tmp_path / "a.yml").write_text(rules.replace("count(b) == 0", "max by (zone) (b) > 1"))
    assert _found(tmp_path, "label/dropped") == [4]


def test_rates_of_one_recorded_sum_are_one_finding(tmp_path: Path) -> None:
    rules = (
        "groups:\n- name: a\n  rules:\n"
        "  - {record: 'job:errors:sum', expr: sum by (job) (errors_total)}\n"
        "  - {record: 'job:pages:sum', expr: sum by (job) (pages_total)}\n"
        "  - {alert: A, expr: 'rate(job:errors:sum[5m]) > 1'}\n"
        "  - {alert: B, expr: 'rate(job:errors:sum[5m]) > 2'}\n"
        "  - {alert: C, expr: 'rate(job:pages:sum[5m]) > 2'}\n"
    )
    (tmp_path / "a.yml").write_text(rules)
    assert _found(tmp_path, "query/rate-of-sum") == [2, 1]


def test_variables_without_braces_are_one_finding_for_each_alert(tmp_path: Path) -> None:
    both = "{summary: 'job $labels.job', description: 'on $labels.instance'}"
    (tmp_path / "a.yml").write_text(_rules("a", both, "{summary: 'job $labels.job'}"))
    assert _found(tmp_path, "template/braces") == [2, 1]


def test_routes_to_which_earlier_ones_leave_nothing_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: a, rules: [{alert: A, expr: a > 1, labels: {severity: critical, team: x}},"
        " {alert: B, expr: b > 1, labels: {severity: warning, team: x}},"
        " {alert: C, expr: c > 1, labels: {severity: critical, team: y}},"
        " {alert: D, expr: d > 1, labels: {severity: warning, team: y}}]}]\n"
    )
    taking = "{match: {severity: critical}, receiver: b}, {match: {severity: warning}, receiver: c}"
    teams = "{match: {team: x}, receiver: a}, {match: {team: y}, receiver: a}"
    (tmp_path / "alertmanager.yml").write_text(
        f"route: {{receiver: a, routes: [{taking}, {teams}]}}\n"
        f"receivers: [{', '.join(f'{{name: {n}, webhook_configs: [{{url: http://h/}}]}}' for n in 'abc')}]\n"
    )
    assert _found(tmp_path, "route/unused") == [2]


def test_a_label_that_two_joins_of_one_alert_have_lost_is_one_finding(tmp_path: Path) -> None:
    join = "sum by (instance) (rate(a[5m])) / count(b) / count(c) > 0"
    (tmp_path / "rules.yml").write_text(_queries("A", join))
    assert _found(tmp_path, "query/scraped-join") == [2]


def test_an_annotation_that_no_rule_has_is_one_finding_wherever_it_is_printed(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_rules("a", "{summary: s}"))
    slack = "{api_url: 'http://h.example/', title: '{{ .CommonAnnotations.page }}'}"
    (tmp_path / "alertmanager.yml").write_text(
        f"route: {{receiver: a}}\nreceivers: [{{name: a, slack_configs: [{slack}, {slack}]}}]\n"
    )
    assert _found(tmp_path, "notification/annotation") == [2]


def test_routes_behind_one_that_takes_their_alerts_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: a, rules: [{alert: Disk, expr: a > 1, labels: {severity: critical, env: dev}},"
        " {alert: Net, expr: b > 1, labels: {severity: critical, env: dev}}]}]\n"
    )
    routes = (
        "route: {receiver: a, group_wait: 10s, group_interval: 10s, routes: [\n"
        "  {match: {severity: critical}, CONTINUE receiver: b},\n"
        "  {match: {alertname: Disk}, receiver: c, group_wait: 30s},\n"
        "  {match: {alertname: Net}, receiver: c, group_wait: 1m},\n"
        "  {match: {env: live}, receiver: c}, {match: {env: test}, receiver: c}]}\n"
        f"receivers: [{', '.join(f'{{name: {n}, webhook_configs: [{{url: http://h/}}]}}' for n in 'abc')}]\n"
    )
    (tmp_path / "routes.yml").write_text(routes.replace("CONTINUE", ""))
    assert _found(tmp_path, "route/swallowed") == [2]
    assert _found(tmp_path, "route/unused") == [2]
    assert _found(tmp_path, "route/group-wait") == [2]
    (tmp_path / "routes.yml").write_text(
        routes.replace("CONTINUE", "continue: true,").replace("receiver: c", "receiver: b")
    )
    assert _found(tmp_path, "route/twice") == [2]


def test_short_ranges_are_one_finding_whatever_their_function(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("global: {scrape_interval: 1m}\nrule_files: [a.yml]\n")
    (tmp_path / "a.yml").write_text(
        _rules("a", "{summary: s}", "{summary: s}")
        .replace("up == 0", "rate(a_total[2m]) > 1")
        .replace("up == 1", "increase(b_total[2m]) > 1")
    )
    assert _found(tmp_path, "query/range") == [2]


def test_a_label_of_groups_that_several_texts_print_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_rules("a", "{summary: s}"))
    slack = "{api_url: 'http://h.example/', title: '{{ .GroupLabels.job }}', text: '{{ .GroupLabels.job }}'}"
    (tmp_path / "alertmanager.yml").write_text(
        f"route: {{receiver: a, group_by: [alertname]}}\nreceivers: [{{name: a, slack_configs: [{slack}]}}]\n"
    )
    assert _found(tmp_path, "notification/group-label") == [2]


def test_what_no_route_groups_by_is_one_finding_for_all_receivers_that_print_it(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_rules("a", "{summary: s}"))
    slack = "slack_configs: [{api_url: 'http://h.example/', title: '{{ .GroupLabels.job }}'}]"
    receivers = ", ".join(f"{{name: {name}, {slack}}}" for name in ("a", "b"))
    (tmp_path / "alertmanager.yml").write_text(
        "route: {receiver: a, group_by: [instance], routes: [{matchers: [x=y], receiver: b}]}\n"
        f"receivers: [{receivers}]\n"
    )
    assert _found(tmp_path, "notification/group-label") == [2]


def test_alerts_that_are_asked_for_by_another_label_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_rules("Down", "{summary: s}", "{summary: s}"))
    (tmp_path / "alertmanager.yml").write_text(
        "route: {receiver: a, routes: [{matchers: [alert=Down0]}, {matchers: [alert=Down1]}]}\n"
        "receivers: [{name: a, webhook_configs: [{url: 'http://h.example/'}]}]\n"
        "inhibit_rules: [{source_matchers: [alert=Down0], target_matchers: [alert=Down1]}]\n"
    )
    assert _found(tmp_path, "route/alertname") == [2]
    assert _found(tmp_path, "inhibit/alertname") == [2]


def test_a_block_of_rules_that_was_pasted_twice_is_one_finding(tmp_path: Path) -> None:
    rules = _rules("a", "{summary: s}", "{summary: s}")
    (tmp_path / "a.yml").write_text(rules + rules.split("rules:\n")[1])
    assert _found(tmp_path, "rule/duplicate") == [2]


def test_minutes_that_are_told_of_rates_are_one_finding(tmp_path: Path) -> None:
    rules = _rules(
        "a", "{summary: more than 1 error per minute}", "{summary: more than 20 errors per minute}"
    )
    rules = rules.replace("up == 0", "rate(a_total[5m]) > 1").replace("up == 1", "rate(b_total[5m]) > 20")
    (tmp_path / "a.yml").write_text(rules)
    assert _found(tmp_path, "alert/told-rate") == [2]


def test_one_metric_that_several_rules_misread_is_one_finding(tmp_path: Path) -> None:
    rules = _rules("a", "{summary: s}", "{summary: s}")
    for query, check in (
        ("increase(a_ratio[5m])", "query/rate-of-gauge"),
        ("redis_memory_used_bytes / redis_memory_max_bytes", "query/zero-limit"),
    ):
        (tmp_path / "a.yml").write_text(rules.replace("up == ", f"{query} > 0."))
        assert _found(tmp_path, check) == [2]


def test_rules_whose_names_have_another_key_are_one_finding(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(_rules("a", "{}", "{}").replace("alert:", "name:"))
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"])
    (found,) = json.loads(result.stdout)
    assert (found["check"], len(found["more"])) == ("file/rule", 1)
    assert found["help"] == "write `alert:` for `name:`"


def test_a_severity_that_is_misspelt_in_several_rules_is_one_finding(tmp_path: Path) -> None:
    rules = _rules("a", *5 * ["{summary: s}"]).replace("expr:", "labels: {severity: critical}\n    expr:")
    (tmp_path / "a.yml").write_text(rules.replace("critical", "critcal", 2))
    assert _found(tmp_path, "alert/misspelt") == [2]


def test_a_label_that_three_texts_of_one_file_print_is_one_finding(tmp_path: Path) -> None:
    text = "{summary: '{{ $labels.a }}'}"
    rules = _rules("a", text, text, text).replace("up ==", "sum(up) ==")
    (tmp_path / "a.yml").write_text(rules)
    assert _found(tmp_path, "label/dropped") == [3]


def test_texts_that_name_no_series_are_one_finding_in_whatever_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        rules = _rules(name, "{summary: it is down}").replace("up ==", "sum by (queue) (jobs) >")
        (tmp_path / f"{name}.yml").write_text(rules)
    assert _found(tmp_path, "alert/static-text") == [2]


def test_a_job_that_is_misspelt_in_several_queries_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(
        "scrape_configs: [{job_name: node-exporter}, {job_name: web-shop}]\n"
    )
    (tmp_path / "rules.yml").write_text(
        "groups:\n- name: a\n  rules:\n"
        "  - {alert: A, expr: 'up{job=\"node_exporter\"} == 0'}\n"
        "  - {alert: B, expr: 'load1{job=\"node_exporter\"} > 5'}\n"
        "  - {alert: C, expr: 'up{job=\"web_shop\"} == 0'}\n"
    )
    assert sorted(_found(tmp_path, "query/unknown-job")) == [1, 2]


def test_addresses_by_environment_variables_are_one_finding_whatever_their_names(tmp_path: Path) -> None:
    receivers = "".join(
        f"  - name: {name}\n    slack_configs: [{{api_url: '{{{{ env \"SLACK_URL_{name}\" }}}}'}}]\n"
        for name in ("a", "bb", "ccc")
    )
    (tmp_path / "alertmanager.yml").write_text(f"route: {{receiver: a}}\nreceivers:\n{receivers}")
    assert _found(tmp_path, "alertmanager/value") == [3]
