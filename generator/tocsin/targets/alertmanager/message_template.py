"""The template of one message: it lists the most urgent alerts first and ends before its limit.

Go's templates can neither measure what another template prints nor count, and the oldest Alertmanager has
no lists. So each piece is put into a variable first, lengths are those of variables, and a number is the
length of a text that grows by one character.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.alertmanager.forms import MARKUPS
from tocsin.targets.alertmanager.go_text import assign, cut, go_string
from tocsin.targets.alertmanager.message_parts import NAME, known_severity, passes, severity_code
from tocsin.targets.alertmanager.skeletons import skeleton
from tocsin.targets.alertmanager.times import Zone, duration_text
from tocsin.targets.alertmanager.title_code import title_code
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.texts import Message
    from tocsin.plan.model import Plan
    from tocsin.targets.alertmanager.forms import Markup
    from tocsin.translations.model import NotificationWords

_SUMMARY, _DESCRIPTION, _LABEL, _COMMAND = 200, 1_000, 100, 500
"""Characters of a part."""
_LABELS, _ADDRESS = 500, 1_000
"""Bytes."""
_DECIDED = '(stringSlice "alertname" "severity" "team")'


def message_template(plan: Plan, message: Message) -> str:
    """The definition of the template."""
    words, markup = TEXTS[plan.project.language].notifications, MARKUPS[message.form]
    zone = Zone(plan)
    room = None if message.limit is None else message.limit.size
    lasted = words.lasted.format("%s"), "(.EndsAt.Sub .StartsAt)"
    lasting = words.lasting.format("%s"), "(since .StartsAt)"
    return skeleton("message.tmpl").substitute(
        name=message.name,
        title=title_code(plan, message.form),
        zone=zone.declaration,
        facts=_facts(plan, words, markup, room),
        list_fact=_fact("$list", words.labels, "$list", markup),
        head=_head(message, markup, room),
        passes=passes(plan, message.listed),
        known_severity=known_severity(plan),
        severity=severity_code(plan, markup),
        resolved=go_string(f"✅ {words.resolved}"),
        url=markup.url,
        alert_name=cut(".", NAME) + markup.line,
        summary=cut(".", _SUMMARY) + markup.line,
        begin=f"{{{{ {go_string(message.begin)} }}}}" if message.begin else "",
        bold=go_string(f"{markup.bold}%s{markup.bold}"),
        item=go_string(markup.item),
        bullet=go_string(markup.item or "• "),
        link=go_string(markup.link),
        more=go_string(words.more.format("%d")),
        list_all=go_string(words.list_all),
        since_word=go_string(words.since),
        until_word=go_string(words.until),
        started=zone.time_text(".StartsAt", words),
        ended=zone.time_text(".EndsAt", words),
        lasted=f"(printf {go_string(lasted[0])} {duration_text(lasted[1], words)})",
        lasting=f"(printf {go_string(lasting[0])} {duration_text(lasting[1], words)})",
        query_link=_link(".", words.source, markup),
        own_links="\n".join(
            _link(go_string(link.url), markup.escape(link.title), markup) for link in plan.project.links
        ),
        silence_link=_silence(words, markup),
        filter_of_group=_filter(".GroupLabels"),
        filter_of_alert=_filter(".Labels"),
        take=_take(message, room),
    )


def _facts(plan: Plan, words: NotificationWords, markup: Markup, room: int | None) -> str:
    """Statements that put what `$labels` and `$notes` say into `$facts`, `$list`, `$run` and `$links`."""
    prose = _DESCRIPTION if room is None else min(_DESCRIPTION, room // 5)
    most = _LABELS if room is None else min(_LABELS, room // 6)
    quote = markup.quote
    parts = (f"({cut(part, _LABEL)}{_code_line(markup)})" for part in (".Name", ".Value"))
    label = " ".join(parts)
    teams = [(team.name, markup.escape(team.title)) for team in plan.teams]
    return "\n".join(
        (
            '{{- $facts = "" }}{{ $links = "" }}{{ $list = "" }}{{ $run = "" }}',
            "{{- with $notes.description }}"
            "{{ if and (ne . $.CommonAnnotations.summary) (ne . $notes.summary) }}"
            f'{{{{ $facts = printf "%s\\n%s" $facts ({cut(".", prose)}{markup.prose}) }}}}'
            "{{ end }}{{ end }}",
            "{{- with $labels.team }}",
            assign("$team", ".", teams, f"({cut('.', _LABEL)}{markup.line})"),
            _fact(".", words.team, "$team", markup) + "{{ end }}",
            f"{{{{- range ($labels.Remove {_DECIDED}).SortedPairs }}}}",
            f'{{{{- if match "…$" $list }}}}{{{{ else if gt (len $list) {most} }}}}'
            '{{ $list = printf "%s, …" $list }}{{ else }}'
            '{{ if $list }}{{ $list = printf "%s, " $list }}{{ end }}'
            f'{{{{ $list = printf "%s{quote}%s=%s{quote}" $list {label} }}}}{{{{ end }}}}',
            "{{- end }}",
            "{{- with $notes.command }}" + _command(words, markup) + "{{ end }}",
            f"{{{{- with $notes.runbook_url }}}}{_link('.', words.runbook, markup)}{{{{ end }}}}",
            f"{{{{- with $notes.dashboard_url }}}}{_link('.', words.panel, markup)}{{{{ end }}}}",
        )
    )


def _code_line(markup: Markup) -> str:
    return ' | reReplaceAll "\\\\s+" " "' + markup.code if markup.code else ""


def _fact(there: str, name: str, value: str, markup: Markup) -> str:
    said = f'printf "%s\\n%s%s: %s" $facts {go_string(markup.item)} {go_string(name)} {value}'
    return f"{{{{- if {there} }}}}{{{{ $facts = {said} }}}}{{{{ end }}}}"


def _command(words: NotificationWords, markup: Markup) -> str:
    shown = f"(printf {go_string(markup.block)} ({cut('.', _COMMAND)}{markup.code}))"
    said = f'printf "\\n%s%s:\\n%s" {go_string(markup.item)} {go_string(words.command)} {shown}'
    return f"{{{{ $run = {said} }}}}"


def _link(address: str, name: str, markup: Markup) -> str:
    """A statement that adds a link to `$links`; one that is very long would take the room of the rest."""
    link = f"(printf {go_string(markup.link)} ({address}{markup.url}) {go_string(name)})"
    between = go_string(markup.between)
    return (
        f"{{{{- if lt (len {address}) {_ADDRESS} }}}}"
        f'{{{{ if $links }}}}{{{{ $links = printf "%s%s" $links {between} }}}}{{{{ end }}}}'
        f'{{{{ $links = printf "%s%s" $links {link} }}}}{{{{ end }}}}'
    )


def _filter(labels: str) -> str:
    """Statements that put labels into `$filter`, as Alertmanager's pages take them in an address."""
    value = '(reReplaceAll "([\\"\\\\\\\\])" "\\\\$1" $label.Value | urlquery | reReplaceAll "\\\\+" "%20")'
    return (
        f'{{{{- $filter = "" }}}}{{{{- range $label := {labels}.SortedPairs }}}}'
        '{{- if $filter }}{{ $filter = printf "%s%%2C" $filter }}{{ end }}'
        f'{{{{ $filter = printf "%s%s%%3D%%22%s%%22" $filter $label.Name {value} }}}}{{{{ end }}}}'
    )


