"""The page of an alert, or of several written once, in the order in which the person on call needs it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tocsin.plan.model import Engine
from tocsin.plan.names import page_file
from tocsin.targets.runbooks import markdown
from tocsin.targets.runbooks.escalation import escalation_levels
from tocsin.targets.runbooks.slo_page import promises, watched_tiers
from tocsin.targets.runbooks.steps import logs_url, steps
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.plan.model import Alert, Group, Membership, NotifiedReceiver, ResponseTargets, Rule
    from tocsin.targets.runbooks.pages import Pages
    from tocsin.translations.model import RunbookWords


def alert_page(pages: Pages, group: Group, alerts: Sequence[Alert]) -> dict[str, Any]:
    """The values of the template; several alerts have one family, and its name is the title."""
    words = pages.words
    alert = alerts[0]
    shares = alert.member is not None and alert.runbook.page.file == page_file(alert.member.family)
    shown = _of_family(alert, alert.member) if shares and alert.member is not None else alert
    severities = dict.fromkeys(
        name
        for name in pages.severities
        for one in alerts
        if any(rule.severity == name for rule in one.rules)
    )
    teams = list(dict.fromkeys(one.team for one in alerts if one.team is not None))
    file = alert.runbook.page.file
    actions = {
        action.name: (
            f"{words.action.format(action.number)}: {markdown.escape_text(action.title)}",
            action,
        )
        for action in alert.runbook.actions
    }
    targets = {name: (title, markdown.anchor(title)) for name, (title, _) in actions.items()}
    return {
        "alert": shown,
        "named": shares,
        "group": group,
        "runbook": alert.runbook,
        "icons": markdown.escape_text("".join(pages.severities[name].icon for name in severities)),
        "severities": " · ".join(map(pages.severity, severities)),
        "team": ", ".join(map(pages.team, teams)),
        "contact": pages.teams[teams[0]].contact if len(teams) == 1 else None,
        "links": _links(pages, group, None if shares else alert),
        "rules": [
            (_named(one), _severity(pages, rule), _condition(pages, rule))
            for one in alerts
            for rule in one.rules
        ],
        "told": [
            (
                markdown.escape_text(one.alertname),
                pages.severity(told.severity),
                markdown.label_list(told.labels),
                pages.receiver(told.receiver),
                told,
                _times(pages, told),
            )
            for one in alerts
            for told in one.told
        ],
        "with_labels": TEXTS[pages.plan.project.language].routing.with_labels,
        "targets": _targets(pages, alert),
        "promised": pages.slo_words.promised,
        "promises": _each_once(promises(pages, one) for one in alerts),
        "tiers": watched_tiers(pages, alert),
        "tiers_about": pages.slo_words.tiers_about,
        "steps": steps(pages, alert.runbook.diagnosis, targets, alert.rules[0].annotations.get("command")),
        "actions": list(actions.values()),
        "levels": escalation_levels(pages, severities),
        "around": _each_once(_around(pages, one) for one in alerts),
        "related": _each_once([pages.link(name, file) for name in one.related] for one in alerts),
        "query_language": "promql" if alert.engine is Engine.PROMETHEUS else "logql",
        "queries": _queries(pages, shown),
        "log_queries": [(query, logs_url(pages, query)) for query in shown.log_queries],
        "evaluated": words.evaluated.format(pages.beside.evaluating[alert.name], alert.engine.value.title()),
    }


def _severity(pages: Pages, rule: Rule) -> str:
    """A rule's severity, with what tells it from others of the same one."""
    severity = pages.severity(rule.severity)
    return f"{severity} ({markdown.inline_code(rule.variant)})" if rule.variant else severity


def _queries(pages: Pages, alert: Alert) -> list[tuple[str, str]]:
    """What the alert asks: one query without a title, or that of each rule that has its own."""
    own = [rule for rule in alert.rules if rule.comparison is None and not rule.written.is_derived]
    if alert.member is not None or len(own) < 2 or len({rule.expr for rule in own}) == 1:
        return [("", alert.query)]
    return [(_severity(pages, rule), rule.expr) for rule in own]


