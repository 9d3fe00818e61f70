"""The notification templates: a file for Go's engine, in the language and with the names of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.integrations import BY_LIST
from tocsin.lang.alertmanager.texts import Form, Message
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.notification_data import definitions
from tocsin.targets.alertmanager.go_text import go_string
from tocsin.targets.alertmanager.mail_template import mail_template
from tocsin.targets.alertmanager.message_template import message_template
from tocsin.targets.alertmanager.severity_colors import ENDED, severity_colors
from tocsin.targets.alertmanager.skeletons import skeleton
from tocsin.targets.alertmanager.title_code import title_code
from tocsin.text.regex_on_use import regex_on_use
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_PAGERDUTY = ("critical", "error", "warning", "info")
_CALLED = regex_on_use(r'"(tocsin\.[^"\n]+)"')
_UNKNOWN = "error"
"""For PagerDuty, a severity that the spec does not have."""
_GENERAL = (
    Message("text", Form.PLAIN, is_titled=True),
    Message("markdown", Form.MARKDOWN, is_titled=True),
)
"""Without a limit, for texts that authors write themselves."""


def has_generated_templates(plan: Plan) -> bool:
    """Whether the file is needed: not where every receiver brings its own texts, and these call none of its
    templates that they do not define themselves."""
    if not all(receiver.has_own_texts for receiver in plan.receivers):
        return True
    called = {name for text in _own_texts(plan) for name in _CALLED.findall(text)}
    return bool(called) and not called <= set(_own_definitions(plan))


def _own_definitions(plan: Plan) -> Iterator[str]:
    """The names of the templates in the files of the spec; none of a file that cannot be parsed."""
    for glob in plan.templates:
        for file in glob.files or ():
            with suppress(LangError):
                yield from (one.name for one in definitions(file.text))


def _own_texts(plan: Plan) -> Iterator[str]:
    yield from (file.text for glob in plan.templates for file in glob.files or ())
    waiting: list[object] = [entries for receiver in plan.receivers for _, entries in receiver.channels]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one


def notification_templates(plan: Plan) -> str:
    """The text of the template file."""
    words = TEXTS[plan.project.language].notifications
    titles = {
        "title": title_code(plan, Form.PLAIN),
        "title.short": title_code(plan, Form.PLAIN, short=True),
        "slack.title": title_code(plan, Form.SLACK),
        "markdown.title": title_code(plan, Form.MARKDOWN),
    }
    names = [severity.name for severity in plan.severities]
    shared = skeleton("tocsin.tmpl").substitute(
        project=go_string(plan.project.title),
        title=titles["title"],
        colors=_choice(severity_colors(names), ENDED),
        ended_color=ENDED,
        pagerduty=_choice([(name, _pagerduty(name, place)) for place, name in enumerate(names)], _UNKNOWN),
        runbook=words.runbook,
        panel=words.panel,
    )
    return "\n\n".join(
        (
            shared,
            *(_defined(name, code) for name, code in titles.items()),
            *(message_template(plan, message) for message in _messages(plan)),
            mail_template(plan),
            "",
        )
    )[:-1]


def _defined(name: str, code: str) -> str:
    return f'{{{{ define "tocsin.{name}" -}}}}\n{code}\n{{{{- $title }}}}\n{{{{- end }}}}'


def _messages(plan: Plan) -> Iterator[Message]:
    """The general ones, and those of each integration that a receiver of the plan has."""
    used = {key for receiver in plan.receivers for key, _ in receiver.channels if not receiver.has_own_texts}
    found = dict.fromkeys(_GENERAL)
    for key, integration in BY_LIST.items():
        if key in used:
            found |= dict.fromkeys(integration.messages)
    return iter(found)


def _choice(cases: list[tuple[str, str]], otherwise: str) -> str:
    """A template of the text that belongs to the dot, and else of another one."""
    texts = [f"if eq . {go_string(name)} }}}}{{{{ {go_string(shown)} }}}}" for name, shown in cases]
    if not texts:
        return otherwise
    return "{{ " + "\n{{- else ".join(texts) + f"\n{{{{- else }}}}{otherwise}\n{{{{- end }}}}"


def _pagerduty(name: str, place: int) -> str:
    """PagerDuty knows four severities: the one of the same name, else the one at the same place."""
    return name if name in _PAGERDUTY else _PAGERDUTY[min(place, len(_PAGERDUTY) - 1)]
