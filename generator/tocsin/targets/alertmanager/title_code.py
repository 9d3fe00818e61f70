"""The title of a notification, as statements of a Go template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.alertmanager.forms import MARKUPS
from tocsin.targets.alertmanager.go_text import cut, go_string
from tocsin.targets.alertmanager.message_parts import NAME, severity_code
from tocsin.targets.alertmanager.skeletons import skeleton
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.texts import Form
    from tocsin.plan.model import Plan

_SUMMARY, _GROUP = 100, 150
"""Characters of a part: together they stay below the least limit that an integration has for a title."""


def title_code(plan: Plan, form: Form, *, short: bool = False) -> str:
    """Statements that leave the title in `$title`, and the most urgent severity in `$level`.

    A short title has no summary.
    """
    words, markup = TEXTS[plan.project.language].notifications, MARKUPS[form]
    said = cut("$.CommonAnnotations.summary", _SUMMARY)
    summary = f'(printf "%s: %s" $subject ({said}{markup.line}))'
    with_summary = (
        "{{ if and $.CommonAnnotations.summary (ne $.CommonAnnotations.summary $.CommonLabels.alertname) }}"
        f"{{{{ $subject = {summary} }}}}{{{{ end }}}}"
    )
    group = NAME if short else _GROUP
    names = [severity.name for severity in plan.severities]
    return skeleton("title.tmpl").substitute(
        reversed=" ".join(map(go_string, reversed(names))),
        severity=severity_code(plan, markup),
        name=cut("$.CommonLabels.alertname", NAME) + markup.line,
        group=cut('(join " " $.GroupLabels.Values)', group) + markup.line,
        with_summary="" if short else with_summary,
        project=go_string(markup.escape(plan.project.title[:group])),
        resolved=go_string(f"✅ {words.resolved}"),
        firing=go_string(words.firing),
    )
