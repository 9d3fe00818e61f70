"""The ConectCRM spec against the hand-written files and the runbook document that it replaces."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.missing import NO_ORIGINAL

from tocsin.compile import build
from tocsin.lang.durations import parse_duration
from tocsin.plan.model import Engine, Rule
from tocsin.spec.load import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Alert, Command, Inhibition, Plan, RuleGroup, Runbook, Step

REPOSITORY = Path(__file__).parents[2]
SEED = REPOSITORY.parent / "shared" / "seed"
needs_seed = pytest.mark.skipif(not SEED.is_dir(), reason=NO_ORIGINAL)

# By alert: what replaces what in the original expression, and why.
MENDED_EXPRESSIONS = {
    "HighCPUUsage": ("avg(", "avg by (instance) (", "the description names the instance"),
    "SlowTicketResponseTime": (" / 60 > 30", " > 1800", "the unit is seconds"),
    "LowConversionRate": ("< 0.5", "< 0.6", "its SLO says 60 %"),
    "CriticalLogDetected": ("[1m]", "[5m]", "one line would leave the window before `for: 1m` is over"),
    "HighErrorTraceRate": ("| json |", '| json | __error__="" |', "a line that is no JSON fails the query"),
}
# Rules that no original file has.
ADDED_RULES = {"SlowDatabaseQueries": [("info", "> 1", "> 0.5", "its SLO says 500 ms")]}

# Alerts that follow from an objective; `slo-definitions.yml` has two of burn rates that no rule file has.
OF_OBJECTIVES = {"ErrorBudgetBurn", "AvailabilityBudgetMissing"}

# Lines inside the code blocks of the document that are written otherwise, and why.
MENDED_CODE = (
    ("# Prometheus query\n", "", "the step's `promql` says so"),
    (
        '--comment="Investigating"',
        '--comment="Investigating" --alertmanager.url=http://localhost:9093',
        "amtool does not know whom to ask",
    ),
)
# Lines of the document's prose that are written otherwise (None: not at all), and why.
CHANGED_LINES: dict[str, tuple[str | None, str]] = {
    "Procurar por:": (None, "what follows are the step's findings"),
    "Se não aparecer: Backend está parado → Prosseguir para Ação 1": (
        "Se não aparecer: Backend está parado → Ação 1",
        "a finding leads to its action",
    ),
    "Checar Stripe Dashboard:": ("Checar Stripe Dashboard", "the step's title"),
    "Alerts WARNING e INFO": (None, "the key `escalation.levels.after`"),
    "Alerts CRITICAL não resolvidos em 15min": (None, "the key `escalation.levels.after`"),
    "Níveis de Escalação:": (None, "the key `escalation.levels`"),
    "Canais de Comunicação:": (None, "the key `escalation.channels`"),
    "Versão do documento: 1.0": (None, "the version is git's"),
    "Próxima revisão: Após cada incidente ou mensalmente": (
        "Próxima revisão dos runbooks: após cada incidente ou mensalmente.",
        "it stands on the page of the post-mortem",
    ),
    "Mantenedores: Equipe SRE ConectCRM": (None, "the team `sre` owns every alert"),
}
# Severity, impact and the like under the document's headings, in our runbooks' fields.
LISTS = {
    "Impacto": "impact",
    "Métricas de Sucesso": "success",
    "Checklist Pós-Incidente": "after_incident",
    "Prevenção (Longo Prazo)": "prevention",
}
_FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def plan() -> Plan:
    loaded = load(REPOSITORY / "spec")
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    return built.plan


@pytest.fixture(scope="module")
def alerts(plan: Plan) -> dict[str, Alert]:
    return {alert.name: alert for group in plan.groups for alert in group.alerts}


@pytest.fixture(scope="module")
def document() -> dict[str, str]:
    """The sections of the document: the alerts' by name, all the others under one empty name."""
    text = (SEED / "conectcrm-runbooks.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^###? (?!#)(?=\d+\. |🛠️|Como|Post-Mortem Template|🔗)", text, flags=re.MULTILINE)
    sections: dict[str, str] = {}
    for part in parts:
        heading, _, body = part.partition("\n")
        number, _, name = heading.partition(". ")
        key = name if number.isdigit() else ""
        sections[key] = sections.get(key, "") + body
    return sections