def _silence(words: NotificationWords, markup: Markup) -> str:
    page = '(printf "%s/#/silences/new?filter=%%7B%s%%7D" $.ExternalURL $filter)'
    return f"{{{{- with {page} }}}}{_link('.', words.silence, markup)}{{{{ end }}}}"


def _head(message: Message, markup: Markup, room: int | None) -> str:
    """Statements that put into `$head` what all alerts share, as far as it leaves room for the alerts."""
    bold = go_string(f"{markup.bold}%s{markup.bold}")
    begin = f"(printf {bold} $title)" if message.is_titled else '""'
    facts = _joined("$head", "$facts", "$run")
    linked = _joined("$head", "$facts", "$run", go_string(f"\n{markup.item}"), "$links")
    fits, rest = "$links", "{{- else }}"
    if room is not None:
        most = room * 2 // 3
        fits = f"and $links (lt {_length(message, linked)} {most})"
        rest = f"{{{{- else if lt {_length(message, facts)} {most} }}}}"
    return (
        f"{{{{- $head = {begin} }}}}\n{{{{- if {fits} }}}}{{{{ $head = {linked} }}}}"
        f"\n{rest}{{{{ $head = {facts} }}}}{{{{ end }}}}"
    )


def _joined(*texts: str) -> str:
    """The expression of several texts in a row."""
    return f'(printf "{"%s" * len(texts)}" {" ".join(texts)})'


def _length(message: Message, text: str) -> str:
    return f"(len (html {text}))" if message.counts_html else f"(len {text})"


def _take(message: Message, room: int | None) -> str:
    """Statements that add an alert to `$text`: whole, in one line, or only to the number of those left out.

    The first one may take all the room, the next ones half of it, so that many are named in a line each.
    """
    whole = f"{{{{ $text = {_joined('$text', '$full')} }}}}" + '{{ $brief = "\\n" }}'
    if room is None:
        return "{{-" + whole.removeprefix("{{")
    full = _length(message, _joined("$head", "$text", "$full", "$foot"))
    short = _length(message, _joined("$head", "$text", "$brief", "$short", "$foot"))
    return (
        f"{{{{- if or (and (not $text) (le {full} {room})) (le {full} {room // 2}) }}}}{whole}\n"
        f"{{{{- else if le {short} {room} }}}}{{{{ $text = {_joined('$text', '$brief', '$short')} }}}}"
        '{{ $brief = "" }}\n'
        '{{- else }}{{ $left = "." }}{{ end }}'
    )