def _of_family(alert: Alert, member: Membership) -> Alert:
    """An alert with the texts of its family."""
    return replace(
        alert,
        name=member.family,
        alertname=member.family.partition("@")[0],
        summary=member.summary,
        description=member.description,
        query=member.query,
        log_queries=(),
    )


def _named(alert: Alert) -> str:
    """An alert of a family: its name, which leads to its panel, with its labels."""
    name = markdown.escape_text(alert.alertname)
    linked = f"[{name}]({alert.panel.url})" if alert.panel.url else name
    return f"{linked} {markdown.label_list({} if alert.member is None else alert.member.labels)}"


def _each_once(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(line for lines in lists for line in lines))


def _links(pages: Pages, group: Group, alert: Alert | None) -> str:
    """The links at the head of the page; those of a single alert only where there is one."""
    words = pages.words
    found = [
        (words.panel, alert and alert.panel.url),
        (words.dashboard, group.dashboard.url),
        (words.query, alert and alert.links.query),
        (words.rule, alert and alert.links.rule),
        (words.silence, alert and alert.links.silence),
        (words.index, "README.md"),
        (words.procedures, _section(words.procedures) if pages.plan.procedures else None),
        (words.escalation, _section(words.escalation) if pages.plan.escalation.levels else None),
    ]
    links = [f"[{word}]({url})" for word, url in found if url]
    own = (
        f"[{markdown.escape_text(link.title)}](<{markdown.link_target(link.url)}>)"
        for link in pages.plan.project.links
    )
    return " · ".join((*links, *own))


def _section(heading: str) -> str:
    """A section of the index."""
    return f"README.md#{markdown.anchor(heading)}"


def _condition(pages: Pages, rule: Rule) -> str:
    words = pages.words
    if rule.comparison is None or rule.threshold_text is None:
        text = rule.condition or words.holds
    else:
        text = f"{words.comparisons[rule.comparison]} **{rule.threshold_text}**"
    if rule.for_ != "0s":
        text += f" {words.for_.format(rule.for_)}"
    if rule.keep_firing_for:
        text += f"; {words.keeps.format(rule.keep_firing_for)}"
    return text


def _times(pages: Pages, told: NotifiedReceiver) -> str:
    words = pages.words
    texts = []
    if told.active_time_intervals:
        texts.append(words.only_in.format(", ".join(map(markdown.inline_code, told.active_time_intervals))))
    if told.mute_time_intervals:
        texts.append(words.not_in.format(", ".join(map(markdown.inline_code, told.mute_time_intervals))))
    return "; ".join(texts)


def _targets(pages: Pages, alert: Alert) -> list[tuple[str, str]]:
    """Response targets: those of the alert for its most urgent severity, the general ones for the others."""
    found = []
    for number, severity in enumerate(dict.fromkeys(rule.severity for rule in alert.rules)):
        said = alert.runbook.respond if number == 0 else pages.severities[severity].respond
        if text := _target(pages, said):
            found.append((pages.severity(severity), text))
    return found


def _target(pages: Pages, said: ResponseTargets) -> str:
    words = pages.words
    parts = [
        (words.act, said.detect_to_act),
        (words.resolve, said.act_to_resolve),
        (words.mttr, said.mttr),
    ]
    return ", ".join(word.format(f"**{value}**") for word, value in parts if value)


def _around(pages: Pages, alert: Alert) -> list[str]:
    words, file = pages.words, alert.runbook.page.file
    labels = pages.identifying(alert) if alert.inhibiting else []
    same = f", {_same(words, labels)}" if labels else ""
    pairs = pairwise(alert.inhibiting)
    lines = [words.silenced_by_severity.format(less, more) + same for more, less in pairs]
    for dependency in alert.depends_on:
        where = _same(words, dependency.equal) if dependency.equal else words.anywhere
        lines.append(f"{words.silenced_by.format(pages.link(dependency.alert, file))}, {where}")
    if names := pages.beside.dependents.get(alert.name):
        lines.append(words.silences.format(", ".join(pages.link(name, file) for name in names)))
    return lines


def _same(words: RunbookWords, labels: Iterable[str]) -> str:
    return words.same.format(", ".join(map(markdown.inline_code, labels)))
