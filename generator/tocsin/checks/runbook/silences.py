"""Checks of the silences that runbooks offer: commands, and links to Alertmanager's form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tocsin.checks.framework.alert_index import index_alerts
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.framework.runbook_texts import RunbookText, commands, prose
from tocsin.checks.framework.unmatched import unknown_names, why_unmatched
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.matcher_lines import read_matchers
from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.lang.errors import LangError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.source.place import Place

_SILENCE = re.compile(r"\bamtool\b[^\n|;&`]*?\bsilence\s+add\b(?P<rest>(?:[^\n\\|;&`]|\\\n)*)")
_FORM = re.compile(r"/#/silences/new\?(?:[^\s)<>\"'`]*?&)?filter=(?P<filter>(?:\{[^}\n]*\}|[^\s)<>\"'`&])*)")
_ARGUMENT = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
_TAKES_VALUE = frozenset({"-d", "-c", "-a", "--duration", "--comment", "--author", "--start", "--end"})
_TO_FILL_IN = re.compile(r"[$<>`]|\.\.\.|…|\{\{")


@check_shares("runbook/silence", Level.WARNING)
def silence(share: Share) -> Iterator[Finding]:
    """A command or a link silences alerts that no rule makes.

    Why:
        Alertmanager takes any matchers. The silence is there, and the pager rings on.

    Fix:
        Write the name and the labels as the rules have them.

    Bad:
        runbook:
          actions:
            quiet:
              title: Silence it
              commands:
                - {language: bash, code: amtool silence add alertname=Error}

    Good:
        runbook:
          actions:
            quiet:
              title: Silence it
              commands:
                - {language: bash, code: amtool silence add alertname=Errors}
    """
    silences = list(_silences(share))
    if not silences:
        return
    alerts = index_alerts(share.around.whole_outline())
    known = frozenset(alert.rule.alert for alert in alerts.alerts)
    for place, about, matchers in silences if known else ():
        for _, name, near in unknown_names(known, matchers):
            yield Finding(
                f"this silences `{name}`, which no rule has",
                at=place,
                help=f"did you mean `{near}`?" if near else None,
                about=about,
            )
        reason = why_unmatched(alerts, matchers)
        if reason is not None:
            yield Finding(f"this silences nothing: {reason.message}", at=place, help=reason.help, about=about)


def _silences(share: Share) -> Iterator[tuple[Place, Place, tuple[Matcher, ...]]]:
    for command in commands(share):
        for span, matchers in _added(command.text):
            yield command.piece(span), command.about, matchers
    for texts in (prose(share), _annotations(share)):
        for text in texts:
            found = (*_added(text.text), *_forms(text.text)) if "silence" in text.text else ()
            for span, matchers in found:
                yield text.piece(span), text.about, matchers


def _annotations(share: Share) -> Iterator[RunbookText]:
    """What the authors wrote into annotations; the links that Tocsin makes need no check."""
    for _, rule in alerting_rules(share):
        for name, text in rule.annotations.items():
            place = rule.written.annotations.get(name)
            if "silence" in text and place is not None and not place.key:
                yield RunbookText(text, place, rule.place)


def _added(code: str) -> Iterator[tuple[tuple[int, int], tuple[Matcher, ...]]]:
    """The matchers of each `amtool silence add`; one that a shell or a person has to fill in is left out."""
    for found in () if "silence" not in code else _SILENCE.finditer(code):
        matchers: list[Matcher] = []
        arguments = iter(_ARGUMENT.findall(found["rest"].replace("\\\n", " ")))
        for argument in arguments:
            if argument.startswith("-"):
                if argument in _TAKES_VALUE:
                    next(arguments, None)
                continue
            text = argument.strip("'") if argument.startswith("'") else argument
            if _TO_FILL_IN.search(text):
                matchers = []
                break
            if not re.search("[=~]", text):
                text = f"alertname={text}"
            try:
                matchers.append(parse_matcher(text))
            except LangError:
                matchers = []
                break
        if matchers:
            yield (found.start(), found.start() + len(found[0].rstrip())), tuple(matchers)


def _forms(text: str) -> Iterator[tuple[tuple[int, int], tuple[Matcher, ...]]]:
    """The matchers of each link to the form for a new silence."""
    for found in _FORM.finditer(text):
        wanted = unquote(found["filter"])
        if _TO_FILL_IN.search(wanted):
            continue
        try:
            matchers = read_matchers(wanted)
        except LangError:
            continue
        if matchers:
            yield found.span("filter"), matchers
