"""The notification templates: a file for Go's engine, in the language and with the names of the spec."""

from __future__ import annotations

import json
import string
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from tocsin.words.notifications import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.plan.model import Plan

_ENDED_COLOR = "#37872d"
_COLORS = ("#c4162a", "#ff780a", "#f2cc0c")
_PAGERDUTY = ("critical", "error", "warning", "info")


class _Text(string.Template):
    """A text with places such as `@{team}`: Go's templates use both braces and the dollar sign."""

    delimiter = "@"


def notification_templates(plan: Plan) -> str:
    """The text of the template file."""
    names = [severity.name for severity in plan.severities]
    return _source().substitute(
        asdict(WORDS[plan.project.language]),
        project=go_string(plan.project.title),
        severities=_choice(
            ((severity.name, f"{severity.icon} {severity.title}: ".lstrip()) for severity in plan.severities),
            otherwise="{{ if . }}{{ . }}: {{ end }}",
        ),
        teams=_choice(((team.name, team.title) for team in plan.teams), otherwise="{{ . }}"),
        most_urgent=_most_urgent(names),
        colors=_choice(zip(names, _spread(_COLORS, len(names)), strict=True)),
        ended_color=_ENDED_COLOR,
        pagerduty=_choice((name, _pagerduty(name, place)) for place, name in enumerate(names)),
    )


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
