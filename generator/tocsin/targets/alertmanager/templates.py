"""The templates of notifications: Go templates in the spec's language, the same facts for every channel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.words.notifications import WORDS, NotificationWords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.plan.model import Plan, Severity

_COLORS = ("#d63232", "#e8a317", "#3b78c2")
_PAGERDUTY = ("critical", "error", "warning", "info")


def notification_templates(plan: Plan) -> str:
    """The file with every template that the generated channels use."""
    words = WORDS[plan.project.language]
    return "\n".join(
        [
            f"{{{{/* Made by Tocsin from the spec of {plan.project.name}; change the spec instead. */}}}}\n",
            _by_severity("tocsin.severity", ".", plan.severities, _named, "{{ . }}"),
            _by_severity("tocsin.color", ".CommonLabels.severity", plan.severities, _color, _COLORS[1]),
            _by_severity(
                "tocsin.pagerduty.severity", ".CommonLabels.severity", plan.severities, _pagerduty, "error"
            ),
            _define("tocsin.word.runbook", words.runbook),
            _define("tocsin.word.panel", words.panel),
            _title(plan, words),
            *(_message(style, words) for style in (_PLAIN, _MARKDOWN, _SLACK, _HTML, _TELEGRAM)),
            _SLACK_ESCAPE,
        ]
    )


def go_string(text: str) -> str:
    """An action that prints the text as it is; Go reads the escapes of JSON as its own."""
    return "{{ " + json.dumps(text, ensure_ascii=False) + " }}"


def _define(name: str, body: str) -> str:
    return f'{{{{ define "{name}" }}}}{body}{{{{ end }}}}\n'


def _by_severity(
    name: str,
    subject: str,
    severities: Iterable[Severity],
    body: Callable[[int, Severity], str],
    otherwise: str,
) -> str:
    parts, word = [], "if"
    for number, severity in enumerate(severities):
        test = json.dumps(severity.name)
        parts.append(f"{{{{ {word} eq {subject} {test} }}}}{body(number, severity)}")
        word = "else if"
    return _define(name, "".join(parts) + f"{{{{ else }}}}{otherwise}{{{{ end }}}}")


def _named(number: int, severity: Severity) -> str:
    del number
    return go_string(f"{severity.icon} {severity.title}".strip())


def _color(number: int, severity: Severity) -> str:
    del severity
    return _COLORS[min(number, len(_COLORS) - 1)]


def _pagerduty(number: int, severity: Severity) -> str:
    if severity.name in _PAGERDUTY:
        return severity.name
    return ("critical", "warning", "info")[min(number, 2)]


def _title(plan: Plan, words: NotificationWords) -> str:
    project = go_string(plan.project.title)
    return _define(
        "tocsin.title",
        '{{ if eq .Status "firing" }}{{ template "tocsin.severity" .CommonLabels.severity }}'
        f"{{{{ else }}}}✅ {words.resolved}{{{{ end }}}}: "
        "{{ or .CommonLabels.alertname .GroupLabels.alertname }}"
        "{{ if gt (len .Alerts) 1 }} ({{ len .Alerts }}){{ end }}"
        "{{ if eq (len .Alerts) 1 }}{{ with .CommonAnnotations.summary }} · {{ . }}{{ end }}{{ end }}"
        f" [{project}]",
    )


@dataclass(frozen=True, slots=True)
class _Style:
    """How one kind of channel writes; all texts are pieces of a Go template."""

    name: str
    strong: Callable[[str], str]
    link: Callable[[str, str], str]
    """From a word and the action that prints an address."""
    said: Callable[[str], str] = "{{{{ {} }}}}".format
    """From a pipeline to the action that prints its value."""
    start: str = ""
    end: str = "\n"
    stop: str = "\n"


_PLAIN = _Style("tocsin.text", strong=str, link="{}: {}".format)
_MARKDOWN = _Style("tocsin.markdown", strong="**{}**".format, link="[{}]({})".format, end="  \n")
_SLACK = _Style(
    "tocsin.slack",
    strong="*{}*".format,
    link="<{1}|{0}>".format,
    said='{{{{ template "tocsin.slack.escape" ({}) }}}}'.format,
)
_HTML = _Style(
    "tocsin.html",
    strong="<strong>{}</strong>".format,
    link='<a href="{1}">{0}</a>'.format,
    start="<p>",
    end="<br>\n",
    stop="</p>\n",
)
_TELEGRAM = _Style("tocsin.telegram", strong="<b>{}</b>".format, link='<a href="{1}">{0}</a>'.format)
_SLACK_ESCAPE = _define(
    "tocsin.slack.escape",
    '{{ . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}',
)


def _message(style: _Style, words: NotificationWords) -> str:
    """The body: what fires, then what is over, then the way to a silence."""
    firing = _each("Firing", _alert(style, words, ".StartsAt", words.since))
    over = f"{style.start}{style.strong(f'✅ {words.resolved}')}{style.stop}"
    resolved = _each("Resolved", _alert(style, words, ".EndsAt", words.ended))
    address = (
        "{{ .ExternalURL }}/#/silences/new?filter=%7Balertname%3D%22"
        "{{ .CommonLabels.alertname | urlquery }}%22%7D"
    )
    silence = f"{style.start}{style.link(words.silence, address)}{style.stop}"
    return _define(
        style.name,
        firing
        + _when(".Alerts.Resolved", over + resolved)
        + _when("and .Alerts.Firing .CommonLabels.alertname", silence),
    )


def _alert(style: _Style, words: NotificationWords, moment: str, moment_word: str) -> str:
    """One alert: its severity and summary, the description, its labels, and where to look."""
    said = style.said
    severity = '{{ template "tocsin.severity" .Labels.severity }}'
    labels = (
        '{{ range (.Labels.Remove (stringSlice "alertname" "severity" "team")).SortedPairs }} '
        f"{{{{ .Name }}}}={said('.Value')}{{{{ end }}}}"
    )
    lines = [
        style.strong(f"{severity}: {said('or .Annotations.summary .Labels.alertname')}") + style.end,
        _when(".Annotations.description", said(".Annotations.description") + style.end),
        f"{words.labels}:{labels}{style.end}",
        _when(".Labels.team", f"{words.team}: {said('.Labels.team')}{style.end}"),
        f"{moment_word}: {{{{ {moment}.Format `2006-01-02 15:04 MST` }}}}{style.end}",
    ]
    for word, value in (
        (words.runbook, ".Annotations.runbook_url"),
        (words.panel, ".Annotations.dashboard_url"),
        (words.query, ".GeneratorURL"),
    ):
        lines.append(_when(value, style.link(word, f"{{{{ {value} }}}}") + style.end))
    return f"{style.start}{''.join(lines)}{style.stop}"


def _each(which: str, body: str) -> str:
    return f"{{{{ range .Alerts.{which} }}}}{body}{{{{ end }}}}"


def _when(pipeline: str, body: str) -> str:
    return f"{{{{ if {pipeline} }}}}{body}{{{{ end }}}}"