def original(name: str) -> Any:
    return yaml.safe_load((SEED / "original" / name).read_text(encoding="utf-8"))


def original_groups() -> list[tuple[Engine, dict[str, Any]]]:
    return [
        (engine, group)
        for engine, file in (
            (Engine.PROMETHEUS, "prometheus-alert-rules.yml"),
            (Engine.LOKI, "loki-alert-rules.yml"),
        )
        for group in original(file)["groups"]
    ]


def original_rules() -> list[dict[str, Any]]:
    return [rule for _, group in original_groups() for rule in group["rules"]]


def squeezed(text: str) -> str:
    return "".join(text.split())


def plain(text: str) -> str:
    """The words of a line, without accents, markup, emoji, numbering and punctuation."""
    text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+(?:\[ \]\s+)?", "", text)
    text = re.sub(r"^\**Ação \d+: ", "", text)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9_]+|[<>%/]", bare.casefold()))


def commands(runbook: Runbook) -> Iterator[Command]:
    yield from (step.command for step in runbook.diagnosis if step.command)
    yield from (command for action in runbook.actions for command in action.commands)


def queries(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield from (query for query in (step.promql, step.logql) if query)


def blocks(section: str) -> tuple[list[str], str]:
    """The code blocks of a section, and the section without them."""
    found = [
        "\n".join(line.rstrip() for line in textwrap.dedent(match[2]).strip().splitlines())
        for match in _FENCED.finditer(section)
    ]
    return found, _FENCED.sub("", section)


def stripped(texts: Iterable[str]) -> set[str]:
    return {"\n".join(line.rstrip() for line in text.strip().splitlines()) for text in texts}


def lines_of(texts: Iterable[str | None]) -> set[str]:
    return {plain(line) for text in texts if text for line in text.splitlines()}


def runbook_lines(alert: Alert) -> set[str]:
    """All that the page of an alert says, in words, as the document would put it."""
    runbook = alert.runbook
    numbers = {action.name: action.number for action in runbook.actions}
    said: list[str | None] = [
        f"Severidade: {alert.rules[0].severity}",
        f"Descrição: {runbook.description}",
        *runbook.impact,
        *runbook.success,
        *runbook.prevention,
        *runbook.after_incident,
        f"Detecção → Ação: < {minutes(runbook.respond.detect_to_act)}",
        f"Ação → Resolução: < {minutes(runbook.respond.act_to_resolve)}",
        f"MTTR Target: < {minutes(runbook.respond.mttr)}",
    ]
    for step in runbook.diagnosis:
        said += [step.title, step.text, f"{step.title} {step.logql}"]
        for finding in step.findings:
            text = f"{finding.see} {finding.means or ''}"
            said += [text, f"{text} Ação {numbers.get(finding.action or '')}"]
    for action in runbook.actions:
        said += [action.title, action.text]
    return lines_of(said)


def minutes(duration: str | None) -> str:
    return "" if duration is None else duration.replace("m", " minutos")


def general_lines(plan: Plan) -> set[str]:
    said: list[str | None] = []
    for procedure in plan.procedures:
        said += [procedure.title, procedure.text, f"Quando usar: {procedure.when}"]
        said += [text for step in procedure.steps for text in (step.title, step.text)]
    for level in plan.escalation.levels:
        said += [level.title, *level.when]
    said += plan.escalation.channels
    said += [f"{link.title}: {link.url} {link.note or ''}" for link in plan.escalation.links]
    return lines_of(said)


def prose(section: str) -> Iterator[str]:
    """The lines that have to be found again, in the wording of the spec where that is another one."""
    changed = {plain(line): new for line, (new, _) in CHANGED_LINES.items()}
    for line in blocks(section)[1].splitlines():
        if line.strip() and not line.startswith(("#", "---")):
            new = changed.get(plain(line), line)
            if new is not None:
                yield new


def test_the_spec_has_the_alerts_of_both_engines(alerts: dict[str, Alert]) -> None:
    engines = [alert.engine for alert in alerts.values()]
    assert (engines.count(Engine.PROMETHEUS), engines.count(Engine.LOKI)) == (23, 15)


def test_an_slo_alert_reaches_its_own_channel_and_that_of_its_severity(alerts: dict[str, Alert]) -> None:
    told = {
        name: {at.receiver for at in alert.told}
        for name, alert in alerts.items()
        if alert.rules[0].labels.get("type") == "slo"
    }
    assert told == {
        "SLOAvailabilityViolation": {"slo-alerts", "critical-alerts"},
        "SLOLatencyViolation": {"slo-alerts", "warning-alerts"},
        "ErrorBudgetExhausted": {"slo-alerts", "critical-alerts"},
        "ErrorBudgetBurn": {"slo-alerts", "critical-alerts", "warning-alerts"},
        "AvailabilityBudgetMissing": {"slo-alerts", "warning-alerts"},
    }


def test_every_other_alert_reaches_the_receiver_of_its_severity_and_nobody_else(
    alerts: dict[str, Alert],
) -> None:
    for alert in alerts.values():
        if alert.rules[0].labels.get("type") != "slo":
            assert [at.receiver for at in alert.told] == [f"{rule.severity}-alerts" for rule in alert.rules]


def test_an_alert_is_quiet_only_while_one_that_explains_it_fires(plan: Plan) -> None:
    def shown(inhibition: Inhibition) -> tuple[str, str, tuple[str, ...]]:
        return (
            " ".join(matcher.value for matcher in inhibition.source),
            " ".join(matcher.value for matcher in inhibition.target),
            inhibition.equal,
        )

    assert sorted(map(shown, plan.inhibitions)) == [
        ("APIDown", "HighHTTPErrorRate", ("team",)),
        ("APIDown", "TrafficDropDetected", ("team",)),
        ("DatabaseConnectionErrors", "DatabaseQueryTimeouts", ("team",)),
        ("HighLatencyP99", "HighLatencyP95", ("method", "route")),
        ("critical ErrorBudgetBurn", "warning", ("alertname", "slo")),
        ("warning SlowDatabaseQueries", "info", ("alertname", "entity")),
    ]


def test_a_value_in_a_text_has_the_form_that_people_read(alerts: dict[str, Alert]) -> None:
    for alert in alerts.values():
        for text in (alert.summary, alert.description):
            assert not re.search(r"\$value\s*}}", text), alert.name


def test_a_single_log_line_stays_in_the_window_for_longer_than_the_alert_waits(plan: Plan) -> None:
    for group in plan.rule_groups:
        for rule in group.rules:
            if group.engine is Engine.LOKI and isinstance(rule, Rule):
                windows = re.findall(r"\[(\w+)\]", rule.expr)
                assert windows, rule.alert
                assert all(parse_duration(rule.for_) < parse_duration(window) for window in windows), (
                    rule.alert
                )


def test_commands_of_amtool_say_which_alertmanager_they_mean(plan: Plan) -> None:
    found = [
        line
        for procedure in plan.procedures
        for step in procedure.steps
        if step.command
        for line in step.command.code.splitlines()
        if "amtool" in line
    ]
    assert found
    assert all("--alertmanager.url=" in line for line in found)


@needs_seed
def test_groups_keep_their_names_engines_intervals_and_alerts(plan: Plan) -> None:
    def shown(group: RuleGroup) -> tuple[Engine, str, str | None, set[str]]:
        names = {rule.alert for rule in group.rules if isinstance(rule, Rule)}
        return group.engine, group.name, group.interval, names

    wanted = [
        (engine, group["name"], group["interval"], {rule["alert"] for rule in group["rules"]})
        for engine, group in original_groups()
    ]
    of_objectives = {slo.burn.rule_group for slo in plan.slos if slo.burn is not None}
    assert [shown(group) for group in plan.rule_groups if group.name not in of_objectives] == wanted


@needs_seed
def test_each_rule_is_the_original_one_but_for_what_is_mended(alerts: dict[str, Alert]) -> None:
    for rule in original_rules():
        name, expr = rule["alert"], rule["expr"]
        if name in MENDED_EXPRESSIONS:
            old, new, _ = MENDED_EXPRESSIONS[name]
            assert expr.count(old) == 1, name
            expr = expr.replace(old, new)
        wait = rule.get("for", "0s")
        wanted = {(rule["labels"]["severity"], wait, squeezed(expr))}
        for severity, old, new, _ in ADDED_RULES.get(name, ()):
            assert expr.count(old) == 1, name
            wanted.add((severity, wait, squeezed(expr.replace(old, new))))
        found = {(rule.severity, rule.for_, squeezed(rule.expr)) for rule in alerts[name].rules}
        assert found == wanted, name


@needs_seed
def test_each_rule_has_the_original_labels_and_its_team(alerts: dict[str, Alert]) -> None:
    for rule in original_rules():
        for ours in alerts[rule["alert"]].rules:
            assert ours.labels == {**rule["labels"], "severity": ours.severity, "team": "sre"}, ours.alert


@needs_seed
def test_each_alert_says_what_the_original_says(alerts: dict[str, Alert]) -> None:
    for rule in original_rules():
        alert, texts = alerts[rule["alert"]], rule["annotations"]
        assert plain(alert.summary) == plain(texts["summary"]), alert.name
        kept = {name: texts[name] for name in ("slo", "target") if name in texts}
        assert kept.items() <= alert.rules[0].annotations.items(), alert.name
        known = runbook_lines(alert)
        for name in ("action", "impact"):
            if name in texts:
                assert plain(texts[name]) in known, (alert.name, name)
    assert plain("Analisar queries concorrentes e otimizar índices") in runbook_lines(
        alerts["DatabaseDeadlock"]
    )


@needs_seed
def test_the_alerts_of_the_documents_index_and_no_others_have_a_diagnosis(alerts: dict[str, Alert]) -> None:
    text = (SEED / "conectcrm-runbooks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   - \[(\w+)\]\(#\d+-", text, flags=re.MULTILINE)
    assert len(listed) == 14
    diagnosed = {name for name, alert in alerts.items() if alert.runbook.diagnosis}
    assert diagnosed - OF_OBJECTIVES == set(listed)


@needs_seed
def test_burn_rates_are_those_of_the_original_definitions(alerts: dict[str, Alert]) -> None:
    """Ten times the usual rate in one hour is critical, five times in six hours a warning."""
    defined = yaml.safe_load((SEED / "original" / "slo-definitions.yml").read_text(encoding="utf-8"))
    burning = [one for one in defined["error_budget_alerts"] if "window" in one]
    rules = {rule.severity: rule.expr for rule in alerts["ErrorBudgetBurn"].rules}
    for one in burning:
        factor = re.search(r"> (\d+)x", one["condition"])
        assert factor is not None
        condition = f'slo:bad_ratio:rate{one["window"]}{{slo="availability"}} > {factor[1]} * 0.001'
        assert condition in rules[one["severity"]], one["name"]
    assert len(burning) == 2


@needs_seed
def test_the_document_has_the_sections_that_are_compared(document: dict[str, str]) -> None:
    assert len(document) == 13
    assert {"APIDown", "PaymentProcessingErrors", ""} <= document.keys()


@needs_seed
def test_no_line_of_an_alerts_section_is_lost(document: dict[str, str], alerts: dict[str, Alert]) -> None:
    lost = [
        (name, line)
        for name, section in document.items()
        if name
        for line in prose(section)
        if plain(line) not in runbook_lines(alerts[name])
    ]
    assert lost == []


@needs_seed
def test_no_line_of_the_general_sections_is_lost(document: dict[str, str], plan: Plan) -> None:
    known = general_lines(plan)
    assert [line for line in prose(document[""]) if plain(line) not in known] == []


@needs_seed
def test_lists_stand_whole_under_their_own_heading(
    document: dict[str, str], alerts: dict[str, Alert]
) -> None:
    seen = set()
    for name, section in document.items():
        for part in re.split(r"^#### \S+ ", section, flags=re.MULTILINE)[1:]:
            heading, _, body = part.partition("\n")
            if heading in LISTS:
                seen.add(heading)
                wanted = [plain(line) for line in body.splitlines() if line.startswith("- ")]
                ours = [plain(text) for text in getattr(alerts[name].runbook, LISTS[heading])]
                assert ours == wanted, (name, heading)
    assert seen == LISTS.keys()


@needs_seed
def test_actions_keep_their_order_and_titles(document: dict[str, str], alerts: dict[str, Alert]) -> None:
    for name, section in document.items():
        titles = re.findall(r"^\*\*Ação \d+: (.+)\*\*$", section, flags=re.MULTILINE)
        if titles:
            assert [action.title for action in alerts[name].runbook.actions] == titles


@needs_seed
def test_no_command_or_query_of_an_alerts_section_is_lost(
    document: dict[str, str], alerts: dict[str, Alert]
) -> None:
    for name, section in document.items():
        if name:
            runbook = alerts[name].runbook
            ours = stripped([*(c.code for c in commands(runbook)), *queries(runbook.diagnosis)])
            assert [block for block in mended(blocks(section)[0]) if block not in ours] == [], name


@needs_seed
def test_no_command_of_the_general_sections_is_lost(document: dict[str, str], plan: Plan) -> None:
    ours = stripped(
        command.code
        for procedure in plan.procedures
        for command in (procedure.template, *(step.command for step in procedure.steps))
        if command
    )
    found, _ = blocks(document[""])
    assert len(found) == 2
    assert [block for block in mended(found) if block not in ours] == []


@needs_seed
def test_the_document_still_has_what_the_tables_of_changes_name(document: dict[str, str]) -> None:
    text = "".join(document.values())
    code = "\n".join(block for section in document.values() for block in blocks(section)[0])
    lines = {plain(line) for line in blocks(text)[1].splitlines()}
    assert [old for old, _, _ in MENDED_CODE if old not in code] == []
    assert [line for line in CHANGED_LINES if plain(line) not in lines] == []


def mended(found: Iterable[str]) -> Iterator[str]:
    for block in found:
        for old, new, _ in MENDED_CODE:
            block = block.replace(old, new)
        yield block


@needs_seed
def test_receivers_keep_their_addresses_and_channels(plan: Plan) -> None:
    def addresses(configs: dict[str, Any]) -> dict[str, list[str]]:
        return {
            "email": [entry["to"] for entry in configs.get("email_configs", ())],
            "slack": [entry["channel"] for entry in configs.get("slack_configs", ())],
            "pagerduty": ["service_key" for _ in configs.get("pagerduty_configs", ())],
        }

    ours = {receiver.name: addresses(dict(receiver.channels)) for receiver in plan.receivers}
    wanted = {receiver["name"]: addresses(receiver) for receiver in original("alertmanager.yml")["receivers"]}
    assert ours == wanted


@needs_seed
def test_notifications_keep_their_timing(plan: Plan) -> None:
    root = original("alertmanager.yml")["route"]
    names = ("group_wait", "group_interval", "repeat_interval")
    assert plan.route is not None
    assert [getattr(plan.route.timing, name) for name in names] == [root[name] for name in names]
    wanted = {
        route["receiver"]: {name: route[name] for name in names if name in route} for route in root["routes"]
    }
    for severity in plan.severities:
        ours = {name: getattr(severity.notify, name) for name in names if getattr(severity.notify, name)}
        theirs = wanted[f"{severity.name}-alerts"]
        if severity.name != "critical":
            # Their groups would be told again sooner than they were told first.
            theirs = {**theirs, "group_interval": theirs["group_wait"]}
        assert ours == theirs
    assert plan.route is not None
    assert plan.route.routes[0].receiver == "slo-alerts"
    assert plan.route.routes[0].timing.repeat_interval == wanted["slo-alerts"]["repeat_interval"]


@needs_seed
def test_the_global_section_keeps_the_mail_server(plan: Plan) -> None:
    wanted = original("alertmanager.yml")["global"]
    same = ("resolve_timeout", "smtp_smarthost", "smtp_from", "smtp_require_tls")
    assert {name: plan.project.alertmanager[name] for name in same} == {name: wanted[name] for name in same}
