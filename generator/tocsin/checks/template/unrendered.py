"""Checks of templates where nothing fills them in: in a rule's name, and behind the escapes of Helm."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Rule

_OPEN = r"\{\{-?\s*(?:\"\{\{-?\"|`\{\{-?`)\s*-?\}\}"
_CLOSE = r"\{\{-?\s*(?:\"-?\}\}\"|`-?\}\}`)\s*-?\}\}"
_DATA = r"\$(?:labels|value|externalLabels)\b|\.(?:Labels|Value|ExternalLabels)\b"
_ESCAPED = regex_on_use(
    # The braces alone as strings, or a whole action as a string.
    rf"{_OPEN}(?P<between>(?:(?!\}}\}}|\{{\{{).)*?(?:{_DATA})(?:(?!\}}\}}|\{{\{{).)*){_CLOSE}"
    rf"|\{{\{{-?\s*(?:print\s+)?`\s*\{{\{{(?P<raw>[^`]*?(?:{_DATA})[^`]*?)\}}\}}\s*`\s*-?\}}\}}"
    rf"|\{{\{{-?\s*(?:print\s+)?\"\s*\{{\{{(?P<quoted>[^`\"]*?(?:{_DATA})[^`\"]*?)\}}\}}\s*\"\s*-?\}}\}}",
    re.DOTALL,
)
_STRINGS = ('"{{', "`{{", '" {{', "` {{")
_OF_TEMPLATES = frozenset({"templates", "bindata"})
"""Folders with templates: of charts, and of operators for OpenShift."""


@check_shares("template/name", Level.ERROR)
def templated_name(share: Share) -> Iterator[Finding]:
    """The name of an alert holds a template, which nothing fills in.

    Why:
        Prometheus and Loki fill in the templates of labels and annotations only. Every alert of the rule
        is called `{{ $labels.job }} is down`, in so many words: in messages, in routes and in silences.

    Fix:
        Give the alert one name for what is wrong, and write the template into an annotation.

    Bad:
        - alert: "{{ $labels.job }} is down"
          expr: up == 0

    Good:
        - alert: JobDown
          expr: up == 0
          annotations: {summary: "{{ $labels.job }} is down"}
    """
    for _, rule in alerting_rules(share):
        if "{{" in rule.alert and "}}" in rule.alert:
            yield Finding(
                "the name of an alert is not a template: these braces stay as they are",
                at=rule.written.name,
                help="give it one name, and write what differs into an annotation",
                about=rule.place,
            )


@check_shares("template/escaped", Level.WARNING)
def escaped(share: Share) -> Iterator[Finding]:
    """A text shows `{{ $labels.… }}` instead of the label: it is escaped for Helm, which did not read it.

    Why:
        In a chart, `{{ "{{" }} $labels.pod {{ "}}" }}` keeps Helm from filling in what is meant for
        Prometheus. In a file that Helm does not read, Prometheus removes the escape itself, and people are
        shown `{{ $labels.pod }}`. Files in a folder `templates`, and those that end in `.tpl`, are Helm's,
        and files in `bindata` those of an operator, which renders them itself: they are left alone.

    Fix:
        Write `{{ $labels.pod }}`, or let Helm read the file as a template.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {summary: '{{ "{{" }} $labels.instance {{ "}}" }} is down'}

    Good:
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ $labels.instance }} is down"}
    """
    for rule, texts in templates(share):
        for text in texts:
            # Braces that begin a string are in each text that is escaped.
            if text.refused is not None or not any(one in text.text for one in _STRINGS):
                continue
            if _is_of_helm(rule):
                break
            for found in _ESCAPED.finditer(text.text):
                inner = (found["between"] or found["raw"] or found["quoted"]).strip()
                yield Finding(
                    f"{text.said} shows `{{{{ {inner} }}}}` in so many words: it is escaped for Helm",
                    at=text.piece(found.span()),
                    help=f"write `{{{{ {inner} }}}}`, unless Helm reads this file as a template",
                    about=rule.place,
                    fix=f"{{{{ {inner} }}}}",
                    instead_of=found[0],
                )


def _is_of_helm(rule: Rule) -> bool:
    """Whether a rule stands in a file that is rendered before Prometheus reads it."""
    path = PurePath(str(rule.place.path[0]))
    return path.suffix == ".tpl" or not _OF_TEMPLATES.isdisjoint(path.parts[:-1])
