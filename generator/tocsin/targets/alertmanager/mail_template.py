"""The template of a mail as HTML: it lists every alert, as a mail may be long, the most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.texts import Form, Listed
from tocsin.targets.alertmanager.forms import MARKUPS
from tocsin.targets.alertmanager.go_text import assign, go_string
from tocsin.targets.alertmanager.message_parts import known_severity, passes, severity_code
from tocsin.targets.alertmanager.severity_colors import ENDED
from tocsin.targets.alertmanager.skeletons import skeleton
from tocsin.targets.alertmanager.times import Zone, duration_text
from tocsin.targets.alertmanager.title_code import title_code
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def mail_template(plan: Plan) -> str:
    """The definition of the template; the engine for HTML escapes what it prints."""
    words, zone = TEXTS[plan.project.language].notifications, Zone(plan)
    teams = [(team.name, team.title) for team in plan.teams]
    return skeleton("mail.tmpl").substitute(
        title=title_code(plan, Form.PLAIN),
        zone=zone.declaration,
        facts=skeleton("mail_facts.tmpl").substitute(
            team=assign("$team", ".Value", teams, ".Value"), team_word=words.team, command=words.command
        ),
        links=skeleton("mail_links.tmpl").substitute(runbook=words.runbook, panel=words.panel),
        own_links=_own_links(plan),
        passes=passes(plan, Listed.ALL),
        known_severity=known_severity(plan),
        severity=severity_code(plan, MARKUPS[Form.PLAIN]),
        ended_color=ENDED,
        resolved=go_string(f"✅ {words.resolved}"),
        since=words.since,
        until=words.until,
        started=zone.time_text(".StartsAt", words),
        ended=zone.time_text(".EndsAt", words),
        lasting=_lasting(words.lasting, duration_text("(since .StartsAt)", words)),
        lasted=_lasting(words.lasted, duration_text("(.EndsAt.Sub .StartsAt)", words)),
        source=words.source,
        silence=words.silence,
    )


def _own_links(plan: Plan) -> str:
    """The organisation's pages in a paragraph; what the strings hold, the engine escapes."""
    links = [
        f'<a href="{{{{ {go_string(link.url)} }}}}">{{{{ {go_string(link.title)} }}}}</a>'
        for link in plan.project.links
    ]
    return "\n".join(('\n<p style="margin:4px 0">', *links, "</p>")) if links else ""


def _lasting(text: str, duration: str) -> str:
    return f"printf {go_string(text.format('%s'))} {duration}"
