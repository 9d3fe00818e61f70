"""What titles, messages and mails share, as pieces of Go templates: severities and the order of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.texts import Listed
from tocsin.targets.alertmanager.go_text import assign, cut, go_string

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.targets.alertmanager.forms import Markup

NAME = 70
"""Characters of an alert's name that are shown."""
_SEVERITY = 40


def severity_code(plan: Plan, markup: Markup) -> str:
    """A statement that gives `$shown` the title of the severity in `$level`."""
    titles = (
        (severity.name, f"{severity.icon} {markup.escape(severity.title[:_SEVERITY])}".lstrip())
        for severity in plan.severities
    )
    return assign("$shown", "$level", titles, f"({cut('$level', _SEVERITY)}{markup.line})")


def known_severity(plan: Plan) -> str:
    """A statement that puts the kind of a firing alert into `$mine`, if its severity is one of the spec."""
    if not plan.severities:
        return ""
    known = " ".join(go_string(severity.name) for severity in plan.severities)
    kind = '{{ $mine = printf "firing/%s" .Labels.severity }}'
    return f"{{{{ if eq .Labels.severity {known} }}}}{kind}{{{{ end }}}}"


def passes(plan: Plan, listed: Listed) -> str:
    """The kinds of alerts in the order in which they are listed, as strings."""
    firing = [*(f"firing/{severity.name}" for severity in plan.severities), "firing"]
    kinds = {
        Listed.ALL: [*firing, "resolved"],
        Listed.FIRING: firing,
        Listed.RESOLVED: ["resolved"],
    }
    return " ".join(map(go_string, kinds[listed]))
