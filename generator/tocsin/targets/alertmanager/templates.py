"""The notification templates: a file for Go's engine, in the language and with the names of the spec."""

from __future__ import annotations

import json
import re
import string
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tocsin.plan.model import Plan

_ENDED_COLOR = "#37872d"
_COLORS = ("#c4162a", "#ff780a", "#f2cc0c")
_SPACE = re.compile(r"\s+")
_IN_MARKDOWN = re.compile(r"[\\\[\]<]")
_MENTION = re.compile(r"(?<![\w.])@(?=\S)")
_PAGERDUTY = ("critical", "error", "warning", "info")


class _Text(string.Template):
    """A text with places such as `@{team}`: Go's templates use both braces and the dollar sign."""

    delimiter = "@"


def notification_templates(plan: Plan) -> str:
    """The text of the template file."""
    names = [severity.name for severity in plan.severities]
    return _source().substitute(
        asdict(TEXTS[plan.project.language].notifications),
        **_titles(plan),
        **_titles(plan, "slack", _slack),
        **_titles(plan, "markdown", _markdown),
        most_urgent=_most_urgent(names),
        colors=_choice(zip(names, _spread(_COLORS, len(names)), strict=True)),
        ended_color=_ENDED_COLOR,
        pagerduty=_choice((name, _pagerduty(name, place)) for place, name in enumerate(names)),
    )


def _titles(plan: Plan, form: str = "", escape: Callable[[str], str] = str) -> dict[str, str]:
    """The titles of the spec, escaped for one form of markup; of other labels the engine does so."""
    end, label = (f"_{form}", f'{{{{ template "tocsin.{form}.line" . }}}}') if form else ("", "{{ . }}")
    return {
        f"project{end}": go_string(escape(plan.project.title)),
        f"severities{end}": _choice(
            (
                (severity.name, f"{severity.icon} {escape(severity.title)}: ".lstrip())
                for severity in plan.severities
            ),
            otherwise=f"{{{{ if . }}}}{label}: {{{{ end }}}}",
        ),
        f"teams{end}": _choice(((team.name, escape(team.title)) for team in plan.teams), otherwise=label),
    }


def _slack(text: str) -> str:
    """The text without a link or a mention.

    https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    return _SPACE.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _markdown(text: str) -> str:
    """The text without a link, HTML or a mention: in Mattermost and Discord an `@` calls people."""
    return _MENTION.sub("@\u200b", _IN_MARKDOWN.sub(r"\\\g<0>", _SPACE.sub(" ", text)))


def go_string(text: str) -> str:
    """The text as a string of a Go template, in which no braces or quotes of it take effect."""
    return json.dumps(text, ensure_ascii=False)


@cache
def _source() -> _Text:
    return _Text(files(__package__).joinpath("tocsin.tmpl").read_text(encoding="utf-8"))


def _choice(cases: Iterable[tuple[str, str]], otherwise: str = "") -> str:
    """A template of the text that belongs to the dot, and of `otherwise` where there is none."""
    texts = [f"if eq . {go_string(name)} }}}}{{{{ {go_string(shown)} }}}}" for name, shown in cases]
    if not texts:
        return otherwise
    last = f"{{{{- else }}}}{otherwise}\n" if otherwise else ""
    return "{{ " + "\n{{- else ".join(texts) + f"\n{last}{{{{- end }}}}"


def _most_urgent(names: Sequence[str]) -> str:
    """Statements that leave the most urgent severity of the firing alerts in `$severity`."""
    lines = ['{{- $severity := "" }}']
    for name in reversed(names):
        quoted = go_string(name)
        lines.append(
            f"{{{{- range .Alerts.Firing }}}}{{{{ if eq .Labels.severity {quoted} }}}}"
            f"{{{{ $severity = {quoted} }}}}{{{{ end }}}}{{{{ end }}}}"
        )
    return "\n".join(lines)


def _spread(values: Sequence[str], count: int) -> list[str]:
    return [values[min(place, len(values) - 1)] for place in range(count)]


def _pagerduty(name: str, place: int) -> str:
    """PagerDuty knows four severities: the one of the same name, else the one at the same place."""
    return name if name in _PAGERDUTY else _PAGERDUTY[min(place, len(_PAGERDUTY) - 1)]
